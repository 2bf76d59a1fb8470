"""Routes that are found at once."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import Message, Scope

from emulator.http.routing import Exact


async def _path(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.url.path} {request.path_params}")


class _Tried(Route):
    """A route that counts how often the router tries it."""

    tried = 0

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        _Tried.tried += 1
        return super().matches(scope)


def _answer(method: str, path: str) -> tuple[int, str, int]:
    """Status and body of the answer by a router that finds some routes at once, and how many others it tried."""
    _Tried.tried = 0
    others = [_Tried(f"/other/{number}", _path, methods=["GET"]) for number in range(50)]
    routes = [*others, _Tried("/{id}", _path, methods=["POST"]), Route("/clock", _path, methods=["GET", "PUT"])]
    exact, sent = Exact(), list[Message]()
    exact.add(routes)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    asyncio.run(Router([exact, *routes])(scope, receive, send))
    return sent[0]["status"], sent[1]["body"].decode(), _Tried.tried


def test_a_route_without_a_parameter_is_found_without_trying_others() -> None:
    """By its method and path; HEAD is GET's."""
    assert _answer("GET", "/clock") == (200, "GET /clock {}", 0)
    assert _answer("PUT", "/clock") == (200, "PUT /clock {}", 0)
    assert _answer("HEAD", "/clock")[::2] == (200, 0)


def test_all_else_is_routed_as_without_it() -> None:
    """A path with a parameter, a method that the path does not take, an unknown path."""
    assert _answer("POST", "/71")[:2] == (200, "POST /71 {'id': '71'}")
    assert _answer("DELETE", "/clock")[0] == 405
    assert _answer("GET", "/nothing/here")[0] == 404
