"""A flow on its way: its status, its messages, what its channels will report, and what one event made of it.

All values are frozen. Times are integer milliseconds UTC on the application's clock.
"""

from __future__ import annotations

from msgspec import Struct

from emulator.channels.table import CHANNELS, Channel, Word
from emulator.flow.faults import CallbackFaults
from emulator.flow.request import Request, Step
from emulator.journal.entry import Entry


class FlowStatus(Word):
    """Where a whole flow stands, in the API's spelling (`status`)."""

    QUEUED = "Queued"
    IN_PROGRESS = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"

    @property
    def final(self) -> bool:
        """Whether a flow in this status has ended."""
        return self in _FINAL


_FINAL = frozenset((FlowStatus.SUCCEEDED, FlowStatus.FAILED))


class StatusCode(Word):
    """Why a flow failed (`statusCode`)."""

    SERVER_ERROR = "0"
    NO_BALANCE = "1"
    NO_NEXT_STEP = "2"
    NOT_TRIGGERED = "3"


class Report(Struct, frozen=True, array_like=True):
    """What the channel says of one step, and when: a delivery report. An empty `status` is the step's own ttl."""

    at: int
    step: int
    status: str
    detailed: str = ""
    description: str = ""
    cause: str = ""


class PlannedReport(Struct, frozen=True, array_like=True):
    """A report to come: as a Report, but of the step that its plan is for, and `at` milliseconds after its start."""

    at: int
    status: str
    detailed: str = ""
    description: str = ""
    cause: str = ""


class Plan(Struct, frozen=True, array_like=True):
    """What the rule of this name yields for one step: the reports to come, sorted by time."""

    reports: tuple[PlannedReport, ...] = ()
    rule: str = ""


class Message(Struct, frozen=True, array_like=True):
    """One started step: its index and how its message stands. `detailed` and `description` are empty where they are the
    usual ones of the status.
    """

    step: int
    status: str
    detailed: str
    description: str
    started_at: int
    updated_at: int
    live: bool = True
    answered_at: int | None = None
    expired_on_delivery_at: int | None = None


class Flow(Struct, frozen=True):
    """One accepted request with its progress. `plans` has one for each step of the request, made when it was accepted;
    `agenda` is the flow's own future, sorted by time, its head the only timer. `ordinal` counts the application's
    requests from 1, `told` the callbacks so far; `faults` is what happens to them on their way; `kind` names the
    service of the provider that took the request.
    """

    id: str
    application: str
    ordinal: int
    created_at: int
    updated_at: int
    request: Request
    plans: tuple[Plan, ...]
    scenario: str
    status: FlowStatus = FlowStatus.QUEUED
    status_code: StatusCode | None = None
    messages: tuple[Message, ...] = ()
    agenda: tuple[Report, ...] = ()
    told: int = 0
    faults: CallbackFaults | None = None
    kind: str = "failover"

    @property
    def due_at(self) -> int | None:
        """When the flow next has something to do; None when nothing is left."""
        return self.agenda[0].at if self.agenda else None

    @property
    def termination_channel(self) -> Channel | None:
        """The channel whose step ended the flow; None until the flow has ended."""
        return self.step(self.messages[-1]).channel if self.status.final and self.messages else None

    def step(self, message: Message) -> Step:
        """The step that a message belongs to."""
        return self.request.flow[message.step]


def reason(channel: Channel, message: Message) -> tuple[str, str]:
    """A message's detailedStatus and description: its own, or the usual ones of its status."""
    detailed, description = CHANNELS[channel].reasons.get(message.status, ("", ""))
    return message.detailed or detailed, message.description or description


class Reported(Struct, frozen=True):
    """A channel's delivery report arrived."""

    report: Report


class TtlExpired(Struct, frozen=True):
    """The step's ttl ran out."""

    step: int


class Cancelled(Struct, frozen=True):
    """The flow was stopped from outside."""

    why: str


Event = Reported | TtlExpired | Cancelled


class Transition(Struct, frozen=True):
    """What one event did: the new flow, the journal entries, and the snapshots that the customer must be told."""

    flow: Flow
    entries: tuple[Entry, ...] = ()
    callbacks: tuple[Flow, ...] = ()
