"""The port for TLS: takes connections and shakes hands. An event loop could do that, but tells nobody of failures."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Final

from uvicorn.server import ServerState

from emulator.http.protocol import Connection, most_connections
from emulator.http.tls.authority import AuthorityError
from emulator.http.tls.context import HANDSHAKE, Tls
from emulator.http.tls.handshake import Handshake

WAITING: Final = 2048
"""Connections that the system keeps until they are taken, as many as on the other port."""
PAUSE: Final = 1.0
"""Real seconds without new connections when the process has too many files open."""

log = logging.getLogger(__name__)


class TlsDoor:
    """Takes connections from a listening socket until it is closed, as an asyncio.Server does; `following` makes the
    protocol of each. Handshakes under way are among the tasks and connections of `state`; those beyond the limit are
    closed.
    """

    def __init__(
        self,
        tls: Tls,
        place: socket.socket,
        following: Callable[[], asyncio.Protocol],
        state: ServerState,
    ) -> None:
        self._tls = tls
        self._place = place
        self._following = following
        self._state = state
        self._taking = asyncio.get_running_loop().create_task(self._take())

    async def _take(self) -> None:
        loop = asyncio.get_running_loop()
        self._place.setblocking(False)  # noqa: FBT003  # socket's
        self._place.listen(WAITING)
        with self._place:
            while True:
                try:
                    client, _ = await loop.sock_accept(self._place)
                except ConnectionAbortedError:
                    continue
                except OSError as error:
                    log.warning("no TLS connection can be taken: %s", error.strerror)
                    await asyncio.sleep(PAUSE)
                else:
                    self._receive(client)

    def _receive(self, client: socket.socket) -> None:
        """Begin to shake hands with a client, unless so many connections are open that it is closed."""
        opened = len(self._state.connections)
        if opened >= most_connections():
            closed = self._following()
            assert isinstance(closed, Connection)
            closed.crowded(opened)
            client.close()
            return
        task = asyncio.get_running_loop().create_task(self._shake(client))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)
        Handshake(task, self._state.connections)

    async def _shake(self, client: socket.socket) -> None:
        """Shake hands with a client; one that only looks whether the port is open sends nothing, and isn't told of."""
        with suppress(OSError, AuthorityError), ExitStack() as unused:
            unused.callback(client.close)
            if await _sends(client):
                await self._tls.context()
                unused.pop_all()
                await self._tls.take(client, self._following)

    def close(self) -> None:
        """Take no more."""
        self._taking.cancel()

    async def wait_closed(self) -> None:
        """Wait until the socket is closed."""
        with suppress(asyncio.CancelledError):
            await self._taking


async def _sends(client: socket.socket) -> bool:
    """Wait until something has come; False if the client has left before. Raises TimeoutError, and OSError. What came
    is left where it is. An event loop of Windows can't wait for that.
    """
    client.setblocking(False)  # noqa: FBT003
    loop, came = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(client, came.set)
    except NotImplementedError:
        return True
    try:
        await asyncio.wait_for(came.wait(), HANDSHAKE)
    finally:
        loop.remove_reader(client)
    return client.recv(1, socket.MSG_PEEK) != b""
