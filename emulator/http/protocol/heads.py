"""Request heads that httptools or uvicorn would get wrong: upgrade offers, endless heads, two Host headers, CONNECT.

A request that offers an upgrade to h2c is answered as plain HTTP/1.1. httptools stops after the head of such a request,
so uvicorn would lose its body. Here its head is rewritten without the offer and fed, with the bytes that follow, to a
new parser; the request begins only then. Other requests don't pay for this. A head is limited to MAX_HEAD bytes.
"""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import chain
from typing import Any, Final, NoReturn
from weakref import ref

import httptools
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from emulator.http.protocol.connection import Connection, Part

MAX_HEAD: Final = 64 * 1024
"""The most bytes of a request's head, and of the trailers of a chunked body."""
HANG_UP: Final = "emulator.hang_up"
"""The ASGI extension whose `close()` closes the request's connection, after what was sent; the application need not
answer it then. `abort()` closes it at once.
"""

_OFFER: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})
_INVALID: Final = "Invalid HTTP request received."
_LARGE: Final = f"The request's head is larger than {MAX_HEAD} bytes."
_TUNNEL: Final = "CONNECT is not supported."
_HOSTS: Final = "The request has more than one Host header."


class Heads(Connection):
    """A connection that reads on after an upgrade offer, and refuses heads that are too large or ambiguous."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._offered = False
        self._fruitless = 0  # bytes parsed since a head was last completed or a part of a body was read
        self._hosts = 0
        self._wrong = _INVALID

    def on_message_begin(self) -> None:
        """Start reading a head. The ASGI scope is made later, in `_begin`."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._hosts = 0
        self._part = Part.HEAD
        self._began += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, with its name in small letters."""
        name = name.lower()
        if name == b"host":
            self._hosts += 1
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Begin the request, unless it offers an upgrade: then `_feed` parses it again without the offer."""
        if self._fruitless > MAX_HEAD and len(self.url) + sum(map(len, chain(*self.headers))) > MAX_HEAD:
            self._stop(_LARGE)
        if self._hosts > 1:
            self._stop(_HOSTS)
        self._fruitless = 0
        self._part = Part.BODY
        self._offered = self.parser.should_upgrade()
        if not self._offered:
            self._begin()
        elif self.parser.get_method() == b"CONNECT":
            self._stop(_TUNNEL)

    def on_body(self, body: bytes) -> None:
        """Pass on a part of the body."""
        self._fruitless = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request, unless its head is still to be parsed again."""
        self._fruitless = 0
        self._part = Part.NOTHING
        if not self._offered:
            super().on_message_complete()

    def _begin(self) -> None:
        """Begin a request as uvicorn does: make its scope, and its task once the requests before it are answered."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()
        close = partial(_hang_up, self.transport, ref(self.cycle))  # weak: a cycle would cost a tenth of the rate
        self.scope["extensions"] = {HANG_UP: {"close": close, "abort": self.transport.abort}}

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
        """Parse bytes; after an upgrade offer, go on with a new parser and the same request without the offer."""
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                data = self._plain_head() + data[offer.args[0] :]
                self._offered = False
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            else:
                return

    def _stop(self, message: str) -> NoReturn:
        """Refuse the request whose head is being parsed: `_parse` answers with this message."""
        self._wrong = message
        raise httptools.HttpParserError(message)

    def _plain_head(self) -> bytes:
        """The head of the current request as bytes, without its upgrade offer."""
        close = any(name == b"connection" and b"close" in value.lower() for name, value in self.headers)
        kept = [(name, value) for name, value in self.headers if name not in _OFFER]
        kept += [(b"connection", b"close")] if close else []
        lines = b"".join(b"%b: %b\r\n" % header for header in kept)
        version = self.parser.get_http_version().encode()
        return b"%b %b HTTP/%b\r\n%b\r\n" % (self.parser.get_method(), self.url, version, lines)


def _hang_up(transport: asyncio.Transport, asked: ref[RequestResponseCycle]) -> None:
    """Close a connection; the request that asked for it then counts as left by its client."""
    transport.close()
    if (cycle := asked()) is not None:
        cycle.disconnected = True
