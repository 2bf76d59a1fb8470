"""The doors to flows and their callbacks: look at them, and reach into them."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated

from msgspec import Meta, Struct, json, to_builtins
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.control import bodies, journal, phone
from emulator.emulation import Emulation
from emulator.engine.interventions import Impossible, Interventions, offers
from emulator.errors import Json
from emulator.flow.state import Flow
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.provider.failover import rendering
from emulator.scenario.files import ScenarioError
from emulator.scenario.questions import Question, questions
from emulator.scenario.rules import Scenario, explain
from emulator.store.records import CallbackQuery, CallbackRecord, Filter, JournalQuery, Search

PAGE = 1000
MOST = 10**6
"""How many attempts at the callbacks of a page are looked through."""
Page = Annotated[int, Meta(ge=1, le=PAGE)]


class Filters(Struct, frozen=True, forbid_unknown_fields=True):
    """Which flows are wanted: of one `application`; with this `status`, a recipient that contains `to`, a `channel`
    that was used, the `scenario` that they began under.
    """

    application: str | None = None
    status: str = ""
    to: str = ""
    channel: str = ""
    scenario: str = ""


class FlowsQuery(Filters, frozen=True, forbid_unknown_fields=True):
    """A query of flows, newest first: `limit` of them from `offset` on; of one `application`; with this `status`, a
    recipient that contains `to`, a `channel` that was used, the `scenario` that they began under.
    """

    offset: journal.Number = 0
    limit: Page = 100


class CallbacksQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of callbacks: numbered above `after`, oldest first, or below `before`, newest first; at most `limit`; of
    one `flow` or `application`.
    """

    flow: str | None = None
    application: str | None = None
    after: journal.Number = 0
    before: journal.Number | None = None
    limit: Page = 100


