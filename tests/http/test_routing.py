"""Routes that are found at once."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import Message, Scope

from emulator.http.routing import ExactRoutes


async def _path(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.url.path} {request.path_params}")


async def _other(request: Request) -> Response:
    return PlainTextResponse(f"another {request.method}")


class _Tried(Route):
    """A route that counts how often the router tries it."""

    tried = 0

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        _Tried.tried += 1
        return super().matches(scope)


def _answer(method: str, path: str, *, quick: bool = True) -> tuple[int, str, int]:
    """Status and body of the answer by a router, which finds some routes at once if it is `quick`; and how many of the
    others it tried.
    """
    _Tried.tried = 0
    routes = [
        *(_Tried(f"/other/{number}", _path, methods=["GET"]) for number in range(50)),
        _Tried("/{id}", _path, methods=["POST"]),
        Route("/clock", _path, methods=["GET", "PUT"]),
        Route("/clock", _other, methods=["GET", "POST", "DELETE"]),
    ]
    exact, sent = ExactRoutes(), list[Message]()
    exact.add(routes)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    asyncio.run(Router([exact, *routes] if quick else routes)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"].decode(), _Tried.tried


def test_a_route_without_a_parameter_is_found_without_trying_others() -> None:
    """By its method and path; HEAD is GET's."""
    assert _answer("GET", "/clock") == (200, "GET /clock {}", 0)
    assert _answer("PUT", "/clock") == (200, "PUT /clock {}", 0)
    assert _answer("HEAD", "/clock")[::2] == (200, 0)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"])
@pytest.mark.parametrize("path", ["/clock", "/71", "/other/7", "/nothing/here"])
def test_what_is_found_is_what_the_router_would_find(method: str, path: str) -> None:
    """The first route that takes a method and path, also where a later one takes them as well; 405 and 404 as well."""
    assert _answer(method, path)[:2] == _answer(method, path, quick=False)[:2]
