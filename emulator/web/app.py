"""The web application: all doors in one table, and the one place where errors become answers."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.emulation import Emulation
from emulator.web import errors, failover, guard, oauth, page, tracking
from emulator.web.routes import CALLS


def application(emulation: Emulation) -> ASGIApp:
    """The ASGI application of a started emulation. `Host` is not looked at: one port serves both of the provider's.

    The one address that takes the load is answered without the router and its layers, which would cost a fifth of
    its rate; everything else goes through the table.
    """
    door = failover.FailoverDoor(emulation)
    table = _table(emulation, door)

    class Application:
        """The ASGI application. `at_once` answers most requests of the busy address without it."""

        at_once = staticmethod(door.at_once)
        busy = failover.PATH.encode()

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            busy = scope["type"] == "http" and scope["path"] == failover.PATH and scope["method"] == "POST"
            await (door if busy else guarded)(scope, receive, send)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] == "http" and scope["path"].startswith(errors.CONTROL):
                guard.check(scope, emulation.settings)
        except errors.ApiError as error:
            await errors.answer(error)(scope, receive, send)
        else:
            await table(scope, receive, send)

    return Application()


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


def _routes(door: ASGIApp) -> list[BaseRoute]:
    return [
        Route(failover.PATH, door, methods=["POST"]),
        Route("/oauth/token", oauth.issue, methods=["POST"]),
        Route("/oauth/token/", oauth.issue, methods=["POST"]),
        Route("/failover/tracking", tracking.search, methods=["POST"]),
        Route("/failover/tracking", tracking.nameless, methods=["GET"]),
        Route("/failover/tracking/", tracking.nameless, methods=["GET"]),
        Route("/failover/tracking/{tracking_id}", tracking.one, methods=["GET"]),
        *page.ROUTES,
        *(Route(errors.CONTROL[:-1] + call.path, call.endpoint, methods=[call.method]) for call in CALLS),
    ]
