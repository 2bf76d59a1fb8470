"""Applies a scenario's faults of answers to calls about one flow, which send no message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from emulator.provider import faulty
from emulator.provider.errors import ApiError
from emulator.provider.service import Parts
from emulator.scenario.questions import Endpoint


class FaultedCalls:
    """Answers as the scenario says."""

    def __init__(self, parts: Parts) -> None:
        self._faults = parts.faults
        self._engine = parts.engine

    async def answer(self, request: Request, application: str, own: Response) -> Response:
        """The right answer to a request for a tracking, with the fault that the scenario applies to it, if any. Raises
        ApiError if that refuses the request.
        """

        async def shown() -> Response:
            return own

        return await self.call("tracking", request, application, shown)

    async def call(
        self, endpoint: Endpoint, request: Request, application: str, make: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The same for the answer that `make` makes, which is not called if the scenario refuses the request. Raises
        what it raises; the fault applies to that, too.
        """
        path, now = request.scope["path"], self._engine.now(application)
        spoilt = await self._faults.of_call(endpoint, application, now, request.scope)
        if spoilt is None:
            return await make()
        try:
            faulty.refuse(spoilt, path, now)
            own = await make()
        except ApiError as refusal:
            refusal.spoilt = spoilt
            raise
        return self._faults.response(own, spoilt)
