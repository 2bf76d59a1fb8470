"""Answers of a receiver that the application under test gives: a callback is handed to it by WSGI or ASGI, or to
Django's test client, so it needs no server.

    failover_receiver.answer = wsgi(app)
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Protocol
from urllib.parse import unquote_to_bytes
from wsgiref.util import setup_testing_defaults

from emulator.testing.receiver import Received

_BARE: Final = ("content-type", "content-length")
"""Headers whose names have no HTTP_ in an environment."""


def wsgi(application: Callable[..., Iterable[bytes]]) -> Callable[[Received], int]:
    """An answer of a receiver: each post goes to this WSGI application, such as Flask's."""

    def answer(post: Received) -> int:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "wsgi.input": io.BytesIO(post.raw),
            "wsgi.errors": sys.stderr,
        }
        path, _, environ["QUERY_STRING"] = post.path.partition("?")
        environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1")
        environ |= _variables(post)
        setup_testing_defaults(environ)
        told: list[str] = []

        def start(status: str, *_: object) -> Callable[[bytes], object]:
            told.append(status)
            return io.BytesIO().write

        body = application(environ, start)
        try:
            for _ in body:
                pass
        finally:
            getattr(body, "close", lambda: None)()
        return int(told[-1].split()[0])

    return answer


def asgi(application: Callable[..., Awaitable[None]]) -> Callable[[Received], int]:
    """An answer of a receiver: each post goes to this ASGI application, such as FastAPI's or Starlette's, on an event
    loop of its own. Its lifespan is not begun.
    """

    def answer(post: Received) -> int:
        come = iter([{"type": "http.request", "body": post.raw, "more_body": False}])
        told: list[int] = []

        async def receive() -> dict[str, Any]:
            return next(come, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told.append(message["status"])

        async def run() -> None:
            await application(_scope(post), receive, send)

        asyncio.run(run())
        return told[0]

    return answer


def _scope(post: Received) -> dict[str, Any]:
    path, _, query = post.path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": unquote_to_bytes(path).decode(errors="replace"),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in post.headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }


class TestClient(Protocol):
    """Django's test client, as far as it is needed."""

    def generic(self, method: str, path: str, data: Any, content_type: str, **extra: Any) -> Any: ...  # noqa: D102


def django(client: TestClient) -> Callable[[Received], int]:
    """An answer of a receiver: each post goes to this test client of Django's. Where a test has the database in a
    transaction, as TestCase does, have the posts come on its own thread: see `Receiver.here`.
    """

    def answer(post: Received) -> int:
        named = {name: value for name, value in _variables(post).items() if name.startswith("HTTP_")}
        kind = post.headers.get("content-type", "application/json")
        return int(client.generic("POST", post.path, post.raw, content_type=kind, **named).status_code)

    return answer


def _variables(post: Received) -> dict[str, str]:
    """The headers of a post as an environment has them."""
    return {
        ("" if name in _BARE else "HTTP_") + name.upper().replace("-", "_"): value
        for name, value in post.headers.items()
    }
