"""The emulator's time: one formula for real, accelerated and manual clocks.

A clock is a pair of a real and an emulated time that coincide, and a rate: now = base_virtual + rate x (real -
base_real). Rate 1 is real time; at 60, a minute passes in each second; at 0 the clock stands still until it is moved.
An infinite rate marks an instant clock, which is moved to the next event as soon as nothing is under way. All times are
integer milliseconds UTC. Only this module reads the machine's time.
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

MANUAL_START: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""Where a standing clock starts by default, so that every run has the same times."""
LATEST: Final = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""Where emulated time ends; what is due later never happens."""
INSTANT: Final = math.inf
"""The rate of an instant clock."""
FASTEST: Final = 1e9
"""The highest rate of a running clock."""


class Clock(Struct, frozen=True):
    """A real time, the emulated time at that moment, and how fast emulated time runs from there."""

    base_real: int
    base_virtual: int
    rate: float = 1.0

    @property
    def standing(self) -> bool:
        """Whether time passes only when the clock is moved."""
        return self.rate in {0, INSTANT}

    @property
    def instant(self) -> bool:
        """Whether the clock is moved to the next event as soon as nothing is under way."""
        return self.rate == INSTANT

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

    def moved(self, real: int, to: int) -> Clock:
        """The clock set to the emulated time `to` at the real time `real`, at the same rate."""
        return Clock(real, to, self.rate)

    def at_rate(self, real: int, rate: float) -> Clock:
        """The clock as it goes on at another rate from its time at `real`."""
        return Clock(real, self.now(real), rate)


class RealTime:
    """Real milliseconds UTC that never step back: the wall clock is read once, then the monotonic one."""

    def __init__(self) -> None:
        self._wall = time.time() - time.monotonic()

    def __call__(self) -> int:
        """Real milliseconds UTC, now."""
        return int((self._wall + time.monotonic()) * 1000)
