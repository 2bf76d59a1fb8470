"""The doors for faulted of single messages, and for the analysis of a text. An application sees only its own.

Which messages are found here that another service sent is decided in `rendering.tracked`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from operator import itemgetter
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.accounts.prices import Prices, unit
from emulator.channels import numbers
from emulator.errors import Json
from emulator.flow.request import Campaign
from emulator.flow.state import Flow
from emulator.http import messages
from emulator.provider import paging
from emulator.provider.errors import invalid, not_found, read_or_refuse
from emulator.provider.incoming import json_sent, remark
from emulator.provider.paging import Paging
from emulator.provider.service import Parts
from emulator.provider.sms import comparing, reading
from emulator.provider.sms.analysis import analysed
from emulator.provider.sms.door import KIND, SCOPE, read_as_told
from emulator.provider.sms.reading import Filter
from emulator.provider.sms.rendering import Tracked, tracked
from emulator.provider.tracked import FaultedCalls
from emulator.store.records import Search

DEFAULT_SIZE: Final = 20
LARGEST_SIZE: Final = 2000
NOT_FOUND: Final = "404005000"
NONE: Final = Campaign("", "")
"""The campaign of a message that is of none."""


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to these doors."""
    door = SmsTracking(parts)
    return [
        Route("/sms/tracking", door.search, methods=["POST"]),
        Route("/sms/tracking/single/{id}", door.single, methods=["GET"]),
        Route("/sms/analyze", door.analyze, methods=["POST"]),
    ]


class Messages:
    """A page of messages, of which each part is an element."""

    def __init__(self, asked: Paging, prices: Prices) -> None:
        self._asked = asked
        self._prices = prices

    async def page(self, flows: AsyncIterator[Flow], filters: Sequence[Filter] = ()) -> Json:
        """The page of those parts of flows that match these filters."""
        begin, end = self._asked.offset, self._asked.offset + self._asked.size
        total, content = 0, list[Tracked]()
        async for flow in flows:
            found = comparing.matching(tracked(flow, self._prices), filters)
            content += found[max(0, begin - total) : max(0, end - total)]
            total += len(found)
        return paging.page(content, self._asked, total)


async def _each(flows: AsyncIterator[list[Flow]]) -> AsyncIterator[Flow]:
    async for some in flows:
        for flow in some:
            yield flow


async def _merged(*found: AsyncIterator[Flow]) -> AsyncIterator[Flow]:
    """The flows of all, the latest first, as they are in each. One that starts meanwhile may be found twice: it comes
    once.
    """
    heads, last = {each: await anext(each, None) for each in found}, ""
    while left := [(flow.created_at, flow.ordinal, each, flow) for each, flow in heads.items() if flow is not None]:
        _, _, of, latest = max(left, key=itemgetter(0, 1))
        heads[of] = await anext(of, None)
        if latest.id != last:
            yield latest
        last = latest.id


class SmsTracking:
    """Shows an application its messages."""

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._store = parts.store
        self._prices = parts.prices
        self._parts = parts
        self._calls = FaultedCalls(parts)

    async def single(self, request: Request) -> Response:
        """Answer the parts of one message."""
        application = self._access.admitted(request.scope, SCOPE)
        name = request.path_params["id"]
        flows = await self._store.alike(name, application)
        found = [sms for flow in flows for sms in tracked(flow, self._prices) if sms.message_id == name]
        if not found:
            raise not_found("sms", "trackingId", name, NOT_FOUND)
        alone = flows[0].choices.sms_tracking == "object"
        return await self._calls.answer(request, application, messages.good(found[0] if alone else found))

    async def search(self, request: Request) -> Response:
        """Answer a page of messages, the latest first, those that wait for their time included. Without dates all are
        meant.
        """
        application, body = await json_sent(request, self._parts, SCOPE, optional=True)
        filters, remarks = read_or_refuse(reading.search, body)
        await remark(request, self._parts, application, (*comparing.unknown(filters), *remarks))
        query, wrong = request.query_params, dict[str, str]()
        start, end = paging.time(query, "dateStart", wrong), paging.time(query, "dateEnd", wrong)
        asked = paging.paging(query, DEFAULT_SIZE, wrong, LARGEST_SIZE)
        if wrong:
            raise invalid(reading.ENTITY, wrong)
        sent = self._store.every(Search(application, start, end, comparing.conditions(filters)))
        waiting = self._store.every(Search(application, start, end, comparing.WAITING, kinds=(KIND,)))
        found = _merged(_each(sent), _each(waiting))
        of = query.get("trackingId", "")
        narrowed = (flow async for flow in found if not of or (flow.request.campaign or NONE).tracking_id == of)
        return messages.good(await Messages(asked, self._prices).page(narrowed, filters))

    async def analyze(self, request: Request) -> Response:
        """Answer what a text would be if it was sent, and what one part of it costs."""
        application, body = await json_sent(request, self._parts, SCOPE)
        step, remarks = read_as_told(reading.analysis, body)
        await remark(request, self._parts, application, remarks)
        prices = self._parts.funds.prices(application, await self._parts.faults.chosen(request.scope))
        price = unit(prices, step, numbers.country(step.to))
        return messages.good({"bodyAnalysis": analysed(step.message.body), "cost": price})
