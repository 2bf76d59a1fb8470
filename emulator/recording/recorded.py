"""What happened to flows, in one form whether it is read from an emulator's journal or from callback bodies. Pure.

Times are integer milliseconds; a report's `at` counts from its step's start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, Final, Self, TypeVar

from msgspec import Struct, ValidationError, convert
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, Channel, Kind, Reason
from emulator.errors import EmulatorError
from emulator.flow.machine import CAUSES, REACHED
from emulator.flow.reply import PlannedReply, Reply
from emulator.flow.state import FlowStatus, Parts, PlannedReport, StatusCode
from emulator.scenario.questions import Endpoint

T = TypeVar("T")

ANSWERED: Final = "InProgress"
"""The status of a call from its answer on, whose `duration` counts from there."""
SECOND: Final = 1000
HALF: Final = 499
"""How far a time may be from whole seconds that it is rounded to, in ms."""


class RecordingError(EmulatorError):
    """There is nothing to record, or something lacks what is needed; the message says where."""


class Told(Struct, frozen=True):
    """What the provider told about a flow or message, by a callback or a tracking, and `where` that stands. When it
    `came`, and when the message was `created`, is in ms, and None if it is not known.
    """

    body: Any
    where: str
    came: int | None = None
    created: int | None = None


class RecordedStep(Struct, frozen=True, kw_only=True):
    """A started step. `order` is its position from 1 as rules see it, `ttl` in minutes (0: none), `status` the last
    one; `reports` are what the channel said, each with the texts that its status does not have by default. Of an Sms
    that is reported as Delivered, these `parts` failed. What had arrived got `replies`. In a call these `keys` were
    pressed, one text after another, and a `machine` had answered it.
    """

    channel: Channel
    to: str
    order: int
    ttl: int | float
    failover_on_statuses: list[str] | None
    expire_on_delivery: bool
    status: str
    reports: tuple[PlannedReport, ...]
    parts: Parts = ()
    replies: tuple[PlannedReply, ...] = ()
    keys: tuple[str, ...] = ()
    machine: bool = False

    def expires(self, report: PlannedReport) -> bool:
        """Whether one of its reports is exactly what the end of its ttl does: in status, detailedStatus and time."""
        traits = CHANNELS[self.channel]
        if traits.ttl is None or report.at != round(self.ttl * 60_000):
            return False
        detailed = report.detailed or traits.reasons[report.status].detailed_status
        return (report.status, detailed) == (traits.ttl.status, traits.ttl.detailed)


class RecordedFlow(Struct, frozen=True, kw_only=True):
    """A flow with its started steps in the order of their start, and all recipients that are known of its request.
    `kind` is the service that took it, `code` the code that it sent, if it did; `at` is its creation, `queued` how long
    after it the first step started; `status` is None if the journal does not say how the flow ended.
    """

    id: str
    application: str
    at: int
    queued: int
    recipients: tuple[str, ...]
    steps: tuple[RecordedStep, ...]
    status: FlowStatus | None
    status_code: StatusCode | None
    kind: Endpoint = "failover"
    code: str = ""


def read(value: Any, kind: type[T], where: str) -> T:
    """A value of this kind. Raises RecordingError, which begins with `where`."""
    try:
        return convert(value, kind)
    except ValidationError as error:
        raise RecordingError(f"{where}: {error}") from error


def ms(moment: datetime) -> int:
    """A time in milliseconds since 1970; one without a zone is in UTC."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (known - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def report_of(channel: Channel, at: int, status: str, reason: Reason) -> PlannedReport:
    """A report with those texts of its reason that its status does not have by default. A call's reports have none."""
    default = CHANNELS[channel].reasons.get(status, reason)
    given = ((reason.detailed_status, default.detailed_status), (reason.description, default.description))
    detailed, description = (text if text.strip() and text != other else "" for text, other in given)
    return PlannedReport(at, status, detailed, description)


