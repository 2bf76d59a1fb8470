"""The provider's JSON of a flow, member by member."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.flow.request import SmsMessage, Step, UrlShortener
from emulator.flow.state import Flow
from emulator.provider.failover import rendering
from tests.support.samples import MINUTE, NOW, SECOND, flow, plan, sms, viber, voice

PRICES = Prices(sms={"*": 0.03}, voice={"*": 0.12})


def shown(start: Flow, until: int = 10**9) -> Any:
    """The JSON of a flow once so much time has passed."""
    return json.decode(rendering.body(machine.due(machine.accept(start).flow, NOW + until).flow, PRICES))


def test_viber_then_sms_in_the_documented_shape() -> None:
    """Every member that the provider's example has, in its order, with its types."""
    steps: list[Step] = [replace(viber(1), label="june", inbound_url="https://app.example/in"), sms(2)]
    told = shown(flow(steps, (plan(), plan((500, "Sent"), (4700, "Delivered")))))
    first, second = told.pop("messages")
    assert told == {
        "trackingId": "flow-1",
        "terminationChannel": "Sms",
        "status": "Succeeded",
        "statusCode": None,
        "totalPrice": 0.04,
        "originatingService": "Failover",
        "applicationId": "app",
        "createdAt": "2026-03-02T09:15:44.44Z",
        "updatedAt": "2026-03-02T09:18:19.14Z",
    }
    assert first.pop("trackingId")
    assert first.pop("from")
    assert first == {
        "type": "Viber",
        "to": "+306912345678",
        "country": "GR",
        "ttl": 2.5,
        "expireOnDelivery": False,
        "expiredOnDeliveryAt": None,
        "status": {
            "name": "EXPIRED",
            "reason": {"detailedStatus": "TTL Expired", "description": "The message was not delivered within its ttl."},
            "updatedDate": "2026-03-02T09:18:14.44Z",
        },
        "body": {"text": "Hi"},
        "label": "june",
        "failoverOnStatuses": ["EXPIRED", "FAILED", "UNDELIVERED"],
        "order": 1,
        "inboundUrl": "https://app.example/in",
        "price": 0.01,
        "createdAt": "2026-03-02T09:15:44.44Z",
    }
    assert second.pop("messageId") != second.pop("smsId")
    assert second == {
        "type": "Sms",
        "to": "+306912345678",
        "from": "Shop",
        "country": "GR",
        "operator": "M-STAT",
        "ttl": 120,
        "status": {
            "name": "Delivered",
            "reason": {"detailedStatus": "Delivered", "description": "The message reached the handset."},
            "updatedDate": "2026-03-02T09:18:19.14Z",
        },
        "body": "Hi",
        "price": 0.03,
        "order": 2,
        "part": 1,
        "parts": 1,
        "latency": 5,
        "failoverOnStatuses": ["Undelivered", "Failed"],
        "createdAt": "2026-03-02T09:18:14.44Z",
    }


def test_a_message_whose_usual_texts_are_written_out_is_shown_as_one_without() -> None:
    """Older stores have them written out; a text of its own stays."""
    told = machine.due(machine.accept(flow([sms()], (plan((SECOND, "Delivered")),))).flow, NOW + MINUTE).flow
    (message,) = told.messages
    assert (message.detailed, message.description) == ("", "")
    written = replace(message, detailed="Delivered", description="The message reached the handset.")
    assert rendering.body(replace(told, messages=(written,)), PRICES) == rendering.body(told, PRICES)
    own = replace(told, messages=(replace(message, detailed="Odd"),))
    assert json.decode(rendering.body(own, PRICES))["messages"][0]["status"]["reason"] == {
        "detailedStatus": "Odd",
        "description": "The message reached the handset.",
    }


def test_a_call_has_no_reason_and_is_paid_by_the_second() -> None:
    """From the moment that it was answered."""
    told = shown(flow([voice()], (plan((SECOND, "InProgress"), (91 * SECOND, "Completed")),)))
    (call,) = told["messages"]
    assert call["status"] == {"name": "Completed", "updatedDate": "2026-03-02T09:17:15.44Z"}
    assert (call["duration"], call["price"], told["totalPrice"]) == (90, 0.18, 0.18)
    assert call["dialPlans"][0]["verbs"][0]["type"] == "SAY"
    assert {"messageId", "conversationTrackingId", "to", "from", "country", "order", "createdAt"} <= set(call)


def test_an_unanswered_call_costs_nothing() -> None:
    """And lasted no time."""
    (call,) = shown(flow([voice()], (plan((SECOND, "Busy")),)))["messages"]
    assert (call["duration"], call["price"]) == (0, 0)


def test_before_the_end_there_is_no_termination_channel_and_no_latency() -> None:
    """What is unknown is null where documented, else left out."""
    told = shown(flow([sms()]), until=0)
    assert (told["terminationChannel"], told["statusCode"], told["status"]) == (None, None, "Queued")
    assert "latency" not in told["messages"][0]


def test_each_part_of_an_sms_is_an_element_with_its_own_price() -> None:
    """One messageId, as many smsIds as parts."""
    long = replace(sms(), message=SmsMessage("x" * 400, label="june"))
    told = shown(flow([long], (plan((SECOND, "Delivered")),)))
    assert [(each["part"], each["parts"], each["price"], each["label"]) for each in told["messages"]] == [
        (1, 3, 0.03, "june"),
        (2, 3, 0.03, "june"),
        (3, 3, 0.03, "june"),
    ]
    assert len({each["messageId"] for each in told["messages"]}) == 1
    assert len({each["smsId"] for each in told["messages"]}) == 3
    assert told["totalPrice"] == 0.09


def test_the_time_of_an_expiry_after_delivery_is_told() -> None:
    """At the message's level."""
    start = flow([viber(ttl=1, expire_on_delivery=True)], (plan((SECOND, "DELIVERED")),))
    (message,) = shown(start)["messages"]
    assert (message["expireOnDelivery"], message["expiredOnDeliveryAt"]) == (True, "2026-03-02T09:16:44.44Z")


@pytest.mark.parametrize(("status", "price"), [("Failed", 0), ("Undelivered", 0.03)])
def test_only_what_was_never_sent_is_free(status: str, price: float) -> None:
    """An Sms that was not delivered is paid."""
    assert shown(flow([sms()], (plan((SECOND, status)),)))["totalPrice"] == price


def test_a_transcoded_sms_shows_the_text_that_was_sent() -> None:
    """As the provider does."""
    greek = replace(sms(), message=SmsMessage("Καλημέρα " * 10, transcode=True))
    (message,) = shown(flow([greek], (plan((MINUTE, "Delivered")),)))["messages"]
    assert message["body"].startswith("KAΛHMEPA")


def test_links_are_shortened_where_that_is_asked_for() -> None:
    """Up to the next blank; the parts and the price follow from the short text."""
    link = "https://app.example/" + "x" * 150
    plain = replace(sms(), message=SmsMessage(f"See {link} now"))
    short = replace(plain, url_shortener=UrlShortener())
    for step, parts in ((plain, 2), (short, 1)):
        told = shown(flow([step], (plan((SECOND, "Delivered")),)))
        assert len(told["messages"]) == parts
    body = told["messages"][0]["body"]
    assert body.startswith("See https://s.invalid/")
    assert body.endswith(" now")
