"""The provider's JSON of a flow, member by member."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import json, to_builtins
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.channels.table import Channel
from emulator.flow import machine
from emulator.flow.reply import Replied, Reply
from emulator.flow.request import SmsMessage, Step
from emulator.provider.failover import rendering
from emulator.provider.rendering import shown as whole
from tests.support.rendered import PRICES, shown
from tests.support.samples import MINUTE, NOW, SECOND, callback, flow, plan, sms, viber, voice


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


def test_before_the_end_there_is_no_termination_channel_and_the_latency_is_0() -> None:
    """What is unknown is null where that is documented, and only there."""
    told = shown(flow([sms()]), until=0)
    assert (told["terminationChannel"], told["statusCode"], told["status"]) == (None, None, "InProgress")
    assert told["messages"][0]["latency"] == 0


def test_the_answer_to_a_creation_is_the_request_with_its_id_and_time() -> None:
    """The id comes first and the time last; between them are the bytes of the request."""
    made = flow([sms(body="Ό,τι")], None, callback())
    answer = rendering.created(made)
    told = json.decode(answer)
    assert list(told) == ["trackingId", "flow", "callback", "createdAt"]
    assert (told["trackingId"], told["createdAt"]) == ("flow-1", "2026-03-02T09:15:44.44Z")
    assert told["flow"] == to_builtins(made.request)["flow"]
    assert json.encode(made.request)[1:-1] in answer


@pytest.mark.parametrize(
    ("second", "channel"), [((SECOND, "Delivered"), Channel.SMS), ((SECOND, "Undelivered"), Channel.SMS), (None, None)]
)
def test_the_termination_channel_is_that_of_the_last_step(second: Any, channel: Channel | None) -> None:
    """Whether it succeeded or failed; none until the flow has ended."""
    made = flow([viber(), sms(2)], (plan((SECOND, "FAILED")), plan(*([second] if second else []))))
    assert shown(made, MINUTE)["terminationChannel"] == channel


@pytest.mark.parametrize(
    ("step", "report", "price"),
    [
        (sms(body="x" * 161), "Delivered", 0.06),
        (sms(), "Queued", 0.03),
        (sms(), "Unsent", 0),
        (viber(), "DELIVERED", 0.01),
        (viber(), "FAILED", 0),
        (voice(), "Ringing", 0),
    ],
)
def test_a_message_costs_what_its_channel_takes_for_its_status(step: Step, report: str, price: float) -> None:
    """An Sms by its parts; a call that nobody answered nothing."""
    assert shown(flow([step], (plan((SECOND, report)),)), MINUTE)["totalPrice"] == price


def test_a_total_price_is_that_of_all_messages_to_four_decimals() -> None:
    """Binary fractions don't show."""
    steps: list[Step] = [replace(sms(order), message=SmsMessage("x" * 400)) for order in range(1, 4)]
    reports = (plan((SECOND, "Undelivered")), plan((SECOND, "Undelivered")), plan((SECOND, "Delivered")))
    done = machine.due(machine.accept(flow(steps, reports)).flow, NOW + MINUTE).flow
    told = whole.shown(done, Prices(sms={"*": 0.1}))
    assert len(told.messages) == 9
    assert told.total_price == 0.9


def test_a_reply_refers_to_the_message_that_it_answers() -> None:
    """By the id that the flow's JSON has for it; sender and recipient change places."""
    step = replace(viber(), label="june")
    made = flow([step], (plan((SECOND, "DELIVERED")),))
    (message,) = shown(made)["messages"]
    assert json.decode(rendering.Rendering(PRICES).reply(made, Replied("r", 0, NOW, "", Reply("Thanks")))) == {
        "from": message["to"],
        "to": message["from"],
        "message": "Thanks",
        "sentDate": "2026-03-02T09:15:44.44Z",
        "referenceTrackingId": message["trackingId"],
        "direction": "Inbound",
        "label": "june",
    }
    bare = rendering.Rendering(PRICES).reply(flow([viber()]), Replied("r", 0, NOW, "", Reply()))
    assert b'"label":""' in bare


def test_a_callback_s_body_is_that_of_the_tracking() -> None:
    """At the prices that the rendering is made with."""
    made = flow([sms()], (plan((SECOND, "Delivered")),))
    done = machine.due(machine.accept(made).flow, NOW + MINUTE).flow
    assert rendering.Rendering(PRICES).callbacks(done) == (rendering.body(done, PRICES),)
    assert rendering.Rendering(Prices()).callbacks(done) != (rendering.body(done, PRICES),)
