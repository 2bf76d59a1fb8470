"""The ASGI application: routes every door of both APIs and of the page, and turns their exceptions into answers."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.control import guard
from emulator.control.call import Call
from emulator.control.health import HealthDoor
from emulator.emulation import Emulation
from emulator.http.log import about
from emulator.http.protocol import TARGET, TUNNELLED
from emulator.http.proxy import Proxy, Refusal
from emulator.page import page
from emulator.provider import errors
from emulator.provider.elsewhere import Elsewhere
from emulator.provider.hosts import DOMAIN, HOSTS
from emulator.provider.oauth import TokenDoor
from emulator.provider.service import FastDoor, MessageDoor, Parts
from emulator.provider.services import SERVICES, silent
from emulator.store.contract import Unavailable

_READS = ("GET", "HEAD")
_SLASHES = re.compile("/{2,}")


class Application:
    """The ASGI application of a started emulation, with the fast path of `http.protocol.FastPath`.

    POST to the paths that take services' messages bypasses the router and its middleware, which would cost a fifth of
    the rate; everything else is routed. The provider's two hosts are served on one port, so its API ignores the Host
    header, unless names are set.
    """

    def __init__(self, emulation: Emulation) -> None:
        parts = emulation.parts()
        doors = [service.door(parts) for service in SERVICES]
        self._named = bool(emulation.settings.host_names)
        self._busy = {} if self._named else {door.path: door for door in doors if isinstance(door, FastDoor)}
        self.accepting = {path.encode(): door.accept for path, door in self._busy.items()}
        self._settings = emulation.settings
        self._root = emulation.settings.root
        self._requests = parts.requests
        self._table = _table(emulation, parts, doors)
        self.unreadable = parts.requests.unreadable
        self.crowded = parts.requests.crowded
        self.proxy = Proxy(HOSTS, DOMAIN, emulation.tls, others=emulation.settings.proxy_others)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. If the client is gone, there is nobody to answer."""
        if scope["type"] != "http":
            await self._table(scope, receive, send)
            return
        scope = _ours(scope, self._root)
        own = scope["path"].startswith(errors.CONTROL)
        send = self._requests.shown(scope, send, minor=own and scope["method"] in _READS)
        door = (self._busy.get(scope["path"]) if scope["method"] == "POST" else None) or self._guarded
        if TARGET in scope.get("extensions", ()):
            door = partial(self._proxied, door)
        with suppress(ClientDisconnect):
            try:
                await door(scope, receive, send)
            except Unavailable as error:
                answer = await errors.on_unavailable(Request(scope), error)
                await answer(scope, receive, send)

    async def _proxied(self, door: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that names its host, as those to a proxy do, by this door if it is for here."""
        asked = scope["extensions"][TARGET]
        try:
            if self.proxy.provides(asked):
                scope["extensions"][TUNNELLED] = True
            elif not await self.proxy.is_own(asked):
                await self.proxy.forward(asked, scope, receive, send)
                return
        except Refusal as refusal:
            about(scope).words = str(refusal)
            await errors.answer(errors.generic(refusal.status, str(refusal)))(scope, receive, send)
        else:
            await door(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route a request, unless the guard refuses it."""
        try:
            own = scope["path"].startswith(errors.CONTROL)
            (guard.check if own else guard.check_name)(scope, self._settings)
        except errors.ApiError as error:
            about(scope).words = error.words
            await page.refusal(scope, error)(scope, receive, send)
        else:
            await self._table(scope, receive, send)


def _ours(scope: Scope, root: str) -> Scope:
    """The scope of a request with the path that is served here: without the root path, which some proxies leave in it,
    and for the provider's API with single slashes and none at its end, as the provider reads paths. The emulator's own
    API has one spelling only, so that what stands before it can keep others away.
    """
    path = scope["path"]
    if root and path.startswith(f"{root}/"):
        path = path.removeprefix(root)
    if not path.startswith(errors.CONTROL):
        single = _SLASHES.sub("/", path) if "//" in path else path
        path = path if single.startswith(errors.CONTROL) else single
        if path != "/" and path.endswith("/"):
            path = path[:-1]
    return scope if path == scope["path"] else {**scope, "path": path}


def _table(emulation: Emulation, parts: Parts, doors: list[MessageDoor]) -> Starlette:
    tokens = TokenDoor(emulation.tokens, emulation.engine, parts.faults, emulation.settings)
    health = HealthDoor(emulation.engine, emulation.store, emulation.settings, emulation.tls)
    elsewhere = Elsewhere(emulation.engine, parts.access)
    app = Starlette(
        routes=[
            *(Route(door.path, door, methods=["POST"]) for door in doors),
            *(route for service in SERVICES for route in service.routes(parts)),
            *tokens.routes(),
            *page.ROUTES,
            *(_route(call) for call in health.calls()),
        ],
        exception_handlers={
            errors.ApiError: elsewhere.refused,
            Unavailable: errors.on_unavailable,
            HTTPException: elsewhere.unknown,
            ClientDisconnect: errors.on_left,
            Exception: errors.on_failure,
        },
    )
    app.router.redirect_slashes = False
    app.router.default = _Others(emulation, parts)
    app.state.max_body = emulation.settings.max_body
    app.state.root = emulation.settings.root
    app.state.settings = emulation.settings
    return app


class _Others:
    """The provider's calls that send no message, and the emulator's own API, asked for a path that no route has yet.
    Their doors are imported then, and their routes added, since they are more than a twentieth of what a start costs,
    and what waits for a start asks for health only.
    """

    def __init__(self, emulation: Emulation, parts: Parts) -> None:
        self._emulation = emulation
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the routes, and route the request again."""
        from emulator.control.calls import calls

        app: Starlette = scope["app"]
        app.state.calls = calls(self._emulation)
        app.router.routes += (route for part in silent() for route in part.routes(self._parts))
        app.router.routes += map(_route, app.state.calls)
        app.router.default = app.router.not_found
        await app.router(scope, receive, send)


def _route(call: Call) -> Route:
    """The route to a call of the emulator's own API."""
    return Route(errors.CONTROL[:-1] + call.path, call.answer, methods=[call.method])
