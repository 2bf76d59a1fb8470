"""Reads what happened to flows from callback bodies, an emulator's or the provider's. Pure.

Bodies have only the steps that were started, and of their statuses those that the customer was told of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from emulator.channels.table import CHANNELS, Channel
from emulator.errors import Json
from emulator.flow.reply import Reply
from emulator.flow.request import position
from emulator.flow.state import FlowStatus, PlannedReport, StatusCode
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    RecordingError,
    ToldStatus,
    answers,
    by_parts,
    ms,
    read,
    with_answer,
    with_cause,
)
from emulator.recording.singles import of_singles, single
from emulator.recording.stories import of_stories
from emulator.scenario.questions import Endpoint

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
    part: int = 1
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


class _Reply(Struct, rename="camel"):
    """What a recipient answered to the Viber message of an id."""

    sent_date: datetime
    reference_tracking_id: str = ""
    message: str = ""
    media: str | None = None
    filename: str | None = None


def of_bodies(bodies: Iterable[Json]) -> list[RecordedFlow]:
    """The flows and single messages that callback bodies tell of, oldest first, with what recipients answered to Viber
    messages. Bodies may come twice, or in any order. Those about codes, which tell nothing of a message, and of answers
    to Sms, which do not say where they go, are passed over; so are those by which calls ask something. Raises
    RecordingError.
    """
    flows: dict[str, list[_Body]] = {}
    singles: list[tuple[int, Channel, Json]] = []
    stories: list[tuple[int, Json]] = []
    replies: dict[str, dict[tuple[int, Reply], None]] = {}
    for number, each in enumerate(bodies, 1):
        kind = _kind(each)
        if kind == "reply":
            told = read(each, _Reply, f"body {number}")
            reply = Reply(told.message, told.media or "", told.filename or "")
            replies.setdefault(told.reference_tracking_id, {})[ms(told.sent_date), reply] = None
        elif kind == "story":
            stories.append((number, each))
        elif isinstance(kind, Channel):
            singles.append((number, kind, each))
        elif kind == "flow":
            body = read(each, _Body, f"body {number}")
            for index, element in enumerate(body.messages):
                element.check(f"body {number}: messages[{index}]")
            flows.setdefault(body.tracking_id, []).append(body)
    told_of = {name: list(each) for name, each in replies.items()}
    found = [_flow_of_bodies(each, told_of) for each in flows.values()]
    return sorted([*found, *of_singles(singles, told_of), *of_stories(stories, told_of)], key=attrgetter("at"))


def _kind(body: Any) -> Channel | Literal["flow", "story", "reply", "other"]:
    """What a body tells of: a single message on a channel, a flow, or the like. One that is none of them is to be
    refused as what most are, a flow.
    """
    if not isinstance(body, dict):
        return "flow"
    if body.get("direction") == "Inbound":
        return "reply" if "referenceTrackingId" in body else "other"
    if "flowId" in body:
        return "story"
    asks = "conversationTrackingId" in body and "status" not in body
    return "other" if asks or "recipient" in body else single(body) or "flow"


def _flow_of_bodies(bodies: list[_Body], replies: Mapping[str, list[tuple[int, Reply]]]) -> RecordedFlow:
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
        steps=tuple(_step_of_elements(each, started, replies.get(name, [])) for name, each in messages.items()),
        status=last.status,
        status_code=last.status_code,
        kind=last.flow_kind,
    )
    return with_cause(flow)


def _step_of_elements(
    elements: list[_Element], started: list[_Element], replies: list[tuple[int, Reply]]
) -> RecordedStep:
    """The step of one message's elements. `started` has one of each started step, to which all of
    smaller order belong; `replies` are told with their times.
    """
    first = elements[0]
    status, reports, parts = by_parts(first.type, [(element.part, element.report()) for element in elements])
    reports = with_answer(reports, max(each.duration for each in elements))
    return RecordedStep(
        channel=first.type,
        to=first.to,
        order=position(first, started),
        ttl=first.ttl,
        failover_on_statuses=first.failover_on_statuses,
        expire_on_delivery=first.expire_on_delivery,
        status=status,
        reports=reports,
        parts=parts,
        replies=answers(reports, [(at - ms(first.created_at), reply) for at, reply in replies]),
    )
