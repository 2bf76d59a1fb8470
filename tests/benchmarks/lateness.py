"""A webhook receiver that measures how late each callback is: its arrival less the time of the change it tells."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from datetime import datetime
from typing import cast

import uvloop

_UPDATED = re.compile(rb'"updatedAt":"([^"]+)"')


class Receiver(asyncio.Protocol):
    """One connection. `late` collects milliseconds; GET answers their number, median and 99th percentile."""

    def __init__(self, late: list[float]) -> None:
        self._late = late
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by class

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
        if not found or len(body) < length:
            return
        self._buffer = b""
        answer = b""
        if updated := _UPDATED.search(body):
            self._late.append((time.time() - datetime.fromisoformat(updated[1].decode()).timestamp()) * 1000)
        else:
            late = sorted(self._late) or [0.0]
            answer = b"%d %d %d" % (len(self._late), late[len(late) // 2], late[len(late) * 99 // 100])
        self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer))


async def main(port: int) -> None:
    """Receive for ever."""
    late: list[float] = []
    server = await asyncio.get_running_loop().create_server(lambda: Receiver(late), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
