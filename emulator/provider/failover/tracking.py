"""The doors for tracking: one flow by its id, and a search. An application sees only its own flows.

How a flow is shown is up to `provider.rendering`, and how a search's body is read, to `reading`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.http import messages
from emulator.provider import paging
from emulator.provider.errors import ApiError, invalid, not_found, read_or_refuse, unmapped
from emulator.provider.failover.door import KIND, SCOPE, TRANSACTIONAL
from emulator.provider.failover.rendering import Rendering
from emulator.provider.incoming import json_sent, remark
from emulator.provider.paging import Paging
from emulator.provider.service import Parts
from emulator.provider.tracked import FaultedCalls
from emulator.store.records import Filter, Search

ENTITY = "FailoverTracking"
KINDS = (KIND, TRANSACTIONAL)
"""The kinds of flows that are tracked here."""
DROPPED = "X-Emulator-Dropped-Flows"
"""The header that counts finished flows which the store has dropped, so that a search can't find them; the provider's
body has no place for this.
"""
DEFAULT_SIZE = 10


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to the doors for tracking."""
    door = Tracking(parts)
    return [
        Route("/failover/tracking", door.search, methods=["POST"]),
        Route("/failover/tracking", door.nameless, methods=["GET"]),
        Route("/failover/tracking/{id:path}", door.one, methods=["GET"]),
    ]


class Tracking:
    """Shows an application its flows."""

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._store = parts.store
        self._rendering = Rendering(parts.prices, parts.senders.named)
        self._parts = parts
        self._calls = FaultedCalls(parts)

    async def one(self, request: Request) -> Response:
        """Answer one flow, with the fault that the scenario applies to the answer, if any."""
        application = self._access.admitted(request.scope, SCOPE)
        flow_id = request.path_params["id"]
        flow = await self._store.flow(flow_id)
        if flow is None or flow.application != application or flow.kind not in KINDS:
            error = not_found("failover", "trackingId", flow_id)
            found = await self._store.alike(flow_id, application)
            error.note = f"this is the id of a message or flow of the kind {found[0].kind}" if found else ""
            raise error
        return await self._calls.answer(request, application, messages.good(self._rendering.tracked(flow)))

    async def nameless(self, request: Request) -> Response:
        """Answer 404 to a request for one flow without an id."""
        application = self._access.bearer(request.scope).application
        if self._parts.choices(application).tracking_without_id == "unmapped":
            raise unmapped("GET", "/failover/tracking lacks the id at its end")
        raise not_found("failover", "trackingId", "")

    async def search(self, request: Request) -> Response:
        """Answer a page of flows."""
        application, body = await json_sent(request, self._parts, SCOPE, optional=True)
        conditions, misread, remarks = _conditions(body)
        await remark(request, self._parts, application, remarks)
        wanted = _search(request, application, conditions, misread)
        page = await self._store.search(wanted)
        dropped = (await self._store.dropped()).flows
        content = [self._rendering.tracked(flow) for flow in page.flows]
        told = paging.page(content, Paging(wanted.offset // wanted.size, wanted.size), page.total)
        return messages.good(told, {DROPPED: str(dropped)} if dropped else {})


def _conditions(body: bytes) -> tuple[tuple[Filter, ...], dict[str, str], tuple[str, ...]]:
    """The filters in a body, what is wrong with them by path, and remarks. Raises ApiError 400 if it is not JSON."""
    from emulator.provider.failover import reading  # imported by a request, as in the door

    try:
        filters, remarks = read_or_refuse(reading.search, body)
    except ApiError as error:
        if "properties" not in error.body:
            raise
        return (), error.body["properties"], ()
    return tuple(Filter(each.field_name, each.search_operator, each.search_term) for each in filters), {}, remarks


def _search(request: Request, application: str, conditions: tuple[Filter, ...], misread: dict[str, str]) -> Search:
    """The store's search for a request's query. Raises ApiError 400 that names every wrong member, and what was
    `misread` in the body.
    """
    query, wrong = request.query_params, dict[str, str]()
    start, end = paging.time(query, "dateStart", wrong), paging.time(query, "dateEnd", wrong)
    asked = paging.paging(query, DEFAULT_SIZE, wrong)
    if wrong or misread:
        raise invalid(ENTITY, wrong | misread)
    return Search(application, start, end, conditions, asked.offset, asked.size, KINDS)
