"""What happened to flows, read from an emulator's journal or from callback bodies, in one form for both. Pure.

The journal has each request, and so all of its steps; bodies have only the steps that were started, and of their
statuses those that were told. Times are integer milliseconds; a report's `at` counts from its step's start.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Annotated, Any, Final, TypeVar

from msgspec import Meta, Struct, ValidationError, convert, json
from msgspec.structs import replace

from emulator import intake
from emulator.channels import CHANNELS, Kind
from emulator.machine import CAUSES
from emulator.model import (
    Channel,
    EmulatorError,
    FlowStatus,
    Json,
    Report,
    Request,
    StatusCode,
    ViberStep,
    VoiceStep,
    recipient,
)

T = TypeVar("T")
Filled = Annotated[str, Meta(pattern=r"\S")]
STARTS: Final = ("accepted", "started")
REPORTS: Final = ("status", "ignored")
KINDS: Final = (*STARTS, *REPORTS, "completed")
"""The journal's entries that matter: the first step starts with `accepted`; `ignored` are reports that came in vain."""


class RecordingError(EmulatorError):
    """There is nothing to record, or something lacks what is needed; the message says which, counted from 1."""


class RecordedStep(Struct, frozen=True, kw_only=True):
    """A started step. `order` is its position from 1 as rules see it, `ttl` in minutes (0: none), `status` the last
    one; `reports` are what the channel said.
    """

    channel: Channel
    to: str
    order: int
    ttl: int | float
    failover_on_statuses: list[str] | None
    expire_on_delivery: bool
    status: str
    reports: tuple[Report, ...]


class RecordedFlow(Struct, frozen=True, kw_only=True):
    """A flow with its started steps in the order of their start, and all recipients that are known of its request."""

    id: str
    application: str
    at: int
    recipients: tuple[str, ...]
    steps: tuple[RecordedStep, ...]
    status: FlowStatus | None
    status_code: StatusCode | None


# --- the journal ------------------------------------------------------------------------------------------------


class _Head(Struct):
    kind: str
    flow: str | None = None


class _Told(Struct, rename="camel"):
    step: int = 0
    status: str = ""
    reason: str = ""
    status_code: StatusCode | None = None
    body: Json = {}


class _Entry(Struct):
    at: datetime
    kind: str
    flow: str
    data: _Told
    application: str | None = None


def of_journal(entries: Iterable[Json]) -> list[RecordedFlow]:
    """The flows of a journal, oldest first, but for those whose request it no longer has. Raises RecordingError."""
    flows: dict[str, list[_Entry]] = {}
    for number, told in enumerate(entries, 1):
        head = _read(told, _Head, f"entry {number}")
        if head.kind in KINDS and head.flow:
            flows.setdefault(head.flow, []).append(_read(told, _Entry, f"entry {number}"))
    return [_flow(entries) for entries in flows.values() if entries[0].kind == "accepted"]


def _flow(entries: list[_Entry]) -> RecordedFlow:
    accepted = entries[0]
    ended = next((each.data for each in entries if each.kind == "completed"), None)
    request = _request(accepted)
    starts = [position for position, each in enumerate(entries) if each.kind in STARTS]
    flow = RecordedFlow(
        id=accepted.flow,
        application=accepted.application or "",
        at=_ms(accepted.at),
        recipients=tuple(dict.fromkeys(map(recipient, request.flow))),
        steps=tuple(_step(request, entries[position:]) for position in starts),
        status=FlowStatus(ended.status) if ended else None,
        status_code=ended.status_code if ended else None,
    )
    return _caused(flow)


def _request(accepted: _Entry) -> Request:
    try:
        return intake.failover(json.encode(accepted.data.body))
    except (intake.Malformed, intake.Invalid) as error:
        raise RecordingError(f"flow {accepted.flow}: its request cannot be read: {error}") from error


def _step(request: Request, entries: list[_Entry]) -> RecordedStep:
    """The step that starts with the first of these entries."""
    start, *later = entries
    if not 1 <= start.data.step <= len(request.flow):
        raise RecordingError(f"flow {start.flow}: its request has no step {start.data.step}")
    step = request.flow[start.data.step - 1]
    heard = [each for each in later if each.kind in REPORTS and each.data.step == start.data.step]
    traits = CHANNELS[step.channel]
    changes = [each.data.status for each in heard if each.kind == "status"]
    return RecordedStep(
        channel=step.channel,
        to=recipient(step),
        order=1 + sum(other.order < step.order for other in request.flow),
        ttl=0 if isinstance(step, VoiceStep) else step.ttl,
        failover_on_statuses=step.failover_on_statuses,
        expire_on_delivery=isinstance(step, ViberStep) and step.expire_on_delivery,
        status=changes[-1] if changes else traits.initial,
        reports=tuple(_report(each, start) for each in heard if each.data.status in traits.statuses),
    )


