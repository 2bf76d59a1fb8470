"""The doors for tracking: one flow by its id, and a search. An application sees only its own flows.

How a flow is shown is up to `rendering`, and how a search's body is read, to `reading`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.accounts.prices import Prices
from emulator.clock import instants
from emulator.errors import Json
from emulator.http import messages
from emulator.http.log import about
from emulator.journal.kinds import Refused
from emulator.planning.planner import SpoiltAnswer
from emulator.provider import access, errors, faulty
from emulator.provider.errors import ApiError, invalid, not_found, read_or_refuse
from emulator.provider.failover import rendering
from emulator.provider.failover.door import KIND
from emulator.provider.service import Parts
from emulator.store.records import Filter, FlowPage, Search
from emulator.validation.hints import quoted

ENTITY = "FailoverTracking"
DROPPED = "X-Emulator-Dropped-Flows"
"""The header that counts finished flows which the store has dropped, so that a search can't find them; the provider's
body has no place for this.
"""
DEFAULT_SIZE = 10
LARGEST = 1_000_000_000
"""The largest page number and page size."""


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to the doors for tracking."""
    door = Tracking(parts)
    return [
        Route("/failover/tracking", door.search, methods=["POST"]),
        Route("/failover/tracking", door.nameless, methods=["GET"]),
        Route("/failover/tracking/{tracking_id:path}", door.one, methods=["GET"]),
    ]


class Tracking:
    """Shows an application its flows."""

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._faults = parts.faults
        self._engine = parts.engine
        self._store = parts.store
        self._prices = parts.prices
        self._max_body = parts.settings.max_body

    async def one(self, request: Request) -> Response:
        """Answer one flow, with the fault that the scenario applies to the answer, if any."""
        application = self._admitted(request)
        flow_id = request.path_params["tracking_id"]
        flow = await self._store.flow(flow_id)
        if flow is None or (flow.application, flow.kind) != (application, KIND):
            raise not_found("failover", "trackingId", flow_id)
        spoilt = await self._faults.of_call("tracking", application, self._engine.now(application), request.scope)
        answer = messages.good(rendering.shown(flow, self._prices))
        return await self._spoilt(request, answer, spoilt, application) if spoilt else answer

    async def _spoilt(self, request: Request, answer: Response, spoilt: SpoiltAnswer, application: str) -> Response:
        """The answer with its fault applied; a refusal is recorded in the journal."""
        path = request.scope["path"]
        try:
            faulty.refuse(spoilt, path, self._engine.now(application))
        except ApiError as error:
            about(request.scope).words = error.words
            details = {"path": path, "method": request.method} | error.reason | {"answer": spoilt.noted}
            await self._engine.note(application, Refused.of(details))
            answer = errors.answer(error)
        return self._faults.response(answer, spoilt)

    async def nameless(self, request: Request) -> Response:
        """Answer 404 to a request for one flow without an id."""
        self._access.bearer(request.scope)
        raise not_found("failover", "trackingId", "")

    async def search(self, request: Request) -> Response:
        """Answer a page of flows."""
        body = await messages.read(request.receive, self._max_body)
        application = self._admitted(request)
        headers = access.fields(request.scope["headers"])
        body = errors.unpacked(headers, body, self._max_body)
        if body.strip():
            errors.json_within(headers, body, self._max_body)
        errors.within(body, self._max_body)
        wanted = _search(request, application, *_conditions(body))
        page = await self._store.search(wanted)
        dropped = (await self._store.dropped()).flows
        return messages.good(_page(page, wanted, self._prices), {DROPPED: str(dropped)} if dropped else {})

    def _admitted(self, request: Request) -> str:
        """The application whose token the request has. Raises ApiError 401 or 403."""
        grant = self._access.bearer(request.scope)
        access.require(grant, ("failover",))
        return grant.application


def _conditions(body: bytes) -> tuple[tuple[Filter, ...], dict[str, str]]:
    """The filters in a body, and what is wrong with them by path. Raises ApiError 400 if it is not JSON."""
    from emulator.provider.failover import reading  # imported by a request, as in the door

    try:
        filters = read_or_refuse(reading.search, body)
    except ApiError as error:
        if "properties" not in error.body:
            raise
        return (), error.body["properties"]
    return tuple(Filter(each.field_name, each.search_operator, each.search_term) for each in filters), {}


def _search(request: Request, application: str, conditions: tuple[Filter, ...], misread: dict[str, str]) -> Search:
    """The store's search for a request's query. Raises ApiError 400 that names every wrong member, and what was
    `misread` in the body.
    """
    query, wrong = request.query_params, dict[str, str]()
    start = _member(query, "dateStart", instants.read, instants.expected(query.get("dateStart", "")), wrong)
    end = _member(query, "dateEnd", instants.read, instants.expected(query.get("dateEnd", "")), wrong)
    page = _member(query, "page", _whole(0), "a whole number from 0", wrong) or 0
    size = _member(query, "size", _whole(1), "a whole number from 1", wrong) or DEFAULT_SIZE
    if wrong or misread:
        raise invalid(ENTITY, wrong | misread)
    return Search(application, start, end, conditions, page * size, size)


def _member(
    query: QueryParams, name: str, read: Callable[[str], int], wanted: str, wrong: dict[str, str]
) -> int | None:
    """One member of a query as `read` reads it; None if it is missing or wrong. A wrong one is added to `wrong`."""
    text = query.get(name, "")
    try:
        return read(text) if text else None
    except (ValueError, OverflowError):
        wrong[name] = f"must be {wanted}; found {quoted(text)}"
        return None


def _whole(least: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to LARGEST; it raises ValueError for anything else."""

    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= LARGEST:
            raise ValueError(text)
        return number

    return read


def _page(page: FlowPage, search: Search, prices: Prices) -> Json:
    number, pages = search.offset // search.size, math.ceil(page.total / search.size)
    return {
        "content": [rendering.shown(flow, prices) for flow in page.flows],
        "totalPages": pages,
        "totalElements": page.total,
        "number": number,
        "size": search.size,
        "numberOfElements": len(page.flows),
        "first": number == 0,
        "last": number >= pages - 1,
    }
