"""One connection to a receiver, one post at a time: as much of HTTP/1.1 as it takes to read an answer's status.

Once the status has come, nothing that follows changes the outcome: a body that breaks off or never ends, a malformed
head, a lost connection. It only means that the connection is not reused.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Final, Protocol, cast

import httptools

from emulator.callbacks.poster.attempts import Sending
from emulator.callbacks.reply import SHOWN

ANSWER_LIMIT: Final = 1024 * 1024
"""The most bytes that are read of an answer, its head and interim answers included."""
CLOSED: Final = "the connection was closed without an answer"
NO_HTTP: Final = "what came back is no HTTP answer"
_QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
"""Only Linux has this socket option."""
_TLS_ALERT: Final = b"\x15\x03"


class Owner(Protocol):
    """Who shares connections out among posts."""

    def free(self, connection: Connection) -> None:
        """Take back a connection that can carry another post."""

    def lost(self, connection: Connection, unanswered: Sending | None) -> None:
        """Forget a closed connection. `unanswered` is its post if that must be made again on a new one."""


class Connection(asyncio.Protocol):
    """A connection that is opened for a first post, and makes it as soon as it is established."""

    def __init__(self, first: Sending, owner: Owner, loop: asyncio.AbstractEventLoop) -> None:
        self.origin = first.origin
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
        if self._first.opening is None:  # its time is over
            self.drop()
        elif self._first.wanted():
            self.send(self._first)
        else:
            self._first.forgo(self._loop.time())
            self._owner.free(self)

    @property
    def open(self) -> bool:
        """Whether it is established and not closed, as far as this side knows."""
        return self.transport is not None and not self.transport.is_closing()

    def send(self, sending: Sending) -> None:
        """Send a post. It ends when its answer has come, or by `finish`."""
        sending.connection, sending.opening = self, None
        self._sending = sending
        self._posts += 1
        self._parser = httptools.HttpResponseParser(self)
        self._body, self._read = b"", 0
        self._whole_wanted = sending.whole
        self._status = 0
        self.answered = 0.0
        self._whole = self._more = False
        assert self.transport is not None
        self.transport.write(b"%b%d\r\n\r\n%b" % (sending.head, len(sending.body), sending.body))

    def data_received(self, data: bytes) -> None:
        """Read a part of the answer. Bytes that come unasked close the connection."""
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
        elif _QUICKACK is not None and self.transport is not None and not self.transport.is_closing():
            # Many receivers write head and body separately, and send the body only when the head is acknowledged,
            # which the kernel would otherwise delay by 40 ms.
            self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    def on_message_begin(self) -> None:
        """See httptools. A second answer on the connection means that it can't be reused."""
        self._more = self._whole

    def on_headers_complete(self) -> None:
        """See httptools. Keep the first status from 200 up; interim answers don't count."""
        status = self._parser.get_status_code()
        if not self._status and status >= 200:
            self._status = status
            self.answered = self.origin.answered = self._loop.time()

    def on_body(self, body: bytes) -> None:
        """See httptools. Keep enough bytes for SHOWN characters, or all if the whole answer is wanted."""
        if self._more:
            return
        if self._whole_wanted:
            self._body += body
        elif len(self._body) < SHOWN * 4:
            self._body += body[: SHOWN * 4]

    def on_message_complete(self) -> None:
        """See httptools, which knows only now whether the connection may be reused."""
        self._whole = self._status > 0
        self._keep: bool = self._parser.should_keep_alive()

    def _complete(self) -> None:
        """End the post with an answer that is whole; reuse the connection if nothing more is sent either way."""
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
        """End the post after bytes that don't parse, or a switch of protocols: with the status, if it has come."""
        if isinstance(error, httptools.HttpParserUpgrade):
            self._status, self.answered = self._parser.get_status_code(), self._loop.time()
        elif isinstance(error, httptools.HttpParserInvalidStatusError):
            self._parser = httptools.HttpResponseParser(self)
        hint = "; it speaks TLS, is it https instead of http?" if data.startswith(_TLS_ALERT) else ""
        self.finish(f"{NO_HTTP}{hint}")

    def finish(self, why: str) -> None:
        """Close the connection and end its post: with the status if it has come, otherwise for this reason."""
        sending, self._sending = self._sending, None
        self.drop()
        if sending is not None:
            sending.end(*self._verdict(why))

    def _verdict(self, why: str) -> tuple[float, int | None, str]:
        """What `Sending.end` takes: when the answer came, its status and text; or now, None and the reason."""
        if self._status:
            text = self._body.decode(errors="replace")
            return self.answered, self._status, text if self._whole_wanted else text[:SHOWN]
        status: int = self._parser.get_status_code()  # of a head that is not complete
        return (self._loop.time(), status, "") if status >= 200 else (self._loop.time(), None, why)

    def drop(self) -> None:
        """Close at once; what was under way ends by `connection_lost`."""
        if self.transport is not None:
            self.transport.abort()

    def forget(self) -> None:
        """Close at once; its post is never reported."""
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
