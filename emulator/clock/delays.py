"""Delays: fixed, or drawn from a range or a distribution. Pure.

Times are milliseconds. `draw` gives uniform numbers in [0, 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from emulator.clock.durations import LONGEST

Draw = Callable[[], float]

_P95: Final = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""


class Fixed(Struct, frozen=True, tag=True):
    """Always the same delay, in milliseconds."""

    ms: int

    def pick(self, _: Draw) -> int:
        """The delay in milliseconds."""
        return self.ms


class Uniform(Struct, frozen=True, tag=True):
    """Any delay from `low` to `high`, in milliseconds, all equally likely."""

    low: int
    high: int

    def pick(self, draw: Draw) -> int:
        """A drawn delay in milliseconds."""
        return self.low + round(draw() * (self.high - self.low))


class Normal(Struct, frozen=True, tag=True):
    """Normally distributed, by mean and standard deviation in milliseconds; never below zero."""

    mean: int
    deviation: int

    def pick(self, draw: Draw) -> int:
        """A drawn delay in milliseconds."""
        return _bounded(self.mean + self.deviation * _bell(draw))


class Lognormal(Struct, frozen=True, tag=True):
    """Skewed as real latencies are: half of the delays are below `median`, 95 % below `p95`, in milliseconds."""

    median: int
    p95: int

    def pick(self, draw: Draw) -> int:
        """A drawn delay in milliseconds."""
        return _bounded(self.median * math.exp(math.log(self.p95 / self.median) * _bell(draw) / _P95))


class Exponential(Struct, frozen=True, tag=True):
    """Exponentially distributed, as the wait for a random event is, by its mean in milliseconds."""

    mean: int

    def pick(self, draw: Draw) -> int:
        """A drawn delay in milliseconds."""
        return _bounded(-self.mean * math.log(1 - draw()))


Delay = Fixed | Uniform | Normal | Lognormal | Exponential


def _bounded(ms: float) -> int:
    return round(min(max(ms, 0), LONGEST))


def _bell(draw: Draw) -> float:
    """A standard normal number made of two uniform ones (Box and Muller)."""
    return math.sqrt(-2 * math.log(1 - draw())) * math.cos(2 * math.pi * draw())
