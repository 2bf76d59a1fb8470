"""The router, and the routes that have no parameter, which are found at once. It tries all others one by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from inspect import iscoroutinefunction

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, Exception], Awaitable[Response]]


def router(handlers: Mapping[type[Exception], Handler], **state: object) -> Starlette:
    """An application without routes that has these exceptions answered; its doors see the `state`."""
    app = Starlette(exception_handlers=handlers)
    app.router.redirect_slashes = False
    for name, value in state.items():
        setattr(app.state, name, value)
    return app


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

    @property
    def endpoints(self) -> dict[tuple[str, str], Endpoint]:
        """What answers requests, by method and path, where that is a coroutine function."""
        found = {asked: route.endpoint for asked, route in self._routes.items()}
        return {asked: endpoint for asked, endpoint in found.items() if iscoroutinefunction(endpoint)}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """How a request matches the route of its method and path; not at all if there is none."""
        route = self._routes.get((scope.get("method", ""), scope["path"]))
        return route.matches(scope) if route else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matched."""
        await self._routes[scope["method"], scope["path"]].handle(scope, receive, send)
