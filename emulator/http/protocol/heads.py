"""Request heads that httptools or uvicorn would get wrong: upgrade offers, endless heads, two Host headers; and those
that a client sends to its proxy.

A request that offers an upgrade to h2c is answered as plain HTTP/1.1. httptools stops after the head of such a request,
so uvicorn would lose its body. Here its head is rewritten without the offer and fed, with the bytes that follow, to a
new parser; the request begins only then. Other requests don't pay for this. A head is limited to MAX_HEAD bytes.

After CONNECT, the application takes the connection over, if it is a proxy. A whole URL in place of a path is the other
way to ask a proxy: its host becomes the request's Host, and is told to the application.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from itertools import chain
from typing import Any, Final, NoReturn, Self, runtime_checkable
from typing import Protocol as Contract
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

TARGET: Final = "emulator.target"
"""The ASGI extension of a request for a whole URL: its scheme, host and port, such as http://localhost:8080."""
TUNNELLED: Final = "emulator.tunnelled"
"""The ASGI extension, True, of a request that came for one of the provider's hosts by way of the proxy."""

_OFFER: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})
_URL: Final = rb"([a-zA-Z][^:]*)://(?:[^/?#@]*@)?([^/?#]*)([^#]*).*"
_HELLO: Final = b"\x16\x03"
"""How TLS begins."""
_INVALID: Final = "Invalid HTTP request received."
_LARGE: Final = f"The request's head is larger than {MAX_HEAD} bytes."
_TUNNEL: Final = "CONNECT is not supported."
_EARLY: Final = "CONNECT must wait for the answers before it, and what follows it for its own."
_TLS: Final = "This is TLS, but the port is for plain HTTP."
_HOSTS: Final = "The request has more than one Host header."


@runtime_checkable
class Proxying(Contract):
    """An ASGI application that is a proxy, too."""

    @property
    def proxy(self) -> Tunnelling:
        """What answers for it."""
        ...


class Tunnelling(Contract):
    """What answers CONNECT, and knows about TLS."""

    async def connect(self, asked: str, client: Heads) -> None:
        """Take over the connection of a client that asked for this host and port, or refuse it. Raises nothing."""
        ...

    def silent(self) -> None:
        """Note that a client has ended a TLS connection without a request."""
        ...


class Heads(Connection):
    """A connection that reads on after an upgrade offer, and refuses heads that are too large or ambiguous."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._offered = False
        self._fruitless = 0  # bytes parsed since a head was last completed or a part of a body was read
        self._hosts = 0
        self._wrong = _INVALID
        self._tunnelled = False
        self._left = False

    def eof_received(self) -> bool:  # type: ignore[override]  # see `Connection`
        """The client sends no more; see `Connection`."""
        self._left = True
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        left = self._left or exc is not None
        if left and self.scheme == "https" and not self._began and isinstance(self.app, Proxying):
            self.app.proxy.silent()
        super().connection_lost(exc)

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
        elif self.parser.get_method() == b"CONNECT" and not isinstance(self.app, Proxying):
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

    def successor(self) -> Self:
        """A new protocol for what comes through the tunnel that is this connection."""
        made = type(self)(self.config, self.server_state, self.app_state, self.loop)
        made._tunnelled = True  # noqa: SLF001  # of its own kind
        return made

    def leave(self) -> None:
        """Have nothing more to do with this connection, which another protocol takes over."""
        self.connections.discard(self)
        self._unset_keepalive_if_required()

    def _begin(self) -> None:
        """Begin a request as uvicorn does: make its scope, and its task once the requests before it are answered."""
        asked = "" if self.url.startswith((b"/", b"*")) else self._place()
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()
        self._extend(self.cycle)
        if asked:
            self.scope["extensions"][TARGET] = asked  # type: ignore[assignment]

    def cycle_of(self, url: bytes, headers: list[tuple[bytes, bytes]], *, keep_alive: bool) -> RequestResponseCycle:
        """A cycle of uvicorn for a POST that was read before, as `_begin` makes them of one that is being read."""
        scope: Any = {"type": "http", "asgi": {"version": self.asgi_version, "spec_version": "2.3"}}
        scope |= {"http_version": "1.1", "method": "POST", "server": self.server, "client": self.client}
        scope |= {"scheme": self.scheme, "root_path": self.root_path, "headers": headers, "query_string": b""}
        scope |= {"path": self.root_path + url.decode(), "raw_path": self.root_path.encode() + url}
        cycle = RequestResponseCycle(
            scope | {"state": self.app_state.copy()},
            self.transport,
            self.flow,
            self.logger,
            self.access_logger,
            self.access_log,
            self.server_state.default_headers,
            asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        self._extend(cycle)
        return cycle

    def _extend(self, cycle: RequestResponseCycle) -> None:
        """Add the emulator's own extensions to the scope of a request."""
        close = partial(_hang_up, self.transport, ref(cycle))  # weak: a cycle would cost a tenth of the rate
        extensions: Any = {HANG_UP: {"close": close, "abort": self.transport.abort}}
        if self._tunnelled:
            extensions[TUNNELLED] = True
        cycle.scope["extensions"] = extensions

    def _parse(self, data: bytes) -> None:
        self._fruitless += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._refuse(_TLS if data.startswith(_HELLO) else self._wrong)
            return
        if self._fruitless > MAX_HEAD:
            self._refuse(_LARGE)

    def _feed(self, data: bytes) -> None:
        """Parse bytes; after an upgrade offer, go on with a new parser and the same request without the offer."""
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                if self.parser.get_method() == b"CONNECT":
                    self._connect(early=len(data) > offer.args[0])
                    return
                data = self._plain_head() + data[offer.args[0] :]
                self._offered = False
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            else:
                return

    def _connect(self, *, early: bool) -> None:
        """Hand this connection over to the proxy, unless something came before or after the CONNECT."""
        if early or self._unread or self.pipeline or self._owes_answer():
            self._refuse(_EARLY)
            return
        assert isinstance(self.app, Proxying)
        self._unset_keepalive_if_required()
        self.flow.pause_reading()
        task = self.loop.create_task(self.app.proxy.connect(self.url.decode("latin-1"), self))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _place(self) -> str:
        """The scheme, host and port of the request's URL, which becomes the path alone; the host becomes its Host."""
        found = re.fullmatch(_URL, self.url)
        if found is None:
            return ""
        scheme, host, path = found.groups()
        self.url = path if path.startswith(b"/") else b"/" + path
        self.headers = [header for header in self.headers if header[0] != b"host"] + [(b"host", host)]
        return f"{scheme.decode().lower()}://{host.decode('latin-1')}"

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
