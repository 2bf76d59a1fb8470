"""How long something takes: always the same, or drawn from a range or a distribution. Pure.

Times are milliseconds. Draws come in as a function that gives uniform numbers in [0, 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from emulator.clock.durations import LONGEST

Draw = Callable[[], float]

_P95: Final = 1.6448536269514722
"""Where 95 of 100 standard normal numbers are below."""


class Fixed(Struct, frozen=True, tag=True):
    """Always the same time, in milliseconds."""

    ms: int

    def pick(self, _: Draw) -> int:
        """The time in milliseconds."""
        return self.ms


class Uniform(Struct, frozen=True, tag=True):
    """Any time between two, in milliseconds, all equally likely."""

    low: int
    high: int

    def pick(self, draw: Draw) -> int:
        """A drawn time in milliseconds."""
        return self.low + round(draw() * (self.high - self.low))


class Normal(Struct, frozen=True, tag=True):
    """The bell curve by its mean and standard deviation, in milliseconds; never below zero."""

    mean: int
    deviation: int

    def pick(self, draw: Draw) -> int:
        """A drawn time in milliseconds."""
        return _bounded(self.mean + self.deviation * _bell(draw))


class Lognormal(Struct, frozen=True, tag=True):
    """Skewed as real latencies are: half of the times below `median`, 95 of 100 below `p95`, in milliseconds."""

    median: int
    p95: int

    def pick(self, draw: Draw) -> int:
        """A drawn time in milliseconds."""
        return _bounded(self.median * math.exp(math.log(self.p95 / self.median) * _bell(draw) / _P95))


class Exponential(Struct, frozen=True, tag=True):
    """Waiting for something that comes at random, by its mean in milliseconds."""

    mean: int

    def pick(self, draw: Draw) -> int:
        """A drawn time in milliseconds."""
        return _bounded(-self.mean * math.log(1 - draw()))


Delay = Fixed | Uniform | Normal | Lognormal | Exponential


def _bounded(ms: float) -> int:
    return round(min(max(ms, 0), LONGEST))


def _bell(draw: Draw) -> float:
    """A standard normal number out of two uniform ones."""
    return math.sqrt(-2 * math.log(1 - draw())) * math.cos(2 * math.pi * draw())
