"""What requests come to under two scenarios, and where that differs."""

from __future__ import annotations

import pytest

from emulator.errors import Json
from emulator.planning.differing import Sent, differing
from emulator.planning.rehearsal import Rehearsal
from emulator.scenario import files
from tests.support.playing import request
from tests.support.samples import sms, viber

REQUEST = request([viber(1, ttl=1), sms(2)])


def told(one: str, other: str, times: int = 1) -> list[Json]:
    """What differs between the rules of two scenarios for the same request, sent so many times."""
    a, b = (Rehearsal(files.load_text(f"purpose: x\n{text}", "x"), "seed") for text in (one, other))
    return list(differing([Sent(f"{number}", REQUEST, "app", 0) for number in range(1, times + 1)], a, b))


def test_a_step_that_ends_otherwise_is_told_with_what_follows_and_the_rules() -> None:
    """Facts that are alike are not told."""
    (found,) = told("rules: []", "rules: [{ name: gone, plan: { Viber: EXPIRED } }]")
    assert (found["request"], found["at"]) == ("1", "1970-01-01T00:00:00Z")
    assert found["differences"] == [
        {
            "what": "step 1 Viber",
            "a": {"comes": "starts 0s, DELIVERED 2s", "rule": "happy"},
            "b": {"comes": "starts 0s, EXPIRED 1m", "rule": "gone"},
        },
        {
            "what": "step 2 Sms",
            "a": {"comes": "never starts", "rule": "happy"},
            "b": {"comes": "starts 1m, Sent 1m1s, Delivered 1m3s", "rule": "happy"},
        },
        {
            "what": "outcome",
            "a": {"comes": "Succeeded, total price 0.01", "rule": ""},
            "b": {"comes": "Succeeded, total price 0.045", "rule": ""},
        },
        {
            "what": "callbacks",
            "a": {"comes": "start 0s, DELIVERED 2s", "rule": ""},
            "b": {"comes": "start 0s, EXPIRED 1m, Sent 1m1s, Delivered 1m3s", "rule": ""},
        },
    ]


@pytest.mark.parametrize(
    ("one", "other", "what", "a", "b"),
    [
        (
            "rules: []",
            "rules: [{ answer: { status: 202, headers: { X: y } } }]",
            "answer",
            "200",
            '202, headers [["X","y"]]',
        ),
        (
            "rules: []",
            "rules: [{ answer: { close: after } }]",
            "answer",
            "200",
            "the connection is closed, close after",
        ),
        ("rules: []", "rules: [{ answer: { delay: 2s } }]", "answer", "200", "200, after 2s"),
        ("rules: []", "rules: [{ callbacks: { drop: 1 } }]", "callbacks", "start 0s, DELIVERED 2s", "DELIVERED 2s"),
        ("rules: []", "rules: [{ callbacks: never }]", "callbacks", "start 0s, DELIVERED 2s", "none"),
        (
            "rules: [{ callbacks: { truncate: 3 } }]",
            "rules: [{ callbacks: { truncate: 4 } }]",
            "callbacks",
            'start 0s, DELIVERED 2s, truncate {"size":3,"share":0.5}',
            'start 0s, DELIVERED 2s, truncate {"size":4,"share":0.5}',
        ),
        ("rules: []", "choices: { sms-text-key: message }", "choices", "nothing", "sms-text-key: message"),
        ("rules: []", "prices: { Viber: 2 }", "outcome", "Succeeded, total price 0.01", "Succeeded, total price 2"),
    ],
)
def test_whatever_a_customer_would_notice_differs(one: str, other: str, what: str, a: str, b: str) -> None:
    """Answers, callbacks, wordings and prices."""
    (found,) = told(one, other)
    assert [(each["what"], each["a"]["comes"], each["b"]["comes"]) for each in found["differences"]] == [(what, a, b)]


def test_of_a_request_that_one_refuses_only_answer_and_outcome_are_told() -> None:
    """Since nothing else happens there."""
    (found,) = told("rules: []", "rules: [{ answer: too-many-requests }]")
    assert [each["what"] for each in found["differences"]] == ["answer", "outcome"]
    assert found["differences"][1]["b"]["comes"] == "refused"


def test_flows_that_wait_differ_in_how_long_and_when() -> None:
    """By the rule that holds them back."""
    (found,) = told("rules: []", "rules: [{ name: slow, queued: 5s }]")
    first, step, _ = found["differences"]
    assert (first["what"], first["b"]) == ("queued", {"comes": "5s", "rule": "slow"})
    assert step["b"]["comes"] == "starts 5s, DELIVERED 7s"


def test_other_names_and_an_order_without_effect_are_no_difference() -> None:
    """Only outcomes are compared."""
    assert told("rules: [{ plan: { Sms: Failed } }]", "rules: [{ name: x, plan: { Voice: Busy } }]", times=3) == []


def test_requests_are_played_one_after_another() -> None:
    """So what counts them differs from the one on that it is about."""
    found = told(
        "balance: { messages: 1 }\nwhen_empty: refuse", "balance: { messages: 2 }\nwhen_empty: refuse", times=3
    )
    assert [each["request"] for each in found] == ["2"]
