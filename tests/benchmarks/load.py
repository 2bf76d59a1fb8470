"""A load that costs little to make: keep-alive connections, each sending its next request when its answer is in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import cast

import uvloop
from msgspec import Struct

_LENGTH = re.compile(rb"(?i)content-length: ([0-9]+)")


class Run(Struct, frozen=True):
    """What came of a load: requests answered with 200, all others, and the seconds that it took."""

    good: int
    bad: int
    seconds: float

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return self.good / self.seconds


def post(path: str, body: bytes, headers: str = "") -> bytes:
    """A POST request's bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: emulator\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], count: Callable[[bool], None], over: Callable[[], None]) -> None:
        self._requests = requests
        self._count = count
        self._over = over
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
        else:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if found and length and len(body) >= int(length[1]):
            self._buffer = b""
            self._count(head.startswith(b"HTTP/1.1 200"))
            self._next()

    def connection_lost(self, _: Exception | None) -> None:
        self._over()


async def _loaded(port: int, requests: Iterator[bytes], connections: int) -> Run:
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    counts = {True: 0, False: 0}
    left = connections

    def count(good: bool) -> None:
        counts[good] += 1

    def over() -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()

    began = loop.time()
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(requests, count, over), "127.0.0.1", port)
    await done.wait()
    return Run(counts[True], counts[False], loop.time() - began)


def load(port: int, requests: Iterator[bytes], connections: int = 64) -> Run:
    """Send all requests over so many connections at once, and wait for every answer."""
    return uvloop.run(_loaded(port, requests, connections))
