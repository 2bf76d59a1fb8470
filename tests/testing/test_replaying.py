"""Captures of emulators with other choices: `compare` finds these, and nothing in its own; for each choice there is."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from emulator.choices.given import over
from emulator.choices.table import TAKEN, rows
from emulator.recording import captures
from emulator.recording.captures import Capture, read
from emulator.recording.comparing import Explanation, cases, explained
from emulator.testing.replaying import Replay
from tests.support.traffic import PARTS, captured, har

HIDDEN = {
    "seen-after-delivered": "what is not shown can't be told from what never was",
    "otp-callback-received": "what is not repeated anyway can't be told from what was received",
}
"""Choices that alone leave no trace in any traffic, and why."""
SHOWN = {
    "refused": ("refused-", "otp-without-", "error-", "malformed-", "unmapped-", "tracking-without-"),
    "singles": ("sms-queued-", "sms-tracking", "verification-", "otp-", "two-step-", "viber-picture-"),
}
"""How the names of choices begin that these parts of the traffic show; that about flows shows the others."""
OTHERS = [(row.name, answer) for row in rows() for answer in row.answers if answer != row.taken]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """The refusals in the traffic are not logged."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def part(name: str) -> str:
    """The part of a session that shows a choice."""
    return next((where for where, names in SHOWN.items() if name.startswith(names)), "flows")


def capture(*given: tuple[str, str], parts: Collection[str] = PARTS) -> Capture:
    """The traffic with an emulator of these choices, which both forms of captures have alike."""
    lines = captured(",".join(f"{name}={answer}" for name, answer in given), parts)
    found = read("\n".join(map(json.dumps, lines)))
    assert read(json.dumps(har(lines))) == found
    return found


def found(of: Capture, *start: tuple[str, str]) -> Explanation:
    """What is found in a capture by an emulator that has these choices."""
    with Replay() as replay:
        return explained(cases(of), over(TAKEN, start), replay.play)


def test_in_an_emulator_s_own_capture_nothing_differs() -> None:
    """Though all of its requests are played, those that are refused too."""
    of = capture()
    told = cases(of)
    assert (told.others, sum(len(case.exchanges) for case in told.cases)) == (0, len(of.exchanges))
    assert found(of) == Explanation()


@pytest.mark.parametrize(("name", "answer"), [each for each in OTHERS if each[0] not in HIDDEN])
def test_each_choice_is_found_and_no_other(name: str, answer: str) -> None:
    """It explains all that differs; nothing else would, and nothing differs from an emulator that has it."""
    of = capture((name, answer), parts=[part(name)])
    told = found(of)
    assert told.found
    assert (told.chosen, told.left) == ({name: answer}, ())
    assert told.explains == {name: len(told.found)}
    assert told.alternatives == {name: ()}
    assert found(of, (name, answer)) == Explanation()


@pytest.mark.parametrize(("name", "answer"), [each for each in OTHERS if each[0] in HIDDEN])
def test_what_leaves_no_trace_differs_in_nothing(name: str, answer: str) -> None:
    """So that no emulator can tell."""
    assert found(capture((name, answer), parts=[part(name)])) == Explanation()


def test_a_choice_shows_that_leaves_no_trace_alone() -> None:
    """Beside one with which it does."""
    both = (("otp-callback-received", "200"), ("otp-callback-retries", "5"))
    told = found(capture(*both, parts=["singles"]))
    assert (told.chosen, told.left) == (dict(both), ())


def test_several_choices_are_found_together() -> None:
    """Also where they change the same callbacks."""
    given = {"latency": "milliseconds", "total-price": "last-message", "queued-callback": "not-posted"}
    told = found(capture(*given.items(), parts=["flows"]))
    assert (told.chosen, told.left) == (given, ())


def test_what_no_choice_explains_is_left() -> None:
    """With its field; choices that explain something are told all the same."""
    lines: list[Any] = captured("originating-service=failover", ["flows"])
    for each in lines:
        if "messages" in each.get("callback", ()):
            each["callback"]["news"] = 1
    told = found(captures.read(json.dumps(lines)))
    assert told.chosen == {"originating-service": "failover"}
    assert {each.field.partition(".")[2] for each in told.left} == {"news"}
