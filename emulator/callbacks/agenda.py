"""Which clocks the courier looks at next, and when, so that a look costs nothing for clocks on which nothing is due.

A clock is looked at when something was done to its callbacks, when its next one falls due, and when an attempt has
ended after a receiver of its callbacks had no room left.
"""

from __future__ import annotations

import heapq
import math

from emulator.clock.clock import Clocks


class Agenda:
    """The looks at clocks that are to come; each is named once, at the earliest time."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._soon: set[str] = set()
        self._without_room: set[str] = set()
        self._at: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def add(self, *names: str) -> None:
        """Look at these clocks as soon as possible."""
        self._soon.update(names)

    def hold(self, name: str) -> None:
        """Look at a clock when an attempt has ended, since a receiver has no room for its callbacks."""
        self._without_room.add(name)

    def room(self) -> None:
        """An attempt has ended: look at the clocks that were held."""
        self._soon |= self._without_room
        self._without_room.clear()

    def expect(self, name: str, due_at: int) -> bool:
        """Look at a clock when it comes to the time `due_at`; answers whether that is earlier than known."""
        real = self._clocks.real()
        seconds = self._clocks.clock(name).wait(real, due_at)
        if seconds is None:
            return False
        at = real + math.ceil(seconds * 1000)
        if at >= self._at.get(name, at + 1):
            return False
        self._at[name] = at
        heapq.heappush(self._heap, (at, name))
        return True

    def due(self) -> dict[str, int]:
        """The running clocks that are to be looked at now, each with its time; they are named no longer."""
        real = self._clocks.real()
        while (at := self._next()) is not None and at <= real:
            self._soon.add(heapq.heappop(self._heap)[1])
        names, self._soon = self._soon, set()
        for name in names:
            self._at.pop(name, None)
        clocks = {name: self._clocks.clock(name) for name in names}
        return {name: clock.now(real) for name, clock in clocks.items() if not clock.standing}

    def wait(self) -> float | None:
        """Real seconds until the next look; None if none is to come by itself."""
        if self._soon:
            return 0.0
        at = self._next()
        return None if at is None else max(0, at - self._clocks.real()) / 1000

    def _next(self) -> int | None:
        """The earliest time that is expected; those that an earlier one has replaced are dropped on the way."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
