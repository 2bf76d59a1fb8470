"""Reading what a scenario expects of itself."""

from __future__ import annotations

import pytest

from emulator.scenario import files
from tests.support.scenarios import problems_of


def test_what_is_expected_is_read_as_values() -> None:
    """A name of an error stands for its code, one text for a list, a time for a range."""
    text = (
        "purpose: x\nexpect:\n"
        "  - { send: [Sms], error: token-expired, queued: 5s, keys: '1', reply: [], callbacks: [Queued] }\n"
        "  - { send: [Voice], error: '400001009', queued: 10s..2m, answeredBy: machine, callbacks: 2 }\n"
    )
    one, other = files.load_text(text, "x").expect
    assert (one.error, one.queued, one.keys, one.reply, one.callbacks) == (
        "invalid_token",
        (5000, 5000),
        ("1",),
        (),
        ("Queued",),
    )
    assert (other.error, other.queued, other.answered_by, other.callbacks) == (
        "400001009",
        (10_000, 120_000),
        "machine",
        2,
    )


@pytest.mark.parametrize(
    ("member", "told"),
    [
        ("callbacks: many", "must be the number of callbacks, or a list of the statuses that they tell"),
        ("callbacks: -1", "must be a whole number from 0; found -1"),
        ("error: no-balence", "there is no error 'no-balence'; did you mean 'no-balance'?"),
        ("error: unavailable", "unavailable has no code, since its body is no JSON; say answer: 503"),
        ("error: 400001009", "found the number 400001009: put it in quotes"),
        ("queued: soon", "must be a duration such as 500ms"),
        ("queued: { normal: { mean: 1s, deviation: 1s } }", "must be a time such as 5s, or from one to another"),
        ("answeredBy: robot", "must be human or machine; found 'robot'"),
        ("keys: 1", "must be text; found the number 1: put it in quotes"),
        ("dialPlan: {}", "unknown key 'dialPlan'"),
    ],
)
def test_what_can_not_be_expected_is_said(member: str, told: str) -> None:
    """With what would be right."""
    (found,) = problems_of(f"purpose: x\nexpect: {{ send: [Sms], {member} }}\n")
    assert told in found.message
