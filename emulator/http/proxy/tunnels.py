"""Carries the bytes of a client that asked for a tunnel: to a server elsewhere, or by TLS to a protocol of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, cast

from emulator.http.protocol import Heads
from emulator.http.proxy.targets import Address, reached
from emulator.http.tls import Tls
from emulator.http.tls.handshake import Handshake

ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"


async def serve(client: Heads, tls: Tls) -> None:
    """Tell a client that its tunnel is there, and be the server at its other end, over TLS."""
    client.leave()
    if client.transport.is_closing():
        return
    client.transport.write(ESTABLISHED)
    task = asyncio.current_task()
    assert task is not None
    handshake = Handshake(task, client.connections)

    def following() -> Heads:
        handshake.over()
        return client.successor()

    await tls.secure(client.transport, following)


class _Side(asyncio.Protocol):
    """One side of a tunnel: what comes from it goes to the other side, no faster than that takes it. Each counts as one
    of the server's `connections`.
    """

    def __init__(self, connections: set[Any]) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None
        self.ended = False
        self.early = b""  # what came before there was another side
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)
        else:
            self.early += data

    def eof_received(self) -> bool:
        """Pass on that this side sends no more, and go on the other way round until that side ends too."""
        self.ended = True
        other = self.other.transport if self.other is not None else None
        if other is None or self.other is None or self.other.ended or not other.can_write_eof():
            self.shutdown()
            return False
        other.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's
        self._connections.discard(self)
        self.shutdown()

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def shutdown(self) -> None:
        """Close both sides, after what is still to be written."""
        for side in (self, self.other):
            if side is not None and side.transport is not None:
                side.transport.close()


async def relay(client: Heads, places: Sequence[Address]) -> None:
    """Connect a client to the first of these addresses that answers. Raises Refusal 502 if none does."""
    near, far = _Side(client.connections), _Side(client.connections)
    await reached(places, partial(asyncio.get_running_loop().create_connection, lambda: far))
    near.other, far.other = far, near
    near.connection_made(client.transport)
    client.leave()
    if client.transport.is_closing():
        near.connection_lost(None)
        return
    client.transport.write(ESTABLISHED + far.early)
    client.transport.set_protocol(near)
    client.transport.resume_reading()
