"""The state of a flow: its status, its messages, the reports to come, and the result of an event.

All values are frozen. Times are integer milliseconds UTC on the application's clock.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, Cause, Channel, Reason, Word
from emulator.choices.table import TAKEN, Choices
from emulator.errors import Json
from emulator.flow.faults import CallbackFaults
from emulator.flow.priced import OwnPrice
from emulator.flow.reply import PlannedReply, Replied
from emulator.flow.request import Request, Step
from emulator.flow.verification import Verification
from emulator.journal.entry import Entry


class FlowStatus(Word):
    """Where a whole flow stands, in the API's spelling (`status`)."""

    QUEUED = "Queued"
    IN_PROGRESS = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"

    final: bool
    """Whether a flow in this status has ended. An attribute, since it is asked for at each change."""

    def __init__(self, word: str) -> None:
        self.final = word in ("Succeeded", "Failed")


class StatusCode(Word):
    """Why a flow failed (`statusCode`)."""

    SERVER_ERROR = "0"
    NO_BALANCE = "1"
    NO_NEXT_STEP = "2"
    NOT_TRIGGERED = "3"


TTL: Final = ""
"""The `status` of an agenda item that is no report but the end of a step's ttl. Stored flows have it."""
START: Final = "start"
"""The `status` of an agenda item that starts the flow, whose first step is held back until then."""
KEYS: Final = "keys"
"""The `status` of an agenda item that is a planned press of keys in a call; its `detailed` has the keys."""
PRESSED: Final = "[0-9*#]{1,100}"
"""The form of keys that are pressed together."""
MACHINE: Final = "machine"
"""The `status` of an agenda item at which it is found out that a machine has answered a call."""
SAID: Final = "said"
"""The `status` of an agenda item at which a call ends, since all is said."""
IN_CALLS: Final = (KEYS, MACHINE, SAID)
"""What agenda items say of calls that are answered."""


class Report(Struct, frozen=True, gc=False, array_like=True):
    """A channel's delivery report: the time, the index of the step, its new status; or, in an agenda, the end of the
    step's ttl (TTL), the flow's start (START) or what happens in a call (IN_CALLS). `cause` is "balance", "server",
    or empty.
    """

    at: int
    step: int
    status: str
    detailed: str = ""
    description: str = ""
    cause: Cause = ""


class PlannedReport(Struct, frozen=True, gc=False, array_like=True):
    """A report to come of the step that its plan is for: as a Report, but `at` counts milliseconds from its start."""

    at: int
    status: str
    detailed: str = ""
    description: str = ""
    cause: Cause = ""


Parts = tuple[tuple[int, str], ...]
"""Parts of an Sms that end otherwise than by Delivered: their numbers, from 1, and their statuses."""


class Plan(Struct, frozen=True, gc=False, array_like=True):
    """The reports to come of one step, sorted by time, the name of the rule that decided them, and which parts fail
    when the message is reported as Delivered. In a call, the recipient presses these `keys`, for one COLLECT after
    another; or a `machine` answers. Once all is `said`, an answered call ends, unless a report has ended it before.
    What has arrived gets these `replies`.
    """

    reports: tuple[PlannedReport, ...] = ()
    rule: str = ""
    parts: Parts = ()
    keys: tuple[str, ...] = ()
    machine: bool = False
    replies: tuple[PlannedReply, ...] = ()
    said: bool = False


class Talk(Struct, frozen=True, gc=False, array_like=True):
    """What goes on in an answered call: its verbs, and the index of the first one that is `left`. If that `collects`,
    the call waits there for keys, of which these were pressed so far. `tones` are those that were collected. `asked`
    counts what the customer was asked, `waits` says whether the last answer is still to come. `used` counts the
    planned presses that are under way or over.
    """

    verbs: tuple[Json, ...] = ()
    left: int = 0
    collects: bool = False
    keys: str = ""
    tones: tuple[str, ...] = ()
    asked: int = 0
    waits: bool = False
    used: int = 0


class Message(Struct, frozen=True, gc=False, array_like=True):
    """The message of one started step: the step's index and the message's status. `live` until that is final.
    It `reached` its recipient when a call was answered or another message delivered. `detailed` and `description` are
    empty where they are the usual ones of the status. If `parts` failed, all others are Delivered, and the message has
    the status of the first that failed. A call has a `talk` if more happens in it than that something is said.
    """

    step: int
    status: str
    detailed: str
    description: str
    started_at: int
    updated_at: int
    live: bool = True
    reached_at: int | None = None
    expired_on_delivery_at: int | None = None
    parts: Parts = ()
    talk: Talk | None = None

    def part(self, number: int) -> Message:
        """One part of an Sms, as a message of its own; they are numbered from 1."""
        if not self.parts:
            return self
        return replace(self, status=dict(self.parts).get(number, "Delivered"), detailed="", description="")