class Reason(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A reason: `detailedStatus` and `description`."""

    detailed_status: str = ""
    description: str = ""


class ReportBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A report: a `status` in the channel's spelling; of the `step` of this number (the running one without it); with
    a `reason` (detailedStatus and description) and a `cause` (balance or server), if they are not the usual ones.
    """

    status: str
    step: Annotated[int, Meta(ge=1)] | None = None
    reason: Reason = Reason()
    cause: str = ""


class ReplyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A reply: the `message` that the recipient of the Viber message writes."""

    message: str


class CancelBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A cancellation: `why`, for the journal."""

    why: str = "cancelled from outside"


async def search(request: Request) -> Response:
    """Answer flows, newest first."""
    emulation: Emulation = request.app.state.emulation
    query = bodies.query(request, FlowsQuery)
    wanted = Search(query.application, conditions=conditions(query), offset=query.offset, size=query.limit)
    found = await emulation.store.search(wanted)
    return messages.good({"total": found.total, "flows": [_shown(flow, emulation) for flow in found.flows]})


def conditions(query: Filters) -> tuple[Filter, ...]:
    """The filters of a query, for the store."""
    wanted = (
        Filter("status", "is", query.status),
        Filter("to", "contains", query.to),
        Filter("type", "is", query.channel),
        Filter("scenario", "is", query.scenario),
    )
    return tuple(condition for condition in wanted if condition.term)


async def one(request: Request) -> Response:
    """Answer one flow: as tracking shows it, its request and the answer to it, what the phone shows, what its
    channels could report next, its callbacks and its journal.
    """
    emulation: Emulation = request.app.state.emulation
    flow = await _flow(request)
    told = await emulation.store.callbacks(CallbackQuery(flow.id, limit=PAGE))
    entries = await emulation.store.journal(JournalQuery(flow=flow.id))
    more = {
        "request": flow.request,
        "response": rendering.created(flow).decode(),
        "phone": phone.messages(flow),
        "offers": offers(flow),
        "callbacks": await _callbacks(told, emulation),
        "journal": [journal.entry(each) for each in entries],
    }
    return messages.good(_shown(flow, emulation) | more)


async def rules(request: Request) -> Response:
    """Answer why each step of a flow fell under its rule, as far as the scenario is still there and still the same."""
    emulation: Emulation = request.app.state.emulation
    flow = await _flow(request)
    try:
        named = await emulation.catalogue.named(flow.scenario)
    except ScenarioError:
        named = None
    scenario = named and emulation.selection.in_force(flow.application, named)
    asked = enumerate(questions(flow.application, flow.ordinal, flow.request))
    return messages.good({"steps": [_ruled(flow, index, question, scenario) for index, question in asked]})


async def report(request: Request) -> Response:
    """Have a channel report a status of a flow's message, now."""
    wanted = await bodies.decoded(request, ReportBody)
    if wanted.cause not in ("", "balance", "server"):
        raise Problem(400, f"cause must be balance or server; it is '{wanted.cause}'")
    reason = wanted.reason.detailed_status, wanted.reason.description
    changing = _interventions(request).report(_name(request), wanted.step, wanted.status, reason, wanted.cause)
    return await _changed(request, changing)


async def reply(request: Request) -> Response:
    """Have the recipient answer a flow's Viber message; its `inboundUrl` is told."""
    wanted = await bodies.decoded(request, ReplyBody)
    return await _changed(request, _interventions(request).reply(_name(request), wanted.message))


async def cancel(request: Request) -> Response:
    """Stop a flow; it fails."""
    wanted = await bodies.decoded(request, CancelBody)
    return await _changed(request, _interventions(request).cancel(_name(request), wanted.why))


async def callbacks(request: Request) -> Response:
    """Answer callbacks with their attempts, oldest first; newest first if they are asked for before a number."""
    emulation: Emulation = request.app.state.emulation
    query = bodies.query(request, CallbacksQuery)
    wanted = CallbackQuery(query.flow, query.application, query.after, query.before, query.limit)
    found = await emulation.store.callbacks(wanted)
    shown = await _callbacks(found, emulation)
    return messages.good({"callbacks": shown, "next": found[-1].number if found else query.after})


async def callback(request: Request) -> Response:
    """Answer one callback with its attempts and its whole body."""
    emulation: Emulation = request.app.state.emulation
    (shown,) = await _callbacks([await _told(request)], emulation)
    return messages.good(shown)


async def resend(request: Request) -> Response:
    """Post a callback once more, with the same body."""
    return await _changed(request, _interventions(request).resend(await _told(request)))


def _ruled(flow: Flow, index: int, question: Question, scenario: Scenario | None) -> Json:
    step, rule = flow.request.flow[index], flow.plans[index].rule
    told = explain(scenario, question) if scenario else []
    same = bool(told) and told[-1].rule == rule
    passed = [{"rule": each.rule, "differences": list(each.differences)} for each in told[:-1]] if same else []
    match = told[-1].match if same else None
    return {"step": index + 1, "channel": step.channel, "rule": rule, "match": match, "passed": passed}


def _interventions(request: Request) -> Interventions:
    emulation: Emulation = request.app.state.emulation
    return Interventions(emulation.engine, emulation.store, emulation.prices)


def _name(request: Request) -> str:
    name: str = request.path_params["id"]
    return name


async def _flow(request: Request) -> Flow:
    emulation: Emulation = request.app.state.emulation
    flow = await emulation.store.flow(_name(request))
    if flow is None:
        raise Problem(404, f"there is no flow {_name(request)}")
    return flow


async def _told(request: Request) -> CallbackRecord:
    emulation: Emulation = request.app.state.emulation
    told = await emulation.store.callback(_name(request))
    if told is None:
        raise Problem(404, f"there is no callback {_name(request)}")
    return told


async def _changed(request: Request, changing: Awaitable[Flow | None]) -> Response:
    emulation: Emulation = request.app.state.emulation
    try:
        flow = await changing
    except Impossible as error:
        raise Problem(409, str(error)) from error
    if flow is None:
        raise Problem(404, f"there is no flow {_name(request)}")
    return messages.good(_shown(flow, emulation))


def _shown(flow: Flow, emulation: Emulation) -> Json:
    due = None if flow.due_at is None else instants.written(flow.due_at)
    shown: Json = to_builtins(rendering.shown(flow, emulation.prices))
    return shown | {"scenario": flow.scenario, "rules": _rules(flow), "nextDue": due}


def _rules(flow: Flow) -> list[str]:
    """The rule of each step, in the order of the request."""
    return [plan.rule for plan in flow.plans]


async def _callbacks(told: list[CallbackRecord], emulation: Emulation) -> list[Json]:
    flows = tuple({each.flow for each in told})
    wanted = JournalQuery(flows=flows, kinds=("attempt",), limit=MOST)
    entries = await emulation.store.journal(wanted) if told else []
    attempts: dict[str, list[Json]] = {}
    for each in entries:
        data: Json = json.decode(each.data)
        attempts.setdefault(data["id"], []).append({"at": instants.written(each.at)} | data)
    return [_callback(each, attempts.get(each.id, [])) for each in told]


def _callback(told: CallbackRecord, attempts: list[Json]) -> Json:
    return {
        "number": told.number,
        "id": told.id,
        "flow": told.flow,
        "application": told.application,
        "url": told.url,
        "outcome": told.outcome or "pending",
        "next": None if told.due_at is None else instants.written(told.due_at),
        "attempts": attempts,
        "body": told.body.decode(errors="replace"),
    }
