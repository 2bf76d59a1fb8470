"""Captures of emulators with other choices: `compare` finds these, and nothing in its own; for each choice there is."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from emulator.choices.given import over
from emulator.choices.table import TAKEN, rows
from emulator.recording import captures
from emulator.recording.bodies import what
from emulator.recording.captures import Capture, read
from emulator.recording.cases import cases
from emulator.recording.comparing import Explanation, explained, unproven
from emulator.testing.embedded import Emulator
from emulator.testing.replaying import Replay
from tests.support.traffic import PARTS, Session, captured, har, sms, talked

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
    assert unplaced(read(json.dumps(har(lines)))) == unplaced(found)
    return found


def unplaced(of: Capture) -> Capture:
    """A capture without the places of what is in it."""
    exchanges = tuple(replace(each, where="") for each in of.exchanges)
    return replace(of, exchanges=exchanges, callbacks=tuple(replace(each, where="") for each in of.callbacks))


def found(of: Capture, *start: tuple[str, str]) -> Explanation:
    """What is found in a capture by an emulator that has these choices."""
    with Replay() as replay:
        return explained(cases(of), over(TAKEN, start), replay.play)


def test_in_an_emulator_s_own_capture_nothing_differs() -> None:
    """Though all of its requests are played, those that are refused too."""
    of = capture()
    told = cases(of)
    assert (told.others, sum(len(case.exchanges) for case in told.cases)) == ({}, len(of.exchanges))
    assert found(of) == Explanation()
    with Replay() as replay:
        left = unproven(told, TAKEN, {}, replay.play)
    assert left == ("seen-after-completion", "delivered-after-expired", "otp-callback-received")  # what is not told


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


def test_the_id_in_the_path_of_an_error_is_an_id() -> None:
    """Which is another for each emulator."""
    given = ("malformed-body", "framework")
    of = capture(given, parts=["singles"])
    assert any(f"'path': '{each.path}'" in str(each.answer) for each in of.exchanges)
    told = found(of)
    assert (told.chosen, told.left) == (dict([given]), ())
    assert found(of, given) == Explanation()


def test_the_tracking_of_a_step_by_itself_is_enough_to_know_what_became_of_it() -> None:
    """Though the flow was tracked before its end alone, and no callback was captured."""
    with Emulator(rate=0) as emulator:
        session = Session(emulator)
        session.token()
        flow = session.flow(sms(1), url="http://127.0.0.1:9/")
        (message,) = session.ask("GET", f"/failover/tracking/{flow}")["messages"]
        for wait in ("1s", "1h"):
            session.pass_(wait)
            (shown,) = session.ask("GET", f"/sms/tracking/single/{message['messageId']}")
        session.close()
    assert (message["status"]["name"], shown["status"]["status"]) == ("Queued", "Delivered")
    for lines in (session.lines, [{name: each[name] for name in each if name != "at"} for each in session.lines]):
        assert found(captures.read("\n".join(map(json.dumps, lines)))) == Explanation()


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


def test_callbacks_of_which_none_was_captured_are_not_compared() -> None:
    """As by a client that records what it asks: that the emulator posts some explains nothing."""
    lines = [each for each in captured("latency=milliseconds", ["flows", "singles"]) if "request" in each]
    of = captures.read(json.dumps(lines))
    told = found(of)
    assert (told.chosen, told.left, told.disproved) == ({"latency": "milliseconds"}, (), {})
    assert cases(of).others["requests whose callbacks were not recorded"] > 10


def test_no_choice_is_found_that_loses_what_was_captured() -> None:
    """However many members of each callback no choice explains."""
    lines: list[Any] = captured("latency=milliseconds", ["flows", "singles"])
    for each in lines:
        if "callback" in each:
            each["callback"] |= {f"news{number}": number for number in range(9)}
            each["callback"].pop("originatingService", None)
    told = found(captures.read(json.dumps(lines)))
    assert told.chosen == {"latency": "milliseconds"}
    assert not any(each.lost for each in told.left)


def test_replies_keys_machines_and_verifications_are_compared() -> None:
    """And answered as they were, so that an emulator's own capture differs in nothing."""
    lines: list[Any] = talked()
    of = captures.read(json.dumps(lines))
    sorted_out = cases(of)
    assert sorted_out.others == {}
    assert sum(len(case.bodies) for case in sorted_out.cases) == len(of.callbacks)
    assert Counter(what(each.body) for each in of.callbacks if "status" not in each.body) == {"reply": 2, "question": 6}
    assert "code" in {what(each.body) for each in of.callbacks}
    assert found(of) == Explanation()
    for each in lines:
        told = each.get("callback", {})
        told |= {"media": "https://a.example/b.png", "label": "x"} if "referenceTrackingId" in told else {}
        told |= {"collectedTones": "9"} if told.get("collectedTones") == "3" else {}
        told |= {"news": 1} if "answeredBy" in told or "recipient" in told else {}
    changed = found(captures.read(json.dumps(lines)))
    assert {each.field.partition(".")[2] for each in changed.left} == {"news", "label"}


def test_har_has_replies_and_questions_of_calls_too() -> None:
    """As posts to other paths, with what was answered."""
    lines = talked()
    told, shown = captures.read(json.dumps(lines)), captures.read(json.dumps(har(lines)))
    assert unplaced(shown) == unplaced(told)
