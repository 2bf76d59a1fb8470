"""Reading a request's body up to a limit, and answering with compact JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct, json
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from emulator.errors import EmulatorError, Json
from emulator.http.protocol import HANG_UP

PULSE: Final = 4.0
"""Real seconds after which a stream without an event has a comment: a heartbeat, by which a reader notices within ten
seconds that a server hangs, and a proxy, which closes what is silent for 30 or 60, keeps the connection.
"""
UNREAD: Final = 30.0
"""Real seconds after which a reader of a stream that takes nothing is cut off: what it is sent waits in memory."""


def good(body: Json | Struct | list[Any], headers: dict[str, str] | None = None) -> Response:
    """A response of status 200 with this body as JSON."""
    return Response(json.encode(body), 200, headers, "application/json")


async def read(receive: Receive, limit: int) -> bytes:
    """Read a request's body: all of it, or its first `limit + 1` bytes if it is longer than `limit`. The rest is read
    and thrown away, since many clients read no response before they have sent everything. Raises ClientDisconnect if
    the client leaves before the end.
    """
    chunks: list[bytes] = []
    room, more = limit + 1, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        chunks.append(message.get("body", b"")[:room])
        room -= len(chunks[-1])
    return b"".join(chunks)


class Stream(StreamingResponse):
    """The HTTP answer that tells server-sent events as they come, and every PULSE that there are none. To HEAD it is
    its head alone. A reader that takes nothing for UNREAD seconds is cut off; it may come back and go on.
    """

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_beating(events, PULSE), media_type="text/event-stream", headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["method"] == "HEAD":
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(UNREAD):
                    await send(message)
            except TimeoutError:
                scope["extensions"][HANG_UP]["abort"]()
                raise ClientDisconnect from None

        with suppress(ClientDisconnect):
            await super().__call__(scope, receive, in_time)


async def _beating(events: AsyncIterator[bytes], pulse: float) -> AsyncIterator[bytes]:
    """The events, and a comment after each `pulse` real seconds without one. So a proxy keeps the connection open, and
    a reader knows that the server is there. An EmulatorError ends them, since there is nothing to say it in.
    """
    event: bytes | None = b""
    while event is not None:
        following = asyncio.ensure_future(anext(events, None))
        try:
            while not (await asyncio.wait({following}, timeout=pulse))[0]:
                yield b": nothing new\n\n"
        finally:
            following.cancel()  # if the client has left
        try:
            event = following.result()
        except EmulatorError:
            return
        if event is not None:
            yield event


async def passed(seconds: float, closing: asyncio.Event) -> bool:
    """Wait so many real seconds; False if the emulator closes before."""
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return True
    return False


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a request's header by its lower-case name; None if it is missing. Of repeated ones, the first."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1").strip())
    return None
