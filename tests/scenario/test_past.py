"""What follows from what went before a request."""

from __future__ import annotations

from emulator.scenario.past import Past
from emulator.scenario.questions import Facts, questions
from tests.support.playing import request
from tests.support.samples import NUMBER, sms

PAST = Past({1000: 4}, 30_000, {NUMBER: "STOP"})


def test_what_nobody_asks_for_is_nothing() -> None:
    """So it need not be known."""
    facts = Facts(to=NUMBER, time=90_000)
    assert (facts.since, dict(facts.rate), facts.replied) == (0, {}, "")


def test_the_facts_of_a_step_follow_from_what_went_before() -> None:
    """A reply is its recipient's."""
    asked = questions("app", 1, request([sms(), sms(2, to="+46")]), time=90_000, past=PAST)
    assert [(each.since, each.rate, each.replied) for each in asked] == [
        (60_000, {1000: 4}, text) for text in ("STOP", "")
    ]
    assert asked[0].share_since == (asked[0].share, 60_000)
