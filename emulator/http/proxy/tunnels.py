"""Carries the bytes of a client that asked for a tunnel: to a server elsewhere, or by TLS to a protocol of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final, cast

from emulator.http.protocol import Heads
from emulator.http.proxy.targets import Address, reached
from emulator.http.tls import Tls

ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"


async def serve(client: Heads, tls: Tls) -> None:
    """Tell a client that its tunnel is there, and be the server at its other end, over TLS."""
    following = client.successor()
    client.leave()
    if not client.transport.is_closing():
        client.transport.write(ESTABLISHED)
        await tls.secure(client.transport, following)


class _Side(asyncio.Protocol):
    """One side of a tunnel: what comes from it goes to the other side, no faster than that takes it."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None
        self.ended = False
        self.early = b""  # what came before there was another side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

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


class _Client(_Side):
    """The client's side, which counts as one of the server's connections."""

    def __init__(self, client: Heads) -> None:
        super().__init__()
        self._connections = client.connections
        self.transport = client.transport
        self._connections.add(self)  # type: ignore[arg-type]  # it is asked to shut down, and no more

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        super().connection_lost(exc)


async def relay(client: Heads, places: Sequence[Address]) -> None:
    """Connect a client to the first of these addresses that answers. Raises Refusal 502 if none does."""
    far = _Side()
    await reached(places, partial(asyncio.get_running_loop().create_connection, lambda: far))
    near = _Client(client)
    near.other, far.other = far, near
    client.leave()
    if near.transport is None or near.transport.is_closing():
        near.connection_lost(None)
        return
    near.transport.write(ESTABLISHED + far.early)
    near.transport.set_protocol(near)
    near.transport.resume_reading()
