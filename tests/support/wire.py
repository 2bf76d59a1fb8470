"""A receiver whose every byte a test decides, on the test's own loop."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Writer = asyncio.StreamWriter
Answering = Callable[[int, Writer], Awaitable[None]]
"""Answers the request of this number, from 1 on."""


def says(*pieces: bytes, close: bool = False) -> Answering:
    """Answer each request with these bytes, piece by piece."""

    async def answer(_: int, writer: Writer) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if close:
            writer.close()

    return answer


async def never(_: int, __: Writer) -> None:
    """Don't answer."""


class Wire:
    """Keeps each request as it came, and counts connections; those that are open are in `writers`."""

    def __init__(self, answer: Answering, *, whole: bool) -> None:
        self.answer = answer
        self._whole = whole
        self.requests: list[bytes] = []
        self.connections = 0
        self.writers: list[Writer] = []
        self.port = 0
        self.scheme = "http"
        self.ended = asyncio.Event()
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        """Where to post."""
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    async def came(self, count: int) -> None:
        """Wait until so many requests have come."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= count)

    async def left(self) -> None:
        """Wait until all connections have ended."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self.writers)

    async def converse(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        """Read requests and have them answered, until the connection ends."""
        self.connections += 1
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.rpartition(b"Content-Length: ")[2]) if self._whole else 0
                self.requests.append(head + await reader.readexactly(length))
                await self._tell()
                await self.answer(len(self.requests), writer)
        self.writers.remove(writer)
        writer.close()
        self.ended.set()
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def wire(
    answer: Answering, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, *, whole: bool = True
) -> AsyncIterator[Wire]:
    """A receiver on a free port; it answers `whole` requests, or heads alone."""
    made = Wire(answer, whole=whole)
    server = await asyncio.start_server(made.converse, host, 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    made.scheme = "https" if tls else "http"
    try:
        yield made
    finally:
        server.close()
        for writer in list(made.writers):
            writer.transport.abort()
        await made.left()
