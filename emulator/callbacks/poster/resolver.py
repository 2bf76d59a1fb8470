"""Looks names up on threads of its own, so that a slow name delays nothing but its own posts.

A name is looked up once at a time, however many ask for it, and the result, an error included, is cached for KEPT
seconds; for longer while THREADS names, which may never be resolved, keep all threads busy. Addresses and `localhost`
are never looked up. It does not know what the addresses are for.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

Place = tuple[int, tuple[Any, ...]]
"""An address: its family, and what a socket of that family connects to, its port 0."""
Found = tuple[Place, ...] | Exception
"""The addresses of a name, in order of preference; or the error of the look-up."""

LIMIT: Final = 10.0
"""Real seconds that a caller waits for a look-up. A longer one goes on, for those who ask later."""
KEPT: Final = 5.0
"""Real seconds that a result is cached."""
THREADS: Final = 32
"""How many names are looked up at once. Others wait in order, and waiting counts against LIMIT."""
LOOPBACK: Final[Found] = ((socket.AF_INET6, ("::1", 0, 0, 0)), (socket.AF_INET, ("127.0.0.1", 0)))


class UnresolvedError(Exception):
    """A name was not resolved within LIMIT."""


class _Lookup:
    """A look-up under way: the callbacks of those who asked, and the error that they got if it is `late`."""

    def __init__(self) -> None:
        self.asked: list[Callable[[Found], None]] = []
        self.timer: asyncio.TimerHandle | None = None
        self.late: Found | None = None


class Resolver:
    """Resolves names. `look_up` blocks and runs on a thread: it returns the places of a name, or raises OSError."""

    def __init__(self, loop: asyncio.AbstractEventLoop, look_up: Callable[[str], Found]) -> None:
        self._loop = loop
        self._look_up = look_up
        self._under_way: dict[str, _Lookup] = {}
        self._queue: deque[str] = deque()
        self._threads = 0
        self._known: dict[str, tuple[float, Found]] = {}

    def resolve(self, name: str, found: Callable[[Found], None]) -> None:
        """Call `found` with the result for a name: before this returns if it is known already."""
        known = self._now(name)
        if known is not None:
            found(known)
            return
        lookup = self._under_way.get(name)
        stale = self._known.get(name)
        if self._threads >= THREADS and stale is not None and not isinstance(stale[1], Exception):
            found(stale[1])
            return
        if lookup is None:
            lookup = self._under_way[name] = _Lookup()
            lookup.timer = self._loop.call_later(LIMIT, self._late, name)
            self._queue.append(name)
            self._next()
        if lookup.late is not None:
            found(lookup.late)
        else:
            lookup.asked.append(found)

    def close(self) -> None:
        """Drop all who wait: none of them is called any more."""
        for lookup in self._under_way.values():
            lookup.asked.clear()
            if lookup.timer is not None:
                lookup.timer.cancel()

    def _now(self, name: str) -> Found | None:
        """The result if no look-up is needed: localhost, a cached name, or an address."""
        if name.rstrip(".") == "localhost" or name.rstrip(".").endswith(".localhost"):
            return LOOPBACK
        until, found = self._known.get(name, (0.0, None))
        if found is not None and self._loop.time() < until:
            return found
        with suppress(OSError):
            return _places(name, socket.AI_NUMERICHOST)
        return None

    def _next(self) -> None:
        """Start queued look-ups, as far as there may be more threads."""
        while self._queue and self._threads < THREADS:
            self._threads += 1
            name = self._queue.popleft()
            threading.Thread(target=self._run, args=(name,), name=f"look up {name}", daemon=True).start()

    def _run(self, name: str) -> None:
        """Look a name up; this runs on a thread of its own."""
        found: Found
        try:
            found = self._look_up(name)
        except Exception as error:
            found = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._ended, name, found)

    def _ended(self, name: str, found: Found) -> None:
        self._threads -= 1
        self._next()
        if len(self._known) >= 1000:
            self._known.clear()
        self._known[name] = (self._loop.time() + KEPT, found)
        self._tell(self._under_way.pop(name), found)

    def _late(self, name: str) -> None:
        lookup = self._under_way[name]
        lookup.late = UnresolvedError(f"the name {name} was not resolved within {LIMIT:g} s")
        self._tell(lookup, lookup.late)

    def _tell(self, lookup: _Lookup, found: Found) -> None:
        if lookup.timer is not None:
            lookup.timer.cancel()
        asked, lookup.asked = lookup.asked, []
        for each in asked:
            each(found)


def system(name: str) -> Found:
    """Look a name up by the system's resolver; this may block for long. Raises OSError."""
    return _places(name, 0)


def _places(name: str, flags: int) -> tuple[Place, ...]:
    """The system's places for a name. It gets the name as bytes, so that Python does not encode it once more."""
    found = socket.getaddrinfo(name.encode(), None, type=socket.SOCK_STREAM, flags=flags)
    return tuple((family, place) for family, _, _, _, place in found)
