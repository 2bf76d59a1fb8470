"""The emulator's time: one formula for real, accelerated and manual clocks.

A clock is a point where real and emulated time are known to meet, and a rate: now = base_virtual + rate x (real -
base_real). Rate 1 is real time, 60 makes a minute of each second, 0 stands still until it is moved. All times are
integer milliseconds UTC. An infinite rate stands for a clock that is moved on as soon as nothing is under way.
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

MANUAL_START: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""Where a clock of rate 0 starts unless told otherwise: the same in every run."""


LATEST: Final = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""Where emulated time ends; whatever is due later than that never comes."""
INSTANT: Final = math.inf
FASTEST: Final = 1e9
"""The highest rate of a clock that runs."""


class Clock(Struct, frozen=True):
    """Where real and emulated time meet, and how fast the second one runs."""

    base_real: int
    base_virtual: int
    rate: float = 1.0

    @property
    def standing(self) -> bool:
        """Whether time only passes when the clock is moved."""
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
        """Real seconds from `real` until the emulated time `until`; None if it never comes by itself."""
        if until <= self.now(real):
            return 0.0
        return None if self.standing or until > LATEST else (until - self.now(real)) / self.rate / 1000

    def moved(self, real: int, to: int) -> Clock:
        """The clock set to the emulated time `to`, at the same rate."""
        return Clock(real, to, self.rate)

    def at_rate(self, real: int, rate: float) -> Clock:
        """The clock going on from its present time at another rate."""
        return Clock(real, self.now(real), rate)


class RealTime:
    """Real milliseconds UTC that never step back: read from the wall once, then counted monotonically."""

    def __init__(self) -> None:
        self._wall = time.time() - time.monotonic()

    def __call__(self) -> int:
        """Real milliseconds UTC, now."""
        return int((self._wall + time.monotonic()) * 1000)
