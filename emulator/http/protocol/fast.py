"""The fast path: plain requests to the busiest paths are answered without an ASGI scope, task or cycle.

A request qualifies if it is a POST to one of them, HTTP/1.1 with keep-alive, without Expect, with a body of at most
LARGEST bytes; if no earlier request of its connection waits for its answer; and if the client reads its answers. The
application may still decline it: then it is replayed into uvicorn and goes through ASGI like all others. So the fast
path only saves time, and never changes what a client sees.

Clients send the same head again and again. So a head that is byte for byte the last one of its connection is not parsed
again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, runtime_checkable
from typing import Protocol as Contract

from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from emulator.http.protocol.connection import Part
from emulator.http.protocol.heads import Heads

LARGEST: Final = 32 * 1024
"""The most bytes of a body on the fast path, where the application parses it on the event loop."""
DECLINED: Final = 0
"""The status of an answer that is none: the request goes through ASGI after all."""
Answer = Callable[[int, bytes], None]
"""Answers a request with an HTTP status and a body of JSON; or with DECLINED and the request's own body."""
Accept = Callable[[Sequence[tuple[bytes, bytes]], bytes, Answer], bool]
"""Takes a request, given by its headers and its body, and calls `answer` once, now or later; True. Or declines it:
False, without any effect, and it goes through ASGI. Raises nothing.
"""
_NOTHING: Final[Mapping[bytes, Accept]] = MappingProxyType({})


@runtime_checkable
class FastPath(Contract):
    """An ASGI application whose POSTs to the paths of `accepting` may be answered without ASGI."""

    @property
    def accepting(self) -> Mapping[bytes, Accept]:
        """What takes the POSTs to each of these paths."""
        ...

    def unreadable(self, why: str) -> None:
        """Note that bytes came which are no request, and were answered 400."""
        ...

    def crowded(self, opened: int) -> None:
        """Note that a connection was closed since so many others are open."""
        ...


class Known(Struct, frozen=True, gc=False):
    """The bytes of a head whose request was taken, the length of the whole, its URL and headers, and what took it."""

    head: bytes
    length: int
    url: bytes
    headers: list[tuple[bytes, bytes]]
    accept: Accept


class Protocol(Heads):
    """The protocol of the emulator's server, with the fast path if the application is a `FastPath`."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._fast = self.app if isinstance(self.app, FastPath) else None
        self._accepting = self._fast.accepting if self._fast else _NOTHING
        self._accept: Accept | None = None  # what takes the request that is being read, if it qualifies
        self._body: bytearray | None = None  # of that request
        self._answering = False  # whether the application has taken a request and not answered it yet
        self._taken: tuple[bytes, list[tuple[bytes, bytes]]] = b"", []  # the path and the headers of that
        self._ending = False  # whether the connection closes after that answer
        self._known: Known | None = None
        self._declined = False  # whether the application has declined the request that is parsed next
        self._read = -1  # the bytes of the body of the request that was taken last
        self._head = b""
        self._head_of: list[tuple[bytes, bytes]] | None = None

    def on_body(self, body: bytes) -> None:
        """Collect a part of the body; leave the fast path if it gets too large."""
        if self._body is None:
            super().on_body(body)
            return
        self._fruitless = 0
        self._body += body
        if len(self._body) > LARGEST:
            self._leave()

    def on_message_complete(self) -> None:
        """Offer a request that qualifies to the application; end all others as uvicorn does."""
        if self._body is not None and self._accept is not None:
            self._fruitless = 0
            self._part = Part.NOTHING
            self._answering, self._taken = True, (self.url, self.headers)
            if self._accept(self.headers, bytes(self._body), self._answer):
                self._read, self._body = len(self._body), None
                return
            self._answering = False
            self._leave()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer 400 to what can't be parsed, and have the application note it."""
        if self._fast is not None:
            self._fast.unreadable(msg)
        super().send_400_response(msg)

    def crowded(self, opened: int) -> None:
        """Have the application note that this connection is closed since so many others are open."""
        if self._fast is not None:
            self._fast.crowded(opened)

    def shutdown(self) -> None:
        """Close the connection after the answers that are due; see uvicorn."""
        if self._body is not None:
            self._leave()
        if self._answering and not self.pipeline:
            self._ending = True
        else:
            super().shutdown()

    def data_received(self, data: bytes) -> None:
        """Offer a request with the head that is known to the application; parse all others, and what it declines."""
        known = self._known
        if (
            known is not None
            and len(data) == known.length
            and self._part is Part.NOTHING
            and data.startswith(known.head)
            and not self._unread
            and not self._refusal
            and self._idle()
        ):
            self._idle_since = None
            self._answering, self._taken = True, (known.url, known.headers)
            if known.accept(known.headers, data[len(known.head) :], self._answer):
                self._began += 1
                return
            self._answering, self._declined = False, True
        super().data_received(data)

    def _parse(self, data: bytes) -> None:
        """Parse bytes; remember the head of a request that is all of them."""
        fresh, self._read = self._part is Part.NOTHING, -1
        super()._parse(data)
        if fresh and self._read >= 0:
            self._know(data)

    def _know(self, data: bytes) -> None:
        """Remember the head of the request that was taken, if these bytes are all of it and the head says how long."""
        head = data[: len(data) - self._read]
        url, headers = self._taken
        if head.find(b"\r\n\r\n") == len(head) - 4 and any(name == b"content-length" for name, _ in headers):
            self._known = Known(head, len(data), url, headers, self._accepting[url])

    def _idle(self) -> bool:
        """Whether no earlier request waits for its answer, and the client reads its answers."""
        current = self._current
        return not self._answering and (current is None or current.response_complete) and not self.flow.write_paused

    def _begin(self) -> None:
        """Begin a request: collect its body if it qualifies for the fast path."""
        self._accept = None if self._declined else self._accepting.get(self.url)
        self._declined = False
        if (
            self._accept is not None
            and self._idle()
            and not self.expect_100_continue
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
        ):
            self._body = bytearray()
        else:
            super()._begin()

    def _leave(self) -> None:
        """Leave the fast path: begin the request as uvicorn does, with the part of its body that has arrived."""
        body, self._body = bytes(self._body or b""), None
        super()._begin()
        if body:
            super().on_body(body)

    def _answer(self, status: int, body: bytes) -> None:
        """Write the answer to the request that the application has taken. See `Answer`."""
        self._answering = False
        if self.transport.is_closing():
            return
        if status == DECLINED:
            self._replay(body)
            return
        own = self.server_state.default_headers  # another list each second, when its Date changes
        if self._head_of is not own:
            lines = b"".join([b"%b: %b\r\n" % header for header in own])
            self._head_of, self._head = own, b"%bcontent-type: application/json\r\ncontent-length: " % lines
        end = b"\r\nconnection: close\r\n\r\n" if self._ending else b"\r\n\r\n"
        self.transport.write(b"%b%b%d%b%b" % (STATUS_LINE[status], self._head, len(body), end, body))
        if self._ending:
            self.transport.close()
        self.on_response_complete()

    def _replay(self, body: bytes) -> None:
        """Have the request that the application has taken go through ASGI, before those that came meanwhile."""
        cycle = self.cycle_of(*self._taken, keep_alive=not self._ending)
        cycle.body += body
        cycle.more_body = False
        cycle.message_event.set()
        if not self.pipeline:  # else it is that of the last one there
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Start a request, or queue it behind the one on the fast path."""
        if self._answering:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, app))
        else:
            super()._start_asgi_task(cycle, app)

    def _owes_answer(self) -> bool:
        return self._answering or super()._owes_answer()
