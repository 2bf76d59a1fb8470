"""Opens connections: a socket to one of a host's addresses, and TLS for https. It does not look names up."""

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
"""Seconds after which the next address of a host is tried instead; the last one has all the time that is left."""


class Opener:
    """Opens connections. `ca` is a PEM file of certificates that are trusted besides the system's (empty for none);
    with `insecure` any certificate is. Raises SettingsError if the file can't be used.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ca: str, *, insecure: bool) -> None:
        self._loop = loop
        self._insecure = insecure
        self._tls = _context(ca, insecure=insecure) if ca else None

    async def open(self, connection: Connection, address: Address, places: Sequence[Place]) -> None:
        """Open a connection to one of these places. Raises OSError, such as an SSLError, if that fails."""
        connected = await self._dialled(places, address.target.port)
        tls: dict[str, Any] = {}
        if address.target.secure:
            if self._tls is None:
                self._tls = _context(insecure=self._insecure)
            tls = {"ssl": self._tls, "server_hostname": address.host.rstrip(".")}
        try:
            await self._loop.create_connection(lambda: connection, sock=connected, **tls)
        except BaseException:
            connected.close()
            raise

    async def _dialled(self, places: Sequence[Place], port: int) -> socket.socket:
        """A socket connected to the first place that accepts. If none does, raises ConnectionRefusedError where one
        refused, otherwise the last error.
        """
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


def _context(ca: str = "", *, insecure: bool) -> ssl.SSLContext:
    """See `Opener`. Made when it is first needed, since loading ssl takes milliseconds."""
    from ssl import CERT_NONE, create_default_context

    context = create_default_context()
    try:
        if ca:
            context.load_verify_locations(ca)
    except OSError as error:
        raise SettingsError(f"callback-ca must be a file of certificates in PEM; {ca} is none: {error}") from error
    if insecure:
        context.check_hostname, context.verify_mode = False, CERT_NONE
    return context
