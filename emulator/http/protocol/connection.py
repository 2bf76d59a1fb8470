"""One connection: which request is answered next, when reading stops, how the connection ends.

It adds what uvicorn's protocol lacks. The number of connections is limited, and that of pipelined requests that wait. A
client has WAIT seconds for a head, and for each further piece of a body. One that has closed its sending side still
gets its answers. Bytes that can't be parsed are refused only after the requests before them have been answered. A
request learns that its client has left even if others wait behind it. Parsing is left to `Heads`.
"""

from __future__ import annotations

import sys
from enum import Enum
from functools import cache
from typing import Any, Final

from msgspec import json
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

WAITING: Final = 16
"""Requests of one connection that may wait behind the one being answered; with more, reading stops."""
WAIT: Final = 30.0
"""Real seconds that a client has for the rest of a head, and for the next piece of a body."""
PIECE: Final = 8192
"""Bytes that are parsed at a time; between two pieces the waiting requests are counted."""


@cache
def most_connections() -> int:
    """The connections of clients that there may be: so many that files for callbacks and the store are left."""
    try:
        from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
    except ImportError:  # on Windows
        return 4096
    files, _ = getrlimit(RLIMIT_NOFILE)
    return sys.maxsize if files == RLIM_INFINITY else max(8, files // 2 - 64)


class Gate(FlowControl):
    """uvicorn's flow control, which does not resume reading while `shut` is set."""

    shut = False

    def resume_reading(self) -> None:
        """Resume reading, unless the gate is shut."""
        if not self.shut:
            super().resume_reading()


class Part(Enum):
    """What is awaited of a client: nothing, the rest of a head, or the rest of a body."""

    NOTHING = 0
    HEAD = 1
    BODY = 2


class Connection(HttpToolsProtocol):
    """uvicorn's protocol, answering one request at a time. A subclass parses in `_parse`, and keeps `_part` right."""

    flow: Gate

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._current: RequestResponseCycle | None = None
        self._unread = b""
        self._refusal = ""
        self._idle_since: float | None = None
        self._began = 0  # how many requests have begun to arrive
        self._part = Part.HEAD  # that is awaited
        self._arrivals = 0
        self._awaited: tuple[object, float] = (None, 0.0)

    def connection_made(self, transport: Any) -> None:
        """See asyncio.Protocol. A connection beyond the limit is closed."""
        super().connection_made(transport)
        self.flow = Gate(transport)
        if len(self.connections) > most_connections():
            self.crowded(len(self.connections) - 1)
            transport.abort()

    def check(self, now: float) -> None:
        """Close the connection if it has been waiting too long for the rest of a request; called once a second."""
        progress = (self._began, self._arrivals if self._part is Part.BODY else 0)
        if self._part is Part.NOTHING or self.flow.read_paused or self._awaited[0] != progress:
            self._awaited = progress, now
        elif now - self._awaited[1] >= WAIT:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the request that is being answered that its client has left, and drop those that wait behind it."""
        self.pipeline.clear()
        self._unread = b""
        self.cycle = self._current  # type: ignore[assignment]  # None before the first request, as in uvicorn
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, unless WAITING requests wait already."""
        self._idle_since = None
        self._arrivals += 1
        self._unread += data
        self._read_on()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn always answers None
        """The client sends no more. Keep the connection open if an answer is due that has not begun, at most as long
        as an idle one; otherwise close it, as when the client leaves an endless answer.
        """
        self._forget_unfinished()
        if not self._owes_answer() or self.scheme == "https":  # TLS ends both ways at once
            return False
        self.shutdown()
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.transport.close)
        return True

    def on_response_complete(self) -> None:
        """Begin the next request, or become idle. The keep-alive timer is not renewed here, since a timer per request
        would cost more than parsing it: when it fires, it looks at how long the connection has been idle.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            if self.flow.shut and len(self.pipeline) < WAITING:
                self.loop.call_soon(self._read_on)
        elif self._refusal:
            self.send_400_response(self._refusal)
        else:
            self._idle_since = self.loop.time()
            if self.timeout_keep_alive_task is None:
                self._look_again(self.timeout_keep_alive)
        self.flow.resume_reading()

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it has been idle for the whole time; otherwise wait for the rest of it."""
        self.timeout_keep_alive_task = None
        idle = 0.0 if self._idle_since is None else self.loop.time() - self._idle_since
        if idle < self.timeout_keep_alive:
            self._look_again(self.timeout_keep_alive - idle)
        else:
            super().timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that can't be parsed with 400, and close."""
        self.refuse(400, msg)

    def refuse(self, status: int, message: str) -> None:
        """Answer an error in the provider's shape, and close."""
        body = json.encode({"code": f"{status}000000", "developerMessage": message})
        head = b"%bcontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(head % (STATUS_LINE[status], len(body)) + body)
        self.transport.close()

    def crowded(self, opened: int) -> None:
        """Note that this connection is closed since so many others are open."""

    def _parse(self, data: bytes) -> None:
        raise NotImplementedError

    def _read_on(self) -> None:
        while self._unread and len(self.pipeline) < WAITING and not self._refusal:
            piece, self._unread = self._unread[:PIECE], self._unread[PIECE:]
            self._parse(piece)
        shut = len(self.pipeline) >= WAITING or self._refusal != ""
        if shut is not self.flow.shut and not self.transport.is_closing():
            self.flow.shut = shut
            if shut:
                self.flow.pause_reading()
            else:
                self.flow.resume_reading()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._current = cycle
        super()._start_asgi_task(cycle, app)

    def _refuse(self, message: str) -> None:
        """Read no more, and answer 400: now, or after the answers to the requests before it."""
        self._refusal = message
        self._forget_unfinished()
        if self._owes_answer():
            return
        if self._current is None or self._current.response_complete or not self._current.response_started:
            self.send_400_response(message)
        self.transport.close()

    def _owes_answer(self) -> bool:
        """Whether a request waits for its answer to begin."""
        current = self._current
        return current is not None and not (current.response_started or current.disconnected)

    def _forget_unfinished(self) -> None:
        """Drop the request whose body is incomplete, since the rest of it will not arrive."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.more_body:
            return
        if self.pipeline and self.pipeline[0][0] is cycle:
            self.pipeline.popleft()
            self.cycle = self.pipeline[0][0] if self.pipeline else self._current  # type: ignore[assignment]
        else:
            cycle.disconnected = True
            cycle.message_event.set()

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)