class ToldReason(Struct, rename="camel"):
    """Why a message has its status, as a callback tells it."""

    detailed_status: str | None = None
    description: str | None = None


class ToldStatus(Struct, rename="camel"):
    """A message's status as a callback tells it."""

    name: str
    updated_date: datetime
    reason: ToldReason | None = None

    def report(self, channel: Channel, at: int) -> PlannedReport:
        """The report that led to it, so long after the message's start, in ms."""
        reason = self.reason or ToldReason()
        own = Reason(reason.detailed_status or "", reason.description or "")
        return report_of(channel, at, CHANNELS[channel].spell(self.name) or "", own)


class Single(Struct, rename="camel"):
    """What a callback or a tracking tells of one message by itself, of an Sms of one part."""

    to: str
    status: ToldStatus
    message_id: str = ""
    tracking_id: str = ""
    part: int = 1
    latency: int = 0
    duration: int = 0
    created_at: datetime | None = None
    application_name: str = ""
    answered_by: str | None = None

    @property
    def id(self) -> str:
        """What the bodies about one message share."""
        return self.message_id or self.tracking_id

    @property
    def at(self) -> int:
        """When its status changed, in ms."""
        return ms(self.status.updated_date)

    def began(self, queued: int | None) -> int:
        """When the message began, in ms, as far as this body tells, or else one that says it was `queued`."""
        if self.created_at is not None:
            return ms(self.created_at)
        return self.at - max(self.latency, self.duration) * SECOND if queued is None else queued

    def after(self, began: int) -> int:
        """How long after it began its status changed, in ms: as its latency says too, of a message that has ended, in
        seconds or milliseconds.
        """
        after = max(0, self.at - began)
        if not self.latency:
            return after
        exact = abs(self.latency - after) <= abs(self.latency * SECOND - after)
        least, most = (self.latency,) * 2 if exact else (self.latency * SECOND - HALF, self.latency * SECOND + HALF)
        return min(max(after, least), most)

    @classmethod
    def read(cls, channel: Channel, told: Told) -> Self:
        """The body of a callback, or that of a tracking: there, a status has `status` and `date`, and `to` may be an
        object. Raises RecordingError.
        """
        status, to = told.body.get("status"), told.body.get("to")
        named = {"status": "name", "date": "updatedDate"}
        shown = {named.get(name, name): value for name, value in status.items()} if isinstance(status, dict) else status
        to = to.get("phone") if isinstance(to, dict) else to
        body = read(told.body | {"status": shown, "to": to}, cls, told.where)
        if CHANNELS[channel].spell(body.status.name) is None:
            raise RecordingError(f"{told.where}: status.name: {channel} has no status '{body.status.name}'")
        return body


def by_parts(
    channel: Channel, changes: Iterable[tuple[int, PlannedReport]]
) -> tuple[str, tuple[PlannedReport, ...], Parts]:
    """What happened to a message, by the reports of its parts, each with its number: the last status, the reports, and
    the parts that failed while others were delivered, or otherwise than others.
    """
    traits, told = CHANNELS[channel], sorted(changes, key=lambda change: change[1].at)
    reports = {(each.at, each.status): each for _, each in told if each.status != traits.initial}
    last = dict(told)
    if len({each.status for each in last.values()}) > 1:
        failed = {part: each for part, each in sorted(last.items()) if traits.statuses[each.status] is Kind.FAILURE}
        if failed:
            kept = [each for each in reports.values() if traits.statuses[each.status] is not Kind.FAILURE]
            if kept and traits.statuses[kept[-1].status] is Kind.PROGRESS:
                kept.append(PlannedReport(next(iter(failed.values())).at, "Delivered"))
            parts = tuple((part, each.status) for part, each in failed.items())
            return parts[0][1], tuple(kept), parts
    status = next(reversed(reports.values())).status if reports else traits.initial
    return status, tuple(reports.values()), ()


