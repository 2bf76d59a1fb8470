"""Reads what happened to flows from callback bodies and trackings, an emulator's or the provider's. Pure.

Bodies have only the steps that were started, and of their statuses those that the customer was told of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from emulator.channels.table import CHANNELS, Channel
from emulator.flow.reply import Reply
from emulator.flow.request import position
from emulator.flow.state import FlowStatus, PlannedReport, StatusCode
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    RecordingError,
    Single,
    Talk,
    Told,
    ToldStatus,
    answers,
    by_parts,
    ms,
    read,
    with_cause,
)
from emulator.recording.singles import of_singles, single
from emulator.recording.stories import of_steps, of_stories
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
    failover_on_statuses: list[str] | str | None = None
    expire_on_delivery: bool = False
    duration: int | float = 0

    @property
    def id(self) -> str:
        """What the parts of one Sms share, and the same message in other bodies."""
        return self.tracking_id if self.type is Channel.VIBER else self.message_id

    @property
    def listed(self) -> list[str] | None:
        """Its failoverOnStatuses, which may be a text with commas."""
        given = self.failover_on_statuses
        return given.split(",") if isinstance(given, str) else given

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


class _Asked(Struct, rename="camel"):
    """How the call of an id asked how it goes on."""

    message_id: str
    collected_tones: str = ""
    answered_by: str = ""


What = Channel | Literal["flow", "password", "code", "reply", "reply to an Sms", "question"]
"""What a body tells of: a single message on a channel, a flow, a one-time password, a verification, what a recipient
answered, or how a call asks to go on.
"""


def what(body: Any) -> What:
    """What a body tells of. One that tells of nothing is to be refused as what most are, a flow."""
    if not isinstance(body, dict):
        return "flow"
    if body.get("direction") == "Inbound":
        return "reply" if "referenceTrackingId" in body else "reply to an Sms"
    if "flowId" in body:
        return "password"
    if "conversationTrackingId" in body and "status" not in body:
        return "question"
    return "code" if "recipient" in body else single(body) or "flow"


def of_bodies(told: Iterable[Told]) -> list[RecordedFlow]:
    """The flows and single messages that bodies tell of, oldest first, with what recipients answered to Viber messages,
    and how calls asked to go on. Bodies may come twice, or in any order. Those about codes, which tell nothing of a
    message, and of answers to Sms, which do not say where they go, are passed over. Raises RecordingError.
    """
    flows: dict[str, list[_Body]] = {}
    singles: list[tuple[Channel, Told]] = []
    passwords: list[Told] = []
    talk = Talk({}, {})
    for each in told:
        kind = what(each.body)
        if kind == "reply":
            reply = read(each.body, _Reply, each.where)
            written = Reply(reply.message, reply.media or "", reply.filename or "")
            talk.replies.setdefault(reply.reference_tracking_id, {})[ms(reply.sent_date), written] = None
        elif kind == "question":
            asked = read(each.body, _Asked, each.where)
            talk.questions.setdefault(asked.message_id, []).append((asked.collected_tones, bool(asked.answered_by)))
        elif kind == "password":
            passwords.append(each)
        elif isinstance(kind, Channel):
            singles.append((kind, each))
        elif kind == "flow":
            unfailed = isinstance(each.body, dict) and each.body.get("statusCode") == ""  # which may stand for none
            body = read(each.body | {"statusCode": None} if unfailed else each.body, _Body, each.where)
            for index, element in enumerate(body.messages):
                element.check(f"{each.where}: messages[{index}]")
            flows.setdefault(body.tracking_id, []).append(body)
    steps = {element.id for each in flows.values() for body in each for element in body.messages}
    steps |= of_steps(passwords)
    own = list[tuple[Channel, Told]]()
    for channel, each in singles:
        if (alone := Single.read(channel, each)).id in steps:
            talk.alone.setdefault(alone.id, []).append(alone)
        else:
            own.append((channel, each))
    found = [_flow_of_bodies(each, talk) for each in flows.values()]
    return sorted([*found, *of_singles(own, talk), *of_stories(passwords, talk)], key=attrgetter("at"))


def _flow_of_bodies(bodies: list[_Body], talk: Talk) -> RecordedFlow:
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
        steps=tuple(_step_of_elements(each, started, talk) for each in messages.values()),
        status=last.status,
        status_code=last.status_code,
        kind=last.flow_kind,
    )
    return with_cause(flow)


def _step_of_elements(elements: list[_Element], started: list[_Element], talk: Talk) -> RecordedStep:
    """The step of one message's elements. `started` has one of each started step, to which all of
    smaller order belong.
    """
    first = elements[0]
    told = [(element.part, element.report()) for element in elements]
    status, reports, parts = by_parts(first.type, talk.beside(first.type, first.id, ms(first.created_at), told))
    reports, keys, machine = talk.of_call(first.id, reports, max(each.duration for each in elements))
    return RecordedStep(
        channel=first.type,
        to=first.to,
        order=position(first, started),
        ttl=first.ttl,
        failover_on_statuses=first.listed,
        expire_on_delivery=first.expire_on_delivery,
        status=status,
        reports=reports,
        parts=parts,
        replies=answers(reports, talk.written(first.id, ms(first.created_at))),
        keys=keys,
        machine=machine,
    )
