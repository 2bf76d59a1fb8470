"""Calls that lead nowhere: unknown paths, wrong methods, refused trackings. Each is told why, and leaves a trace.

Some unknown paths are the provider's, only not emulated; a client that calls one is told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.engine.engine import Engine
from emulator.http.addresses import CONTROL, LEADS
from emulator.provider import errors
from emulator.provider.errors import ApiError
from emulator.provider.refusing import refused
from emulator.provider.service import Parts
from emulator.provider.styles import is_detailed
from emulator.validation.hints import path_hint

DOCUMENTED: Final = (
    *("/accounts/me/banks", "/contacts/my/blacklist"),
    *("/groups/my", "/lookup", "/numbers/available", "/numbers/my"),
    *("/pools/my", "/push-notifications/messages"),
    *("/recordings/my", "/reports/my", "/security/whitelist", "/shorten"),
    *(
        "/sms/quietHours/countries",
        "/telegram",
        "/transactional-email",
        "/viber/campaign",
    ),
    *("/viber/otp", "/viber/session", "/viber/tracking/campaign", "/viber/transactional/messages"),
    *("/voice/campaign", "/voice/tracking/campaign"),
)
"""The provider's other paths; those below them are its too. What is emulated is none of them: a test compares."""
_CHECKS: Final = re.compile("/(verify|verification|confirm|check|validate|resend)[^/]*(?![\\s\\S])")
"""How a path ends that would check a one-time password, or send it again: the provider documents none."""
_ID: Final = re.compile(r"\{[^/]*\}")
OTHERS: Final = (*LEADS, "/oauth/token")
"""The paths that belong to no service: those of the page, and of tokens, whose framework says 405 to a wrong method."""


class Elsewhere:
    """Starlette's handlers for ApiError and HTTPException: they answer, and record a call of the provider's API."""

    def __init__(self, engine: Engine, parts: Parts) -> None:
        self._engine = engine
        self._parts = parts

    async def refused(self, request: Request, error: Exception) -> Response:
        """Answer an ApiError that a door has raised, and record it if it is the provider's."""
        assert isinstance(error, ApiError)
        if request.scope["path"].startswith(CONTROL):  # request.url would need a Host that makes a URL
            return await errors.on_api_error(request, error)
        return await refused(self._parts, request.scope, self._application(request), error, method=request.method)

    async def unknown(self, request: Request, error: Exception) -> Response:
        """Answer a call of an unknown path, without the id that belongs to its path, or by a wrong method. OPTIONS is
        none: it asks which are right.
        """
        assert isinstance(error, HTTPException)
        path = request.scope["path"]
        refusal = errors.refusal_of(request, error)
        routes = [_ID.sub("{id}", route.path) for route in request.app.routes if isinstance(route, Route)]
        if error.status_code == 404 and path.startswith(CONTROL):
            prefix = CONTROL[:-1]
            own = dict.fromkeys(
                each.removeprefix(prefix) for each in routes if each.startswith(CONTROL) and each != CONTROL
            )
            meant = path_hint(path.removeprefix(prefix), own).replace("'/", f"'{CONTROL}")
            refusal = errors.Problem(404, f"There is nothing at {path}{meant}")
        if (
            request.method == "OPTIONS"
            and error.status_code == 405
            and not (path.startswith(CONTROL) or is_detailed(path))
        ):
            return Response(headers={"Allow": f"{refusal.headers['Allow']}, OPTIONS"})
        if path.startswith(CONTROL) or path in OTHERS:
            return await self.refused(request, refusal)
        if error.status_code == 405 and not is_detailed(path):
            return await self.refused(request, errors.unmapped(request.method, refusal.words))
        if error.status_code == 404:
            emulated = [each for each in routes if not each.startswith(CONTROL[:-1]) and not _documented(each)]
            message = f"There is nothing at {path}{_about(path, emulated)}"
            if is_detailed(path):
                return await self.refused(request, errors.generic(404, message))
            if f"{path}/{{id}}" in emulated:
                return await self.refused(request, errors.unmapped(request.method, f"{path} lacks the id at its end"))
            refusal = errors.no_such_path(message, path, self._engine.now(self._application(request)))
        return await self.refused(request, refusal)

    def _application(self, request: Request) -> str:
        """The application whose token a request has; empty without a good one."""
        try:
            return self._parts.access.bearer(request.scope).application
        except ApiError:
            return ""


def _about(path: str, emulated: Iterable[str]) -> str:
    """What more is known of an unknown path: that it is the provider's, or which one may have been meant."""
    if is_detailed(path) and _CHECKS.search(path):
        return "; Failover OTP neither checks codes nor sends them again: compare the pin with what was entered"
    if _documented(path):
        return "; the provider has it, but it is not emulated"
    found = path_hint(path, list(dict.fromkeys(emulated)))
    return found or path_hint(path, DOCUMENTED).replace("?", " (not emulated)?")


def _documented(path: str) -> bool:
    """Whether a path is one of the provider's that are not emulated, or below one."""
    return any(path == each or path.startswith(f"{each}/") for each in DOCUMENTED)


def shadowed(routes: Iterable[BaseRoute]) -> Iterator[Route]:
    """Routes to those of the provider's other paths that are taken for one of these routes' with an id, such as
    /viber/tracking/campaign for the tracking of a message: to nothing, and to come before them.
    """
    taken = [route.path_regex for route in routes if isinstance(route, Route)]
    for path in DOCUMENTED:
        if any(form.match(path) for form in taken):
            yield from (Route(path, Nothing()), Route(f"{path}/{{rest:path}}", Nothing()))


class Nothing:
    """An ASGI application for paths that are not emulated."""

    async def __call__(self, *_: object) -> None:
        """Raises HTTPException 404."""
        raise HTTPException(404)
