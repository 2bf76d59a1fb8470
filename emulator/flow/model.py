"""The values everything else is written in: requests, flows, messages, reports, journal entries, deliveries.

All are frozen and know no I/O, clock or framework. A request's structs are both what is stored and what the API
echoes: encoding one gives the provider's JSON, with absent fields left out (``UNSET``). Times are integer
milliseconds UTC on the application's clock.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType, field

from emulator.flow.faults import Callbacks

Json = dict[str, Any]


class EmulatorError(Exception):
    """The base of every error that the emulator raises on purpose; children carry data, doors turn it into text."""


class Word(StrEnum):
    """A word of the API. It hashes as its text: Enum's own hash is Python code, which each look-up would run."""

    __hash__ = str.__hash__


class Channel(Word):
    """A way to reach the recipient, in the API's spelling (`flow[].type`)."""

    SMS = "Sms"
    VIBER = "Viber"
    VOICE = "Voice"


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


class Strategy(Word):
    """When the customer's URL is called (`callback.strategy`): on each change, or once at the end."""

    ON_STEP = "OnStep"
    ON_COMPLETION = "OnCompletion"


# --- the request ------------------------------------------------------------------------------------------------


class UrlShortener(Struct, frozen=True, rename="camel"):
    """Shortens the links of an Sms; `url_validity` in seconds."""

    url_validity: int = 2_592_000


class SmsMessage(Struct, frozen=True, rename="camel"):
    """The content of an Sms step."""

    body: str
    flash: bool = False
    label: str | UnsetType = UNSET
    transcode: bool | UnsetType = UNSET
    url_shortener: UrlShortener | UnsetType = UNSET


class Action(Struct, frozen=True, rename="camel"):
    """The button of a Viber message."""

    caption: str
    target_url: str


class ViberFile(Struct, frozen=True, rename="camel"):
    """A file sent over Viber."""

    file_name: str
    file_type: str
    file_url: str


class ViberVideo(Struct, frozen=True, rename="camel"):
    """A video sent over Viber; `file_size` in MB, `duration` in seconds."""

    video_url: str
    video_thumbnail: str
    file_size: int | float
    duration: int | float


class ViberMessage(Struct, frozen=True, rename="camel"):
    """The content of a Viber step: text, image, button, file or video, in the combinations that Viber has."""

    text: str | UnsetType = UNSET
    image_url: str | UnsetType = UNSET
    action: Action | UnsetType = UNSET
    viber_file: ViberFile | UnsetType = UNSET
    viber_video: ViberVideo | UnsetType = UNSET


class VoiceTarget(Struct, frozen=True):
    """The long form of a Voice step's `to`; at least one member is set."""

    phone: str | UnsetType = UNSET
    viber: str | UnsetType = UNSET
    sip: str | UnsetType = UNSET


class DialPlan(Struct, frozen=True):
    """What a call does: SAY and PLAY verbs, kept as they came."""

    verbs: list[Json]


class SmsStep(Struct, frozen=True, rename="camel", tag_field="type", tag="Sms"):
    """One Sms step, defaults filled in; `ttl` in minutes."""

    channel: ClassVar[Channel] = Channel.SMS
    sender: str = field(name="from")
    to: str
    ttl: int | float
    message: SmsMessage
    order: int
    failover_on_statuses: list[str]
    url_shortener: UrlShortener | UnsetType = UNSET
    restrictions: Json | UnsetType = UNSET


class ViberStep(Struct, frozen=True, rename="camel", tag_field="type", tag="Viber"):
    """One Viber step, defaults filled in; `ttl` in minutes."""

    channel: ClassVar[Channel] = Channel.VIBER
    sender_info_tracking_id: str
    to: str
    ttl: int | float
    message: ViberMessage
    order: int
    failover_on_statuses: list[str]
    expire_on_delivery: bool = False
    inbound_url: str | UnsetType = UNSET
    label: str | UnsetType = UNSET


class VoiceStep(Struct, frozen=True, rename="camel", tag_field="type", tag="Voice"):
    """One Voice step, defaults filled in; it has no ttl."""

    channel: ClassVar[Channel] = Channel.VOICE
    sender: str = field(name="from")
    to: str | VoiceTarget
    dial_plans: list[DialPlan]
    order: int
    failover_on_statuses: list[str]
    machine_detection: Json | UnsetType = UNSET


Step = SmsStep | ViberStep | VoiceStep


class Callback(Struct, frozen=True):
    """Where and when the customer wants to be told."""

    strategy: Strategy
    url: str


class Request(Struct, frozen=True):
    """A valid failover request, its steps in the order of the body's array."""

    flow: list[Step]
    callback: Callback | UnsetType = UNSET
    restrictions: Json | UnsetType = UNSET


def recipient(step: Step) -> str:
    """The number or address that a step is sent to: of a Voice step's long form, its first member that is set."""
    if isinstance(step.to, str):
        return step.to
    return next(value for value in (step.to.phone, step.to.viber, step.to.sip) if value)


# --- the flow ---------------------------------------------------------------------------------------------------


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
    requests from 1, `told` the callbacks so far; `faults` is what happens to them on their way.
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
    faults: Callbacks | None = None

    @property
    def due_at(self) -> int | None:
        """When the flow next has something to do; None when nothing is left."""
        return self.agenda[0].at if self.agenda else None

    def step(self, message: Message) -> Step:
        """The step that a message belongs to."""
        return self.request.flow[message.step]


# --- what happens to it -----------------------------------------------------------------------------------------


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


class Entry(Struct, frozen=True):
    """One journal line before it has its number: what happened, when, to whom. `data` is ready to be encoded."""

    at: int
    kind: str
    application: str
    flow: str | None
    data: Json


class Transition(Struct, frozen=True):
    """What one event did: the new flow, the journal entries, and the snapshots that the customer must be told."""

    flow: Flow
    entries: tuple[Entry, ...] = ()
    callbacks: tuple[Flow, ...] = ()
