"""What happened to flows, read from callback bodies. Pure.

Bodies have only the steps that were started, and of their statuses those that were told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Annotated

from msgspec import Meta, Struct

from emulator.channels.table import CHANNELS, Channel
from emulator.errors import Json
from emulator.flow.request import position
from emulator.flow.state import FlowStatus, Report, StatusCode
from emulator.recording.recorded import RecordedFlow, RecordedStep, RecordingError, caused, ms, read

Filled = Annotated[str, Meta(pattern=r"\S")]


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
        body = read(told, _Body, f"body {number}")
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
    started = [elements[0] for elements in messages.values()]
    flow = RecordedFlow(
        id=last.tracking_id,
        application=last.application_id or "",
        at=ms(last.created_at),
        recipients=tuple(dict.fromkeys(elements[0].to for elements in messages.values())),
        steps=tuple(_told_step(elements, started) for elements in messages.values()),
        status=last.status,
        status_code=last.status_code,
    )
    return caused(flow)


def _told_step(elements: list[_Element], started: list[_Element]) -> RecordedStep:
    """The step of one message's elements; all steps of smaller order have started too."""
    first, traits = elements[0], CHANNELS[elements[0].type]
    every = [_told_report(each) for each in elements]
    changes = {(each.at, each.status): each for each in every if each.status != traits.initial}
    reports = tuple(sorted(changes.values(), key=attrgetter("at")))
    return RecordedStep(
        channel=first.type,
        to=first.to,
        order=position(first, started),
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
    at = max(0, ms(status.updated_date) - ms(element.created_at))
    return Report(at, 0, name, reason.detailed_status or "", reason.description or "")
