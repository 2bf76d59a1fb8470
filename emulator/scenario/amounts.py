"""Amounts that a rule can demand: ranges of numbers, shares of all recipients, and how fast requests come. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from emulator.clock import durations

SINCE: Final = "after the application's first request"
"""What is said of times that count from there."""


class Range(Struct, frozen=True):
    """The numbers from `low` to `high`, both included; None for no limit."""

    low: int | None
    high: int | None

    def __contains__(self, fact: object) -> bool:
        """Whether a fact is a number of this range. A phone number is one, with its plus or without."""
        digits = str(fact).removeprefix("+")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
            return False
        number = int(digits)
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)

    def within(self, other: Range) -> bool:
        """Whether each number of this range is one of the other, too."""
        above = other.low is None or (self.low is not None and self.low >= other.low)
        return above and (other.high is None or (self.high is not None and self.high <= other.high))

    def apart(self, other: Range) -> bool:
        """Whether no number is of both ranges."""
        return _before(self.high, other.low) or _before(other.high, self.low)

    def __str__(self) -> str:
        low, high = ("" if end is None else end for end in (self.low, self.high))
        return f"{low}..{high}"


class Portion(Struct, frozen=True):
    """The shares from `low` up to `high`, which is excluded; 1.0 is all."""

    low: float
    high: float

    def __contains__(self, fact: object) -> bool:
        """Whether a share is one of these."""
        return isinstance(fact, float) and self.low <= fact < self.high

    def within(self, other: Portion) -> bool:
        """Whether each of these shares is one of the other, too."""
        return other.low <= self.low and self.high <= other.high

    def apart(self, other: Portion) -> bool:
        """Whether no share is one of both."""
        return self.high <= other.low or other.high <= self.low

    def __str__(self) -> str:
        return f"{self.low:.6g}..{self.high:.6g}"


class Ramp(Struct, frozen=True):
    """The shares up to one that moves evenly, from `first` to `last`: it begins so many milliseconds `after` the
    application's first request, and takes `over` milliseconds.
    """

    first: float
    last: float
    over: int
    after: int = 0

    def __contains__(self, fact: object) -> bool:
        """Whether a share is one of these, so many milliseconds since the application's first request."""
        assert isinstance(fact, tuple)
        share, since = fact
        return bool(share < self.at(since))

    def at(self, since: int) -> float:
        """Up to which share it goes then."""
        gone = min(max((since - self.after) / self.over, 0.0), 1.0)
        return self.first + (self.last - self.first) * gone

    def shown(self, fact: object) -> str:
        """A share and the time, as people read them."""
        assert isinstance(fact, tuple)
        share, since = fact
        return f"{share:.6g} at {durations.written(since)} {SINCE}, where it goes up to {self.at(since):.6g}"

    def __str__(self) -> str:
        begins = f", {durations.written(self.after)} {SINCE}" if self.after else ""
        return f"{self.first:.6g} to {self.last:.6g} over {durations.written(self.over)}{begins}"


class Rate(Struct, frozen=True):
    """More than `most` requests in a `period` of so many milliseconds; periods follow one another on the clock."""

    most: int
    period: int

    def __contains__(self, fact: object) -> bool:
        """Whether a request is one of those, given its number in the present period of each length."""
        assert isinstance(fact, Mapping)
        return bool(fact.get(self.period, 0) > self.most)

    def within(self, other: Rate) -> bool:
        """Whether each request that is one of these is one of the other, too."""
        return self.period == other.period and self.most >= other.most

    def left(self, now: int) -> int:
        """In how many seconds, at least one, the next period begins."""
        return max(-((now % self.period - self.period) // 1000), 1)

    def shown(self, fact: object) -> str:
        """The number of a request in its period, as people read it."""
        assert isinstance(fact, Mapping)
        return f"{fact.get(self.period, 0)} in {durations.written(self.period)}"

    def __str__(self) -> str:
        return f"{self.most} in {durations.written(self.period)}"


def _before(high: int | None, low: int | None) -> bool:
    """Whether a range that ends with `high` ends before one that begins with `low`; None for no limit."""
    return high is not None and low is not None and high < low
