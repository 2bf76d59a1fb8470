"""The ASGI application: routes every door of both APIs and of the page, and turns their exceptions into answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.control import calls, guard
from emulator.control.call import Call
from emulator.control.doors import Doors
from emulator.control.health import HealthDoor
from emulator.emulation import Emulation
from emulator.http import addresses
from emulator.http.log import about
from emulator.http.protocol import TARGET, TUNNELLED, Accept
from emulator.provider import errors
from emulator.provider.services import HOMES, below, service, silent
from emulator.store.contract import Unavailable

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.routing import BaseRoute

    from emulator.http.proxy import Proxy
    from emulator.http.routing import Endpoint, ExactRoutes
    from emulator.provider.elsewhere import Elsewhere
    from emulator.provider.gateway import Gateway
    from emulator.provider.service import FastDoor

PAGE = "page docs"
"""The page with its documentation, as a part of what is routed. Other parts are the services, by their kinds, TOKENS,
SILENT, and the groups of calls of the emulator's own API, by their words.
"""
TOKENS = "tokens"
"""The provider's call for tokens."""
SILENT = "silent"
"""The provider's calls that send no message."""


class Application:
    """The ASGI application of a started emulation, with the fast path of `http.protocol.FastPath`.

    POST to the paths that take services' messages bypasses the router and its middleware, which would cost a fifth of
    the rate; so do calls of the emulator's own API without a parameter. Everything else is routed. The provider's two
    hosts are served on one port, so its API ignores the Host header, unless names are set.
    """

    def __init__(self, emulation: Emulation) -> None:
        self._emulation = emulation
        self._settings = emulation.settings
        self._root = emulation.settings.root
        self._requests = emulation.requests
        self._shared = emulation.store.shared
        self._doors = Doors(emulation)
        self._busy: dict[str, FastDoor] = {}
        self.accepting: dict[bytes, Accept] = {}
        self._health = HealthDoor(emulation.engine, emulation.store).calls()  # which wait for no database
        self._known: dict[tuple[str, str], Endpoint] = {
            (call.method, addresses.CONTROL[:-1] + call.path): call.answer for call in self._health
        }
        self._routed: set[str] = set()  # the parts whose routes are in the table
        self.unreadable = emulation.requests.unreadable
        self.crowded = emulation.requests.crowded
        self.ports: Collection[int] = ()
        if self._shared:  # no transaction, for which others wait, may wait here for what is imported
            self._gateway  # noqa: B018  # it is made now
            for part in (*HOMES, TOKENS, SILENT, *calls.GROUPS, PAGE):
                self.add(part)

    @cached_property
    def _table(self) -> Starlette:
        """The router, with the routes of the parts that are added. Health checks do without it, so that a start can."""
        from starlette.exceptions import HTTPException

        from emulator.http.routing import router

        handlers = {
            errors.ApiError: self._refused,
            Unavailable: errors.on_unavailable,
            HTTPException: self._unknown,
            ClientDisconnect: errors.on_left,
            Exception: errors.on_failure,
        }
        table = router(handlers, settings=self._settings, calls=lambda: calls.calls(self._doors))
        table.routes.extend([self._exact, *map(_route, self._health)])
        table.router.default = self._unrouted
        return table

    @cached_property
    def _exact(self) -> ExactRoutes:
        from emulator.http.routing import ExactRoutes

        return ExactRoutes()

    @cached_property
    def proxy(self) -> Proxy:
        """The proxy that the server is for those who ask for one; `ports` are those that it listens on by then."""
        from emulator.http.proxy.proxy import Proxy
        from emulator.provider.hosts import DOMAIN, HOSTS

        return Proxy(HOSTS, DOMAIN, self._emulation.tls, self.ports, others=self._settings.proxy_others)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. If the client is gone, there is nobody to answer."""
        if scope["type"] != "http":
            await self._table(scope, receive, send)
            return
        scope = _ours(scope, self._root)
        busy = self._busy.get(scope["path"]) if scope["method"] == "POST" else None
        if busy is not None:
            left = await busy.taken(scope, receive, send)
            if left is None:
                return
            receive, scope["endpoint"] = left, busy  # as the router would say
        own = scope["path"].startswith(addresses.CONTROL)
        send = self._requests.shown(scope, send, minor=own and scope["method"] in ("GET", "HEAD"))
        door = busy or self._guarded
        if not own and scope["path"] not in addresses.LEADS:
            door = partial(self._gateway, door)
        marked = scope["query_string"] or addresses.HEADERS in b" ".join([name for name, _ in scope["headers"]])
        if marked and not own:
            door = partial(self._remarked, door)
        if TARGET in scope.get("extensions", ()):
            door = partial(self._proxied, door)
        with suppress(ClientDisconnect):
            try:
                if self._shared and not addresses.is_still(scope["path"]):
                    await self._emulation.store.fresh()
                await door(scope, receive, send)
            except Unavailable as error:
                answer = await errors.on_unavailable(Request(scope), error)
                await answer(scope, receive, send)

    @cached_property
    def _gateway(self) -> Gateway:
        from emulator.provider.gateway import Gateway

        return Gateway(self._emulation.parts)

    async def _remarked(self, door: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request by this door, and tell what it has that no call reads."""
        from emulator.provider.unread import remarked

        await door(scope, receive, await remarked(scope, send, self._emulation.parts))

    async def _proxied(self, door: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that names its host, as those to a proxy do, by this door if it is for here."""
        from emulator.http.proxy.targets import Refusal

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
            own = scope["path"].startswith(addresses.CONTROL)
            (guard.check if own else guard.check_name)(scope, self._settings)
        except errors.ApiError as error:
            from emulator.page import page

            about(scope).words = error.words
            await page.refusal(scope, error)(scope, receive, send)
        else:
            endpoint = self._known.get((scope["method"], scope["path"])) if own else None
            await (self._table if endpoint is None else partial(self._called, endpoint))(scope, receive, send)

    async def _called(self, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call of the emulator's own API as the router does, whose layers would take some 10 µs more."""
        scope["endpoint"] = endpoint
        if self._routed:
            scope["app"] = self._table
        request = Request(scope, receive)
        try:
            answer = await endpoint(request)
        except errors.ApiError as error:
            answer = await errors.on_api_error(request, error)
        except (ClientDisconnect, Unavailable):
            raise
        except Exception as error:
            answer = await errors.on_failure(request, error)
            await answer(scope, receive, send)
            raise
        await answer(scope, receive, send)

    async def _unrouted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a path without a route: import the part of an API that may have it, add the part's
        routes, and try again. A start does without them: what waits for it asks for health only.
        """
        part = next((part for part in _parts(scope["path"]) if part not in self._routed), None)
        if part is None:
            await self._table.router.not_found(scope, receive, send)
            return
        self.add(part)
        await self._table.router(scope, receive, send)

    @cached_property
    def _elsewhere(self) -> Elsewhere:
        from emulator.provider.elsewhere import Elsewhere

        return Elsewhere(self._emulation.engine, self._emulation.parts)

    async def _refused(self, request: Request, error: Exception) -> Response:
        return await self._elsewhere.refused(request, error)

    async def _unknown(self, request: Request, error: Exception) -> Response:
        return await self._elsewhere.unknown(request, error)

    def add(self, part: str) -> None:
        """Add the routes of a part, which is imported now."""
        found = [*self._routes(part)]
        if part != PAGE and part not in calls.GROUPS:
            from emulator.provider.elsewhere import shadowed

            found = [*shadowed(found), *found]
        self._table.routes.extend(found)
        self._exact.add(found)
        self._known |= self._exact.endpoints
        self._routed.add(part)

    def _routes(self, part: str) -> Iterator[BaseRoute]:
        """The routes of a part. A service's messages go past them, unless host names are set."""
        if part == PAGE:
            from emulator.page import page

            yield from page.ROUTES
        elif part in calls.GROUPS:
            yield from map(_route, calls.GROUPS[part](self._doors))
        elif part == TOKENS:
            from emulator.provider.oauth import TokenDoor

            emulation = self._emulation
            door = TokenDoor(emulation.tokens, emulation.engine, emulation.parts, emulation.settings)
            yield from door.routes()
        elif part == SILENT:
            for each in silent():
                yield from each.routes(self._emulation.parts)
        else:
            from starlette.routing import Route

            from emulator.provider.service import FastDoor

            provided = service(part)
            taking = provided.door(self._emulation.parts)
            if isinstance(taking, FastDoor) and not self._settings.host_names:
                self._busy[taking.path] = taking
                self.accepting[taking.path.encode()] = taking.accept
            yield Route(taking.path, taking, methods=["POST"])
            yield from provided.routes(self._emulation.parts)


def _parts(path: str) -> list[str]:
    """The parts of an API that may have a path, the likeliest first."""
    if path in (*addresses.LEADS, addresses.CONTROL):
        return [PAGE]
    if path.startswith(addresses.CONTROL):
        return sorted((*calls.GROUPS, PAGE), key=lambda part: path.split("/")[2] not in part.split())
    roots = {kind: home.root for kind, home in HOMES.items()} | {TOKENS: "/oauth", SILENT: ""}
    return sorted(roots, key=lambda part: (not below(path, roots[part]), -len(roots[part])))


def _ours(scope: Scope, root: str) -> Scope:
    """The scope of a request with the path that is served here: without the root path, which some proxies leave in it,
    and for the provider's API with single slashes and none at its end, as the provider reads paths. The emulator's own
    API has one spelling only, so that what stands before it can keep others away.
    """
    path = scope["path"]
    if root and path.startswith(f"{root}/"):
        path = path.removeprefix(root)
    if not path.startswith(addresses.CONTROL):
        single = re.sub("/{2,}", "/", path) if "//" in path else path
        path = path if single.startswith(addresses.CONTROL) else single
        if path != "/" and path.endswith("/"):
            path = path[:-1]
    return scope if path == scope["path"] else {**scope, "path": path}


def _route(call: Call) -> BaseRoute:
    """The route to a call of the emulator's own API."""
    from starlette.routing import Route

    return Route(addresses.CONTROL[:-1] + call.path, call.answer, methods=[call.method])
