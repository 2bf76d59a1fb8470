"""A flow as the provider shows it: the answer to its creation, and the one shape that callbacks and tracking share.

Pure. What the provider's documentation leaves open about a message's JSON (the whole Voice element, for one) is decided
here and nowhere else. Ids, countries, networks and prices are not stored: they follow from flow and price table.
Encoded JSON is compact; what is unknown is left out, except where a null is documented.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field, json

from emulator import times
from emulator.draws import identifier
from emulator.model import (
    Callback,
    Channel,
    DialPlan,
    Flow,
    FlowStatus,
    Json,
    Message,
    SmsStep,
    StatusCode,
    Step,
    ViberMessage,
    ViberStep,
    VoiceStep,
    recipient,
)
from emulator.names import sender_name
from emulator.numbers import country, operator
from emulator.prices import Prices, charged, unit
from emulator.sms import count, prepared, shortened


_encode = json.Encoder().encode


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


class _Reason(Struct, frozen=True, rename="camel", gc=False):
    detailed_status: str
    description: str


class _Status(Struct, frozen=True, rename="camel", gc=False):
    name: str
    reason: _Reason | UnsetType
    updated_date: str


class _Viber(Struct, frozen=True, rename="camel", gc=False):
    type: str
    tracking_id: str
    to: str
    sender: str = field(name="from")
    country: str | UnsetType
    ttl: int | float
    expire_on_delivery: bool
    expired_on_delivery_at: str | None
    status: _Status
    body: ViberMessage
    label: str | UnsetType
    failover_on_statuses: list[str]
    order: int
    inbound_url: str | UnsetType
    price: float
    created_at: str


class _Sms(Struct, frozen=True, rename="camel", gc=False):
    type: str
    message_id: str
    sms_id: str
    to: str
    sender: str = field(name="from")
    country: str | UnsetType
    operator: str | UnsetType
    ttl: int | float
    status: _Status
    body: str
    price: float
    label: str | UnsetType
    order: int
    part: int
    parts: int
    latency: int | UnsetType
    failover_on_statuses: list[str]
    created_at: str


class _Voice(Struct, frozen=True, rename="camel", gc=False):
    type: str
    message_id: str
    conversation_tracking_id: str
    to: str
    sender: str = field(name="from")
    country: str | UnsetType
    status: _Status
    duration: int | UnsetType
    price: float
    order: int
    failover_on_statuses: list[str]
    dial_plans: list[DialPlan]
    machine_detection: Json | UnsetType
    created_at: str


_Element = _Viber | _Sms | _Voice


class _Shown(Struct, frozen=True, rename="camel", gc=False):
    tracking_id: str
    messages: list[_Element]
    termination_channel: Channel | None
    status: FlowStatus
    status_code: StatusCode | None
    total_price: float
    originating_service: str
    application_id: str
    created_at: str
    updated_at: str


def _of(flow: Flow, prices: Prices) -> _Shown:
    elements: list[_Element] = []
    total = 0.0
    for message in flow.messages:
        shown_as, price = _elements(flow, message, prices)
        elements += shown_as
        total += price
    return _Shown(
        flow.id,
        elements,
        termination_channel(flow),
        flow.status,
        flow.status_code,
        round(total, 4),
        "Failover",
        flow.application,
        times.written(flow.created_at),
        times.written(flow.updated_at),
    )


def shown(flow: Flow, prices: Prices) -> Json:
    """The flow as callbacks and tracking carry it."""
    made: Json = json.decode(body(flow, prices))
    return made


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
    return _encode(_of(flow, prices))


def _elements(flow: Flow, message: Message, prices: Prices) -> tuple[list[_Element], float]:
    """A message as its elements, one for each part, and what it costs with all its parts together."""
    name, step = identifier(flow.id, "message", message.step), flow.step(message)
    match step:
        case SmsStep():
            text = sent(flow, step)
            parts = count(text)
            price = _price(step, message, parts, prices)
            return [_sms(name, step, message, text, part, parts, price) for part in range(1, parts + 1)], price
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


def _viber(name: str, step: ViberStep, message: Message, price: float) -> _Viber:
    expired = message.expired_on_delivery_at
    return _Viber(
        step.channel,
        name,
        step.to,
        sender_name(step.sender_info_tracking_id),
        _country(step) or UNSET,
        step.ttl,
        step.expire_on_delivery,
        None if expired is None else times.written(expired),
        _status(message),
        step.message,
        step.label,
        step.failover_on_statuses,
        step.order,
        step.inbound_url,
        price,
        times.written(message.started_at),
    )


def _sms(  # noqa: PLR0913, PLR0917  # they are what differs
    name: str, step: SmsStep, message: Message, text: str, part: int, parts: int, price: float
) -> _Sms:
    return _Sms(
        step.channel,
        name,
        identifier(name, part),
        step.to,
        step.sender,
        _country(step) or UNSET,
        operator(step.to) or UNSET,
        step.ttl,
        _status(message),
        text,
        round(price / parts, 4),
        step.message.label,
        step.order,
        part,
        parts,
        UNSET if message.live else round((message.updated_at - message.started_at) / 1000),
        step.failover_on_statuses,
        times.written(message.started_at),
    )


def _voice(name: str, step: VoiceStep, message: Message, price: float) -> _Voice:
    return _Voice(
        step.channel,
        name,
        identifier(name, "conversation"),
        recipient(step),
        step.sender,
        _country(step) or UNSET,
        _Status(message.status, UNSET, times.written(message.updated_at)),
        UNSET if message.live else _talked(message),
        price,
        step.order,
        step.failover_on_statuses,
        step.dial_plans,
        step.machine_detection,
        times.written(message.started_at),
    )


def _status(message: Message) -> _Status:
    return _Status(message.status, _Reason(message.detailed, message.description), times.written(message.updated_at))


def _talked(message: Message) -> int:
    """The whole seconds that a call lasted once answered."""
    if message.answered_at is None or message.live:
        return 0
    return round((message.updated_at - message.answered_at) / 1000)
