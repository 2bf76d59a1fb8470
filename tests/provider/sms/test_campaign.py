"""What a campaign is answered as, and what becomes of its messages."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, json
from msgspec.structs import replace

from emulator.accounts import balance
from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.flow.request import Callback, Campaign, Strategy
from emulator.flow.state import START, Flow
from emulator.provider.sms.campaign import Recipient, completed, details, messages, shown
from emulator.provider.sms.request import with_plus
from tests.support.samples import HOUR, NOW, SECOND, flow, plan

VALUE: dict[str, Any] = {"body": "Hi [~name]", "from": "Shop", "campaignName": "June", "to": ["306911111111"]}
TO = [Recipient(with_plus("306911111111"), {"name": "Nikos"}), Recipient("+12025550123", {})]
DEFAULT = Callback(Strategy.ON_CHANGE, "http://127.0.0.1/", each_part=True)


def test_each_recipient_has_a_message_of_its_own() -> None:
    """Merged with what is known of it; a place without a value stays."""
    made = messages(VALUE, "June", TO, DEFAULT)
    assert [json.decode(body) for body, _ in made] == [
        {"from": "Shop", "to": "+306911111111", "body": "Hi Nikos"},
        {"from": "Shop", "to": "+12025550123", "body": "Hi [~name]"},
    ]
    assert {request.callback for _, request in made} == {DEFAULT}
    assert {request.campaign for _, request in made} == {Campaign("", "June")}
    assert messages(VALUE, "June", TO, None)[0][1].callback is UNSET


def test_the_answer_has_what_was_asked_and_what_it_costs() -> None:
    """In the recorded order; no message is counted yet."""
    asked = [request for _, request in messages(VALUE, "June", TO, DEFAULT)]
    prices = Prices(sms={"GR": 0.035, "*": 0.05})
    told = shown(Campaign("c1", "June", details(VALUE, asked, NOW, prices)), [])
    assert list(told) == [
        *("campaignName", "trackingId", "type", "state", "createdAt", "respectQuietHours", "from", "to", "body"),
        *("smsAnalysis", "flash", "statuses", "callback", "cost", "totalMessages"),
    ]
    assert (told["state"], told["cost"], told["totalMessages"]) == ("Queued", 0.085, 2)
    assert told["callback"] == {"url": "http://127.0.0.1/", "strategy": "OnChange"}
    assert told["statuses"] == {"Queued": 0, "Sent": 0, "Failed": 0, "Delivered": 0, "Undelivered": 0}
    assert told["smsAnalysis"]["recipientsPerCountry"] == {"GR": 1, "US": 1}


def started(status: str, of: Campaign, starts_at: int = 0) -> Flow:
    """A message of a campaign that goes to a status."""
    ((_, request), *_) = messages(VALUE, "June", TO, None)
    made = replace(flow(request.flow, (plan((SECOND, status)),)), request=request, kind="sms")
    return machine.accept(completed(made, of, starts_at)).flow


def test_its_state_follows_from_its_messages() -> None:
    """Which are counted by their status; Unsent only if there are such."""
    of = Campaign("c1", "June", details(VALUE, [], NOW, Prices()))
    flows = [started("Delivered", of), started("Unsent", of)]
    assert shown(of, flows)["state"] == "Queued"
    one = [machine.due(flows[0], NOW + HOUR).flow, flows[1]]
    assert (shown(of, one)["state"], shown(of, one)["statuses"]["Delivered"]) == ("Running", 1)
    both = [machine.due(each, NOW + HOUR).flow for each in flows]
    told = shown(of, both)
    assert (told["state"], told["endedAt"]) == ("Finished", "2026-03-02T09:15:45.44Z")
    assert told["statuses"]["Unsent"] == 1


def test_a_scheduled_message_waits() -> None:
    """With its campaign, whose id it has now."""
    of = Campaign("c1", "June")
    held = started("Delivered", of, NOW + HOUR)
    assert [(item.at, item.status) for item in held.agenda] == [(NOW + HOUR, START)]
    assert (held.request.campaign, held.messages) == (of, ())


def test_a_message_that_the_balance_does_not_cover_is_unsent() -> None:
    """As the provider says of bulk messages only."""
    ((_, request), *_) = messages(VALUE, "June", TO, None)
    made = replace(flow(request.flow, (plan((SECOND, "Delivered")),)), request=request, kind="sms")
    paid, _ = balance.pay(made, 0.01, Prices(), refuse=False)
    assert [report.status for report in paid.plans[0].reports] == ["Unsent"]
