"""The web application: all doors in one table, and the one place where errors become answers."""

from __future__ import annotations

from contextlib import suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from emulator.control import guard
from emulator.control.calls import calls
from emulator.emulation import Emulation
from emulator.page import page
from emulator.provider import errors
from emulator.provider.oauth import TokenDoor
from emulator.provider.service import FastDoor, MessageDoor, Parts
from emulator.provider.services import SERVICES

BUSY = "failover"
"""The kind of the service whose messages make the load, and so take the fast path."""


class Application:
    """The ASGI application of a started emulation, with a fast path. `Host` is not looked at: one port serves both of
    the provider's.

    The one address that takes the load is answered without the router and its layers, which would cost a fifth of
    its rate; everything else goes through the table.
    """

    def __init__(self, emulation: Emulation) -> None:
        parts = emulation.parts()
        doors = {service.kind: service.door(parts) for service in SERVICES}
        busy = doors[BUSY]
        assert isinstance(busy, FastDoor)
        self._busy = busy
        self._settings = emulation.settings
        self._table = _table(emulation, parts, list(doors.values()))
        self.path = self._busy.path.encode()
        self.accept = self._busy.accept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        busy = scope["type"] == "http" and scope["path"] == self._busy.path and scope["method"] == "POST"
        with suppress(ClientDisconnect):  # nobody is left to be answered
            await (self._busy if busy else self._guarded)(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] == "http" and scope["path"].startswith(errors.CONTROL):
                guard.check(scope, self._settings)
        except errors.ApiError as error:
            await errors.answer(error)(scope, receive, send)
        else:
            await self._table(scope, receive, send)


def _table(emulation: Emulation, parts: Parts, doors: list[MessageDoor]) -> Starlette:
    table = calls(emulation)
    tokens = TokenDoor(emulation.tokens, emulation.engine, parts.faults, emulation.settings)
    app = Starlette(
        routes=[
            *(Route(door.path, door, methods=["POST"]) for door in doors),
            *(route for service in SERVICES for route in service.routes(parts)),
            *tokens.routes(),
            *page.ROUTES,
            *(Route(errors.CONTROL[:-1] + call.path, call.endpoint, methods=[call.method]) for call in table),
        ],
        exception_handlers={
            errors.ApiError: errors.on_api_error,
            HTTPException: errors.on_http_exception,
            Exception: errors.on_failure,
        },
    )
    app.router.redirect_slashes = False
    app.state.max_body = emulation.settings.max_body
    app.state.calls = table
    return app
