"""Renders a call: the answer to its request, its callbacks, and its trackings. Pure.

Most of what the trackings have is documented without an example, so their order is that of the documentation's tables.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType, field, json
from msgspec.structs import replace

from emulator.accounts.prices import Prices, cost
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.content import talked
from emulator.flow.kinds import KINDS
from emulator.flow.request import DialPlan, Strategy, VoiceStep, VoiceTarget
from emulator.flow.state import Flow
from emulator.provider.rendering.elements import conversation_id, country_of, message_id, standing
from emulator.provider.rendering.wording import Wording

OUTBOUND: Final = "Outbound"
CHARGE_INTERVAL: Final = 1
"""By how many seconds a call is charged: calls are documented to be billed by the second."""
_encode: Final = json.Encoder().encode


class _Callback(Struct, frozen=True, gc=False):
    url: str
    strategy: Strategy


class Conversation(Struct, frozen=True, rename="camel", gc=False):
    """A call as the answer to its request has it; later it has `recordings` too, of which there are none here."""

    tracking_id: str
    direction: str
    sender: str = field(name="from")
    to: VoiceTarget
    dial_plans: list[DialPlan] | UnsetType
    dial_plan_url: str | UnsetType
    machine_detection: Json | UnsetType
    created_at: str
    callback: _Callback | UnsetType
    hangup_delay: int | UnsetType
    max_duration: int | UnsetType
    recordings: list[str] | UnsetType = UNSET


class _Told(Struct, frozen=True, rename="camel", gc=False):
    name: str
    updated_date: str


class _Status(Struct, frozen=True, rename="camel", gc=False):
    """What is posted when a call's status changes."""

    message_id: str
    conversation_tracking_id: str
    to: str
    sender: str = field(name="from")
    status: _Told
    direction: str
    originating_service: str
    respect_quiet_hours: bool
    duration: int
    price: float


class _Since(Struct, frozen=True, gc=False):
    status: str
    date: str


class Dial(Struct, frozen=True, rename="camel", gc=False):
    """A call as its trackings have it; alone, with the first thing that is said or played."""

    message_id: str
    conversation_tracking_id: str
    to: str
    sender: str = field(name="from")
    country: str
    status: _Since
    originating_service: str
    direction: str
    duration: int
    price: float
    charge_interval: int
    collected_tones: str
    recordings: list[str]
    answered_by: str
    message: Json | UnsetType = UNSET
    file_url: str | UnsetType = field(name="fileURL", default=UNSET)


def created(flow: Flow) -> bytes:
    """The body that answers the request for a call."""
    return _encode(conversation(flow))


def conversation(flow: Flow, recordings: list[str] | UnsetType = UNSET) -> Conversation:
    """The call of a flow of this service, as it was asked for."""
    step, callback = flow.request.flow[0], flow.request.callback
    assert isinstance(step, VoiceStep)
    return Conversation(
        flow.id,
        OUTBOUND,
        step.sender,
        step.to if isinstance(step.to, VoiceTarget) else VoiceTarget(step.to),
        step.dial_plans or UNSET,
        step.dial_plan_url,
        step.machine_detection,
        instants.written(flow.created_at),
        callback if callback is UNSET else _Callback(callback.url, callback.strategy),
        step.hangup_delay,
        step.max_duration,
        recordings,
    )


def dials(flow: Flow, prices: Prices) -> list[Dial]:
    """The calls of a flow, those that wait to begin included, as trackings of conversations have them."""
    return [
        _dial(flow, index, step, prices) for index, step in enumerate(flow.request.flow) if isinstance(step, VoiceStep)
    ]


def alone(flow: Flow, prices: Prices, name: str) -> Dial | None:
    """The call with this id as its own tracking has it, with the first thing that is said or played; None if the flow
    has none.
    """
    for index, step in enumerate(flow.request.flow):
        if isinstance(step, VoiceStep) and message_id(flow, index) == name:
            verbs = [verb for plan in step.dial_plans for verb in plan.verbs]
            first = next((verb for verb in verbs if verb["type"] in ("SAY", "PLAY")), {})
            said, played = first.get("message", UNSET), first.get("fileURL", UNSET)
            return replace(_dial(flow, index, step, prices), message=said, file_url=played)
    return None


class Rendering(Wording, frozen=True):
    """What is posted about flows of POST /voice/conversation."""

    def created(self, flow: Flow) -> bytes:
        """The body that answers the request for a call."""
        return created(flow)

    def callbacks(self, flow: Flow) -> list[bytes]:
        """The body of the callback that tells how the call stands."""
        (dial,) = dials(flow, self.prices)
        told = _Status(
            dial.message_id,
            dial.conversation_tracking_id,
            dial.to,
            dial.sender,
            _Told(dial.status.status, dial.status.date),
            OUTBOUND,
            dial.originating_service,
            False,  # noqa: FBT003
            dial.duration,
            dial.price,
        )
        return [_encode(told)]


def _dial(flow: Flow, index: int, step: VoiceStep, prices: Prices) -> Dial:
    message = standing(flow, index)
    return Dial(
        message_id(flow, index),
        conversation_id(flow, index),
        str(step.to),
        step.sender,
        country_of(str(step.to)),
        _Since(message.status, instants.written(message.updated_at)),
        KINDS[flow.kind].origin,
        OUTBOUND,
        talked(message),
        float(cost(flow, message, prices)),
        CHARGE_INTERVAL,
        "".join(message.talk.tones) if message.talk else "",
        [],
        "UNKNOWN" if message.reached_at is None else "MACHINE" if flow.plans[index].machine else "HUMAN",
    )
