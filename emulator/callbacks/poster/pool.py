"""Shares connections out among the posts that need them, and ends those whose time is over."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from emulator.callbacks import destination
from emulator.callbacks.destination import TargetError
from emulator.callbacks.poster.address import address
from emulator.callbacks.poster.connection import Connection
from emulator.callbacks.poster.opening import Opener
from emulator.callbacks.poster.resolver import Found, Place, Resolver, UnresolvedError, system
from emulator.callbacks.poster.sending import Reply, Sending, Target

IDLE: Final = 15.0
"""How long a connection is kept that nobody uses, in seconds."""
MOST: Final = 4096
"""How many connections there may be at most, whatever the process's limit of open files is."""
ROUTES: Final = 1000
"""How many URLs are known by heart."""

log = logging.getLogger(__name__)


class Poster:
    """Posts, each answered within `timeout` real seconds or given up. `connections` are those that one receiver may
    have, `ca` and `insecure` say whom to trust over https, `look_up` knows names. Made on a running loop. Raises
    SettingsError for a bad `ca`.
    """

    def __init__(
        self,
        timeout: float,
        connections: int,
        ca: str = "",
        *,
        insecure: bool = False,
        look_up: Callable[[str], Found] = system,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._timeout = timeout
        self._each = connections
        self._most = most_connections()
        self._resolver = Resolver(self._loop, look_up)
        self._opener = Opener(self._loop, ca, insecure=insecure)
        self._routes: dict[str, tuple[Target, bytes]] = {}
        self._receivers: dict[tuple[bool, str, int], Target] = {}
        self._opened = 0
        self._connections: set[Connection] = set()
        self._openings: set[asyncio.Task[None]] = set()
        self._idle: dict[Connection, float] = {}
        self._held: dict[Target, None] = {}
        self._began: deque[tuple[float, Sending]] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._sweep: asyncio.TimerHandle | None = None
        self._full = False

    def post(self, url: str, body: bytes, done: Callable[[Reply], None]) -> None:
        """Post a body; `done` is told what came of it once, perhaps before this returns, but not after `close`."""
        try:
            receiver, head = self._routes.get(url) or self._route(url)
        except TargetError as error:
            done(Reply(None, str(error), 0, reached=False))
            return
        sending = Sending(receiver, head, body, done)
        while receiver.idle:
            connection = receiver.idle.pop()
            del self._idle[connection]
            if connection.open:
                self._send(connection, sending)
                return
        receiver.waiting.append(sending)
        self._want(receiver)

    async def exchange(self, url: str, body: bytes) -> Reply:
        """Post a body and wait for what comes of it."""
        answered: asyncio.Future[Reply] = self._loop.create_future()
        self.post(url, body, lambda answer: None if answered.done() else answered.set_result(answer))
        return await answered

    def close(self) -> None:
        """Let go of everything; nobody is told anything any more."""
        for receiver in self._receivers.values():
            receiver.waiting.clear()
        self._held.clear()
        self._began.clear()
        self._resolver.close()
        for timer in (self._alarm, self._sweep):
            if timer is not None:
                timer.cancel()
        for task in self._openings:
            task.cancel()
        for connection in list(self._connections):
            connection.forget()

    def free(self, connection: Connection) -> None:
        """See Owner."""
        receiver = connection.receiver
        if receiver.waiting:
            self._send(connection, receiver.waiting.popleft())
            return
        receiver.idle.append(connection)
        self._idle[connection] = connection.answered
        if self._sweep is None:
            self._sweep = self._loop.call_later(IDLE, self._tidy)

    def lost(self, connection: Connection, unanswered: Sending | None) -> None:
        """See Owner."""
        self._connections.discard(connection)
        receiver = connection.receiver
        if self._idle.pop(connection, None) is not None:
            receiver.idle.remove(connection)
        if unanswered is not None:
            unanswered.wait()
            receiver.waiting.appendleft(unanswered)
        self._freed(receiver)

    def _route(self, url: str) -> tuple[Target, bytes]:
        """Where a URL leads, and the head of its requests. Raises TargetError."""
        where = address(url)
        if len(self._routes) >= ROUTES:
            self._routes.clear()
            self._receivers = {key: each for key, each in self._receivers.items() if each.opened or each.waiting}
        receiver = self._receivers.setdefault(where.origin, Target(where))
        route = self._routes[url] = receiver, where.head
        return route

    def _send(self, connection: Connection, sending: Sending) -> None:
        self._begin(sending)
        connection.send(sending)

    def _begin(self, sending: Sending) -> None:
        """Let a post's time begin."""
        sending.began = self._loop.time()
        self._began.append((sending.began, sending))
        if self._alarm is None:
            self._alarm = self._loop.call_later(self._timeout, self._late)

    def _want(self, receiver: Target) -> None:
        """Have connections opened for those who wait, once it is known where to."""
        if receiver.opened < self._each and not receiver.looking_up:
            receiver.looking_up = True
            self._resolver.resolve(receiver.address.host, partial(self._found, receiver))

    def _found(self, receiver: Target, found: Found) -> None:
        receiver.looking_up = False
        if isinstance(found, Exception):
            self._unresolved(receiver, found)
            return
        while receiver.waiting and receiver.opened < self._each:
            if not self._room():
                self._held[receiver] = None
                return
            self._open(receiver, receiver.waiting.popleft(), found)

    def _unresolved(self, receiver: Target, error: Exception) -> None:
        """End the posts that wait; if there are connections from before, they wait for those."""
        if receiver.opened or not receiver.waiting:
            return
        waiting, receiver.waiting = receiver.waiting, deque()
        why = str(error) if isinstance(error, UnresolvedError) else destination.why(receiver.address.target, error)
        for sending in waiting:
            sending.end(self._loop.time(), None, why, reached=False)

    def _room(self) -> bool:
        """Whether one more connection may be opened. If not, the one that is idle longest makes room soon."""
        if self._opened < self._most:
            return True
        if self._idle:
            self._dismiss(next(iter(self._idle)))
        elif not self._full:
            self._full = True
            log.warning("%d connections to receivers are open, as many as there may be: callbacks wait", self._opened)
        return False

    def _open(self, receiver: Target, sending: Sending, places: Sequence[Place]) -> None:
        receiver.opened += 1
        self._opened += 1
        self._begin(sending)
        sending.opening = self._loop.create_task(self._opening(receiver, sending, places))
        self._openings.add(sending.opening)
        sending.opening.add_done_callback(self._openings.discard)

    async def _opening(self, receiver: Target, sending: Sending, places: Sequence[Place]) -> None:
        connection = Connection(sending, self, self._loop)
        self._connections.add(connection)
        try:
            await self._opener.open(connection, receiver.address, places)
        except Exception as error:
            self._failed(receiver, connection)
            sending.end(self._loop.time(), None, destination.why(receiver.address.target, error), reached=False)
        except asyncio.CancelledError:
            self._failed(receiver, connection)
            raise

    def _failed(self, receiver: Target, connection: Connection) -> None:
        """Count a connection that did not come about; one that came about too late is counted when it is lost."""
        if connection.transport is None:
            self._connections.discard(connection)
            self._freed(receiver)

    def _freed(self, receiver: Target) -> None:
        """One connection less. Who waits longest for one, of all receivers, may have it."""
        receiver.opened -= 1
        self._opened -= 1
        if receiver.waiting:
            self._held.setdefault(receiver)
        while self._held and self._room():
            first = next(iter(self._held))
            del self._held[first]
            self._want(first)
        self._full = self._full and bool(self._held)

    def _dismiss(self, connection: Connection) -> None:
        """Close a connection that is idle."""
        del self._idle[connection]
        connection.receiver.idle.remove(connection)
        connection.drop()

    def _tidy(self) -> None:
        """Close what has been idle for too long."""
        self._sweep = None
        now = self._loop.time()
        for connection, since in list(self._idle.items()):
            if since > now - IDLE:
                self._sweep = self._loop.call_later(since + IDLE - now, self._tidy)
                break
            self._dismiss(connection)

    def _late(self) -> None:
        """End the posts whose time is over."""
        limit, late = self._loop.time() - self._timeout, list[Sending]()
        while self._began and (self._began[0][0] <= limit or self._began[0][0] != self._began[0][1].began):
            began, sending = self._began.popleft()
            if sending.began == began:
                late.append(sending)
        self._alarm = self._loop.call_later(self._began[0][0] - limit, self._late) if self._began else None
        for sending in late:
            self._end(sending)

    def _end(self, sending: Sending) -> None:
        if sending.connection is not None:
            sending.connection.finish(f"no answer within {self._timeout:g} s")
        elif sending.opening is not None:
            sending.opening.cancel()
            place = sending.receiver.address.target.place
            sending.end(self._loop.time(), None, f"no connection to {place} within {self._timeout:g} s", reached=False)


def most_connections() -> int:
    """How many connections to receivers this process may have: half of the files that it may open."""
    try:
        from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
    except ImportError:  # not on every system
        return 128
    files, _ = getrlimit(RLIMIT_NOFILE)
    return MOST if files == RLIM_INFINITY else max(8, min(files // 2, MOST))
