"""The web application: all doors in one table, and the one place where errors become answers."""

from __future__ import annotations

from contextlib import suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.control import guard
from emulator.control.calls import CALLS
from emulator.emulation import Emulation
from emulator.page import page
from emulator.provider import errors, oauth
from emulator.provider.failover import door, tracking


class Application:
    """The ASGI application of a started emulation, with a fast path. `Host` is not looked at: one port serves both of
    the provider's.

    The one address that takes the load is answered without the router and its layers, which would cost a fifth of
    its rate; everything else goes through the table.
    """

    def __init__(self, emulation: Emulation) -> None:
        self._settings = emulation.settings
        self._door = door.FailoverDoor(emulation)
        self._table = _table(emulation, self._door)
        self.path = door.PATH.encode()
        self.accept = self._door.accept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        busy = scope["type"] == "http" and scope["path"] == door.PATH and scope["method"] == "POST"
        with suppress(ClientDisconnect):  # nobody is left to be answered
            await (self._door if busy else self._guarded)(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] == "http" and scope["path"].startswith(errors.CONTROL):
                guard.check(scope, self._settings)
        except errors.ApiError as error:
            await errors.answer(error)(scope, receive, send)
        else:
            await self._table(scope, receive, send)


def _table(emulation: Emulation, door: ASGIApp) -> Starlette:
    app = Starlette(
        routes=_routes(door),
        exception_handlers={
            errors.ApiError: errors.on_api_error,
            HTTPException: errors.on_http_exception,
            Exception: errors.on_failure,
        },
    )
    app.router.redirect_slashes = False
    app.state.emulation = emulation
    app.state.calls = CALLS
    return app


def _routes(failover: ASGIApp) -> list[BaseRoute]:
    return [
        Route(door.PATH, failover, methods=["POST"]),
        Route("/oauth/token", oauth.issue, methods=["POST"]),
        Route("/oauth/token/", oauth.issue, methods=["POST"]),
        Route("/failover/tracking", tracking.search, methods=["POST"]),
        Route("/failover/tracking", tracking.nameless, methods=["GET"]),
        Route("/failover/tracking/", tracking.nameless, methods=["GET"]),
        Route("/failover/tracking/{tracking_id}", tracking.one, methods=["GET"]),
        *page.ROUTES,
        *(Route(errors.CONTROL[:-1] + call.path, call.endpoint, methods=[call.method]) for call in CALLS),
    ]
