"""A small HTTP/1.1 client for callbacks: it posts JSON, and knows what its answer was. Nothing else.

Connections are kept for each origin and used again. One timer serves all posts, since all have the same time. It
follows no redirect, keeps no cookie, decodes nothing; of an answer's body only the beginning is kept.
"""

from __future__ import annotations

import asyncio
import importlib
from collections import deque
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import httptools

from emulator.model import EmulatorError

Done = Callable[[int | None, str, BaseException | None], None]
"""Is told the HTTP status and the beginning of the answer; or None, the reason that there is none, and the error."""
IDLE: Final = 64
"""How many idle connections to one origin are kept."""


class PostError(EmulatorError):
    """A post that got no answer."""


class Address:
    """Where to post: what a URL says, read once."""

    __slots__ = ("head", "host", "origin", "port", "secure")

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            raise PostError(f"{url} is no http or https URL")
        self.secure = parts.scheme.lower() == "https"
        self.host = parts.hostname
        self.port = parts.port or (443 if self.secure else 80)
        self.origin = (self.secure, self.host, self.port)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        shown = host if parts.port is None else f"{host}:{parts.port}"
        self.head = (
            f"POST {path} HTTP/1.1\r\nHost: {shown}\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode("ascii", "replace")


class Connection(asyncio.Protocol):
    """One connection: a post at a time."""

    def __init__(self, poster: Poster, address: Address) -> None:
        self._poster = poster
        self._address = address
        self._parser = httptools.HttpResponseParser(self)
        self.transport: Any = None
        self.done: Done | None = None
        self.number = 0
        self._body = b""
        self._read = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self.transport = transport

    def post(self, body: bytes, done: Done) -> None:
        """Write a request."""
        self.done = done
        self._body = b""
        self._read = 0
        self.transport.write(b"%b%d\r\n\r\n%b" % (self._address.head, len(body), body))

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.fail(f"the answer is no HTTP: {error}")

    def on_body(self, body: bytes) -> None:
        """Keep the beginning of an answer; one that is too long is not read to its end."""
        if len(self._body) < self._poster.shown:
            self._body += body[: self._poster.shown]
        self._read += len(body)
        if self._read >= self._poster.limit and self.done is not None:
            done, self.done = self.done, None
            self.transport.abort()
            done(self._parser.get_status_code(), self._body.decode(errors="replace"), None)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        status = self._parser.get_status_code()
        if status < 200:
            return
        done, self.done = self.done, None
        if done is None:
            self.transport.close()
            return
        self._poster.free(self, self._address, keep=self._parser.should_keep_alive())
        done(status, self._body.decode(errors="replace"), None)

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._poster.lost(self, self._address)
        self.fail(
            f"{type(error).__name__}: {error}" if error else "the connection was closed before the answer was whole"
        )

    def fail(self, why: str) -> None:
        """Give up the post under way."""
        done, self.done = self.done, None
        if self.transport is not None:
            self.transport.abort()
        if done is not None:
            done(None, why, None)


class Poster:
    """Posts, each answered within `timeout` seconds or given up; `shown` bytes of an answer are kept, and up to `limit`
    are read; a longer one costs the connection.
    """

    def __init__(self, timeout: float, shown: int, limit: int = 65_536) -> None:
        self.shown = shown
        self.limit = limit
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._addresses: dict[str, Address] = {}
        self._idle: dict[Any, list[Connection]] = {}
        self._all: set[Connection] = set()
        self._deadlines: deque[tuple[float, _Post]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._opening: set[asyncio.Task[None]] = set()
        self._tls: Any = None

    def post(self, url: str, body: bytes, done: Done) -> None:
        """Post a body; `done` is told the answer."""
        try:
            address = self._addresses.get(url) or self._address(url)
        except (ValueError, PostError) as error:
            done(None, f"{type(error).__name__}: {error}", error)
            return
        post = _Post(body, done)
        self._deadlines.append((self._loop.time() + self._timeout, post))
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout, self._late)
        idle = self._idle.get(address.origin)
        while idle:
            connection = idle.pop()
            if not connection.transport.is_closing():
                self._send(connection, address, post, again=True)
                return
        task = self._loop.create_task(self._opened(address, post))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    def _send(self, connection: Connection, address: Address, post: _Post, *, again: bool) -> None:
        connection._address = address
        post.connection = connection
        connection.post(post.body, post.answered)

    async def _opened(self, address: Address, post: _Post) -> None:
        try:
            tls = self._secured() if address.secure else None
            _, connection = await self._loop.create_connection(
                lambda: Connection(self, address), address.host, address.port, ssl=tls
            )
        except Exception as error:
            post.failed(error)
            return
        self._all.add(connection)
        if post.over:
            connection.transport.abort()
        else:
            self._send(connection, address, post, again=False)

    def _secured(self) -> Any:
        if self._tls is None:
            self._tls = importlib.import_module("ssl").create_default_context()
        return self._tls

    def _address(self, url: str) -> Address:
        if len(self._addresses) > 1000:
            self._addresses.clear()
        made = self._addresses[url] = Address(url)
        return made

    def free(self, connection: Connection, address: Address, *, keep: bool) -> None:
        """Take a connection back."""
        idle = self._idle.setdefault(address.origin, [])
        if keep and len(idle) < IDLE:
            idle.append(connection)
        else:
            connection.transport.close()

    def lost(self, connection: Connection, address: Address) -> None:
        """Forget a connection."""
        self._all.discard(connection)
        idle = self._idle.get(address.origin)
        if idle and connection in idle:
            idle.remove(connection)

    def _late(self) -> None:
        now = self._loop.time()
        while self._deadlines and (self._deadlines[0][1].over or self._deadlines[0][0] <= now):
            _, post = self._deadlines.popleft()
            if not post.over:
                post.late(self._timeout)
        self._timer = None
        if self._deadlines:
            self._timer = self._loop.call_later(self._deadlines[0][0] - now, self._late)

    def time(self) -> float:
        """The loop's time in seconds."""
        return self._loop.time()

    def close(self) -> None:
        """Let go of every connection."""
        if self._timer is not None:
            self._timer.cancel()
        for connection in list(self._all):
            connection.done = None
            connection.transport.abort()


class _Post:
    __slots__ = ("body", "connection", "done", "over")

    def __init__(self, body: bytes, done: Done) -> None:
        self.body = body
        self.done = done
        self.over = False
        self.connection: Connection | None = None

    def answered(self, status: int | None, text: str, error: BaseException | None = None) -> None:
        if not self.over:
            self.over = True
            self.connection = None
            self.done(status, text, error)

    def failed(self, error: BaseException) -> None:
        self.answered(None, f"{type(error).__name__}: {error}", error)

    def late(self, seconds: float) -> None:
        connection = self.connection
        self.answered(None, f"no answer within {seconds:g} s")
        if connection is not None:
            connection.done = None
            connection.transport.abort()
