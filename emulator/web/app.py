"""The web application: all doors in one table, and the one place where errors become answers."""

from __future__ import annotations


from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from emulator.emulation import Emulation
from emulator.web import control, errors, oauth, tracking
from emulator.web.failover import FailoverDoor


def application(emulation: Emulation) -> Starlette:
    """The ASGI application of a started emulation; `Host` is not looked at, one port serves both of the provider's hosts."""
    app = Starlette(
        routes=_routes(emulation),
        exception_handlers={
            errors.ApiError: errors.on_api_error,
            HTTPException: errors.on_http_exception,
            Exception: errors.on_failure,
        },
    )
    app.router.redirect_slashes = False
    app.state.emulation = emulation
    return app


def _routes(emulation: Emulation) -> list[Route]:
    return [
        Route("/failover", FailoverDoor(emulation), methods=["POST"]),
        Route("/oauth/token", oauth.issue, methods=["POST"]),
        Route("/oauth/token/", oauth.issue, methods=["POST"]),
        Route("/failover/tracking", tracking.search, methods=["POST"]),
        Route("/failover/tracking", tracking.nameless, methods=["GET"]),
        Route("/failover/tracking/", tracking.nameless, methods=["GET"]),
        Route("/failover/tracking/{tracking_id}", tracking.one, methods=["GET"]),
        Route("/_emulator/health", control.health, methods=["GET"]),
        Route("/_emulator/ready", control.ready, methods=["GET"]),
        Route("/_emulator/journal", control.journal, methods=["GET"]),
    ]
