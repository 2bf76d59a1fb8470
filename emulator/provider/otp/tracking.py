"""The doors to stories of one-time passwords, to their templates, and to the service itself. An application sees only
its own flows.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.channels.templates import OTP
from emulator.flow.state import Flow, FlowStatus
from emulator.http import messages
from emulator.provider import paging
from emulator.provider.errors import generic, invalid
from emulator.provider.otp.door import KIND, SCOPE
from emulator.provider.otp.rendering import Story, story
from emulator.provider.otp.request import PATH
from emulator.provider.otp.templates import type_of
from emulator.provider.rendering.elements import message_id
from emulator.provider.service import Parts
from emulator.provider.tracked import FaultedCalls
from emulator.store.records import Search

LIMIT: Final = 50
"""How many stories a list has unless it is asked for another number: not documented."""
MOST: Final = 1000


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to these doors."""
    door = Stories(parts)
    return [
        Route(PATH, about, methods=["GET"]),
        Route(f"{PATH}/health", health, methods=["GET"]),
        Route(f"{PATH}/otp/failover", door.listed, methods=["GET"]),
        Route(f"{PATH}/otp/failover/{{id}}", door.one, methods=["GET"]),
        Route(f"{PATH}/otp/templates", door.templates, methods=["GET"]),
    ]


async def about(_: Request) -> Response:
    """Answer what the service is."""
    return messages.good({"service": "Failover OTP", "version": "1.0.0", "status": "ok", "health": "/health"})


async def health(_: Request) -> Response:
    """Answer that the service is there."""
    return messages.good({"status": "ok"})


class Stories:
    """Shows an application its flows."""

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._store = parts.store
        self._prices = parts.prices
        self._templates = parts.templates
        self._engine = parts.engine
        self._calls = FaultedCalls(parts)

    async def one(self, request: Request) -> Response:
        """Answer one flow, by its id or that of one of its messages."""
        application, name = self._access.admitted(request.scope, SCOPE), request.path_params["id"]
        for flow in await self._store.alike(name, application):
            if flow.kind == KIND and name in {flow.id, *(message_id(flow, step) for step in range(len(flow.plans)))}:
                return await self._calls.answer(request, application, messages.good(story(flow, self._prices)))
        raise generic(404, f"There is no flow, and no message of one, with the id {name}")

    async def listed(self, request: Request) -> Response:
        """Answer a part of the flows that meet a query, newest first. That `tag` is a label is not documented."""
        application, query, wrong = self._access.admitted(request.scope, SCOPE), request.query_params, dict[str, str]()
        limit = paging.member(query, "limit", paging.whole(1, MOST), f"a whole number from 1 to {MOST}", wrong) or LIMIT
        offset = paging.member(query, "offset", paging.whole(0, paging.LARGEST), "a whole number from 0", wrong) or 0
        known = (FlowStatus.IN_PROGRESS, FlowStatus.SUCCEEDED, FlowStatus.FAILED)
        paging.member(query, "status", known.index, f"one of {', '.join(known)}", wrong)
        if wrong:
            raise invalid("query", wrong)
        found = [
            each
            async for some in self._store.every(Search(application, kinds=(KIND,)))
            for flow in some
            if meets(flow, each := story(flow, self._prices), query)
        ]
        return messages.good(
            {"total": len(found), "limit": limit, "offset": offset, "results": found[offset : offset + limit]}
        )

    async def templates(self, request: Request) -> Response:
        """Answer the templates for one-time passwords that are approved, by their ids. Their shape here is not
        documented; one that is of no documented type has none.
        """
        application = self._access.admitted(request.scope, SCOPE)
        found = await self._templates.every(application, self._engine.now(application))
        shown = [
            {"templateId": each.id}
            | ({"templateType": kind} if (kind := type_of(each)) else {})
            | {"params": each.places}
            for each in found
            if each.category == OTP and each.status == "Approved"
        ]
        return messages.good({"templates": shown})


def meets(flow: Flow, shown: Story, query: paging.Query) -> bool:
    """Whether a flow is one that a query asks for. A number may lack its + there, too."""
    status, tag, number, name = (query.get(each, "") for each in ("status", "tag", "phone_number", "flow_id"))
    numbers = {str(step.to).removeprefix("+") for step in flow.request.flow}
    return (
        (not status or shown.status == status)
        and (not tag or any(step.get("label") == tag for step in flow.request.asked or ()))
        and (not number or number.strip().removeprefix("+") in numbers)
        and (not name or flow.id == name)
    )
