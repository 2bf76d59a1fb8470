"""Reads what happened to flows from callback bodies, an emulator's or the provider's. Pure.

Bodies have only the steps that were started, and of their statuses those that the customer was told of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Final

from msgspec import Meta, Struct

from emulator.channels.table import CHANNELS, Channel
from emulator.errors import Json
from emulator.flow.request import position
from emulator.flow.state import FlowStatus, PlannedReport, StatusCode
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    RecordingError,
    ToldStatus,
    ms,
    read,
    with_cause,
)
from emulator.recording.singles import is_single, of_singles
from emulator.scenario.questions import Endpoint

ANSWERED: Final = "InProgress"
"""The status of a call from its answer on, whose `duration` counts from there."""
_Filled = Annotated[str, Meta(pattern=r"\S")]


class _Element(Struct, rename="camel"):
    """One of a body's `messages`: a message, or a part of an Sms."""

    type: Channel
    to: _Filled
    order: int
    created_at: datetime
    status: ToldStatus
    message_id: str = ""
    tracking_id: str = ""
    ttl: int | float = 0
    failover_on_statuses: list[str] | None = None
    expire_on_delivery: bool = False
    duration: int | float = 0

    @property
    def id(self) -> str:
        """What the parts of one Sms share, and the same message in other bodies."""
        return self.tracking_id if self.type is Channel.VIBER else self.message_id

    def check(self, where: str) -> None:
        """Raises RecordingError, which begins with `where`, if the element has no id or no status of its channel."""
        if not self.id:
            name = "trackingId" if self.type is Channel.VIBER else "messageId"
            raise RecordingError(f"{where}.{name} is missing")
        if CHANNELS[self.type].spell(self.status.name) is None:
            raise RecordingError(f"{where}.status.name: {self.type} has no status '{self.status.name}'")

    def report(self) -> PlannedReport:
        """The report that led to its status; `at` is never negative, though the clocks of providers may differ."""
        at = max(0, ms(self.status.updated_date) - ms(self.created_at))
        return self.status.report(self.type, at)


class _Body(Struct, rename="camel"):
    tracking_id: _Filled
    messages: list[_Element]
    status: FlowStatus
    created_at: datetime
    status_code: StatusCode | None = None
    application_id: str | None = None
    flow_kind: Endpoint = "failover"


def of_bodies(bodies: Iterable[Json]) -> list[RecordedFlow]:
    """The flows and single messages that callback bodies tell of, oldest first. Bodies may come twice, or in any order.
    Raises RecordingError.
    """
    flows: dict[str, list[_Body]] = {}
    numbered = list(enumerate(bodies, 1))
    for number, each in numbered:
        if is_single(each):
            continue
        body = read(each, _Body, f"body {number}")
        for index, element in enumerate(body.messages):
            element.check(f"body {number}: messages[{index}]")
        flows.setdefault(body.tracking_id, []).append(body)
    singles = of_singles((number, each) for number, each in numbered if is_single(each))
    return sorted([*map(_flow_of_bodies, flows.values()), *singles], key=attrgetter("at"))


def _flow_of_bodies(bodies: list[_Body]) -> RecordedFlow:
    last = next((body for body in bodies if body.status.final), bodies[-1])
    messages: dict[str, list[_Element]] = {}
    for element in (element for body in bodies for element in body.messages):
        messages.setdefault(element.id, []).append(element)
    started = [elements[0] for elements in messages.values()]
    flow = RecordedFlow(
        id=last.tracking_id,
        application=last.application_id or "",
        at=ms(last.created_at),
        queued=max(0, ms(started[0].created_at) - ms(last.created_at)) if started else 0,
        recipients=tuple(dict.fromkeys(elements[0].to for elements in messages.values())),
        steps=tuple(_step_of_elements(elements, started) for elements in messages.values()),
        status=last.status,
        status_code=last.status_code,
        kind=last.flow_kind,
    )
    return with_cause(flow)


def _step_of_elements(elements: list[_Element], started: list[_Element]) -> RecordedStep:
    """The step of one message's elements. `started` has one of each started step, to which all of
    smaller order belong.
    """
    first, initial = elements[0], CHANNELS[elements[0].type].initial
    changes = {(each.at, each.status): each for each in (element.report() for element in elements)}
    reports = sorted((each for each in changes.values() if each.status != initial), key=attrgetter("at"))
    talked = max(each.duration for each in elements)
    if talked and reports and all(each.status != ANSWERED for each in reports):  # as OnCompletion tells it
        reports.insert(-1, PlannedReport(max(0, reports[-1].at - round(talked * 1000)), ANSWERED))
    return RecordedStep(
        channel=first.type,
        to=first.to,
        order=position(first, started),
        ttl=first.ttl,
        failover_on_statuses=first.failover_on_statuses,
        expire_on_delivery=first.expire_on_delivery,
        status=reports[-1].status if reports else initial,
        reports=tuple(reports),
    )
