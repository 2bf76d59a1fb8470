"""The answers of the emulator's own API as types, from which its documentation is made, and clients can be generated.

A test compares every one with real answers. Times are texts such as 2026-01-01T00:00:00Z, on the application's clock.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import UNSET, Struct, UnsetType, defstruct, field

from emulator.channels.table import Channel, Reason
from emulator.control.callbacks import Outcome
from emulator.control.journal import ShownEntry
from emulator.errors import Json
from emulator.flow.request import Request, ViberMessage
from emulator.flow.state import FlowStatus, StatusCode
from emulator.settings import Settings, table
from emulator.store.records import Dropped


class Alive(Struct):
    """The process answers."""

    status: Literal["ok"]


class Ready(Struct, rename="camel"):
    """Requests are served; it is `now` on the shared clock. How much there is, for how many seconds the oldest callback
    has been due and has not begun, and how much was `dropped` since.
    """

    status: Literal["ready"]
    now: str
    live_flows: int
    finished_flows: int
    pending_callbacks: int
    journal_entries: int
    lateness: float
    dropped: Dropped


_HIDDEN: Final = {"seed"} | {setting.name for setting in table() if setting.option.secret}
_SHOWN: Final = [
    (setting.name, float | Literal["instant"] if setting.name == "rate" else Settings.__annotations__[setting.name])
    for setting in table()
    if setting.name not in _HIDDEN
]
ShownSettings: Final = defstruct("ShownSettings", [("version", str), *_SHOWN, ("seed", str | UnsetType, UNSET)])


class Document(Struct):
    """An OpenAPI document."""

    openapi: str
    info: Json
    servers: list[Json]
    paths: Json
    components: Json


class ShownStatus(Struct, rename="camel", kw_only=True):
    """A message's status: its name, why, and since when."""

    name: str
    reason: Reason | UnsetType = UNSET
    updated_date: str


class ShownMessage(Struct, rename="camel", kw_only=True):
    """A message of a flow as tracking shows it: one for each part of an Sms. Some members belong to some channels."""

    type: Channel
    to: str
    sender: str = field(name="from")
    status: ShownStatus
    price: float
    order: int
    failover_on_statuses: list[str]
    created_at: str
    message_id: str | UnsetType = UNSET
    sms_id: str | UnsetType = UNSET
    tracking_id: str | UnsetType = UNSET
    conversation_tracking_id: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    operator: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    ttl: int | float | UnsetType = UNSET
    body: str | ViberMessage | UnsetType = UNSET
    part: int | UnsetType = UNSET
    parts: int | UnsetType = UNSET
    latency: int | UnsetType = UNSET
    duration: int | UnsetType = UNSET
    expire_on_delivery: bool | UnsetType = UNSET
    expired_on_delivery_at: str | UnsetType | None = UNSET
    inbound_url: str | UnsetType = UNSET
    dial_plans: list[Json] | UnsetType = UNSET
    machine_detection: Json | UnsetType = UNSET


class ShownFlow(Struct, rename="camel"):
    """A flow as tracking shows it, with its scenario, the rule of each step, and when something is due next."""

    tracking_id: str
    messages: list[ShownMessage]
    termination_channel: Channel | None
    status: FlowStatus
    status_code: StatusCode | None
    total_price: float
    originating_service: str
    application_id: str
    created_at: str
    updated_at: str
    scenario: str
    rules: list[str]
    next_due: str | None


class FlowsPage(Struct):
    """A page of flows, newest first, and how many there are in all."""

    total: int
    flows: list[ShownFlow]


class PhoneMessage(Struct, kw_only=True):
    """A message as the recipient has it: whether it `arrived`, whether it was `seen`, since when (`at`) it has its
    status, and what there is to see or hear.
    """

    step: int
    channel: Channel
    sender: str = field(name="from")
    to: str
    at: str
    status: str
    reason: Reason | None = None
    arrived: bool
    seen: bool
    texts: list[str] | UnsetType = UNSET
    unicode: bool | UnsetType = UNSET
    flash: bool | UnsetType = UNSET
    message: ViberMessage | UnsetType = UNSET
    answerable: bool | UnsetType = UNSET
    verbs: list[Json] | UnsetType = UNSET


class Offer(Struct):
    """The statuses that the channel of a step could report next."""

    step: int
    channel: Channel
    statuses: list[str]


