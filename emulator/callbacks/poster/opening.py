"""Opens connections: a socket to one of a name's addresses, and TLS where the URL asks for it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from emulator.callbacks.poster.address import Address
from emulator.callbacks.poster.connection import Connection
from emulator.callbacks.poster.resolver import Place
from emulator.settings import SettingsError

if TYPE_CHECKING:
    import ssl

HEAD_START: Final = 0.5
"""How long an address is tried before its name's next one is, in seconds; the last has all the time that is left."""


class Opener:
    """Opens connections. `ca` is a file of certificates that are trusted besides the system's, `insecure` trusts any.
    Raises SettingsError if the file can't be used.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ca: str, *, insecure: bool) -> None:
        self._loop = loop
        self._insecure = insecure
        self._trust = _trust(ca) if ca else None

    async def open(self, connection: Connection, address: Address, places: Sequence[Place]) -> None:
        """Open a connection. Raises OSError (of which TLS's errors are) if none comes about."""
        found = await self._dialled(places, address.target.port)
        tls: dict[str, Any] = {}
        if address.target.secure:
            tls = {"ssl": self._context(), "server_hostname": address.host.rstrip(".")}
        try:
            await self._loop.create_connection(lambda: connection, sock=found, **tls)
        except BaseException:
            found.close()
            raise

    async def _dialled(self, places: Sequence[Place], port: int) -> socket.socket:
        """A socket that is connected to the first address that takes it."""
        errors: list[Exception] = []
        for number, place in enumerate(places, 1):
            try:
                async with asyncio.timeout(HEAD_START if number < len(places) else None):
                    return await self._connected(place, port)
            except OSError as error:
                errors.append(error)
        raise next((error for error in errors if isinstance(error, ConnectionRefusedError)), errors[-1])

    async def _connected(self, place: Place, port: int) -> socket.socket:
        family, (host, _, *more) = place
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(0)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.sock_connect(made, (host, port, *more))
        except BaseException:
            made.close()
            raise
        return made

    def _context(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = _trust("")
        if self._insecure:
            from ssl import CERT_NONE

            self._trust.check_hostname, self._trust.verify_mode = False, CERT_NONE
        return self._trust


def _trust(ca: str) -> ssl.SSLContext:
    """What the system trusts, and the certificates of a file."""
    from ssl import create_default_context

    context = create_default_context()
    try:
        if ca:
            context.load_verify_locations(ca)
    except OSError as error:
        raise SettingsError(f"callback-ca must be a file of certificates in PEM; {ca} is none: {error}") from error
    return context
