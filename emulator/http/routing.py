"""Finds the routes that have no parameter at once. A router tries all of its routes one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


class Exact(BaseRoute):
    """The first of a router's routes: it stands for those of the others that have no parameter in their path."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, str], Route] = {}

    def add(self, routes: Iterable[BaseRoute]) -> None:
        """Stand also for these routes, each by its methods and its path, if it has no parameter."""
        for route in routes:
            if isinstance(route, Route) and not route.param_convertors:
                self._routes |= {(method, route.path): route for method in route.methods or ()}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """How a request matches the route of its method and path; not at all if there is none."""
        route = self._routes.get((scope.get("method", ""), scope["path"]))
        return route.matches(scope) if route else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matched."""
        await self._routes[scope["method"], scope["path"]].handle(scope, receive, send)
