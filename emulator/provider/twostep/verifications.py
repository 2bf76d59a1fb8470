"""The doors to verifications: how one stands, an answer to it, its end, and reports. An application sees its own only.

What the provider does with an answer to a verification that has expired is documented; that it refuses to cancel one by
the same code is an own choice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.callbacks import posts
from emulator.flow import machine, verifying
from emulator.flow.state import Flow, Transition
from emulator.flow.verification import Standing
from emulator.http import messages
from emulator.provider import access, errors
from emulator.provider.errors import ApiError, coded, not_found, read_or_refuse
from emulator.provider.incoming import remark
from emulator.provider.service import Parts
from emulator.provider.tracked import FaultedCalls
from emulator.provider.twostep import reading
from emulator.provider.twostep.door import KIND, SCOPE
from emulator.provider.twostep.rendering import Rendering, report, shown
from emulator.store.records import Change, Search

NOT_PENDING: Final = "400011002"
EXPIRED: Final = "400011003"
WRONG: Final = "400011005"
USED_UP: Final = "400011004"
UNKNOWN: Final = "404011006"
NO_APPLICATION: Final = "404010002"


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to these doors."""
    door = Verifications(parts)
    return [
        Route("/2step/reports", door.report, methods=["GET"]),
        Route("/2step/reports/applications/{id}", door.report, methods=["GET"]),
        Route("/2step/{id}", door.show, methods=["GET"]),
        Route("/2step/{id}", door.confirm, methods=["POST"]),
        Route("/2step/{id}", door.cancel, methods=["DELETE"]),
    ]


class Verifications:
    """Shows an application its verifications, and ends them."""

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._engine = parts.engine
        self._parts = parts
        self._store = parts.store
        self._most = parts.settings.max_body
        self._renderings: posts.Renderings = {KIND: Rendering(parts.prices)}
        self._calls = FaultedCalls(parts)

    async def show(self, request: Request) -> Response:
        """Answer how a verification stands."""
        application = self._access.admitted(request.scope, SCOPE)
        flow = await self._found(application, request)
        return await self._calls.answer(request, application, messages.good(shown(flow)))

    async def confirm(self, request: Request) -> Response:
        """Compare an answer with the code."""
        packed = await messages.read(request.receive, self._most)
        application = self._access.admitted(request.scope, SCOPE)
        headers = access.fields(request.scope["headers"])
        body = errors.within(errors.unpacked(headers, packed, self._most), self._most)
        answer, remarks = read_or_refuse(partial(reading.answer, errors.kind(headers)), body, request.query_params)
        await remark(request, self._parts, application, remarks)
        flow = await self._found(application, request)

        async def confirmed() -> Response:
            if (refused := _used_up(flow)) is not None:
                raise refused
            after = await self._happened(flow, lambda flow, now: verifying.answered(flow, answer, now))
            if after.verification is None or after.verification.status is not Standing.VERIFIED:
                raise _used_up(after) or coded(WRONG, "Wrong Answer!")
            return messages.good(shown(after))

        return await self._calls.call("2step-confirm", request, application, confirmed)

    async def cancel(self, request: Request) -> Response:
        """Cancel a verification."""
        application = self._access.admitted(request.scope, SCOPE)
        flow = await self._found(application, request)

        async def cancelled() -> Response:
            return messages.good(shown(await self._happened(flow, verifying.cancelled)))

        return await self._calls.call("2step-cancel", request, application, cancelled)

    async def report(self, request: Request) -> Response:
        """Answer how many verifications there are, by where they stand; of an application by its id, or of the one that
        calls, which has no other's.
        """
        application = self._access.admitted(request.scope, SCOPE)
        named = request.path_params.get("id")
        if named not in {None, application}:
            raise not_found("application", "applicationId", str(named), NO_APPLICATION)
        flows = [flow async for some in self._store.every(Search(application, kinds=(KIND,))) for flow in some]
        return messages.good(({"applicationId": named} if named else {}) | report(flows))

    async def _found(self, application: str, request: Request) -> Flow:
        """The flow of the verification that a path names. Raises ApiError 404."""
        name = request.path_params["id"]
        flow = await self._store.flow(name)
        if flow is None or flow.application != application or flow.verification is None:
            raise _unknown(name)
        return flow

    async def _happened(self, flow: Flow, happen: Callable[[Flow, int], Transition]) -> Flow:
        """The flow after what happens to its verification. Raises ApiError 400 if that is not Pending."""

        def decide(flow: Flow, now: int) -> Change:
            before = machine.due(flow, now)
            assert before.flow.verification is not None
            if before.flow.verification.status is Standing.EXPIRED:
                raise coded(EXPIRED, "The verification has expired")
            if before.flow.verification.status is not Standing.PENDING:
                raise coded(NOT_PENDING, "Invalid Status")
            return posts.change(before.then(happen(before.flow, now)), self._renderings)

        change = await self._engine.change(flow.id, decide)
        if change is None:
            raise _unknown(flow.id)
        return change.flow


def _used_up(flow: Flow) -> ApiError | None:
    """The error for an answer to a verification whose retries are used up, if that has one of its own."""
    failed = flow.verification is not None and flow.verification.status is Standing.FAILED
    return (
        coded(USED_UP, "All retries are used up") if failed and flow.choices.verification_last_try == USED_UP else None
    )


def _unknown(name: str) -> ApiError:
    return not_found("twoStep", "trackingId", name, UNKNOWN)
