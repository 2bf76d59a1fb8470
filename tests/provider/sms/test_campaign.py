"""What a campaign is answered as, and what becomes of its messages."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET, json
from msgspec.structs import replace

from emulator.accounts import balance
from emulator.accounts.prices import Prices
from emulator.channels.table import Reason
from emulator.flow import machine
from emulator.flow.request import Callback, Campaign, Strategy
from emulator.flow.state import START, Cancelled, Flow
from emulator.provider.sms.campaign import (
    Recipient,
    analysis,
    completed,
    details,
    doubts,
    messages,
    remarks,
    shown,
    summary,
)
from emulator.provider.sms.rendering import tracked
from emulator.provider.sms.request import with_plus
from tests.support.samples import HOUR, NOW, SECOND, flow, plan

VALUE: dict[str, Any] = {"body": "Hi [~name]", "from": "Shop", "campaignName": "June", "to": ["306911111111"]}
TO = [Recipient(with_plus("306911111111"), {"name": "Nikos"}), Recipient("+12025550123", {})]
PRICES = Prices(sms={"GR": 0.035, "*": 0.05})
DEFAULT = Callback(Strategy.ON_CHANGE, "http://127.0.0.1/", each_part=True)


def test_each_recipient_has_a_message_of_its_own() -> None:
    """Merged with what is known of it; a place without a value stays."""
    made = messages(VALUE, TO, DEFAULT)
    assert [json.decode(each.body) for each in made] == [
        {"from": "Shop", "to": "+306911111111", "body": "Hi Nikos"},
        {"from": "Shop", "to": "+12025550123", "body": "Hi [~name]"},
    ]
    assert {each.request.callback for each in made} == {DEFAULT}
    assert {each.request.campaign for each in made} == {Campaign("", "")}
    assert messages(VALUE, TO, None)[0].request.callback is UNSET
    assert [each.remarks for each in made] == [(), ("[~name] stays, since +12025550123 has no value for it",)]


def test_a_recipient_that_may_be_meant_otherwise_is_remarked_on() -> None:
    """By the number that it was read as, on its own message."""
    to = [" 6912345678", "306911111111", "+6912345678"]
    found = doubts({"to": to})
    assert list(found) == ["+6912345678"]
    assert found["+6912345678"][0].startswith("to has no + and was read as +6912345678, which no number of FM (+691)")
    (made,) = messages(VALUE | {"body": "Hi", "to": to}, [Recipient("+6912345678", {})], None)
    assert made.remarks == found["+6912345678"]


def test_the_answer_has_what_was_asked_and_what_it_costs() -> None:
    """In the recorded order; no message is counted yet."""
    asked = [each.request for each in messages(VALUE, TO, DEFAULT)]
    told = shown(Campaign("c1", "June", details(VALUE, asked, 0, NOW, PRICES)), [], PRICES)
    assert list(told) == [
        *("campaignName", "trackingId", "type", "state", "createdAt", "respectQuietHours", "from", "to", "body"),
        *("smsAnalysis", "flash", "statuses", "callback", "cost", "totalMessages"),
    ]
    assert (told["state"], told["cost"], told["totalMessages"]) == ("Queued", 0.085, 2)
    assert told["callback"] == {"url": "http://127.0.0.1/", "strategy": "OnChange"}
    assert told["statuses"] == {"Queued": 0, "Sent": 0, "Failed": 0, "Delivered": 0, "Undelivered": 0}
    assert told["smsAnalysis"]["recipientsPerCountry"] == {"GR": 1, "US": 1}


@pytest.mark.parametrize(("short", "parts"), [({}, 2), ({"urlShortener": {}}, 1)])
def test_what_it_will_cost_is_counted_with_short_links(short: dict[str, Any], parts: int) -> None:
    """As what is sent has them."""
    value = VALUE | short | {"body": f"[~name], see https://shop.example/{'x' * 150}"}
    asked = [each.request for each in messages(value, TO[:1], None)]
    told = details(value, asked, 0, NOW, PRICES)
    assert (told["cost"], told["totalMessages"]) == (parts * 0.035, parts)
    made = replace(flow(asked[0].flow, (plan((SECOND, "Delivered")),)), request=asked[0], kind="sms")
    assert len([*tracked(machine.accept(made).flow, PRICES)]) == parts


def started(status: str, of: Campaign, starts_at: int = 0) -> Flow:
    """A message of a campaign that goes to a status."""
    request = messages(VALUE, TO, None)[0].request
    made = replace(flow(request.flow, (plan((SECOND, status)),)), request=request, kind="sms")
    return machine.accept(completed(made, of, starts_at)).flow


def test_its_state_follows_from_its_messages() -> None:
    """Which are counted by their status; Unsent only if there are such."""
    of = Campaign("c1", "June", details(VALUE, [], 0, NOW, PRICES))
    flows = [started("Delivered", of), started("Unsent", of)]
    assert shown(of, flows, PRICES)["state"] == "Queued"
    one = shown(of, [machine.due(flows[0], NOW + HOUR).flow, flows[1]], PRICES)
    assert (one["state"], one["statuses"]["Delivered"]) == ("Running", 1)
    both = [machine.due(each, NOW + HOUR).flow for each in flows]
    told = shown(of, both, PRICES)
    assert (told["state"], told["endedAt"]) == ("Finished", "2026-03-02T09:15:45.44Z")
    assert told["statuses"]["Unsent"] == 1


@pytest.mark.parametrize(
    ("statuses", "price"),
    [(("Delivered", "Undelivered"), 0.07), (("Delivered", "Failed"), 0.035), (("Failed", "Unsent"), 0.0)],
)
def test_it_costs_what_its_messages_cost_as_they_stand(statuses: tuple[str, ...], price: float) -> None:
    """What was never sent is free, as it is of a single message."""
    of = Campaign("c1", "June", details(VALUE, [], 0, NOW, PRICES))
    flows = [started(status, of) for status in statuses]
    assert shown(of, flows, PRICES)["cost"] == 0.07
    ended = [machine.due(each, NOW + HOUR).flow for each in flows]
    assert shown(of, ended, PRICES)["cost"] == price
    assert sum(part.price for each in ended for part in tracked(each, PRICES)) == price


def test_one_that_was_called_off_is_told_so_wherever_it_is_shown() -> None:
    """Its messages are Unsent, and free; they do not wait any more."""
    of = Campaign("c1", "June", details(VALUE, [], 0, NOW, PRICES))
    waits = started("Delivered", of, NOW + HOUR)
    assert shown(of, [waits], PRICES)["state"] == "Queued"
    off = machine.handle(waits, Cancelled("called off"), NOW + SECOND)
    told = shown(of, [off.flow], PRICES)
    assert (told["state"], told["cost"], told["endedAt"]) == ("Cancelled", 0.0, "2026-03-02T09:15:45.44Z")
    assert told["statuses"] == {"Queued": 0, "Sent": 0, "Failed": 0, "Delivered": 0, "Undelivered": 0, "Unsent": 1}
    (part,) = tracked(off.flow, PRICES)
    assert (part.status.status, part.price, part.latency) == ("Unsent", 0.0, 0)
    assert part.status.reason == Reason("Unsent", "The message was called off before it was sent.")
    assert off.callbacks == ()
    assert balance.charge(off.flow, PRICES) == 0.0
    assert shown(of, [off.flow, waits], PRICES)["state"] == "Queued"  # nothing runs


def test_what_is_asked_for_and_does_not_happen_is_remarked_on() -> None:
    """Each by its own words; an empty member asks for nothing."""
    value = VALUE | {"reminder": {"minutesBefore": 5}, "campaignCallback": {}, "groups": ["All", "Friends"]}
    assert remarks(value, 0, NOW) == (
        "reminder is accepted, but nobody is reminded",
        "the group 'Friends' is not known here, only All and NotListed",
    )
    late = {"scheduledDate": "2020-01-01T00:00Z", "respectQuietHours": True, "campaignCallback": {"url": "x"}}
    assert remarks(late, NOW - 1, NOW) == (
        "campaignCallback is accepted, but nothing is posted there, since what is posted is not documented",
        "respectQuietHours is accepted, but no hours are quiet here",
        "scheduledDate 2020-01-01T00:00Z has passed: the messages are sent at once",
    )
    assert remarks(VALUE, NOW + 1, NOW) == remarks(VALUE, 0, NOW) == ()


def test_the_log_tells_each_remark_once() -> None:
    """Of the places that stay in texts, those of one message, and how many have some."""
    made = messages(VALUE, [*TO, Recipient("+306900000000", {})], None)
    assert summary("June", made, ("one",)) == (
        "3 messages of the campaign June; one; [~name] stays, since +12025550123 has no value for it;"
        " 1 more message with such remarks"
    )
    assert summary("June", made[:1], ()) == "1 message of the campaign June"


def test_a_group_is_counted_by_its_contacts() -> None:
    """However many other recipients there are; one that is not known has none."""
    told = analysis({"body": "Hi", "groups": ["All", "Friends"]}, [], 3)
    assert (told["recipientsPerGroup"], told["totalInGroups"]) == ({"All": 3, "Friends": 0}, 3)


def test_a_scheduled_message_waits() -> None:
    """With its campaign, whose id it has now."""
    of = Campaign("c1", "June")
    held = started("Delivered", of, NOW + HOUR)
    assert [(item.at, item.status) for item in held.agenda] == [(NOW + HOUR, START)]
    assert (held.request.campaign, held.messages) == (of, ())


def test_a_message_that_the_balance_does_not_cover_is_unsent() -> None:
    """As the provider says of bulk messages only."""
    request = messages(VALUE, TO, None)[0].request
    made = replace(flow(request.flow, (plan((SECOND, "Delivered")),)), request=request, kind="sms")
    paid, _ = balance.pay(made, 0.01, Prices(), refuse=False)
    assert [report.status for report in paid.plans[0].reports] == ["Unsent"]
