"""A webhook receiver that costs little: it counts posts, and can refuse every n-th. GET answers the counts;
GET /digest also one checksum over all flows' posts in their order.
"""

from __future__ import annotations

import asyncio
import sys
import zlib
from typing import cast

import uvloop


class Receiver(asyncio.Protocol):
    """One connection. `counts` holds accepted and refused posts of all connections, `digests` a checksum of each
    flow's bodies in the order in which they came.
    """

    def __init__(self, counts: list[int], digests: dict[bytes, int], refuse_every: int) -> None:
        self._counts = counts
        self._digests = digests
        self._refuse_every = refuse_every
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._answer(head.partition(b" HTTP/")[0], rest[:length])

    def _answer(self, asked: bytes, body: bytes) -> None:
        if asked.startswith(b"GET"):
            digest = zlib.crc32(repr(sorted(self._digests.items())).encode()) if asked.endswith(b"/digest") else 0
            body = b"%d %d %d" % (*self._counts, digest)
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
            return
        refused = self._refuse_every and (sum(self._counts) + 1) % self._refuse_every == 0
        self._counts[bool(refused)] += 1
        self._digests[body[:60]] = zlib.crc32(body, self._digests.get(body[:60], 0))
        line = b"500 Internal Server Error" if refused else b"200 OK"
        self._transport.write(b"HTTP/1.1 %b\r\ncontent-length: 0\r\n\r\n" % line)


async def main(port: int, refuse_every: int) -> None:
    """Receive for ever."""
    counts, digests = [0, 0], dict[bytes, int]()
    server = await asyncio.get_running_loop().create_server(
        lambda: Receiver(counts, digests, refuse_every), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
