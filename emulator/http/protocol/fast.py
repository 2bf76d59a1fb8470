"""The fast path: the requests that make the load are answered without an ASGI scope, task or cycle.

It is for requests to the application's one busy address that come as most do: POST, HTTP/1.1, kept alive, no
Expect, a body of at most LARGEST bytes, nothing before them on their connection that waits for its answer, and a client
that reads its answers. The application may still decline; then the request is replayed into uvicorn and takes the same
way as all others, so it is for speed alone and never decides what a client sees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, runtime_checkable
from typing import Protocol as Contract

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from emulator.http.protocol.heads import Heads

LARGEST: Final = 32 * 1024
"""The largest body that the fast path takes, in bytes; it is read on the event loop."""
Answer = Callable[[int, bytes], None]
"""Answers a request with an HTTP status and JSON."""


@runtime_checkable
class FastPath(Contract):
    """What an ASGI application has whose requests to the address `path` may be answered without ASGI."""

    path: bytes

    def accept(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        """Take a request, whose answer is given by `answer`, now or later, once. False, and nothing happened, if it
        must go through ASGI. Raises nothing.
        """
        ...


class Protocol(Heads):
    """The protocol of the emulator's server. It takes the fast path if the application is a `FastPath`."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._fast = self.app if isinstance(self.app, FastPath) else None
        self._body: bytearray | None = None  # of a request that may take the fast path
        self._answering = False  # whether a request on the fast path waits for its answer
        self._ending = False  # whether its answer is the connection's last
        self._head = b""
        self._head_of: list[tuple[bytes, bytes]] | None = None

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if self._body is None:
            super().on_body(body)
            return
        self._fruitless = 0
        self._body += body
        if len(self._body) > LARGEST:
            self._leave()

    def on_message_complete(self) -> None:
        """End the request: on the fast path, if the application takes it."""
        if self._body is not None and self._fast is not None:
            self._fruitless = 0
            self._answering = True
            if self._fast.accept(self.headers, bytes(self._body), self._answer):
                self._body = None
                return
            self._answering = False
            self._leave()
        super().on_message_complete()

    def shutdown(self) -> None:
        """See uvicorn: end the connection after the answers that are due."""
        if self._body is not None:
            self._leave()
        if self._answering and not self.pipeline:
            self._ending = True
        else:
            super().shutdown()

    def _begin(self) -> None:
        if self._may_be_fast():
            self._body = bytearray()
        else:
            super()._begin()

    def _may_be_fast(self) -> bool:
        return (
            self._fast is not None
            and self.url == self._fast.path
            and not self._answering
            and (self._current is None or self._current.response_complete)
            and not self.flow.write_paused
            and not self.expect_100_continue
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
        )

    def _leave(self) -> None:
        """Leave the fast path: begin the request as all others are, with what has come of its body."""
        body, self._body = bytes(self._body or b""), None
        super()._begin()
        if body:
            super().on_body(body)

    def _answer(self, status: int, body: bytes) -> None:
        self._answering = False
        if self.transport.is_closing():
            return
        end = b"\r\nconnection: close\r\n\r\n" if self._ending else b"\r\n\r\n"
        self.transport.write(b"%b%b%d%b%b" % (STATUS_LINE[status], self._common_head(), len(body), end, body))
        if self._ending:
            self.transport.close()
        self.on_response_complete()

    def _common_head(self) -> bytes:
        """What stands in all answers of a second, up to the length."""
        own = self.server_state.default_headers
        if self._head_of is not own:
            lines = b"".join([b"%b: %b\r\n" % header for header in own])
            self._head_of, self._head = own, b"%bcontent-type: application/json\r\ncontent-length: " % lines
        return self._head

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Start a request, or have it wait behind the one on the fast path."""
        if self._answering:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, app))
        else:
            super()._start_asgi_task(cycle, app)

    def _owes_answer(self) -> bool:
        return self._answering or super()._owes_answer()
