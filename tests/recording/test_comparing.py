"""Sorting a capture into cases, and the search for what explains its differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from emulator.choices.given import over
from emulator.choices.table import TAKEN, Choices
from emulator.clock import instants
from emulator.recording.captures import Callback, Capture, Exchange
from emulator.recording.comparing import Case, Explanation, cases, explained, retried, weight
from emulator.recording.likening import Difference
from tests.support.samples import HOUR, MINUTE, NOW, SECOND

LADDER = (0, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE)
AT = instants.written(NOW)
SENT = {"trackingId": "f-1", "createdAt": AT}
STATUS = {"name": "Delivered", "updatedDate": instants.written(NOW + SECOND)}
SMS = {"type": "Sms", "messageId": "m-1", "to": "+306900000001", "order": 1, "createdAt": AT, "status": STATUS}
TOLD = SENT | {"messages": [SMS], "status": "Succeeded"}


def ask(path: str, answer: Any = None, status: int = 200, method: str = "GET", body: bytes = b"") -> Exchange:
    """An exchange."""
    return Exchange(path, body, status, answer, method)


SEND = ask("/failover", SENT, method="POST")


def test_what_belongs_to_a_message_is_one_case() -> None:
    """By the ids in paths and callbacks, also those that only a callback or a tracking tells."""
    of = Capture(
        (
            SEND,
            ask("/failover/tracking/f-1", TOLD),
            ask("/sms/tracking/single/m-1", [{"smsId": "s-1"}]),
            ask("/failover/tracking/f-2", {}, 404),
            ask("/accounts/me/balance", {"balance": 1}),
            ask("/failover", {}, 503, "POST"),
            ask("/oauth/token", {"access_token": "a"}, method="POST"),
        ),
        (Callback(TOLD), Callback({"trackingId": "f-9", "messages": []})),
        3,
    )
    found = cases(of)
    assert [(case.name, len(case.exchanges)) for case in found.cases] == [
        ("request 1", 3),
        ("request 4", 1),
        ("request 7", 1),
    ]
    assert found.others == 3 + 3
    (case, *_) = found.cases
    assert [at for _, at in case.exchanges] == [NOW, NOW + SECOND, NOW + SECOND]
    assert (case.bodies, case.ended) == ((TOLD,), (NOW + SECOND) // SECOND * SECOND + SECOND - 1)
    (rule,) = case.scenario.rules[:1]
    assert rule.name


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([(b"answer=1000", 400), (b"answer=1001", 400)], "1002"),
        ([(b"answer=1000", 400), (b'{"answer": 7777}', 200)], "7777"),
        ([], "1000"),
    ],
)
def test_the_code_of_a_verification_is_the_answer_that_was_taken(asked: list[tuple[bytes, int]], code: str) -> None:
    """Or one that nobody gave."""
    made = ask("/2step", {"trackingId": "v-1", "updatedAt": AT}, method="POST")
    answers = [ask("/2step/v-1", {}, status, "POST", body) for body, status in asked]
    (case,) = cases(Capture((made, *answers))).cases
    assert case.scenario.rules[0].code == code


def repeated(*attempts: tuple[int, int], body: Any = TOLD) -> Case:
    """A case whose callback was tried at these times, in ms after the first, with these answers."""
    tried = tuple(Callback(body, NOW + after, status) for after, status in attempts)
    later = Callback(TOLD | {"trackingId": "f-2"}, NOW + 80 * HOUR)
    answer = SENT | ({"flowId": "f-1"} if "steps" in body else {})
    send = "/failover-otp/otp/send-failover" if "steps" in body else "/failover"
    return cases(Capture((ask(send, answer, method="POST"),), (*tried, later))).cases[0]


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


def played(*theirs: str) -> tuple[Explanation, int]:
    """What is found in the capture of an emulator of these answers, whose cases have effects as above; and how many
    cases were played.
    """
    count = 0

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
                for field in sorted(shown(real, case.name) ^ shown(each, case.name))
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


def test_a_difference_stands_for_all_fields_that_are_lost() -> None:
    """By which the search goes."""
    assert weight([Difference("a", "b", 1, 2), Difference("a", "answer status", 200, 400, 9)]) == 10
