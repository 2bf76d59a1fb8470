"""Renders an Sms: the answer to its request, its callbacks, and its elements in trackings. Pure.

Members are in the order in which the provider was seen to write them. Those that are only documented come last; what is
not known is left out. Times in callbacks and trackings were seen without fractions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import UNSET, Struct, UnsetType, field, json

from emulator.accounts.prices import Prices, cost
from emulator.channels.table import Reason
from emulator.channels.text import links, short_link
from emulator.clock import instants
from emulator.flow.content import sent
from emulator.flow.kinds import KINDS, NAMED
from emulator.flow.request import SmsStep, Strategy
from emulator.flow.state import Flow
from emulator.provider.rendering.elements import Sms, elements, standing
from emulator.provider.rendering.wording import Wording
from emulator.provider.sms.analysis import BodyAnalysis, analysed
from emulator.provider.sms.request import DEFAULT_TTL

OUTBOUND: Final = "Outbound"
_encode: Final = json.Encoder().encode


class _Callback(Struct, frozen=True, gc=False):
    url: str
    strategy: Strategy


class _Link(Struct, frozen=True, rename="camel", gc=False):
    long_url: str
    short_url: str


class _Links(Struct, frozen=True, rename="camel", gc=False):
    urls: list[_Link]
    url_validity: int


class _Created(Struct, frozen=True, rename="camel", gc=False):
    tracking_id: str
    status: str
    created_at: str
    sender: str = field(name="from")
    to: str
    body: str
    body_analysis: BodyAnalysis
    flash: bool
    callback: _Callback | UnsetType = UNSET
    label: str | UnsetType = UNSET
    ttl: int | float | UnsetType = UNSET
    url_shortener: _Links | UnsetType = UNSET


class _Told(Struct, frozen=True, rename="camel", gc=False):
    name: str
    reason: Reason | UnsetType
    updated_date: str


class _Callbacks(Struct, frozen=True, rename="camel", gc=False):
    """A callback about one part."""

    message_id: str
    sms_id: str
    part: int
    parts: int
    label: str | UnsetType
    to: str
    sender: str = field(name="from")
    country: str
    operator: str
    groups: list[str]
    campaign_tracking_id: str | UnsetType
    campaign_name: str | UnsetType
    status: _Told
    message: str
    application_name: str
    latency: int
    price: float
    direction: str
    originating_service: str


class _Status(Struct, frozen=True, gc=False):
    status: str
    reason: Reason | UnsetType
    date: str


class Tracked(Struct, frozen=True, rename="camel", gc=False):
    """One part as trackings show it."""

    sms_id: str
    message_id: str
    to: str
    groups: list[str]
    country: str
    operator: str
    status: _Status
    body: str
    label: str | UnsetType
    campaign_name: str | UnsetType
    application_name: str
    originating_service: str
    latency: int
    parts: int
    part: int
    price: float
    sender: str = field(name="from")
    direction: str


def created(flow: Flow) -> bytes:
    """The body that answers the request for an Sms. The `status` is always the first one."""
    step, callback = flow.request.flow[0], flow.request.callback
    assert isinstance(step, SmsStep)
    text = step.message.body if step.url_shortener is UNSET and not step.message.transcode else sent(flow, step)
    return _encode(
        _Created(
            flow.id,
            "Queued",
            instants.written(flow.created_at),
            step.sender,
            step.to,
            text,
            analysed(text),
            step.message.flash,
            callback if callback is UNSET else _Callback(callback.url, callback.strategy),
            step.message.label,
            UNSET if step.ttl == DEFAULT_TTL else step.ttl,
            _shortened(flow, step),
        )
    )


def _shortened(flow: Flow, step: SmsStep) -> _Links | UnsetType:
    """The short links of a message; how the answer has them is not documented for this call, but for its like."""
    if step.url_shortener is UNSET:
        return UNSET
    made = [_Link(link, short_link(link, flow.id)) for link in links(step.message.body)]
    return _Links(made, step.url_shortener.url_validity)


def tracked(flow: Flow, prices: Prices) -> Iterable[Tracked]:
    """The parts of all Sms of a flow that were handed to their channel, as trackings show them. That trackings of Sms
    show those of other services is not documented; `originatingService` tells which it was. Of flows, it is a choice.
    """
    of = flow.request.campaign
    left_out = flow.choices.steps_in_sms_tracking == "left-out" and KINDS[flow.kind].lists
    for part in () if left_out else _parts(flow, prices):
        yield Tracked(
            part.sms_id,
            part.message_id,
            part.to,
            [],
            part.country,
            part.operator,
            _Status(part.status.name, part.status.reason, _whole(part.status.updated_date)),
            part.body,
            part.label,
            of.name if of else UNSET,
            _application(flow),
            KINDS[flow.kind].origin,
            part.latency,
            part.parts,
            part.part,
            part.price,
            part.sender,
            OUTBOUND,
        )


class Rendering(Wording, frozen=True):
    """What is posted about flows of POST /sms."""

    def created(self, flow: Flow) -> bytes:
        """The body that answers the request for an Sms."""
        return created(flow)

    def callbacks(self, flow: Flow) -> list[bytes]:
        """The bodies of the callbacks that tell how the message stands, one for each part."""
        of = flow.request.campaign
        return [
            _encode(
                _Callbacks(
                    part.message_id,
                    part.sms_id,
                    part.part,
                    part.parts,
                    part.label,
                    part.to,
                    part.sender,
                    part.country,
                    part.operator,
                    [],
                    of.tracking_id if of else UNSET,
                    of.name if of else UNSET,
                    _Told(part.status.name, part.status.reason, _whole(part.status.updated_date)),
                    part.body,
                    _application(flow),
                    part.latency,
                    part.price,
                    OUTBOUND,
                    KINDS[flow.kind].origin,
                )
            )
            for part in _parts(flow, self.prices)
        ]


def _parts(flow: Flow, prices: Prices) -> Iterable[Sms]:
    """The parts of all Sms of a flow that were handed to their channel, or are the flow itself."""
    for message in (standing(flow, 0),) if flow.kind in NAMED else flow.messages:
        if isinstance(flow.step(message), SmsStep):
            for part in elements(flow, message, cost(flow, message, prices)):
                assert isinstance(part, Sms)
                yield part


def _application(flow: Flow) -> str:
    """The name of an application: the emulator knows none but its id."""
    return flow.application


def _whole(written: str) -> str:
    """A time as it is written, without its fraction."""
    return f"{written.partition('.')[0].removesuffix('Z')}Z"
