"""The door to flows: search them, show one, and explain which rules its steps fell under.

How a flow looks to the customer is up to its service's rendering; what the recipient sees, to `phone`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from msgspec import UNSET, Struct, UnsetType, field, to_builtins
from starlette.requests import Request
from starlette.responses import Response

from emulator.accounts.prices import CURRENCY
from emulator.accounts.senders import Senders
from emulator.channels.table import Channel, Reason
from emulator.clock import instants
from emulator.control import bodies, callbacks, journal, known, narrowing, phone
from emulator.control.callbacks import ShownCallback
from emulator.control.journal import ShownEntry
from emulator.control.narrowing import FlowsQuery
from emulator.control.phone import PhoneMessage
from emulator.engine.interventions import offers
from emulator.engine.library import Library
from emulator.errors import Json
from emulator.flow.kinds import KINDS
from emulator.flow.request import Request as FlowRequest
from emulator.flow.request import ViberMessage
from emulator.flow.state import Flow, FlowStatus, StatusCode
from emulator.flow.verification import Standing
from emulator.http import messages
from emulator.journal.kinds import NOT_TAKEN
from emulator.planning.selection import Selection
from emulator.provider.service import Rendering
from emulator.scenario.files import ScenarioError
from emulator.scenario.questions import Endpoint, Question, questions
from emulator.scenario.rules import Scenario, explain
from emulator.store.contract import Store
from emulator.store.records import CallbackQuery, JournalQuery


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
    template_id: str | UnsetType = UNSET
    template_lang: str | UnsetType = UNSET
    template_params: dict[str, str | int | float] | UnsetType = UNSET
    delivery_scope: str | UnsetType = UNSET
    seq: str | UnsetType = UNSET


class ShownVerification(Struct, rename="camel"):
    """A verification by two steps: the code that was sent, and how it stands."""

    code: str
    status: Standing
    updated_at: str
    expires_at: str
    times_tried: int


class ShownFlow(Struct, rename="camel", kw_only=True):
    """A flow as tracking shows it, with its scenario, the rule of each step, when something is due next, the code that
    it brings, if any, and what its verification stands at, if the provider verifies it. A `ttl` is in the unit of its
    service's requests: seconds of a Viber message and of a one-time password, else minutes.
    """

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
    code: str | UnsetType = UNSET
    flow_kind: str | UnsetType = UNSET
    verification: ShownVerification | UnsetType = UNSET


class FlowsPage(Struct):
    """A page of flows, in the order that `sort` asks for, and how many there are in all; `note` doubts an application
    of which nothing is known.
    """

    total: int
    flows: list[ShownFlow]
    note: str | UnsetType = UNSET


class Offer(Struct):
    """The statuses that the channel of a step could report next."""

    step: int
    channel: Channel
    statuses: list[str]


class WholeFlow(ShownFlow, rename="camel", kw_only=True):
    """A flow with its request and the `response` to that, unless a scenario has spoilt it, as the journal's `answer`
    says; what the phone shows, what its channels could report next, its callbacks and its journal entries. `why` says
    why it failed; empty if it did not. `currency` is that of its prices.
    """

    why: str
    currency: str
    request: FlowRequest
    response: str
    phone: list[PhoneMessage]
    offers: list[Offer]
    callbacks: list[ShownCallback]
    journal: list[ShownEntry]


class PassedRule(Struct):
    """A rule that did not apply, and how the step differed from its match."""

    rule: str
    differences: tuple[str, ...]


class RuledStep(Struct):
    """The rule of a step, its match, and the rules that were passed before; or, where no rule was asked, why its
    channel did not take it (`rejected`).
    """

    step: int
    channel: Channel
    rule: str
    match: str | None
    passed: list[PassedRule]
    rejected: str | UnsetType = UNSET


class FlowRules(Struct):
    """Why each step of a flow fell under its rule."""

    steps: list[RuledStep]


class FlowDoor:
    """Shows flows to users."""

    def __init__(
        self,
        store: Store,
        library: Library,
        selection: Selection,
        renderings: Mapping[str, Rendering],
        senders: Senders,
    ) -> None:
        self._store, self._senders = store, senders
        self._library = library
        self._selection = selection
        self._renderings = renderings

    async def search(self, request: Request) -> Response:
        """Answer flows, in the order that `sort` asks for."""
        query = bodies.query(request, FlowsQuery)
        page = await self._store.search(await narrowing.page(query, self._store, self._library))
        found = {"total": page.total, "flows": [shown(flow, self._renderings) for flow in page.flows]}
        note = UNSET if page.total else await known.doubt(self._store, query.application)
        return messages.good(found if note is UNSET else found | {"note": note})

    async def one(self, request: Request) -> Response:
        """Answer one flow: as tracking shows it, with its request and the answer to that, what the phone shows, what
        its channels could report next, its callbacks and its journal entries.
        """
        flow = await known.flow(self._store, request.path_params["id"])
        records = await self._store.callbacks(CallbackQuery(flow.id, limit=bodies.PAGE))
        entries = await self._store.journal(JournalQuery(flow=flow.id))
        reasons = await journal.reasons([flow], self._store)
        asked: Json = to_builtins(flow.request)
        as_asked(asked["flow"], flow)
        more = {
            "why": reasons.get(flow.id, ""),
            "currency": CURRENCY["code"],
            "request": asked,
            "response": self._renderings[flow.kind].created(flow).decode(),
            "phone": phone.messages(flow, self._senders),
            "offers": offers(flow),
            "callbacks": await callbacks.shown(records, self._store),
            "journal": [journal.entry(each) for each in entries],
        }
        return messages.good(shown(flow, self._renderings) | more)

    async def rules(self, request: Request) -> Response:
        """Answer why each step of a flow fell under its rule: what its `match` is, and how the step differed from the
        rules `passed` before. Both are empty if the scenario is gone or has changed since.
        """
        flow = await known.flow(self._store, request.path_params["id"])
        try:
            named = await self._library.find(flow.scenario)
        except ScenarioError:
            named = None
        scenario = self._selection.in_force(flow.application, named) if named else None
        steps = enumerate(
            questions(
                flow.application, flow.ordinal, flow.request, endpoint=cast(Endpoint, flow.kind), time=flow.created_at
            )
        )
        return messages.good(FlowRules([_ruled(flow, index, question, scenario) for index, question in steps]))


def _ruled(flow: Flow, index: int, question: Question, scenario: Scenario | None) -> RuledStep:
    step, rule = flow.request.flow[index], flow.plans[index].rule
    asked = explain(scenario, question) if scenario else []
    same = bool(asked) and asked[-1].rule == rule
    if rule == NOT_TAKEN and not same:
        return RuledStep(index + 1, step.channel, rule, None, [], flow.plans[index].reports[0].description)
    passed = [PassedRule(each.rule, each.differences) for each in asked[:-1]] if same else []
    return RuledStep(index + 1, step.channel, rule, asked[-1].match if same else None, passed)


def as_asked(steps: list[Json], flow: Flow) -> None:
    """Has the ttl of a flow's steps, or messages, in the unit of its service's requests."""
    for step in steps if KINDS[flow.kind].seconds else ():
        if "ttl" in step:
            step["ttl"] = round(step["ttl"] * 60)


def shown(flow: Flow, renderings: Mapping[str, Rendering]) -> Json:
    """A flow as ShownFlow has it."""
    due = None if flow.due_at is None else instants.written(flow.due_at)
    rules = [plan.rule for plan in flow.plans]
    tracking: Json = to_builtins(renderings[flow.kind].shown(flow))
    as_asked(tracking["messages"], flow)
    made = tracking | {"scenario": flow.scenario, "rules": rules, "nextDue": due}
    if flow.code:
        made["code"] = flow.code
    if (found := flow.verification) is not None:
        at, until = instants.written(found.updated_at), instants.written(found.expires_at)
        made["verification"] = to_builtins(ShownVerification(found.code, found.status, at, until, found.tried))
    return made
