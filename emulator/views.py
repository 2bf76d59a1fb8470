"""A flow as the provider shows it: the answer to its creation, and the one shape that callbacks and tracking share.

Pure. What the provider's documentation leaves open about a message's JSON (the whole Voice element, for one) is decided
here and nowhere else. Ids, countries, networks and prices are not stored: they follow from flow and price table.
Encoded JSON is compact; what is unknown is left out, except where a null is documented.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, json

from emulator import times
from emulator.draws import identifier
from emulator.model import (
    Callback,
    Channel,
    Flow,
    Json,
    Message,
    SmsStep,
    Step,
    ViberStep,
    VoiceStep,
    recipient,
)
from emulator.names import sender_name
from emulator.numbers import country, operator
from emulator.prices import Prices, charged, unit
from emulator.sms import count, prepared, shortened


class Created(Struct, frozen=True, rename="camel"):
    """The answer to POST /failover: the request as understood, with its id and time."""

    tracking_id: str
    flow: list[Step]
    callback: Callback | UnsetType
    restrictions: Json | UnsetType
    created_at: str


def created(flow: Flow) -> bytes:
    """The body that answers the creation of a flow."""
    request = flow.request
    at = times.written(flow.created_at)
    return json.encode(Created(flow.id, request.flow, request.callback, request.restrictions, at))


def created_of(flow: Flow, request: bytes) -> bytes:
    """The same, of a request that is encoded already."""
    at = times.written(flow.created_at)
    return b'{"trackingId":"%b",%b,"createdAt":"%b"}' % (flow.id.encode(), request[1:-1], at.encode())


def termination_channel(flow: Flow) -> Channel | None:
    """The channel whose step ended the flow; None until the flow has ended."""
    if not flow.status.final or not flow.messages:
        return None
    return flow.step(flow.messages[-1]).channel


def shown(flow: Flow, prices: Prices) -> Json:
    """The flow as callbacks and tracking carry it."""
    elements: list[Json] = []
    total = 0.0
    for message in flow.messages:
        shown_as, price = _elements(flow, message, prices)
        elements += shown_as
        total += price
    return {
        "trackingId": flow.id,
        "messages": elements,
        "terminationChannel": termination_channel(flow),
        "status": flow.status,
        "statusCode": flow.status_code,
        "totalPrice": round(total, 4),
        "originatingService": "Failover",
        "applicationId": flow.application,
        "createdAt": times.written(flow.created_at),
        "updatedAt": times.written(flow.updated_at),
    }


def reply(flow: Flow, step: ViberStep, index: int, text: str, at: int) -> Json:
    """What the customer's `inboundUrl` gets when the recipient of a Viber message answers it."""
    return {
        "from": step.to,
        "to": sender_name(step.sender_info_tracking_id),
        "message": text,
        "sentDate": times.written(at),
        "campaignName": "",
        "campaignTrackingId": "",
        "referenceTrackingId": identifier(flow.id, "message", index),
        "direction": "Inbound",
        "media": "",
        "filename": "",
        "label": step.label or "",
    }


def body(flow: Flow, prices: Prices) -> bytes:
    """The JSON body of a callback, and of the tracking of one flow."""
    return json.encode(shown(flow, prices))


def _elements(flow: Flow, message: Message, prices: Prices) -> tuple[list[Json], float]:
    """A message as its elements, one for each part, and what it costs with all its parts together."""
    name, step = identifier(flow.id, "message", message.step), flow.step(message)
    match step:
        case SmsStep():
            text = sent(flow, step)
            parts = count(text)
            price = _price(step, message, parts, prices)
            shared = _sms(name, step, message, text)
            return [shared | _part(name, part, parts, price) for part in range(1, parts + 1)], price
        case ViberStep():
            price = _price(step, message, 1, prices)
            return [_viber(name, step, message, price)], price
        case VoiceStep():
            price = _price(step, message, 1, prices)
            return [_voice(name, step, message, price)], price


