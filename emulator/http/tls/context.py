"""What a server shows to TLS clients, made before the first one is answered; and in words, why a handshake failed.

Clients of any age are let in, as far as OpenSSL allows: nothing here is worth a secret. TLS 1.2 is the oldest version.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

from emulator.http.incidents import Incidents
from emulator.http.tls.authority import Authority

HANDSHAKE: Final = 15.0
"""Real seconds that a handshake may take."""
CIPHERS: Final = "ALL:!aNULL:!eNULL:@SECLEVEL=0"
ADVICE: Final = "`failover-emulator ca` shows the line that makes clients trust it"
UNTRUSTED: Final = f"a client doesn't trust the emulator's CA, and ended the handshake; {ADVICE}"
SILENT: Final = (
    f"a client ended its TLS connection before a request, as one does that doesn't trust the emulator's CA; {ADVICE}"
)
_ASKED: Final[ContextVar[list[str]]] = ContextVar("the names that a client asks for (SNI), in its handshake")
_UNTRUSTED: Final = ("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN", "UNSUPPORTED_CERTIFICATE")
_REASONS: Final = MappingProxyType(
    {
        "HTTP_REQUEST": "a client spoke plain HTTP to the TLS port",
        "NO_SHARED_CIPHER": "a client offers no cipher that is known here",
        "UNSUPPORTED_PROTOCOL": "a client is older than TLS 1.2",
        "VERSION_TOO_LOW": "a client is older than TLS 1.2",
        "WRONG_VERSION_NUMBER": "what a client sent is no TLS",
    }
)
_NAME: Final = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:.]+")


class Tls:
    """The TLS of one server, under these names; connections that come to nothing are told to `incidents`."""

    def __init__(self, authority: Authority, names: Sequence[str], incidents: Incidents) -> None:
        self.authority = authority
        self._names = tuple(dict.fromkeys(name for name in names if _NAME.fullmatch(name)))
        self.incidents = incidents
        self._context: ssl.SSLContext | None = None
        self._making: asyncio.Future[ssl.SSLContext] | None = None

    def load(self) -> None:
        """Make the context if all that it takes is kept; keys are left to `context`, since they take long. Raises
        AuthorityError, also if it is plain beforehand that none can be made.
        """
        context = _blank()
        if self.authority.kept(context, self._names):
            self._context = context

    async def context(self) -> ssl.SSLContext:
        """The context of the server's side. The first call has a thread make it, with the keys and certificates that
        are missing; calls meanwhile wait for the same. Raises AuthorityError; the next call tries again.
        """
        if self._context is None:
            if self._making is None or self._making.done():
                self._making = asyncio.ensure_future(asyncio.to_thread(self.authority.certify, _blank(), self._names))
            self._context = await asyncio.shield(self._making)
        return self._context

    async def secure(self, transport: asyncio.Transport, following: Callable[[], asyncio.Protocol]) -> None:
        """Shake hands with the client of a plain connection, and give such a protocol to what follows. Raises nothing
        if the client leaves.
        """
        early, context = _Early(), await self.context()
        with self._telling():
            secure = await asyncio.get_running_loop().start_tls(
                transport, early, context, server_side=True, ssl_handshake_timeout=HANDSHAKE
            )
            if secure is not None:
                early.give(secure, following())

    async def take(self, client: socket.socket, following: Callable[[], asyncio.Protocol]) -> None:
        """Shake hands with the client of a socket, and give such a protocol to what follows. Raises nothing if the
        client leaves.
        """
        context = await self.context()
        with self._telling():
            await asyncio.get_running_loop().connect_accepted_socket(
                following, client, ssl=context, ssl_handshake_timeout=HANDSHAKE
            )

    def failed(self, told: str = SILENT) -> None:
        """Tell why a connection came to nothing, or that it did so in silence; and if the client asked for a name that
        the certificate is not for, of that. A connection's protocol calls this in a copy of its handshake's context.
        """
        missing = unnamed(_ASKED.get([]), self._names) if told in (UNTRUSTED, SILENT) else ""
        self.incidents.tls_failed(missing or told)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell of a handshake that fails in the block, which the event loop does not."""
        before = _ASKED.set([])
        try:
            yield
        except OSError as error:
            self.failed(why(error) if isinstance(error, ssl.SSLError) else SILENT)
        finally:
            _ASKED.reset(before)


def _blank() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    context.sni_callback = _ask
    return context


def _ask(_client: ssl.SSLSocket | ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
    """Note the name that a client asks for, if it does."""
    if name:
        _ASKED.get([]).append(name)


class _Early(asyncio.Protocol):
    """Keeps what comes right after a handshake, until the protocol that it is meant for is in place."""

    def __init__(self) -> None:
        self._data = b""
        self._left = False

    def data_received(self, data: bytes) -> None:
        self._data += data

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's
        self._left = True

    def give(self, transport: asyncio.Transport, following: asyncio.Protocol) -> None:
        transport.set_protocol(following)
        following.connection_made(transport)
        if self._data:
            following.data_received(self._data)
        if self._left:
            following.connection_lost(ConnectionResetError())


def why(error: ssl.SSLError) -> str:
    """Why a handshake failed, in words."""
    reason = error.reason or str(error)
    if reason.endswith(_UNTRUSTED):
        return UNTRUSTED
    return _REASONS.get(reason) or f"a client's TLS handshake failed: {reason.replace('_', ' ').lower()}"


def unnamed(asked: Sequence[str], names: Sequence[str]) -> str:
    """What to do about a client that left after it asked for a name that a certificate for these names is not good for,
    in words; empty if it asked for none such.
    """
    for name in map(str.lower, asked):
        above = name.partition(".")[2]  # a wildcard below a name without a dot is none to clients
        if name not in names and not ("." in above and f"*.{above}" in names) and _NAME.fullmatch(name):
            return (
                f"a client asked for {name}, and left without a request: the emulator's certificate is not for it;"
                f" restart with `--allowed-hosts {name}` or `EMULATOR_ALLOWED_HOSTS={name}`. If it doesn't trust the"
                f" emulator's CA either, {ADVICE}"
            )
    return ""
