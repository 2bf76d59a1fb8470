"""Renders one message of a flow: an element for a Viber message or a call, one for each part of an Sms. Pure.

What the provider's documentation leaves open about a message's JSON (such as the whole Voice element) is decided here
and nowhere else. Ids, countries, networks and prices are not stored: they are computed from flow and price table.
Members are in the provider's order. What the request may leave out is left out here too; all else is always there,
since typed readers rely on it, and null only where that is documented.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import asdict, replace

from emulator.channels.numbers import UNKNOWN, country, network
from emulator.channels.senders import Named, sender_name
from emulator.channels.table import CHANNELS, Channel, Reason
from emulator.channels.text import count
from emulator.choices.table import TAKEN
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.content import sent, talked
from emulator.flow.kinds import NAMED
from emulator.flow.objections import message_of
from emulator.flow.request import DialPlan, SmsStep, Step, ViberMessage, ViberStep, ViberTemplate, VoiceStep
from emulator.flow.state import Flow, Message, reason
from emulator.flow.usage import UNSENT, free
from emulator.seed import belonging, identifier


class Status(Struct, frozen=True, rename="camel", gc=False):
    """A message's status, why it has it, and since when."""

    name: str
    reason: Reason | UnsetType
    updated_date: str


class _Viber(Struct, frozen=True, rename="camel", gc=False):
    type: Channel
    tracking_id: str
    to: str
    sender: str = field(name="from")
    country: str
    ttl: int | float
    expire_on_delivery: bool
    expired_on_delivery_at: str | None
    status: Status
    body: ViberMessage | UnsetType
    label: str | UnsetType
    failover_on_statuses: list[str]
    order: int
    inbound_url: str | UnsetType
    price: float
    created_at: str


class _Template(_Viber, frozen=True, rename="camel", gc=False):
    """A Viber message that is a template, which is not documented: with the request's members in place of a body."""

    template_id: str
    template_lang: str
    template_params: dict[str, str | int | float]
    delivery_scope: str
    seq: str


class Sms(Struct, frozen=True, rename="camel", gc=False):
    """One part of an Sms."""

    type: Channel
    message_id: str
    sms_id: str
    to: str
    sender: str = field(name="from")
    country: str
    operator: str
    ttl: int | float
    status: Status
    body: str
    price: float
    label: str | UnsetType
    order: int
    part: int
    parts: int
    latency: int
    failover_on_statuses: list[str]
    created_at: str


class _Voice(Struct, frozen=True, rename="camel", gc=False):
    type: Channel
    message_id: str
    conversation_tracking_id: str
    to: str
    sender: str = field(name="from")
    country: str
    status: Status
    duration: int
    price: float
    order: int
    failover_on_statuses: list[str]
    dial_plans: list[DialPlan]
    machine_detection: Json | UnsetType
    created_at: str


Element = _Viber | Sms | _Voice
CALLED_OFF: Final = "The message was called off before it was sent."
"""Why a message is Unsent whose flow ended before it: not documented, as is its status, which lack of balance has."""


def standing(flow: Flow, index: int) -> Message:
    """How the message of a step stands: one that is held back has its first status, one that will never start is
    Unsent.
    """
    if (started := message_of(flow, index)) is not None:
        return started
    traits, at = CHANNELS[flow.request.flow[index].channel], flow.created_at
    if not flow.status.final:
        return Message(index, traits.initial, "", "", at, at)
    unsent = next(status for status in traits.statuses if status.upper() == "UNSENT")
    return Message(index, unsent, "", CALLED_OFF, at, flow.updated_at)


def elements(flow: Flow, message: Message, price: Decimal, named: Named = sender_name) -> list[Element]:
    """The elements of a message; `price` is that of all its parts, `named` are the senders of Viber messages."""
    name, step = message_id(flow, message.step), flow.request.flow[message.step]
    match step:
        case SmsStep():
            return [*_sms(flow, name, step, message, price)]
        case ViberStep():
            made = _viber(name, named(step.sender_info_tracking_id), step, message, float(price))
            return [made if step.template is UNSET else _templated(made, step.template, flow, message.step)]
        case VoiceStep():
            return [_voice(flow, step, message, float(price))]


def message_id(flow: Flow, step: int) -> str:
    """The id of the message of the step at this index, from 0. A flow of a service that sends one message is that
    message. Any other's messages have ids that end like the flow's, by which the store finds it.
    """
    return flow.id if flow.kind in NAMED else belonging(flow.id, "message", step)


def conversation_id(flow: Flow, step: int) -> str:
    """The id of the conversation of the call of the step at this index, from 0. A flow of a service that begins one
    call is that conversation.
    """
    return flow.id if flow.kind == "voice" else identifier(message_id(flow, step), "conversation")


def _viber(name: str, sender: str, step: ViberStep, message: Message, price: float) -> _Viber:
    expired = message.expired_on_delivery_at
    return _Viber(
        step.channel,
        name,
        step.to,
        sender,
        country_of(step.to),
        step.ttl,
        step.expire_on_delivery,
        None if expired is None else instants.written(expired),
        _status(step, message),
        step.message,
        step.label,
        step.failover_on_statuses,
        step.order,
        step.inbound_url,
        price,
        instants.written(message.started_at),
    )


def _templated(made: _Viber, template: ViberTemplate, flow: Flow, index: int) -> _Template:
    """A Viber message of a transactional flow."""
    return _Template(
        **asdict(replace(made, body=UNSET)),
        template_id=template.template_id,
        template_lang=template.template_lang,
        template_params=template.template_params,
        delivery_scope=template.delivery_scope,
        seq=seq(flow, template, index),
    )


def seq(flow: Flow, template: ViberTemplate, index: int) -> str:
    """The `seq` of the step at this index, which has this template: the request's, or an invented one."""
    return template.seq or identifier(flow.id, "seq", index)


def _sms(flow: Flow, name: str, step: SmsStep, message: Message, price: Decimal) -> list[Sms]:
    text = sent(flow, step)
    parts = count(text)
    shown = [message.part(part) for part in range(1, parts + 1)]
    took = 0 if message.live else message.updated_at - message.started_at
    if flow.choices is TAKEN:
        latency, paid = round(took / 1000), [part.status not in UNSENT for part in shown]
    else:
        latency = took if flow.choices.latency == "milliseconds" else round(took / 1000)
        paid = [not free(flow, step, part.status) for part in shown]
    return [
        Sms(
            step.channel,
            name,
            identifier(name, part),
            step.to,
            step.sender,
            country_of(step.to),
            network(step.to),
            step.ttl,
            _status(step, each),
            text,
            float(price / sum(paid)) if paid[part - 1] else 0.0,
            step.message.label,
            step.order,
            part,
            parts,
            latency,
            step.failover_on_statuses,
            instants.written(message.started_at),
        )
        for part, each in enumerate(shown, 1)
    ]


def _voice(flow: Flow, step: VoiceStep, message: Message, price: float) -> _Voice:
    to = str(step.to)
    return _Voice(
        step.channel,
        message_id(flow, message.step),
        conversation_id(flow, message.step),
        to,
        step.sender,
        country_of(to),
        Status(message.status, UNSET, instants.written(message.updated_at)),
        talked(message),
        price,
        step.order,
        step.failover_on_statuses,
        step.dial_plans,
        step.machine_detection,
        instants.written(message.started_at),
    )


def country_of(to: str) -> str:
    """The country of a recipient."""
    return country(to) or UNKNOWN


def _status(step: Step, message: Message) -> Status:
    return Status(message.status, reason(step.channel, message), instants.written(message.updated_at))