class ShownAttempt(Struct):
    """An attempt at a callback: when it began, what came of it, the receiver's status (null without an answer), how
    many real milliseconds it took, the beginning of the answer, and when it is tried again.
    """

    at: str
    id: str
    url: str
    attempt: int
    outcome: str
    status: int | None
    ms: int
    answer: str
    next: str | UnsetType = UNSET


class ShownCallback(Struct):
    """A callback with its attempts and the text of its body; `next` is when the next attempt is due."""

    number: int
    id: str
    flow: str
    application: str
    url: str
    outcome: Outcome
    next: str | None
    attempts: list[ShownAttempt]
    body: str


class CallbacksPage(Struct):
    """A page of callbacks. Pass `next`, the number of the last one, as `after` to read on."""

    callbacks: list[ShownCallback]
    next: int


class WholeFlow(ShownFlow, rename="camel"):
    """A flow with its request and the answer to that, what the phone shows, what its channels could report next, its
    callbacks and its journal entries.
    """

    request: Request
    response: str
    phone: list[PhoneMessage]
    offers: list[Offer]
    callbacks: list[ShownCallback]
    journal: list[ShownEntry]


class PassedRule(Struct):
    """A rule that did not apply, and how the step differed from its match."""

    rule: str
    differences: list[str]


class RuledStep(Struct):
    """The rule of a step, its match, and the rules that were passed before."""

    step: int
    channel: Channel
    rule: str
    match: str | None
    passed: list[PassedRule]


class FlowRules(Struct):
    """Why each step of a flow fell under its rule."""

    steps: list[RuledStep]


class ShownScenario(Struct):
    """A scenario that can be chosen; `own` says that it is one of the user's files."""

    name: str
    purpose: str
    own: bool


class ScenariosList(Struct):
    """All scenarios that can be chosen."""

    scenarios: list[ShownScenario]


class ShownRule(Struct):
    """A rule of a scenario and its match in words."""

    name: str
    match: str


class ScenarioText(ShownScenario):
    """A scenario with its rules and the text of its file."""

    file: str
    rules: list[ShownRule]
    text: str


class Remark(Struct):
    """Something wrong with a text, or said in vain: where, and what it is."""

    file: str
    line: int
    column: int
    path: str
    message: str


class Checked(Struct):
    """What is wrong with a text, and what it says in vain."""

    problems: list[Remark]
    warnings: list[Remark]


class ShownOverride(ShownRule):
    """A rule on top of the scenario, and how many more uses it has (null: any number)."""

    uses: int | None


class InForce(Struct, rename="camel"):
    """What is in force for an application (null: for all): the scenario with its rules, the first overrides and how
    many more there are, and the balance left (null: the scenario has none).
    """

    application: str | None
    scenario: str
    purpose: str
    rules: list[str]
    overrides: list[ShownOverride]
    more_overrides: int
    balance: float | None


class ClockState(Struct):
    """A clock: whose it is (null: the shared one), its time, its rate, and when the next thing is due on it."""

    application: str | None
    now: str
    rate: float | Literal["instant"]
    next: str | None


class Advanced(ClockState):
    """A clock that was advanced, and what happened on the way; `truncated` says that there was more."""

    happened: list[ShownEntry]
    truncated: bool


class ShownApplication(Struct, rename="camel"):
    """An application, its number of flows, and whether it has a clock of its own."""

    application: str
    flows: int
    own_clock: bool


class ApplicationsList(Struct):
    """The applications, and the scenarios that flows began under."""

    applications: list[ShownApplication]
    scenarios: list[str]


class Sample(Struct):
    """A body of POST /failover."""

    flow: list[Json]
    callback: Json | UnsetType = UNSET


class ShownToken(Struct, rename="camel"):
    """An access token: its application and scopes, when it ends, and how many seconds it has left."""

    token: str
    application: str
    scopes: list[str]
    expires: str
    seconds_left: int


class TokensList(Struct):
    """Access tokens."""

    tokens: list[ShownToken]


class Balance(Struct):
    """What an application (null: everybody) has left of the balance of its scenario; null if that has none."""

    application: str | None
    scenario: str
    balance: float | None


class WasReset(Struct):
    """What was reset: one application, or everything (null)."""

    application: str | None
    reset: Literal[True]


class Taken(Struct):
    """A callback was taken."""
