"""Shares connections out among posts, as many as there may be, and ends the posts whose time is over."""

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
from emulator.callbacks.poster.attempts import Origin, Sending
from emulator.callbacks.poster.connection import Connection
from emulator.callbacks.poster.limit import Limit
from emulator.callbacks.poster.opening import Opener
from emulator.callbacks.poster.resolver import Found, Place, Resolver, UnresolvedError, system
from emulator.callbacks.reply import Reply

IDLE: Final = 15.0
"""Seconds that an unused connection is kept."""
MOST: Final = 4096
"""The most connections of one poster, however many files the process may open."""
ROUTES: Final = 1000
"""How many parsed URLs are cached."""

log = logging.getLogger(__name__)


class Poster:
    """Posts bodies to URLs over kept connections. Needs a running event loop.

    Each post ends within `timeout` real seconds of when its connection could be made, one whose whole answer is wanted
    within `whole_timeout`. `connections` is the most that one origin gets. `ca` and `insecure` say which certificates
    are trusted, see `Opener`; `look_up` resolves names, see `Resolver`. Raises SettingsError for a bad `ca`.
    """

    def __init__(  # noqa: PLR0913  # the settings that it follows
        self,
        timeout: float,
        connections: int,
        ca: str = "",
        *,
        insecure: bool = False,
        whole_timeout: float = 3.0,
        look_up: Callable[[str], Found] = system,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = Limit(self._loop, timeout, self._late), Limit(self._loop, whole_timeout, self._late)
        self._each = connections
        self._most = most_connections()
        self._resolver = Resolver(self._loop, look_up)
        self._opener = Opener(self._loop, ca, insecure=insecure)
        self._routes: dict[str, tuple[Origin, bytes]] = {}
        self._origins: dict[tuple[bool, str, int], Origin] = {}
        self._opened = 0
        self._connections: set[Connection] = set()
        self._openings: set[asyncio.Task[None]] = set()
        self._idle: dict[Connection, float] = {}
        self._held: dict[Origin, None] = {}
        self._sweep: asyncio.TimerHandle | None = None
        self._full = False

    @property
    def timeout(self) -> float:
        """How many real seconds a receiver has to answer."""
        return self._limits[0].seconds

    def post(
        self,
        url: str,
        body: bytes,
        done: Callable[[Reply], None],
        *,
        whole: bool = False,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Post a body, if it is `wanted` when its turn has come; with `whole`, the reply has all of the answer.
        `done` gets the reply once, perhaps before this returns; never after `close`.
        """
        try:
            origin, head = self._routes.get(url) or self._route(url)
        except TargetError as error:
            done(Reply(None, str(error), 0, reached=False))
            return
        self._take(Sending(origin, head, body, done, whole=whole, wanted=wanted))

    async def exchange(self, url: str, body: bytes) -> Reply:
        """Post a body and wait for the reply."""
        answered: asyncio.Future[Reply] = self._loop.create_future()
        self.post(url, body, lambda answer: None if answered.done() else answered.set_result(answer))
        return await answered

    def close(self) -> None:
        """Close all connections; posts that are not over yet are never reported."""
        for origin in self._origins.values():
            origin.waiting.clear()
        self._held.clear()
        for limit in self._limits:
            limit.close()
        self._resolver.close()
        if self._sweep is not None:
            self._sweep.cancel()
        for task in self._openings:
            task.cancel()
        for connection in list(self._connections):
            connection.forget()

    def free(self, connection: Connection) -> None:
        """See Owner."""
        origin = connection.origin
        sending = self._next(origin)
        if sending is not None:
            self._send(connection, sending)
            return
        origin.idle.append(connection)
        self._idle[connection] = connection.answered
        if self._sweep is None:
            self._sweep = self._loop.call_later(IDLE, self._tidy)

    def lost(self, connection: Connection, unanswered: Sending | None) -> None:
        """See Owner."""
        self._connections.discard(connection)
        origin = connection.origin
        if self._idle.pop(connection, None) is not None:
            origin.idle.remove(connection)
        if unanswered is not None:
            unanswered.wait()
            origin.waiting.appendleft(unanswered)
        self._freed(origin)

    def _route(self, url: str) -> tuple[Origin, bytes]:
        """Find the origin of a URL and the head of its requests, and cache them. Raises TargetError."""
        where = address(url)
        if len(self._routes) >= ROUTES:
            self._routes.clear()
            self._origins = {key: each for key, each in self._origins.items() if each.opened or each.waiting}
        origin = self._origins.setdefault(where.key, Origin(where))
        route = self._routes[url] = origin, where.head
        return route

    def _take(self, sending: Sending) -> None:
        """Send a post on an idle connection, or let it wait for one."""
        origin = sending.origin
        if not sending.wanted():
            sending.forgo(self._loop.time())
            return
        while origin.idle:
            connection = origin.idle.pop()
            del self._idle[connection]
            if connection.open:
                self._send(connection, sending)
                return
        origin.waiting.append(sending)
        self._want(origin)

    def _next(self, origin: Origin) -> Sending | None:
        """The first post that waits and is still wanted, which then waits no more; None if none does."""
        while origin.waiting:
            sending = origin.waiting.popleft()
            if sending.wanted():
                return sending
            sending.forgo(self._loop.time())
        return None

    def _send(self, connection: Connection, sending: Sending) -> None:
        self._limits[sending.whole].begin(sending)
        connection.send(sending)

    def _want(self, origin: Origin) -> None:
        """Open connections for the posts that wait, once the origin's name is resolved."""
        if origin.opened < self._each and not origin.looking_up:
            origin.looking_up = True
            self._resolver.resolve(origin.address.host, partial(self._found, origin))

    def _found(self, origin: Origin, found: Found) -> None:
        """Open connections to a resolved name, one for each post that waits, as far as the limits allow."""
        origin.looking_up = False
        if isinstance(found, Exception):
            self._unresolved(origin, found)
            return
        while origin.waiting and origin.opened < self._each:
            if not self._room():
                self._held[origin] = None
                return
            sending = self._next(origin)
            if sending is None:
                return
            origin.opened += 1
            self._opened += 1
            self._limits[sending.whole].begin(sending)
            connection = Connection(sending, self, self._loop)
            self._connections.add(connection)
            sending.opening = self._loop.create_task(self._open(connection, sending, found))
            self._openings.add(sending.opening)
            sending.opening.add_done_callback(partial(self._opening_ended, connection))

    def _unresolved(self, origin: Origin, error: Exception) -> None:
        """End the posts that wait, unless there are earlier connections that they can wait for."""
        if origin.opened or not origin.waiting:
            return
        waiting, origin.waiting = origin.waiting, deque()
        why = str(error) if isinstance(error, UnresolvedError) else destination.why(origin.address.target, error)
        for sending in waiting:
            sending.end(self._loop.time(), None, why, reached=False)

    def _room(self) -> bool:
        """Whether one more connection may be opened. If not, the one that has been idle longest is closed."""
        if self._opened < self._most:
            return True
        if self._idle:
            self._dismiss(next(iter(self._idle)))
        elif not self._full:
            self._full = True
            log.warning("%d connections to receivers are open, as many as there may be: callbacks wait", self._opened)
        return False

    async def _open(self, connection: Connection, sending: Sending, places: Sequence[Place]) -> None:
        """Open a connection, which then makes the post; end the post if that fails."""
        to = connection.origin.address
        try:
            await self._opener.open(connection, to, places)
        except Exception as error:
            sending.end(self._loop.time(), None, destination.why(to.target, error), reached=False)

    def _opening_ended(self, connection: Connection, task: asyncio.Task[None]) -> None:
        """Give back the room of a connection that was not established, as one whose task was cancelled before its first
        step; one that was does so when it is lost.
        """
        self._openings.discard(task)
        if connection.transport is None:
            self._connections.discard(connection)
            self._freed(connection.origin)

    def _freed(self, origin: Origin) -> None:
        """Give back the room of a connection, to the origin that has waited longest for one."""
        origin.opened -= 1
        self._opened -= 1
        if origin.waiting:
            self._held.setdefault(origin)
        while self._held and self._room():
            first = next(iter(self._held))
            del self._held[first]
            self._want(first)
        self._full = self._full and bool(self._held)

    def _dismiss(self, connection: Connection) -> None:
        """Close an idle connection."""
        del self._idle[connection]
        connection.origin.idle.remove(connection)
        connection.drop()

    def _tidy(self) -> None:
        """Close the connections that have been idle for IDLE."""
        self._sweep = None
        now = self._loop.time()
        for connection, since in list(self._idle.items()):
            if since > now - IDLE:
                self._sweep = self._loop.call_later(since + IDLE - now, self._tidy)
                break
            self._dismiss(connection)

    def _late(self, sending: Sending) -> None:
        """End a post whose time is over."""
        if sending.connection is not None:
            sending.connection.finish(f"no answer within {self._limits[sending.whole].seconds:g} s")
        elif sending.opening is not None:
            self._unopened(sending, sending.opening)

    def _unopened(self, sending: Sending, opening: asyncio.Task[None]) -> None:
        """End a post whose connection was not established in time. If the receiver has answered others meanwhile, the
        post takes its turn again instead, since the receiver may just have a full backlog.
        """
        opening.cancel()
        origin = sending.origin
        if sending.began is not None and sending.began <= origin.answered:
            self._take(sending.anew())
        else:
            why = f"no connection to {origin.address.target.place} within {self._limits[sending.whole].seconds:g} s"
            sending.end(self._loop.time(), None, why, reached=False)


def most_connections() -> int:
    """The connections that this process may have: half of the files that it may open, from 8 to MOST."""
    try:
        from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
    except ImportError:  # on Windows
        return 128
    files, _ = getrlimit(RLIMIT_NOFILE)
    return MOST if files == RLIM_INFINITY else max(8, min(files // 2, MOST))
