"""The doors for the faulted of calls. An application sees only its own.

The calls of flows of other services are found by the `messageId` that they have in those flows' faulted.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.flow.state import Flow
from emulator.http import messages
from emulator.provider import paging
from emulator.provider.errors import invalid, not_found
from emulator.provider.service import Parts
from emulator.provider.tracked import FaultedCalls
from emulator.provider.voice.door import KIND, SCOPE
from emulator.provider.voice.rendering import alone, conversation, dials

NOT_FOUND: Final = "404013000"
"""The code for an unknown call: not documented, but the module's with the general number."""
DEFAULT_SIZE: Final = 20


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to these doors."""
    door = VoiceTracking(parts)
    return [
        Route("/voice/conversation/{id}", door.conversation, methods=["GET"]),
        Route("/voice/tracking/conversation/{id}", door.dials, methods=["GET"]),
        Route("/voice/tracking/{id}", door.one, methods=["GET"]),
    ]


class VoiceTracking:
    """Shows an application its calls."""

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._store = parts.store
        self._prices = parts.prices
        self._calls = FaultedCalls(parts)

    async def conversation(self, request: Request) -> Response:
        """Answer a call as it was asked for, and its recordings."""
        application, name, flows = await self._asked(request)
        found = next((flow for flow in flows if (flow.kind, flow.id) == (KIND, name)), None)
        if found is None:
            raise not_found("voiceConversation", "trackingId", name, NOT_FOUND)
        return await self._calls.answer(request, application, messages.good(conversation(found, [])))

    async def dials(self, request: Request) -> Response:
        """Answer a page of a conversation's calls: here it has one."""
        application, name, flows = await self._asked(request)
        wrong = dict[str, str]()
        asked = paging.paging(request.query_params, DEFAULT_SIZE, wrong)
        if wrong:
            raise invalid("VoiceTracking", wrong)
        found = [each for flow in flows for each in dials(flow, self._prices) if each.conversation_tracking_id == name]
        if not found:
            raise not_found("voiceConversation", "trackingId", name, NOT_FOUND)
        shown = found[asked.offset : asked.offset + asked.size]
        told = messages.good(paging.page(shown, asked, len(found)))
        return await self._calls.answer(request, application, told)

    async def one(self, request: Request) -> Response:
        """Answer one call."""
        application, name, flows = await self._asked(request)
        found = next(filter(None, (alone(flow, self._prices, name) for flow in flows)), None)
        if found is None:
            raise not_found("voiceTracking", "messageId", name, NOT_FOUND)
        return await self._calls.answer(request, application, messages.good(found))

    async def _asked(self, request: Request) -> tuple[str, str, list[Flow]]:
        """The application that asks, the id that it asks for, and the flows that this may be of."""
        application, name = self._access.admitted(request.scope, SCOPE), request.path_params["id"]
        return application, name, await self._store.alike(name, application)
