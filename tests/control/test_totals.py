"""What flows came to, counted without a store."""

from __future__ import annotations

from decimal import Decimal

from emulator.accounts.prices import Prices
from emulator.control.totals import Counts, Receiver, Total, stands
from emulator.flow import machine
from emulator.flow.state import Flow, FlowStatus
from emulator.store.blocks import Posted, standing
from tests.support.samples import SECOND, flow, plan, sms, viber, voice

PRICES = Prices()
SMS = Decimal("0.035")
"""An Sms to the Greek number of the samples."""
RESCUED = flow([viber(1), sms(2)], (plan((3 * SECOND, "UNDELIVERED")), plan((2 * SECOND, "Delivered"))))
FIRST = flow([viber(1), sms(2)], (plan((SECOND, "DELIVERED")), plan()))
LOST = flow([viber(1), voice(2)], (plan((SECOND, "EXPIRED")), plan((SECOND, "Busy"))))


def counts(*flows: Flow, posts: tuple[Posted, ...] = ()) -> Counts:
    """The counts of flows that have run to their ends."""
    made = Counts()
    for each in flows:
        made.add(standing(machine.run_out(each).flow, posts))
    return made


def total(*flows: Flow) -> Total:
    """What they came to."""
    return Total(counts(*flows), PRICES)


def test_a_flow_that_a_later_channel_reached_was_rescued_by_it() -> None:
    """One that the first channel reached was not, nor one that failed; each channel tells what it was tried for."""
    made = total(RESCUED, FIRST, LOST)
    assert made.flows == {FlowStatus.SUCCEEDED: 2, FlowStatus.FAILED: 1}
    assert (made.rescued, made.won) == ({"Sms": 1}, {"Viber": 1, "Sms": 1})
    assert (made.started, made.moved_on) == ({"Viber": 3, "Sms": 1, "Voice": 1}, {"Viber": 2})
    assert made.statuses == {
        ("Viber", "UNDELIVERED"): 1,
        ("Viber", "DELIVERED"): 1,
        ("Viber", "EXPIRED"): 1,
        ("Sms", "Delivered"): 1,
        ("Voice", "Busy"): 1,
    }


def test_the_time_to_deliver_is_from_the_request_to_the_arrival() -> None:
    """Over all channels: one second counts as the first span, five as the third; what was lost counts in none."""
    assert counts(FIRST).spans == {0: 1}
    assert counts(RESCUED).spans == {2: 1}
    assert counts(LOST).spans == {}


def test_a_flow_costs_its_messages_and_would_have_cost_its_sms() -> None:
    """Viber and then an Sms cost both; an Sms alone would have been cheaper."""
    made = total(RESCUED)
    assert (made.cost, made.by_sms) == (Decimal("0.01") + SMS, SMS)
    assert total(flow([sms()], (plan((SECOND, "Failed")),))).cost == 0
    assert total(flow([sms()], (plan((SECOND, "Failed")),))).by_sms == SMS


def test_what_is_held_back_costs_nothing_yet() -> None:
    """Neither what it is, nor what it would have been."""
    held = Counts()
    held.add(standing(flow([sms()]), ()))
    made = Total(held, PRICES)
    assert made.flows == {FlowStatus.QUEUED: 1}
    assert made.cost == made.by_sms == 0


def test_receivers_tell_failing_from_waiting_and_given_up() -> None:
    """Each flow with trouble counts once; the time is that of what was received."""
    posts = (
        Posted("http://a", "received", 1, 4),
        Posted("http://a", "received", 2, 90),
        Posted("http://a", None, 0, None),
        Posted("http://b", None, 3, 7),
        Posted("http://b", "given up", 13, 7),
    )
    assert [stands(post) for post in posts] == ["received", "received", "waiting", "failing", "given up"]
    made = counts(FIRST, posts=posts)
    assert made.troubled == 1
    assert {origin: dict(each.posts) for origin, each in made.receivers.items()} == {
        "http://a": {"received": 2, "waiting": 1},
        "http://b": {"failing": 1, "given up": 1},
    }
    assert (made.receivers["http://a"].within(0.5), made.receivers["http://a"].within(0.95)) == (4, 90)
    assert made.receivers["http://b"].within(0.95) is None


def test_counts_of_parts_are_joined_to_those_of_the_whole() -> None:
    """Whatever the parts."""
    joined = Counts()
    for each in (RESCUED, FIRST, LOST):
        joined.join(counts(each, posts=(Posted("http://a", "received", 1, 5),)))
    joined.join(Counts())
    whole = counts(RESCUED, FIRST, LOST, posts=(Posted("http://a", "received", 1, 5),))
    plain = {name: value for name, value in vars(joined).items() if name != "receivers"}
    assert plain == {name: value for name, value in vars(whole).items() if name != "receivers"}
    assert joined.receivers["http://a"].took == whole.receivers["http://a"].took == {5: 3}


def test_no_answers_take_no_time() -> None:
    """So nothing is said of it."""
    assert Receiver().within(0.95) is None
