"""Finds the routes that have no parameter at once. A router tries all of its routes one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


class ExactRoutes(BaseRoute):
    """The first of a router's routes: it stands for those of the others that have no parameter in their path, unless
    the router would take another one for the same path.
    """

    def __init__(self) -> None:
        self._routes: dict[tuple[str, str], Route] = {}
        self._others: list[Route] = []

    def add(self, routes: Iterable[BaseRoute]) -> None:
        """Stand also for these routes, in the order in which the router has them."""
        for route in routes:
            if isinstance(route, Route) and (route.param_convertors or not route.methods):
                self._others.append(route)
            elif isinstance(route, Route):
                for method in self._left(route):
                    self._routes.setdefault((method, route.path), route)

    def _left(self, route: Route) -> Iterator[str]:
        """The methods of a route without a parameter that none before it takes."""
        before = [each.methods for each in self._others if each.path_regex.match(route.path)]
        for method in route.methods or ():
            if all(methods is not None and method not in methods for methods in before):
                yield method

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """How a request matches the route of its method and path; not at all if there is none."""
        route = self._routes.get((scope.get("method", ""), scope["path"]))
        return route.matches(scope) if route else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matched."""
        await self._routes[scope["method"], scope["path"]].handle(scope, receive, send)
