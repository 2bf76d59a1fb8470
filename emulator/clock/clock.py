"""The emulator's time: one formula for real, accelerated and manual clocks, and who lives on which clock.

A clock is a pair of a real and an emulated time that coincide, and a rate: now = base_virtual + rate x (real -
base_real). Rate 1 is real time; at 60, a minute passes in each second; at 0 the clock stands still until it is moved.
An infinite rate marks an instant clock, which is moved to the next event as soon as nothing is under way. All times are
integer milliseconds UTC. Only this module reads the machine's time. A clock is named after its application; what is set
here is not saved, which is the driver's work.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final, Literal

from msgspec import Struct

MANUAL_START: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""Where a standing clock starts by default, so that every run has the same times."""
LATEST: Final = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""Where emulated time ends; what is due later never happens."""
INSTANT: Final = math.inf
"""The rate of an instant clock."""
FASTEST: Final = 1e9
"""The highest rate of a running clock."""
EVERYBODY: Final = ""
"""Stands for all applications, and names the clock of those that have none of their own."""

ShownRate = float | Literal["instant"]
"""A rate as the own API writes it."""


class Clock(Struct, frozen=True):
    """A real time, the emulated time at that moment, and how fast emulated time runs from there. A clock that is `held`
    stands still until it is released, whatever its rate; a start releases it.
    """

    base_real: int
    base_virtual: int
    rate: float = 1.0
    held: bool = False

    @property
    def standing(self) -> bool:
        """Whether time passes only when the clock is moved."""
        return self.held or self.rate in {0, INSTANT}

    @property
    def instant(self) -> bool:
        """Whether the clock is moved to the next event as soon as nothing is under way."""
        return self.rate == INSTANT and not self.held

    @property
    def shown_rate(self) -> ShownRate:
        """The rate as the own API writes it: a number, or "instant"."""
        return "instant" if self.rate == INSTANT else self.rate

    def now(self, real: int) -> int:
        """The emulated time at this real time."""
        if self.standing:
            return self.base_virtual
        passed = min((real - self.base_real) * self.rate, max(LATEST - self.base_virtual, 0))
        return self.base_virtual + int(passed)

    def wait(self, real: int, until: int) -> float | None:
        """Real seconds from `real` to the emulated time `until`; None if the clock never gets there by itself."""
        if until <= self.now(real):
            return 0.0
        return None if self.standing or until > LATEST else (until - self.now(real)) / self.rate / 1000

    def seconds(self, ms: int) -> float:
        """In how many real seconds so many milliseconds pass on the clock; 0 if it stands."""
        return 0.0 if self.standing else ms / self.rate / 1000

    def moved(self, real: int, to: int) -> Clock:
        """The clock set to the emulated time `to` at the real time `real`, at the same rate."""
        return Clock(real, to, self.rate, self.held)

    def hold(self, real: int) -> Clock:
        """The clock as it stands at `real`, until it is released."""
        return Clock(real, self.now(real), self.rate, held=True)

    def at_rate(self, real: int, rate: float) -> Clock:
        """The clock as it goes on at a rate from its time at `real`; it is released, if it was held."""
        return Clock(real, self.now(real), rate)


precise: Final = time.perf_counter
"""Real seconds from some moment on, to measure durations by. (An event loop's own time stands still within a turn.)"""
worked: Final = time.thread_time
"""Seconds for which the processor worked for this thread, to measure what something costs."""


class RealTime:
    """Real milliseconds UTC that never step back: the wall clock is read once, then the monotonic one."""

    def __init__(self) -> None:
        self._wall = time.time() - time.monotonic()

    def __call__(self) -> int:
        """Real milliseconds UTC, now."""
        return int((self._wall + time.monotonic()) * 1000)


class Clocks:
    """Which clock an application has, and what time it is there. `real` gives real milliseconds UTC."""

    def __init__(self, real: Callable[[], int], clocks: dict[str, Clock]) -> None:
        self.real = real
        self._clocks = clocks

    def name(self, application: str) -> str:
        """The name of an application's clock: its own, or the default one."""
        return application if application in self._clocks else EVERYBODY

    def of(self, application: str) -> tuple[str, Clock]:
        """The name of an application's clock, as in `name`, and the clock."""
        own = self._clocks.get(application)
        return (application, own) if own else (EVERYBODY, self._clocks[EVERYBODY])

    def names(self) -> Iterable[str]:
        """The names of all clocks."""
        return tuple(self._clocks)

    def clock(self, name: str) -> Clock:
        """The clock of this name; the default one if it has been dropped."""
        return self._clocks.get(name) or self._clocks[EVERYBODY]

    def now(self, name: str) -> int:
        """The time on the named clock."""
        return self.clock(name).now(self.real())

    def time(self, application: str) -> int:
        """The time on an application's clock."""
        return (self._clocks.get(application) or self._clocks[EVERYBODY]).now(self.real())

    def set(self, name: str, clock: Clock) -> None:
        """Replace a clock, or give an application one of its own."""
        self._clocks[name] = clock

    def drop(self, name: str) -> None:
        """Forget an application's own clock; the default one stays."""
        if name != EVERYBODY:
            self._clocks.pop(name, None)
