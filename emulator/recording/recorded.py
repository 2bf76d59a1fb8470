"""What happened to flows, in one form whether it is read from an emulator's journal or from callback bodies. Pure.

Times are integer milliseconds; a report's `at` counts from its step's start.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from msgspec import Struct, ValidationError, convert
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, Channel, Kind, Reason
from emulator.errors import EmulatorError
from emulator.flow.machine import CAUSES
from emulator.flow.state import FlowStatus, PlannedReport, StatusCode
from emulator.scenario.questions import Endpoint

T = TypeVar("T")


class RecordingError(EmulatorError):
    """There is nothing to record, or something lacks what is needed; the message says which, counted from 1."""


class RecordedStep(Struct, frozen=True, kw_only=True):
    """A started step. `order` is its position from 1 as rules see it, `ttl` in minutes (0: none), `status` the last
    one; `reports` are what the channel said, each with the texts that its status does not have by default. In a call
    these `keys` were pressed, one text after another, and a `machine` had answered it.
    """

    channel: Channel
    to: str
    order: int
    ttl: int | float
    failover_on_statuses: list[str] | None
    expire_on_delivery: bool
    status: str
    reports: tuple[PlannedReport, ...]
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


def with_cause(flow: RecordedFlow) -> RecordedFlow:
    """The flow with the cause that its statusCode stands for, on the failures of the step that ended it."""
    cause = next((cause for cause, code in CAUSES.items() if code == flow.status_code), "")
    if not cause or not flow.steps:
        return flow
    *before, last = flow.steps
    kinds = CHANNELS[last.channel].statuses
    reports = [replace(each, cause=cause) if kinds[each.status] is Kind.FAILURE else each for each in last.reports]
    return replace(flow, steps=(*before, replace(last, reports=tuple(reports))))