def with_answer(reports: tuple[PlannedReport, ...], duration: float, *, asked: bool) -> tuple[PlannedReport, ...]:
    """The reports of a call with that of its answer, so many seconds before its last one, if only the end is told; one
    that has `asked` how it goes on was answered, however long it was.
    """
    if not (duration or asked) or not reports or any(each.status == ANSWERED for each in reports):
        return reports
    *before, last = reports
    at = max(0, last.at - round(duration * 1000)) if duration else before[-1].at if before else 0
    return (*before, PlannedReport(at, ANSWERED), last)


class Talk(Struct, frozen=True):
    """What was told about the messages of some ids beside how they fare: what recipients wrote back, each with its time
    in ms, once; how calls asked how they go on, in order: which keys were pressed, and whether a machine answered; and
    what was told of each message of a flow by itself.
    """

    replies: dict[str, dict[tuple[int, Reply], None]]
    questions: dict[str, list[tuple[str, bool]]]
    alone: dict[str, list[Single]] = {}

    def beside(
        self, channel: Channel, message: str, began: int, known: list[tuple[int, PlannedReport]]
    ) -> list[tuple[int, PlannedReport]]:
        """What is `known` of a message that `began` then, by its parts, with the statuses that only what is told of it
        by itself has. Its times are in whole seconds, so its end is never before what is known to come before.
        """
        kinds, changes = CHANNELS[channel].statuses, list(known)
        for each in self.alone.get(message, ()):
            report = each.status.report(channel, each.after(began))
            if (each.part, report.status) in {(part, other.status) for part, other in changes}:
                continue
            if kinds[report.status] is not Kind.PROGRESS:
                before = (other.at for _, other in changes if kinds[other.status] is Kind.PROGRESS)
                report = replace(report, at=max([report.at, *before]))
            changes.append((each.part, report))
        return changes

    def written(self, message: str, began: int) -> list[tuple[int, Reply]]:
        """What was written back to a message, each with how long after it `began`, in ms."""
        return [(at - began, reply) for at, reply in self.replies.get(message, ())]

    def of_call(
        self, call: str, reports: tuple[PlannedReport, ...], duration: float, *, machine: bool = False
    ) -> tuple[tuple[PlannedReport, ...], tuple[str, ...], bool]:
        """The reports of a call that took so many seconds, with that of its answer; the keys that were pressed in it,
        one text after another; and whether a machine answered it, as its tracking may say too. After that was found out
        all keys are pressed again.
        """
        asked = self.questions.get(call, [])
        reports = with_answer(reports, duration, asked=bool(asked) or machine)
        met = max((number for number, (_, machine) in enumerate(asked, 1) if machine), default=0)
        return (
            reports,
            tuple(keys for keys, _ in asked[met:] if keys and reports),
            (machine or met > 0) and bool(reports),
        )


def answers(reports: Sequence[PlannedReport], told: Iterable[tuple[int, Reply]]) -> tuple[PlannedReply, ...]:
    """The replies to a message with these reports, each told with its time since the message's start, in ms; none to
    one that has not arrived.
    """
    reached = next((report.at for report in reports if report.status in REACHED), None)
    if reached is None:
        return ()
    return tuple(PlannedReply(max(0, at - reached), reply) for at, reply in sorted(told, key=itemgetter(0)))


def with_cause(flow: RecordedFlow) -> RecordedFlow:
    """The flow with the cause that its statusCode stands for, on the failures of the step that ended it."""
    cause = next((cause for cause, code in CAUSES.items() if code == flow.status_code), "")
    if not cause or not flow.steps:
        return flow
    *before, last = flow.steps
    kinds = CHANNELS[last.channel].statuses
    reports = [replace(each, cause=cause) if kinds[each.status] is Kind.FAILURE else each for each in last.reports]
    return replace(flow, steps=(*before, replace(last, reports=tuple(reports))))
