"""A load that costs little to make: keep-alive connections, each sending its next request when its answer has come.

All requests are made before the first is sent, and equal heads of answers are parsed once, so that one core of load
keeps one core of server busy. It knows bytes, statuses and times, not what the requests mean.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, cast

import uvloop
from msgspec import Struct

CONNECTIONS: Final = 32
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_HEADS: Final = 1000
"""How many different heads of answers are remembered."""


class Stream(Struct, frozen=True):
    """Requests to send over this many connections; with a `rate`, evenly and at most this many per second."""

    requests: Iterable[bytes]
    connections: int = CONNECTIONS
    rate: float = 0


class Run(Struct, frozen=True):
    """The result of a load: answers by status (0 for a lost connection), its duration in seconds, and the seconds that
    each answer took, sorted.
    """

    answers: Counter[int]
    seconds: float
    waits: list[float]

    @property
    def good(self) -> int:
        """Requests answered with 200."""
        return self.answers[200]

    @property
    def bad(self) -> int:
        """All others."""
        return self.answers.total() - self.good

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers.total() / self.seconds

    def wait(self, share: float) -> float:
        """The milliseconds within which this share of the answers came; 1.0 gives the longest."""
        return self.waits[min(int(len(self.waits) * share), len(self.waits) - 1)] * 1000 if self.waits else 0.0


def post(path: str, body: bytes, headers: str = "") -> bytes:
    """A POST request's bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: emulator\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str) -> bytes:
    """A GET request's bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: emulator\r\n\r\n".encode()


class _Load:
    """A stream being sent: the requests that are left, and the answers so far."""

    def __init__(self, stream: Stream, requests: Iterator[bytes]) -> None:
        self.loop = asyncio.get_running_loop()
        self.requests = requests
        self.answers = Counter[int]()
        self.waits: list[float] = []
        self.done = asyncio.Event()
        self._heads: dict[bytes, tuple[int, int]] = {}
        self._first = self.loop.time()  # uvloop's counts milliseconds: enough to pace by, not to measure
        self._turns = itertools.count()
        self._every = 1 / stream.rate if stream.rate else 0.0
        self._open = stream.connections

    async def run(self, port: int) -> Run:
        """Send everything, and wait for every answer."""
        began = time.perf_counter()
        for _ in range(self._open):
            await self.loop.create_connection(lambda: _Connection(self), "127.0.0.1", port)
        await self.done.wait()
        return Run(self.answers, time.perf_counter() - began, sorted(self.waits))

    def turn(self) -> float:
        """When the next request may be sent, in the loop's time; 0 for now."""
        return self._first + next(self._turns) * self._every if self._every else 0.0

    def read(self, head: bytes) -> tuple[int, int]:
        """The status of an answer with this head, and the bytes of its body."""
        found = self._heads.get(head)
        if found is None:
            length = _LENGTH.search(head)
            found = int(head[9:12]), int(length[1]) if length else 0
            if len(self._heads) >= _HEADS:
                self._heads.clear()
            self._heads[head] = found
        return found

    def closed(self) -> None:
        """A connection has ended."""
        self._open -= 1
        if not self._open:
            self.done.set()


class _Connection(asyncio.Protocol):
    def __init__(self, load: _Load) -> None:
        self._load = load
        self._rest = b""
        self._asked = False
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        self._next()

    def _next(self) -> None:
        request = next(self._load.requests, None)
        if request is None:
            self._transport.close()
        elif turn := self._load.turn():
            self._load.loop.call_at(turn, self._send, request)
        else:
            self._send(request)

    def _send(self, request: bytes) -> None:
        self._asked = True
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        end = data.find(b"\r\n\r\n") + 4
        if end >= 4:
            status, length = self._load.read(data[:end])
            if len(data) >= end + length:
                self._rest = b""
                self._answered(status)
                return
        self._rest = data

    def _answered(self, status: int) -> None:
        self._asked = False
        self._load.waits.append(time.perf_counter() - self._sent)
        self._load.answers[status] += 1
        self._next()

    def connection_lost(self, _: Exception | None) -> None:
        if self._asked:
            self._load.answers[0] += 1
        self._load.closed()


async def _beside(port: int, stream: Stream, other: Stream) -> tuple[Run, Run]:
    main = asyncio.ensure_future(_Load(stream, iter(list(stream.requests))).run(port))
    until = itertools.takewhile(lambda _: not main.done(), itertools.cycle(list(other.requests)))
    return await asyncio.gather(main, _Load(other, until).run(port))


def load(port: int, requests: Iterable[bytes], connections: int = CONNECTIONS, rate: float = 0) -> Run:
    """Send all requests over this many connections at once, and wait for every answer."""
    stream = Stream(list(requests), connections, rate)

    async def run() -> Run:
        return await _Load(stream, iter(stream.requests)).run(port)

    return uvloop.run(run())


def beside(port: int, stream: Stream, other: Stream) -> tuple[Run, Run]:
    """Send a stream, and meanwhile the requests of another in a loop; the results of both."""
    return uvloop.run(_beside(port, stream, other))
