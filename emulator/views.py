"""A flow as the provider shows it: the answer to its creation, and the one shape that callbacks and tracking share.

Pure. What the provider's documentation leaves open about a message's JSON (the whole Voice element, for one) is decided
here and nowhere else. Encoded JSON is compact; what is unknown is left out, except where a null is documented.
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
from emulator.prices import charged
from emulator.sms import prepared


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


def termination_channel(flow: Flow) -> Channel | None:
    """The channel whose step ended the flow; None until the flow has ended."""
    if not flow.status.final or not flow.messages:
        return None
    return flow.step(flow.messages[-1]).channel


def cost(flow: Flow, message: Message) -> float:
    """What a message costs, all its parts together; a call is charged by the seconds that it was answered."""
    plan = flow.plan(message)
    return charged(flow.step(message).channel, plan.price, plan.parts, message.status, _talked(message))


def shown(flow: Flow) -> Json:
    """The flow as callbacks and tracking carry it."""
    return {
        "trackingId": flow.id,
        "messages": [element for message in flow.messages for element in _elements(flow, message)],
        "terminationChannel": termination_channel(flow),
        "status": flow.status,
        "statusCode": flow.status_code,
        "totalPrice": round(sum(cost(flow, message) for message in flow.messages), 4),
        "originatingService": "Failover",
        "applicationId": flow.application,
        "createdAt": times.written(flow.created_at),
        "updatedAt": times.written(flow.updated_at),
    }


def body(flow: Flow) -> bytes:
    """The JSON body of a callback."""
    return json.encode(shown(flow))


def _elements(flow: Flow, message: Message) -> list[Json]:
    match flow.step(message):
        case SmsStep() as step:
            return [_sms(flow, step, message, part) for part in range(1, flow.plan(message).parts + 1)]
        case ViberStep() as step:
            return [_viber(flow, step, message)]
        case VoiceStep() as step:
            return [_voice(flow, step, message)]


def _viber(flow: Flow, step: ViberStep, message: Message) -> Json:
    plan = flow.plan(message)
    return _known(
        {
            "type": step.channel,
            "trackingId": plan.id,
            "to": step.to,
            "from": plan.sender_name,
            "country": plan.country or None,
            "ttl": step.ttl,
            "expireOnDelivery": step.expire_on_delivery,
            "expiredOnDeliveryAt": _written(message.expired_on_delivery_at),
            "status": _status(message),
            "body": step.message,
            "label": step.label,
            "failoverOnStatuses": step.failover_on_statuses,
            "order": step.order,
            "inboundUrl": step.inbound_url,
            "price": cost(flow, message),
            "createdAt": times.written(message.started_at),
        },
        nulls=("expiredOnDeliveryAt",),
    )


def _sms(flow: Flow, step: SmsStep, message: Message, part: int) -> Json:
    plan = flow.plan(message)
    ended = message.updated_at if not message.live else None
    return _known(
        {
            "type": step.channel,
            "messageId": plan.id,
            "smsId": identifier(plan.id, part),
            "to": step.to,
            "from": step.sender,
            "country": plan.country or None,
            "operator": plan.operator or None,
            "ttl": step.ttl,
            "status": _status(message),
            "body": prepared(step.message.body, step.message.transcode is True),
            "price": round(cost(flow, message) / plan.parts, 4),
            "label": step.message.label,
            "order": step.order,
            "part": part,
            "parts": plan.parts,
            "latency": None if ended is None else round((ended - message.started_at) / 1000),
            "failoverOnStatuses": step.failover_on_statuses,
            "createdAt": times.written(message.started_at),
        }
    )


def _voice(flow: Flow, step: VoiceStep, message: Message) -> Json:
    plan = flow.plan(message)
    return _known(
        {
            "type": step.channel,
            "messageId": plan.id,
            "conversationTrackingId": identifier(plan.id, "conversation"),
            "to": recipient(step),
            "from": step.sender,
            "country": plan.country or None,
            "status": {"name": message.status, "updatedDate": times.written(message.updated_at)},
            "duration": None if message.live else _talked(message),
            "price": cost(flow, message),
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
