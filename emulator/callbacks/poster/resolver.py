"""Looks up names on threads of its own, so that a slow name holds up nobody but itself.

A name is looked up once at a time, however many ask; the answer, good or bad, holds for a few seconds. Addresses and
`localhost` are never looked up.
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
"""An address: its family, and what a socket of that family connects to, with port 0."""
Found = tuple[Place, ...] | Exception
"""What a name means, in the order of preference; or why it means nothing."""

LIMIT: Final = 10.0
"""How long a look-up may take, in real seconds. One that takes longer goes on, for those who ask later."""
KEPT: Final = 5.0
"""How long an answer holds, in real seconds."""
THREADS: Final = 32
"""How many names are looked up at once; others wait, which counts against their limit."""
LOOPBACK: Final[Found] = ((socket.AF_INET6, ("::1", 0, 0, 0)), (socket.AF_INET, ("127.0.0.1", 0)))


class UnresolvedError(Exception):
    """A name was not resolved in time."""


class _Lookup:
    """A look-up under way, and who asked for it."""

    def __init__(self) -> None:
        self.asked: list[Callable[[Found], None]] = []
        self.timer: asyncio.TimerHandle | None = None
        self.late: Found | None = None


class Resolver:
    """Knows what names mean. `look_up` is what blocks: it takes a name and answers places, or raises OSError."""

    def __init__(self, loop: asyncio.AbstractEventLoop, look_up: Callable[[str], Found]) -> None:
        self._loop = loop
        self._look_up = look_up
        self._under_way: dict[str, _Lookup] = {}
        self._queue: deque[str] = deque()
        self._threads = 0
        self._known: dict[str, tuple[float, Found]] = {}

    def resolve(self, name: str, found: Callable[[Found], None]) -> None:
        """Have `found` told what a name means: at once if that is known."""
        known = self._now(name)
        if known is not None:
            found(known)
            return
        lookup = self._under_way.get(name) or self._begin(name)
        if lookup.late is not None:
            found(lookup.late)
        else:
            lookup.asked.append(found)

    def close(self) -> None:
        """Tell nobody any more."""
        for lookup in self._under_way.values():
            lookup.asked.clear()
            if lookup.timer is not None:
                lookup.timer.cancel()

    def _now(self, name: str) -> Found | None:
        """What is known without a look-up."""
        if name.rstrip(".") == "localhost" or name.rstrip(".").endswith(".localhost"):
            return LOOPBACK
        until, found = self._known.get(name, (0.0, None))
        if found is not None and self._loop.time() < until:
            return found
        with suppress(OSError):
            return _places(name, socket.AI_NUMERICHOST)
        return None

    def _begin(self, name: str) -> _Lookup:
        lookup = self._under_way[name] = _Lookup()
        lookup.timer = self._loop.call_later(LIMIT, self._late, name)
        self._queue.append(name)
        self._next()
        return lookup

    def _next(self) -> None:
        while self._queue and self._threads < THREADS:
            self._threads += 1
            name = self._queue.popleft()
            threading.Thread(target=self._run, args=(name,), name=f"look up {name}", daemon=True).start()

    def _run(self, name: str) -> None:
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
    """What the system says of a name; this may take long. Raises OSError."""
    return _places(name, 0)


def _places(name: str, flags: int) -> tuple[Place, ...]:
    """What the system says of a name, given as bytes so that Python doesn't encode it again."""
    found = socket.getaddrinfo(name.encode(), None, type=socket.SOCK_STREAM, flags=flags)
    return tuple((family, place) for family, _, _, _, place in found)
