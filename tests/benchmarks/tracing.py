"""Follows one accepted POST /failover through the emulator's modules, as a process: `python tracing.py asgi < BODY`,
`fast` for the fast path, or `marked` for ASGI with a header for the emulator. It prints the crossings as JSON, and
imports nothing but the emulator on its path.

A crossing is a call from one module of `emulator` into another, or the return from it; a coroutine that is awaited
returns when it suspends, and is called again when it resumes. Frames of libraries between two modules don't count.
What other tasks do meanwhile, such as the engine's and the courier's loops, is left out: they run in contexts of
their own. What the request has the event loop call later, such as the store's commit, belongs to it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Callable
from contextvars import ContextVar
from types import FrameType
from typing import Any, Final

from emulator.app import Application
from emulator.emulation import Emulation
from emulator.settings import Settings

Traced = tuple[str, str, str, str, int]
"""`call` or `return`, the module that is left, the module and the function that are entered, the line that is left."""
WARMING: Final = 3
"""Requests before the one that is followed, so that nothing is imported, compiled or cached by it."""
_FOLLOWED: ContextVar[bool] = ContextVar("_FOLLOWED", default=False)


class Tracer:
    """Collects the crossings of what runs in a context that is followed."""

    def __init__(self) -> None:
        self.crossings: list[Traced] = []

    def profile(self, frame: FrameType, event: str, _: object) -> None:
        """See sys.setprofile."""
        if event not in ("call", "return") or not _FOLLOWED.get() or not _is_own(frame):
            return
        caller = frame.f_back
        while caller is not None and not _is_own(caller):
            caller = caller.f_back
        if caller is not None and _module(caller) != _module(frame):
            left, entered = (caller, frame) if event == "call" else (frame, caller)
            self.crossings.append(
                (event, _module(left), _module(entered), entered.f_code.co_qualname, left.f_lineno),
            )


def _is_own(frame: FrameType) -> bool:
    return _module(frame).partition(".")[0] == "emulator"


def _module(frame: FrameType) -> str:
    name: str = frame.f_globals.get("__name__", "")
    return name


async def call(app: Application, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, bytes]:
    """Answer a POST by ASGI: its status and body."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    url, _, query = path.partition("?")
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": url, "extensions": {}}
    scope |= {"query_string": query.encode(), "headers": _raw(headers)}
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message["body"] for message in sent[1:])


async def accept(app: Application, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Answer a POST by the fast path: its status and body."""
    answered: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
    assert app.accepting[path.encode()](_raw(headers), body, lambda status, body: answered.set_result((status, body)))
    return await answered


async def marked(app: Application, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Answer a POST that names its scenario by ASGI."""
    return await call(app, path, headers | {"X-Emulator-Scenario": "default"}, body)


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def followed(way: Callable[..., Any], body: bytes) -> list[Traced]:
    """The crossings of one POST of a body, after some others of the same, whose callbacks are no more under way: the
    courier takes none in the same transaction.
    """
    emulation = await Emulation.start(Settings(rate=0))
    try:
        app = Application(emulation)
        getattr(app, "add", bool)("failover")  # a tree of before has all services from the start
        basic = base64.b64encode(b"crossings:secret").decode()
        path = "/oauth/token?grant_type=client_credentials"
        _, told = await call(app, path, {"Authorization": f"Basic {basic}"})
        headers = {"Authorization": f"Bearer {json.loads(told)['access_token']}", "Content-Type": "application/json"}
        for _ in range(WARMING):
            await way(app, "/failover", headers, body)
        quiet, answer = await call(app, "/_emulator/clock/advance", {"Host": "localhost"}, b'{"by": "1s"}')
        assert quiet == 200, answer
        tracer = Tracer()
        _FOLLOWED.set(True)
        sys.setprofile(tracer.profile)
        try:
            status, answer = await way(app, "/failover", headers, body)
        finally:
            sys.setprofile(None)
        assert status == 200, answer
        return tracer.crossings
    finally:
        await emulation.stop()


if __name__ == "__main__":
    ways = {"asgi": call, "fast": accept, "marked": marked}
    json.dump(asyncio.run(followed(ways[sys.argv[1]], sys.stdin.buffer.read())), sys.stdout)
