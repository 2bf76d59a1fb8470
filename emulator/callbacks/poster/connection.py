"""One connection to a receiver, a post at a time: HTTP/1.1 as far as an answer's status needs it.

Once an answer's status has come, nothing that follows is a verdict: a body that breaks off or never ends, a head that
no parser likes, a connection that is cut. Each costs the connection, and no more.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Final, Protocol, cast

import httptools

from emulator.callbacks.poster.sending import SHOWN, Sending

ANSWER_LIMIT: Final = 1024 * 1024
"""How much of an answer is read, in bytes, with its head and all that comes before it."""
CLOSED: Final = "the connection was closed without an answer"
NO_HTTP: Final = "what came back is no HTTP answer"
_QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
"""Linux alone has it."""
_TLS_ALERT: Final = b"\x15\x03"


class Owner(Protocol):
    """Who shares connections out."""

    def free(self, connection: Connection) -> None:
        """Take a connection back that can carry the next post."""

    def lost(self, connection: Connection, unanswered: Sending | None) -> None:
        """Forget a connection; `unanswered` is the post that it was given without effect, to be made on a new one."""


class Connection(asyncio.Protocol):
    """A connection that is opened for a post, which it makes as soon as it stands."""

    def __init__(self, first: Sending, owner: Owner, loop: asyncio.AbstractEventLoop) -> None:
        self.receiver = first.receiver
        self.answered = 0.0
        self.transport: asyncio.Transport | None = None
        self._owner = owner
        self._loop = loop
        self._first = first
        self._sending: Sending | None = None
        self._posts = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        if self._first.opening is None:  # it is too late
            self.drop()
        else:
            self.send(self._first)

    @property
    def open(self) -> bool:
        """Whether it can be used, as far as is known."""
        return self.transport is not None and not self.transport.is_closing()

    def send(self, sending: Sending) -> None:
        """Make a post; its answer is awaited."""
        sending.connection, sending.opening = self, None
        self._sending = sending
        self._posts += 1
        self._parser = httptools.HttpResponseParser(self)
        self._body, self._read = b"", 0
        self._status = 0
        self.answered = 0.0
        self._whole = self._more = False
        assert self.transport is not None
        self.transport.write(b"%b%d\r\n\r\n%b" % (sending.head, len(sending.body), sending.body))

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol. What nobody asked for costs the connection."""
        if self._sending is None:
            self.drop()
            return
        self._read += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._broken(error, data)
            return
        if self._whole:
            self._complete()
        elif self._read > ANSWER_LIMIT:
            self.finish(f"no answer within {ANSWER_LIMIT:,} bytes")
        else:
            self._acknowledge()

    def _acknowledge(self) -> None:
        """Acknowledge a part of an answer at once: many receivers write head and body apart, and send the second part
        only when the first is acknowledged, which the kernel otherwise puts off by 40 ms.
        """
        if self.open and self.transport is not None and _QUICKACK is not None:
            self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    def on_message_begin(self) -> None:
        """See httptools; after the answer nothing should begin."""
        self._more = self._whole

    def on_headers_complete(self) -> None:
        """See httptools; interim answers don't count."""
        status = self._parser.get_status_code()
        if not self._status and status >= 200:
            self._status, self.answered = status, self._loop.time()

    def on_body(self, body: bytes) -> None:
        """See httptools."""
        if len(self._body) < SHOWN * 4 and not self._more:
            self._body += body[: SHOWN * 4]

    def on_message_complete(self) -> None:
        """See httptools; it knows only now whether the connection may be kept."""
        self._whole = self._status > 0
        self._keep: bool = self._parser.should_keep_alive()

    def _complete(self) -> None:
        """Pass on an answer that ended properly, and keep the connection if both sides are through with it."""
        sending, self._sending = self._sending, None
        assert self.transport is not None
        assert sending is not None
        verdict = self._verdict("")
        if self._keep and not self._more and not self.transport.get_write_buffer_size():
            self._owner.free(self)
        else:
            self.drop()
        sending.end(*verdict)

    def _broken(self, error: Exception, data: bytes) -> None:
        if isinstance(error, httptools.HttpParserUpgrade):
            self._status, self.answered = self._parser.get_status_code(), self._loop.time()
        elif isinstance(error, httptools.HttpParserInvalidStatusError):
            self._parser = httptools.HttpResponseParser(self)
        hint = "; it speaks TLS, is it https instead of http?" if data.startswith(_TLS_ALERT) else ""
        self.finish(f"{NO_HTTP}{hint}")

    def finish(self, why: str) -> None:
        """End the post under way with the status that has come, or without one for this reason; drop the connection."""
        sending, self._sending = self._sending, None
        self.drop()
        if sending is not None:
            sending.end(*self._verdict(why))

    def _verdict(self, why: str) -> tuple[float, int | None, str]:
        """When the answer came, its status and text; without a status, why there is none."""
        if self._status:
            return self.answered, self._status, self._body.decode(errors="replace")[:SHOWN]
        status: int = self._parser.get_status_code()  # of a head that is not whole
        return (self._loop.time(), status, "") if status >= 200 else (self._loop.time(), None, why)

    def drop(self) -> None:
        """Close at once, whatever is under way."""
        if self.transport is not None:
            self.transport.abort()

    def forget(self) -> None:
        """Close at once, and tell nobody."""
        self._sending = None
        self._first.opening = None
        self.drop()

    def connection_lost(self, _: Exception | None) -> None:
        """See asyncio.Protocol."""
        unanswered = self._sending if self._posts > 1 and not self._read else None
        if unanswered is not None:
            self._sending = None
        self._owner.lost(self, unanswered)
        self.finish(CLOSED)
