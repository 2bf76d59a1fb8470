"""A webhook receiver that costs little: `python -m tests.benchmarks.receiver PORT [N]` refuses every n-th post, if any.

It counts posts and measures how late each is: its arrival minus the time of the change that it reports. GET answers the
counts; GET /digest one checksum over the posts of all flows, in their order; GET /late the median and the 99th
percentile in milliseconds.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
import zlib
from datetime import datetime
from typing import Final, cast

import uvloop

_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_UPDATED: Final = re.compile(rb'"updatedAt":"([^"]+)"')
_FLOW: Final = 60
"""The first bytes of a callback's body, which identify its flow."""


class Tally:
    """The posts of all connections."""

    def __init__(self, refuse_every: int = 0) -> None:
        self._refuse_every = refuse_every
        self._counts = [0, 0]
        self._digests: dict[bytes, int] = {}
        self._late: list[float] = []

    def take(self, body: bytes, now: float) -> bool:
        """Count a post that arrived at `now`, in seconds since 1970; whether it is accepted."""
        refused = bool(self._refuse_every) and (sum(self._counts) + 1) % self._refuse_every == 0
        self._counts[refused] += 1
        self._digests[body[:_FLOW]] = zlib.crc32(body, self._digests.get(body[:_FLOW], 0))
        if updated := _UPDATED.search(body):
            self._late.append((now - datetime.fromisoformat(updated[1].decode()).timestamp()) * 1000)
        return not refused

    def told(self, path: bytes) -> bytes:
        """The answer to a GET."""
        if path == b"/digest":
            return b"%d" % zlib.crc32(repr(sorted(self._digests.items())).encode())
        if path == b"/late":
            late = sorted(self._late) or [0.0]
            return b"%.1f %.1f" % (late[len(late) // 2], late[len(late) * 99 // 100])
        return b"%d %d" % (self._counts[0], self._counts[1])


class Receiver(asyncio.Protocol):
    """One connection."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n") + 4) >= 4:
            found = _LENGTH.search(self._buffer, 0, end)
            whole = end + (int(found[1]) if found else 0)
            if len(self._buffer) < whole:
                return
            request, self._buffer = self._buffer[:whole], self._buffer[whole:]
            self._answer(request, request[end:])

    def _answer(self, request: bytes, body: bytes) -> None:
        method, path, _ = request.split(b" ", 2)
        good = method == b"GET" or self._tally.take(body, time.time())
        line = b"200 OK" if good else b"500 Internal Server Error"
        answer = self._tally.told(path) if method == b"GET" else b""
        self._transport.write(b"HTTP/1.1 %b\r\ncontent-length: %d\r\n\r\n%b" % (line, len(answer), answer))


async def main(port: int, refuse_every: int = 0) -> None:
    """Receive for ever."""
    tally = Tally(refuse_every)
    server = await asyncio.get_running_loop().create_server(lambda: Receiver(tally), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:])))