class Charge(Struct, frozen=True, gc=False, array_like=True):
    """What a flow takes of the `balance` of this number: an `amount` of money, or of messages if it counts `each`."""

    amount: float
    balance: int
    each: bool = False


class Flow(Struct, frozen=True, gc=False):
    """One accepted request with its progress. `plans` has one plan for each step of the request, made when it was
    accepted; `agenda` is what is still to happen, sorted by time, and its head is the flow's only timer: the reports of
    a step move there when it starts. `ordinal`
    numbers the application's requests from 1, `told` counts the callbacks so far, `faults` spoil their delivery, `kind`
    names the service that took it. A flow that carries a code has a `verification`; one accepted under a balance has
    its `charge`. `choices` answer what the provider's documentation leaves open; `prices` are its scenario's.
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
    verification: Verification | None = None
    charge: Charge | None = None
    choices: Choices = TAKEN
    prices: tuple[OwnPrice, ...] = ()

    @property
    def due_at(self) -> int | None:
        """The time of the next agenda item; None when nothing is left to happen."""
        return self.agenda[0].at if self.agenda else None

    @property
    def code(self) -> str:
        """The code that it brings to its recipient; empty if none."""
        return self.verification.code if self.verification is not None else self.request.code or ""

    @property
    def termination_channel(self) -> Channel | None:
        """The channel whose step ended the flow; None until the flow has ended."""
        return self.step(self.messages[-1]).channel if self.status.final and self.messages else None

    def step(self, message: Message) -> Step:
        """The step that a message belongs to."""
        return self.request.flow[message.step]


_NO_REASON = Reason()


def reason(channel: Channel, message: Message) -> Reason:
    """A message's reason: its own texts, and its status's defaults where it has none."""
    default = CHANNELS[channel].reasons.get(message.status, _NO_REASON)
    if not message.detailed and not message.description:
        return default
    return Reason(message.detailed or default.detailed_status, message.description or default.description)


class Reported(Struct, frozen=True, gc=False):
    """The event: a channel's delivery report arrived."""

    report: Report


class TtlExpired(Struct, frozen=True, gc=False):
    """The event: the ttl of the step of this index ran out."""

    step: int


class Cancelled(Struct, frozen=True, gc=False):
    """The event: the flow was stopped from outside; `why` goes into the journal."""

    why: str


class Begun(Struct, frozen=True, gc=False):
    """The event: the flow's first step, which was held back, is handed to its channel."""


class Pressed(Struct, frozen=True, gc=False):
    """The event: the recipient of the call of the step of this index presses keys."""

    step: int
    keys: str


class MachineMet(Struct, frozen=True, gc=False):
    """The event: it was found out that a machine has answered the call of the step of this index."""

    step: int


class Answered(Struct, frozen=True, gc=False):
    """The event: the customer answered with these verbs what the post of this id asked; or `why` there are none."""

    post: str
    verbs: tuple[Json, ...] = ()
    why: str = ""


InCall = Pressed | MachineMet | Answered
Event = Reported | TtlExpired | Cancelled | Begun | InCall


class Ask(Struct, frozen=True, gc=False):
    """What the call of a step asks the customer at a URL: how to go on, after the keys `tones` were pressed, or since a
    `machine` has answered, or else at its beginning. They are numbered from 1.
    """

    step: int
    number: int
    url: str
    at: int
    tones: str | None = None
    machine: bool = False


class Transition(Struct, frozen=True, gc=False):
    """The result of one event or several: the new flow, the journal entries, a snapshot of the flow for each callback
    that is owed, what its calls ask the customer, and what the recipient writes back.
    """

    flow: Flow
    entries: tuple[Entry, ...] = ()
    callbacks: tuple[Flow, ...] = ()
    asks: tuple[Ask, ...] = ()
    replies: tuple[Replied, ...] = ()

    def then(self, following: Transition) -> Transition:
        """Join the transition and the one that followed it."""
        return Transition(
            following.flow,
            self.entries + following.entries,
            self.callbacks + following.callbacks,
            self.asks + following.asks,
            self.replies + following.replies,
        )
