"""Answers that tell server-sent events, which end when their reader or the emulator goes; and waiting until then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from emulator.errors import EmulatorError
from emulator.http.protocol import HANG_UP

PULSE: Final = 4.0
"""Real seconds after which a stream without an event has a comment: a heartbeat, by which a reader notices within ten
seconds that a server hangs, and a proxy, which closes what is silent for 30 or 60, keeps the connection.
"""
UNREAD: Final = 30.0
"""Real seconds after which a reader of a stream that takes nothing is cut off: what it is sent waits in memory."""


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


async def sleep_unless_closing(seconds: float, closing: asyncio.Event) -> bool:
    """Wait so many real seconds; False if the emulator closes before."""
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return True
    return False
