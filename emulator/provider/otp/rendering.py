"""Renders a flow that brings a one-time password: the answer to its request, and its story. Pure.

The story is what its tracking answers, and what is posted when it changes. Its members are in snake_case but those
that the other services have too, its times in whole seconds. What is not known is left out.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType, field, json

from emulator.accounts.prices import FREE, Prices, cost
from emulator.channels.numbers import network
from emulator.channels.table import CHANNELS, Channel, Kind
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.request import Request, SmsStep, ViberStep, sequence
from emulator.flow.state import Flow, FlowStatus, reason
from emulator.provider.rendering.elements import country_of, message_id
from emulator.provider.rendering.wording import Wording

_EXPIRED: Final = "Expired"
"""The `detailed_status` of an expired Viber message, which other services word otherwise."""
_UNSENT: Final = ("QUEUED", "FAILED", "UNSENT")
"""The statuses, in capitals, of messages that were not sent, or not yet."""
_encode: Final = json.Encoder().encode


class Step(Struct, frozen=True, gc=False):
    """A step that was begun: one message, whatever its parts."""

    tracking_id: str = field(name="trackingId")
    role: str
    flow_id: str = field(name="flowId")
    status: str
    channel: str
    phone_number: str
    failover_from_message_token: str | UnsetType
    label: str | UnsetType
    created_at: str
    sent_at: str | UnsetType
    delivered_at: str | UnsetType
    detailed_status: str | UnsetType
    error_message: str | UnsetType
    price: float
    latency_ms: int | UnsetType
    country: str
    operator: str | UnsetType


class Story(Struct, frozen=True, gc=False):
    """A flow and its steps so far."""

    flow_id: str = field(name="flowId")
    status: FlowStatus
    status_code: int | None = field(name="statusCode")
    total_cost: float
    steps: list[Step]


def created(flow: Flow) -> bytes:
    """The body that answers a request that was accepted."""
    first = flow.request.flow[begun := sequence(flow.request)[0]]
    alone = len(flow.request.flow) == 1
    return _encode(
        {
            "flowId": flow.id,
            "status": FlowStatus.SUCCEEDED if alone else FlowStatus.IN_PROGRESS,
            "type": first.channel,
            "flow": asked(flow.request, {begun: message_id(flow, begun)}),
            "createdAt": instants.written(flow.created_at),
            "statusCode": None,
        }
    )


def asked(request: Request, sent: dict[int, str]) -> list[Json]:
    """The steps as they were asked for, with the ids of those that were `sent`."""
    return [step | {"trackingId": sent.get(index)} for index, step in enumerate(request.asked or ())]


def story(flow: Flow, prices: Prices) -> Story:
    """How a flow stands. That it succeeds before its last message is delivered follows from a documented example: no
    other channel can follow then.
    """
    costs = [cost(flow, message, prices) for message in flow.messages]
    waits = not flow.status.final and len(flow.messages) < len(flow.request.flow)
    status = FlowStatus.IN_PROGRESS if waits else FlowStatus.SUCCEEDED
    failed = flow.status is FlowStatus.FAILED
    return Story(
        flow.id,
        flow.status if failed else status,
        int(flow.status_code) if flow.status_code is not None else None,
        float(sum(costs, FREE)),
        [_step(flow, place, float(price)) for place, price in enumerate(costs)],
    )


class Rendering(Wording, frozen=True):
    """What is posted about flows of this service."""

    def created(self, flow: Flow) -> bytes:
        """The body that answers a request that was accepted."""
        return created(flow)

    def callbacks(self, flow: Flow) -> tuple[bytes]:
        """The body of the one callback that tells the flow's story."""
        return (_encode(story(flow, self.prices)),)


def _step(flow: Flow, place: int, price: float) -> Step:
    message, before = flow.messages[place], flow.messages[place - 1] if place else None
    step, status, why = flow.step(message), message.status, reason(flow.step(message).channel, message)
    failed = CHANNELS[step.channel].statuses[status] is Kind.FAILURE
    waits, to = status == CHANNELS[step.channel].initial, str(step.to)
    written = (flow.request.asked or [{}])[message.step].get("to", to)
    label = step.message.label if isinstance(step, SmsStep) else step.label if isinstance(step, ViberStep) else UNSET
    return Step(
        message_id(flow, message.step),
        "failover" if before else "primary",
        flow.id,
        status.lower() if waits else status,
        step.channel.lower(),
        written[0] if isinstance(written, list) else written,
        message_id(flow, before.step) if before else UNSET,
        label or UNSET,
        _second(message.started_at),
        UNSET if status.upper() in _UNSENT else _second(message.started_at),
        UNSET if message.reached_at is None else _second(message.reached_at),
        UNSET if waits else _EXPIRED if status == "EXPIRED" else why.detailed_status,
        why.description if failed else UNSET,
        price,
        UNSET if message.live else (message.reached_at or message.updated_at) - message.started_at,
        country_of(to),
        network(to) if step.channel is Channel.SMS else UNSET,
    )


def _second(at: int) -> str:
    """A time without its fraction."""
    return instants.written(at // 1000 * 1000)
