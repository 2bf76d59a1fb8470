"""Reading requests: what httptools and uvicorn would lose, or let through.

A request that offers an upgrade to h2c is answered as the plain one it also is. httptools takes such a request's head
for the end of the message and stops, so uvicorn would lose its body. Here the request is not begun until the rest of
its bytes have gone through a new parser, its head rewritten without the offer. No other request pays for that. A head
has a limit, which httptools does not set, and one Host at most.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Final, NoReturn
from weakref import ref

import httptools
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from emulator.http.protocol.connection import Connection

MAX_HEAD: Final = 64 * 1024
"""How large a request's head, and what follows a chunked body, may be: in bytes."""
HANG_UP: Final = "emulator.hang_up"
"""The ASGI extension whose `close` closes a request's connection; the request may end there without an answer."""

_OFFER: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})
_INVALID: Final = "Invalid HTTP request received."
_LARGE: Final = f"The request's head is larger than {MAX_HEAD} bytes."
_TUNNEL: Final = "CONNECT is not supported."
_HOSTS: Final = "The request has more than one Host header."


class Heads(Connection):
    """A connection that no upgrade offer stops and no endless head fills."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._offered = False
        self._fruitless = 0  # bytes of pieces that ended no head and brought no body
        self._hosts = 0
        self._wrong = _INVALID

    def on_message_begin(self) -> None:
        """Begin to read a request; what ASGI needs of it is made when the request is begun."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._hosts = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, its name in small letters."""
        name = name.lower()
        if name == b"host":
            self._hosts += 1
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Begin the request, unless it is refused or about to come once more in plain form."""
        if self._fruitless > MAX_HEAD and self._head_size() > MAX_HEAD:
            self._stop(_LARGE)
        if self._hosts > 1:
            self._stop(_HOSTS)
        self._fruitless = 0
        self._offered = self.parser.should_upgrade()
        if not self._offered:
            self._begin()
        elif self.parser.get_method() == b"CONNECT":
            self._stop(_TUNNEL)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._fruitless = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request, if it was begun."""
        self._fruitless = 0
        if not self._offered:
            super().on_message_complete()

    def _begin(self) -> None:
        """Begin a request as uvicorn does: with a scope, and a task when its turn has come."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()
        close = partial(_hang_up, self.transport, ref(self.cycle))  # weak: a cycle would cost a tenth
        self.scope["extensions"] = {HANG_UP: {"close": close}}

    def _parse(self, data: bytes) -> None:
        self._fruitless += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._refuse(self._wrong)
            return
        if self._fruitless > MAX_HEAD:
            self._refuse(_LARGE)

    def _feed(self, data: bytes) -> None:
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                data = self._plain_head() + data[offer.args[0] :]
                self._renew_parser()
            else:
                return

    def _renew_parser(self) -> None:
        self._offered = False
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)

    def _stop(self, message: str) -> NoReturn:
        """Refuse the request whose head is being read."""
        self._wrong = message
        raise httptools.HttpParserError(message)

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _plain_head(self) -> bytes:
        close = any(name == b"connection" and b"close" in value.lower() for name, value in self.headers)
        kept = [(name, value) for name, value in self.headers if name not in _OFFER]
        kept += [(b"connection", b"close")] if close else []
        lines = b"".join(b"%b: %b\r\n" % header for header in kept)
        version = self.parser.get_http_version().encode()
        return b"%b %b HTTP/%b\r\n%b\r\n" % (self.parser.get_method(), self.url, version, lines)


def _hang_up(transport: asyncio.Transport, asked: ref[RequestResponseCycle]) -> None:
    transport.close()
    if (cycle := asked()) is not None:
        cycle.disconnected = True