def _report(entry: _Entry, start: _Entry) -> Report:
    return Report(_ms(entry.at) - _ms(start.at), start.data.step - 1, entry.data.status, entry.data.reason)


# --- callback bodies --------------------------------------------------------------------------------------------


class _Reason(Struct, rename="camel"):
    detailed_status: str | None = None
    description: str | None = None


class _Status(Struct, rename="camel"):
    name: str
    updated_date: datetime
    reason: _Reason | None = None


class _Element(Struct, rename="camel"):
    type: Channel
    to: Filled
    order: int
    created_at: datetime
    status: _Status
    message_id: str = ""
    tracking_id: str = ""
    ttl: int | float = 0
    failover_on_statuses: list[str] | None = None
    expire_on_delivery: bool = False

    @property
    def id(self) -> str:
        """What the parts of one Sms share, and the same message in other bodies."""
        return self.tracking_id if self.type is Channel.VIBER else self.message_id


class _Body(Struct, rename="camel"):
    tracking_id: Filled
    messages: list[_Element]
    status: FlowStatus
    created_at: datetime
    status_code: StatusCode | None = None
    application_id: str | None = None


def of_bodies(bodies: Iterable[Json]) -> list[RecordedFlow]:
    """The flows that bodies tell of, oldest first; repeated and overtaken bodies do no harm. Raises RecordingError."""
    flows: dict[str, list[_Body]] = {}
    for number, told in enumerate(bodies, 1):
        body = _read(told, _Body, f"body {number}")
        for index, element in enumerate(body.messages):
            _check(element, f"body {number}: messages[{index}]")
        flows.setdefault(body.tracking_id, []).append(body)
    return sorted((_told_flow(bodies) for bodies in flows.values()), key=attrgetter("at"))


def _check(element: _Element, where: str) -> None:
    if not element.id:
        name = "trackingId" if element.type is Channel.VIBER else "messageId"
        raise RecordingError(f"{where}.{name} is missing")
    if CHANNELS[element.type].spell(element.status.name) is None:
        raise RecordingError(f"{where}.status.name: {element.type} has no status '{element.status.name}'")


def _told_flow(bodies: list[_Body]) -> RecordedFlow:
    last = next((body for body in bodies if body.status.final), bodies[-1])
    messages: dict[str, list[_Element]] = {}
    for element in (element for body in bodies for element in body.messages):
        messages.setdefault(element.id, []).append(element)
    orders = [elements[0].order for elements in messages.values()]
    flow = RecordedFlow(
        id=last.tracking_id,
        application=last.application_id or "",
        at=_ms(last.created_at),
        recipients=tuple(dict.fromkeys(elements[0].to for elements in messages.values())),
        steps=tuple(_told_step(elements, orders) for elements in messages.values()),
        status=last.status,
        status_code=last.status_code,
    )
    return _caused(flow)


def _told_step(elements: list[_Element], orders: list[int]) -> RecordedStep:
    """The step of one message's elements; all steps of smaller order have started too."""
    first, traits = elements[0], CHANNELS[elements[0].type]
    every = [_told_report(each) for each in elements]
    changes = {(each.at, each.status): each for each in every if each.status != traits.initial}
    reports = tuple(sorted(changes.values(), key=attrgetter("at")))
    return RecordedStep(
        channel=first.type,
        to=first.to,
        order=1 + sum(order < first.order for order in orders),
        ttl=first.ttl,
        failover_on_statuses=first.failover_on_statuses,
        expire_on_delivery=first.expire_on_delivery,
        status=reports[-1].status if reports else traits.initial,
        reports=reports,
    )


def _told_report(element: _Element) -> Report:
    """The report that an element tells of; none is earlier than the step's start."""
    status, reason = element.status, element.status.reason or _Reason()
    name = CHANNELS[element.type].spell(status.name) or ""
    at = max(0, _ms(status.updated_date) - _ms(element.created_at))
    return Report(at, 0, name, reason.detailed_status or "", reason.description or "")


# --- both -------------------------------------------------------------------------------------------------------


def _caused(flow: RecordedFlow) -> RecordedFlow:
    """The flow with the cause that its statusCode tells, on the failures of the step that ended it."""
    cause = next((cause for cause, code in CAUSES.items() if code == flow.status_code), "")
    if not cause or not flow.steps:
        return flow
    *before, last = flow.steps
    kinds = CHANNELS[last.channel].statuses
    reports = [replace(each, cause=cause) if kinds[each.status] is Kind.FAILURE else each for each in last.reports]
    return replace(flow, steps=(*before, replace(last, reports=tuple(reports))))


def _read(value: Any, kind: type[T], where: str) -> T:
    try:
        return convert(value, kind)
    except ValidationError as error:
        raise RecordingError(f"{where}: {error}") from error


def _ms(moment: datetime) -> int:
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (known - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
