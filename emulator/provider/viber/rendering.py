"""Renders a Viber message: the answer to its request, its callbacks, and its tracking. Pure.

What is absent is left out. Answer and tracking spell links as `imageUrl`, `fileUrl`, `videoUrl`; a callback has
`imageURL`, and how it spells the others is not documented: as the answer does.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType, field, json
from msgspec.structs import replace

from emulator.accounts.prices import Prices, cost
from emulator.channels.senders import Named, sender_name
from emulator.channels.table import VIBER, Reason
from emulator.clock import instants
from emulator.flow.kinds import KINDS
from emulator.flow.request import Action, ViberFile, ViberStep, ViberVideo
from emulator.flow.state import Flow, reason
from emulator.provider.rendering.elements import country_of, message_id, standing
from emulator.provider.rendering.wording import Wording

OUTBOUND: Final = "Outbound"
_encode: Final = json.Encoder().encode


class _Status(Struct, frozen=True, gc=False):
    status: str
    reason: Reason | UnsetType
    date: str


class Tracked(Struct, frozen=True, rename="camel", gc=False):
    """A message as its answer and its tracking show it. Only the tracking has what follows `session_message`."""

    tracking_id: str
    to: str
    sender: str = field(name="from")
    country: str
    status: _Status
    application_name: str
    direction: str
    ttl: str
    message: str | UnsetType
    image_url: str | UnsetType
    viber_action: Action | UnsetType
    viber_file: ViberFile | UnsetType
    viber_video: ViberVideo | UnsetType
    callback_url: str | UnsetType
    inbound_url: str | UnsetType
    session_message: bool
    price: float | UnsetType = UNSET
    originating_service: str | UnsetType = UNSET
    expire_on_delivery: bool | UnsetType = UNSET


class _Told(Struct, frozen=True, rename="camel", gc=False):
    name: str
    reason: Reason
    updated_date: str


class _Body(Struct, frozen=True, rename="camel", gc=False):
    text: str | UnsetType
    image_url: str | UnsetType = field(name="imageURL")
    viber_action: Action | UnsetType
    viber_file: ViberFile | UnsetType
    viber_video: ViberVideo | UnsetType


class _Callback(Struct, frozen=True, rename="camel", gc=False):
    tracking_id: str
    to: str
    sender: str = field(name="from")
    groups: list[str]
    country: str
    status: _Told
    body: _Body
    ttl: int
    label: str | UnsetType
    inbound_url: str | UnsetType
    application_name: str
    price: float
    direction: str
    originating_service: str
    created_at: str


def tracked(flow: Flow, prices: Prices, name: str, named: Named = sender_name) -> Tracked | None:
    """The message with this id as its tracking shows it; None if the flow has none. `named` are the senders."""
    for index, step in enumerate(flow.request.flow):
        if isinstance(step, ViberStep) and message_id(flow, index) == name:
            message = standing(flow, index)
            why = reason(step.channel, message)
            status = _Status(message.status, why, instants.written(message.updated_at))
            return replace(
                _shown(flow, step, name, named(step.sender_info_tracking_id), status),
                price=float(cost(flow, message, prices)),
                originating_service=KINDS[flow.kind].origin,
                expire_on_delivery=step.expire_on_delivery,
            )
    return None


class Rendering(Wording, frozen=True):
    """What is posted about flows of POST /viber."""

    def created(self, flow: Flow) -> bytes:
        """The body that answers the request for a message. The `status` is always the first one."""
        step = flow.request.flow[0]
        assert isinstance(step, ViberStep)
        status = _Status(VIBER.initial, UNSET, instants.written(flow.created_at))
        return _encode(_shown(flow, step, flow.id, self.named(step.sender_info_tracking_id), status))

    def callbacks(self, flow: Flow) -> list[bytes]:
        """The body of the callback that tells how the message stands."""
        message, step = flow.messages[0], flow.request.flow[0]
        assert isinstance(step, ViberStep)
        content = step.message
        told = _Callback(
            flow.id,
            step.to,
            self.named(step.sender_info_tracking_id),
            [],
            country_of(step.to),
            _Told(message.status, reason(step.channel, message), instants.written(message.updated_at)),
            _Body(content.text, content.image_url, content.action, content.viber_file, content.viber_video),
            _seconds(step),
            step.label,
            step.inbound_url,
            flow.application,
            float(cost(flow, message, self.prices)),
            OUTBOUND,
            KINDS[flow.kind].origin,
            instants.written(flow.created_at),
        )
        return [_encode(told)]


def _seconds(step: ViberStep) -> int:
    """A step's ttl, which it has in minutes."""
    return round(step.ttl * 60)


def _shown(flow: Flow, step: ViberStep, name: str, sender: str, status: _Status) -> Tracked:
    content, callback = step.message, flow.request.callback
    return Tracked(
        name,
        step.to,
        sender,
        country_of(step.to),
        status,
        flow.application,
        OUTBOUND,
        str(_seconds(step)),
        content.text,
        content.image_url,
        content.action,
        content.viber_file,
        content.viber_video,
        UNSET if callback is UNSET else callback.url,
        step.inbound_url,
        step.is_session_message is True,
    )
