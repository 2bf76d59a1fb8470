"""The search for what explains the differences of a capture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from emulator.choices.given import over
from emulator.choices.table import TAKEN, Choices, rows
from emulator.clock import instants
from emulator.recording.captures import Callback, Capture, Exchange
from emulator.recording.cases import Case, cases
from emulator.recording.comparing import Disproved, Explanation, explained, retried, unproven
from emulator.recording.likening import Difference
from tests.support.samples import HOUR, MINUTE, NOW, SECOND

LADDER = (0, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE)
AT = instants.written(NOW)
SENT = {"trackingId": "f-1", "createdAt": AT}
STATUS = {"name": "Delivered", "updatedDate": instants.written(NOW + SECOND)}
SMS = {"type": "Sms", "messageId": "m-1", "to": "+306900000001", "order": 1, "createdAt": AT, "status": STATUS}
TOLD = SENT | {"messages": [SMS], "status": "Succeeded"}


HOOK = b'{"flow": [], "callback": {"url": "http://a.example/hook"}}'


def repeated(*attempts: tuple[int, int], body: Any = TOLD) -> Case:
    """A case whose callback was tried at these times, in ms after the first, with these answers."""
    tried = tuple(Callback(body, NOW + after, status) for after, status in attempts)
    later = Callback(TOLD | {"trackingId": "f-2"}, NOW + 80 * HOUR)
    answer = SENT | ({"flowId": "f-1"} if "steps" in body else {})
    send = "/failover-otp/otp/send-failover" if "steps" in body else "/failover"
    return cases(Capture((Exchange(send, HOOK, 200, answer),), (*tried, later))).cases[0]


@pytest.mark.parametrize(
    ("attempts", "chosen"),
    [
        (((0, 500), (30 * SECOND, 200)), {}),
        (((0, 500), (30 * SECOND, 500), (90 * SECOND, 200)), {"callback-retry-times": "from-previous"}),
        (tuple((at, 500) for at in LADDER), {"callback-retries": "5"}),
        (((0, 500), (30 * SECOND, 204)), {"callback-received": "2xx"}),
    ],
)
def test_retries_tell_of_their_choices(attempts: tuple[tuple[int, int], ...], chosen: dict[str, str]) -> None:
    """By their times, and by those that do not come."""
    case = repeated(*attempts)
    assert list(retried(case, over(TAKEN, tuple(chosen.items())))) == []
    assert bool(list(retried(case, TAKEN))) == bool(chosen)


def test_one_time_passwords_have_retries_of_their_own() -> None:
    """None, unless that is chosen; and what was not recorded is not compared."""
    story = {"flowId": "f-1", "status": "InProgress", "steps": []}
    once = repeated((0, 500), body=story)
    assert list(retried(once, TAKEN)) == []
    (missing,) = retried(once, Choices(otp_callback_retries="5"))
    assert (missing.field, missing.captured) == ("callback 1, retry 1", "(not there)")
    unknown = replace(once, attempts=((Callback(story, NOW),),))
    assert list(retried(unknown, Choices(otp_callback_retries="5"))) == []


EFFECTS: dict[str, dict[str, set[str]]] = {
    "latency=milliseconds": {"request 1": {"a", "b"}, "request 2": {"a"}},
    "total-price=last-message": {"request 3": {"c"}},
    "callback-retries=5": {"request 3": {"c"}, "request 1": {"d"}},
}
"""What some answers change in which cases of a make-believe capture."""


def played(*theirs: str, other: dict[str, set[str]] | None = None) -> tuple[Explanation, int]:
    """What is found in the capture of an emulator of these answers, whose cases have effects as above, and `other` ones
    that no choice has; and how many cases were played.
    """
    count, beside = 0, other or {}

    def shown(choices: Choices, case: str) -> set[str]:
        given = {f"{name}={answer}" for name, answer in _given(choices)}
        return {field for answer in given for field in EFFECTS.get(answer, {}).get(case, ())}

    def play(cases: Sequence[Case], choices: Sequence[Choices]) -> list[list[Difference]]:
        nonlocal count
        count += len(cases) * len(choices)
        real = over(TAKEN, tuple((name, answer) for name, _, answer in (each.partition("=") for each in theirs)))
        return [
            [
                Difference(case.name, field, 1, 2)
                for case in cases
                for field in sorted(shown(real, case.name) ^ shown(each, case.name) ^ beside.get(case.name, set()))
            ]
            for each in choices
        ]

    made = [replace(repeated((0, 200)), name=f"request {number}") for number in range(1, 4)]
    return explained(replace(cases(Capture()), cases=tuple(made)), TAKEN, play), count


def _given(choices: Choices) -> list[tuple[str, str]]:
    from emulator.choices.table import given

    return list(given(choices))


def test_what_agrees_is_played_once() -> None:
    """Nothing is searched for."""
    assert played() == (Explanation(), 3)


def test_the_answers_that_explain_most_are_found_first() -> None:
    """Each with how many differences it explains; one that would explain as much is told."""
    told, _ = played("latency=milliseconds", "total-price=last-message")
    assert told.chosen == {"latency": "milliseconds", "total-price": "last-message"}
    assert told.explains == {"latency": 3, "total-price": 1}
    assert (told.alternatives, told.left) == ({"latency": (), "total-price": ()}, ())


def test_what_would_differ_elsewhere_explains_nothing() -> None:
    """Though it explains a few cases as well as another."""
    told, _ = played("total-price=last-message")
    assert (told.chosen, told.alternatives) == ({"total-price": "last-message"}, {"total-price": ()})


def test_an_answer_is_disproved_by_what_agrees_without_it() -> None:
    """However much it explains; that is told."""
    told, _ = played(other={"request 1": {"a", "b"}})
    assert (told.chosen, len(told.left)) == ({}, 2)
    assert told.disproved == {"latency=milliseconds": Disproved(2, (Difference("request 2", "a", 1, 2),))}


def test_an_answer_that_comes_right_with_another_is_found() -> None:
    """Though alone it is disproved at first."""
    told, _ = played("latency=milliseconds", "callback-retries=5")
    assert (told.chosen, told.left, told.disproved) == (
        {"latency": "milliseconds", "callback-retries": "5"},
        (),
        {},
    )


def test_what_no_case_tells_apart_is_unproven() -> None:
    """Also what only the last of many cases tells is proven; what is chosen is not asked for."""
    made = replace(repeated((0, 200)), attempts=())
    names = [f"request {number}" for number in range(30)]
    found = replace(cases(Capture()), cases=tuple(replace(made, name=name) for name in names))
    tried = list[int]()

    def play(cases: Sequence[Case], choices: Sequence[Choices]) -> list[list[Difference]]:
        tried.append(len(choices))
        shown = {"request 0": "latency", "request 29": "total_price"}
        return [
            [
                Difference(case.name, "a", 1, 2)
                for case in cases
                if case.name in shown and getattr(each, name := shown[case.name]) != getattr(TAKEN, name)
            ]
            for each in choices
        ]

    left = unproven(found, TAKEN, {"sms-text-key": "message"}, play)
    assert set(left) == {row.name for row in rows()} - {"latency", "total-price", "sms-text-key"}
    assert max(tried[2:]) < max(tried)
