"""The doors for tracking: one flow by its id, and a search. An application sees only its own flows."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from emulator.accounts.prices import Prices
from emulator.clock import instants
from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.http import messages
from emulator.planning.planner import SpoiltAnswer
from emulator.provider import access, errors, faulty
from emulator.provider.errors import ApiError, invalid, not_found, understood
from emulator.provider.failover import reading, rendering
from emulator.provider.failover.door import json_only
from emulator.store.records import Filter, FlowPage, Search

ENTITY = "FailoverTracking"
DROPPED = "X-Emulator-Dropped-Flows"
"""How many finished flows were dropped, and so can't be found; the provider's answer has no place for it."""
DEFAULT_SIZE = 10
LARGEST = 1_000_000_000


async def one(request: Request) -> Response:
    """Answer one flow, unless a scenario spoils the answer."""
    emulation: Emulation = request.app.state.emulation
    grant = access.bearer(request.scope, emulation)
    access.require(grant, ("failover",))
    name = request.path_params["tracking_id"]
    flow = await emulation.store.flow(name)
    if flow is None or flow.application != grant.application:
        raise not_found("failover", "trackingId", name)
    spoilt = emulation.engine.ask_call("tracking", flow.application, await faulty.chosen(request.scope, emulation))
    answer = messages.good(rendering.shown(flow, emulation.prices))
    return await _spoilt(request, answer, spoilt, flow.application) if spoilt else answer


async def _spoilt(request: Request, answer: Response, spoilt: SpoiltAnswer, application: str) -> Response:
    """An answer under a fault; the journal has those that are refused."""
    emulation: Emulation = request.app.state.emulation
    path = request.scope["path"]
    try:
        faulty.refuse(spoilt, path, emulation.engine.now(application))
    except ApiError as error:
        told = {"path": path} | error.reason | {"answer": faulty.reason(spoilt)}
        await emulation.engine.note("refused", application, told)
        answer = errors.answer(error)
    return faulty.FaultyResponse(answer, spoilt, emulation.closing)


async def nameless(request: Request) -> Response:
    """Answer a request for one flow that names none."""
    emulation: Emulation = request.app.state.emulation
    access.bearer(request.scope, emulation)
    raise not_found("failover", "trackingId", "")


async def search(request: Request) -> Response:
    """Answer a page of flows."""
    emulation: Emulation = request.app.state.emulation
    limit = emulation.settings.max_body
    body = await messages.read(request.receive, limit)
    grant = access.bearer(request.scope, emulation)
    access.require(grant, ("failover",))
    errors.within(body, limit)
    if body.strip():
        json_only(access.fields(request.scope["headers"]))
    wanted = _search(request, grant.application, _conditions(body))
    found = await emulation.store.search(wanted)
    dropped = (await emulation.store.dropped()).flows
    headers = {DROPPED: str(dropped)} if dropped else {}
    return messages.good(_page(found, wanted, emulation.prices), headers)


def _conditions(body: bytes) -> tuple[Filter, ...]:
    filters = understood(reading.search, body)
    return tuple(Filter(each.field_name, each.search_operator, each.search_term) for each in filters)


def _search(request: Request, application: str, conditions: tuple[Filter, ...]) -> Search:
    query, wrong = request.query_params, dict[str, str]()
    start = _member(query, "dateStart", instants.read, "a time such as 2025-05-05T15:00Z", wrong)
    end = _member(query, "dateEnd", instants.read, "a time such as 2025-05-05T15:00Z", wrong)
    page = _member(query, "page", _whole(0), "a whole number from 0", wrong) or 0
    size = _member(query, "size", _whole(1), "a whole number from 1", wrong) or DEFAULT_SIZE
    if wrong:
        raise invalid(ENTITY, wrong)
    return Search(application, start, end, conditions, page * size, size)


def _member(
    query: QueryParams, name: str, read: Callable[[str], int], wanted: str, wrong: dict[str, str]
) -> int | None:
    """One query member, None if absent; what is wrong with it goes into `wrong`."""
    text = query.get(name, "")
    try:
        return read(text) if text else None
    except (ValueError, OverflowError):
        wrong[name] = f"must be {wanted}; found '{text}'"
        return None


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= LARGEST:
            raise ValueError(text)
        return number

    return read


def _page(found: FlowPage, search: Search, prices: Prices) -> Json:
    number, pages = search.offset // search.size, -(-found.total // search.size)
    return {
        "content": [rendering.shown(flow, prices) for flow in found.flows],
        "totalPages": pages,
        "totalElements": found.total,
        "number": number,
        "size": search.size,
        "numberOfElements": len(found.flows),
        "first": number == 0,
        "last": number >= pages - 1,
    }