def _price(step: Step, message: Message, parts: int, prices: Prices) -> float:
    """What a message costs; a call is charged by the seconds that it was answered."""
    return charged(step.channel, unit(prices, step, _country(step)), parts, message.status, _talked(message))


def cost(flow: Flow, message: Message, prices: Prices) -> float:
    """What a message costs as it stands, with all its parts."""
    return _elements(flow, message, prices)[1]


def _country(step: Step) -> str:
    return country(recipient(step))


def sent(flow: Flow, step: SmsStep) -> str:
    """The text that goes out: with short links if that was asked for, and transcoded if that was."""
    asked = step.url_shortener is not UNSET or step.message.url_shortener is not UNSET
    body = shortened(step.message.body, flow.id) if asked else step.message.body
    return prepared(body, step.message.transcode is True)


def _viber(name: str, step: ViberStep, message: Message, price: float) -> Json:
    return _known(
        {
            "type": step.channel,
            "trackingId": name,
            "to": step.to,
            "from": sender_name(step.sender_info_tracking_id),
            "country": _country(step) or None,
            "ttl": step.ttl,
            "expireOnDelivery": step.expire_on_delivery,
            "expiredOnDeliveryAt": _written(message.expired_on_delivery_at),
            "status": _status(message),
            "body": step.message,
            "label": step.label,
            "failoverOnStatuses": step.failover_on_statuses,
            "order": step.order,
            "inboundUrl": step.inbound_url,
            "price": price,
            "createdAt": times.written(message.started_at),
        },
        nulls=("expiredOnDeliveryAt",),
    )


def _sms(name: str, step: SmsStep, message: Message, text: str) -> Json:
    return _known(
        {
            "type": step.channel,
            "messageId": name,
            "smsId": "",
            "to": step.to,
            "from": step.sender,
            "country": _country(step) or None,
            "operator": operator(step.to) or None,
            "ttl": step.ttl,
            "status": _status(message),
            "body": text,
            "price": 0.0,
            "label": step.message.label,
            "order": step.order,
            "part": 0,
            "parts": 0,
            "latency": None if message.live else round((message.updated_at - message.started_at) / 1000),
            "failoverOnStatuses": step.failover_on_statuses,
            "createdAt": times.written(message.started_at),
        }
    )


def _part(name: str, part: int, parts: int, price: float) -> Json:
    """What sets one part of an Sms apart from the others."""
    return {"smsId": identifier(name, part), "price": round(price / parts, 4), "part": part, "parts": parts}


def _voice(name: str, step: VoiceStep, message: Message, price: float) -> Json:
    return _known(
        {
            "type": step.channel,
            "messageId": name,
            "conversationTrackingId": identifier(name, "conversation"),
            "to": recipient(step),
            "from": step.sender,
            "country": _country(step) or None,
            "status": {"name": message.status, "updatedDate": times.written(message.updated_at)},
            "duration": None if message.live else _talked(message),
            "price": price,
            "order": step.order,
            "failoverOnStatuses": step.failover_on_statuses,
            "dialPlans": step.dial_plans,
            "machineDetection": step.machine_detection,
            "createdAt": times.written(message.started_at),
        }
    )


def _status(message: Message) -> Json:
    return {
        "name": message.status,
        "reason": {"detailedStatus": message.detailed, "description": message.description},
        "updatedDate": times.written(message.updated_at),
    }


def _talked(message: Message) -> int:
    """The whole seconds that a call lasted once answered."""
    if message.answered_at is None or message.live:
        return 0
    return round((message.updated_at - message.answered_at) / 1000)


def _written(ms: int | None) -> str | None:
    return None if ms is None else times.written(ms)


def _known(members: Json, nulls: tuple[str, ...] = ()) -> Json:
    return {key: value for key, value in members.items() if key in nulls or (value is not None and value is not UNSET)}
