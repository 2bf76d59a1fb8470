"""HTTP/1.1 as real clients speak it: a request that offers an upgrade to h2c is answered as the plain one it also is.

httptools takes such a request's head for the end of the message and stops, so uvicorn would lose its body. Here the
request is not begun until the rest of its bytes have gone through a new parser, its head rewritten without the offer.
No other request pays for that. And a head has a limit, which httptools does not set.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Final
from weakref import ref

import httptools
from msgspec import json
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MAX_HEAD: Final = 64 * 1024
"""How large a request's head, and what follows a chunked body, may be: in bytes."""

QUICK: Final = 32_768
"""The largest body that is read on the event loop, in bytes."""

HANG_UP: Final = "emulator.hang_up"
"""The ASGI extension whose `close` closes a request's connection; the request may end there without an answer."""

ANSWER: Final = "emulator.answer"
"""The ASGI extension whose `good` answers a request with 200 and JSON at once, in one write; it is then over."""

_OFFER: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})
_INVALID: Final = "Invalid HTTP request received."
_LARGE: Final = f"The request's head is larger than {MAX_HEAD} bytes."
_TUNNEL: Final = "CONNECT is not supported."


class _Begun:
    """What uvicorn asks of a request under way, for one that has no task."""

    __slots__ = ("disconnected", "keep_alive", "response_complete")

    def __init__(self) -> None:
        self.response_complete = self.disconnected = False
        self.keep_alive = True

    @property
    def message_event(self) -> _Begun:
        return self

    def set(self) -> None:
        """Nobody waits."""


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools, which no upgrade offer stops and no endless head fills."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._at_once = getattr(self.app, "at_once", None)
        self._path: bytes = getattr(self.app, "busy", b"")
        self._parts: list[bytes] | None = None
        self._last = 0.0
        self._head = (None, b"")

    _offered = False
    _fruitless = 0  # bytes of segments that ended no head and brought no body
    _wrong = _INVALID

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._fruitless += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self.send_400_response(self._wrong)
            return
        if self._fruitless > MAX_HEAD:
            self.send_400_response(_LARGE)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the API's shape, and close the connection."""
        body = json.encode({"code": "400000000", "developerMessage": msg})
        head = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close"
        self.transport.write(head % len(body) + b"\r\n\r\n" + body)
        self.transport.close()

    def on_headers_complete(self) -> None:
        """Begin the request, unless it is refused or about to come once more in plain form."""
        if self._fruitless > MAX_HEAD and self._head_size() > MAX_HEAD:
            self._refuse(_LARGE)
        self._fruitless = 0
        self._offered = self.parser.should_upgrade()
        if self.url == self._path and self._may_be_quick():
            self._parts = []
        elif not self._offered:
            self._begin()
        elif self.parser.get_method() == b"CONNECT":
            self._refuse(_TUNNEL)

    def on_message_begin(self) -> None:
        """Begin a request; what ASGI needs of it is made when it is needed."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def _may_be_quick(self) -> bool:
        """Whether a request can be answered without a task of its own: nothing is odd about it, and it waits for no
        other one of its connection.
        """
        return (
            not self._offered
            and (self.cycle is None or self.cycle.response_complete)
            and not self.expect_100_continue
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
        )

    def _begin(self) -> None:
        """Begin a request as uvicorn does."""
        url, headers, waits = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, waits
        self.headers += headers
        super().on_headers_complete()
        close = partial(_hang_up, self.transport, ref(self.cycle))  # weak: a cycle would cost a tenth
        good = partial(_answer, ref(self.cycle))
        self.scope["extensions"] = {HANG_UP: {"close": close}, ANSWER: {"good": good}}

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._fruitless = 0
        if self._parts is None:
            super().on_body(body)
            return
        self._parts.append(body)
        if len(self._parts) > 1 and sum(map(len, self._parts)) > QUICK:
            self._go_the_long_way()

    def on_message_complete(self) -> None:
        """End the request, if it was begun."""
        self._fruitless = 0
        if self._parts is not None:
            body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self.cycle = begun = _Begun()
            if len(body) <= QUICK and self._at_once(self.headers, body, partial(self._good, begun)):
                self._parts = None
                return
            self._go_the_long_way()
        if not self._offered:
            super().on_message_complete()

    def _go_the_long_way(self) -> None:
        parts, self._parts = self._parts, None
        self.cycle = None
        self._begin()
        for part in parts or ():
            super().on_body(part)

    def _good(self, begun: _Begun, body: bytes | None) -> None:
        """Answer a quick request with 200 and a body, or close its connection."""
        begun.response_complete = True
        if begun.disconnected or self.transport.is_closing():
            return
        if body is None:
            self.transport.close()
            return
        own = self.server_state.default_headers
        if self._head[0] is not own:
            lines = b"".join([b"%b: %b\r\n" % header for header in own])
            self._head = own, b"HTTP/1.1 200 OK\r\n%bcontent-type: application/json\r\ncontent-length: " % lines
        close = b"" if begun.keep_alive else b"\r\nconnection: close"
        self.transport.write(b"%b%d%b\r\n\r\n%b" % (self._head[1], len(body), close, body))
        if not begun.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """See uvicorn; the timer of an idle connection runs on, and looks at the time when it ends."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
            return
        self._last = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait_for(self.timeout_keep_alive)

    def _wait_for(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if nothing came for so long."""
        self.timeout_keep_alive_task = None
        left = self._last + self.timeout_keep_alive - self.loop.time()
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_for(self.timeout_keep_alive)
        elif left > 0.01:
            self._wait_for(left)
        else:
            super().timeout_keep_alive_handler()

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

    def _refuse(self, message: str) -> None:
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


def _answer(asked: ref[RequestResponseCycle], body: bytes) -> None:
    cycle = asked()
    if cycle is None or cycle.disconnected or cycle.transport.is_closing():
        return
    own = b"".join([b"%b: %b\r\n" % header for header in cycle.default_headers])
    if not cycle.keep_alive:
        own += b"connection: close\r\n"
    cycle.transport.write(_GOOD % (own, len(body), body))
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


_GOOD: Final = b"HTTP/1.1 200 OK\r\n%bcontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
