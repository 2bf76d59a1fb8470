"""What figures consist of: numbers with a unit and perhaps a bound. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace


class Missing(Exception):
    """Something that a figure needs is not on this machine; the text names it."""


class Bound(Struct, frozen=True):
    """The most that a value may be, or the least."""

    number: float
    least: bool = False

    def met(self, number: float) -> bool:
        """Whether a number is within the bound."""
        return number >= self.number if self.least else number <= self.number

    def __str__(self) -> str:
        return f"{'>=' if self.least else '<='} {self.number:,g}"


class Value(Struct, frozen=True):
    """One number of a figure: what it is, its unit, and the bound that is wanted, if any."""

    what: str
    number: float
    unit: str = ""
    wanted: Bound | None = None

    @property
    def good(self) -> bool:
        """Whether the value is within its bound; without one it always is."""
        return self.wanted is None or self.wanted.met(self.number)


def at_most(number: float) -> Bound:
    """An upper bound."""
    return Bound(number)


def at_least(number: float) -> Bound:
    """A lower bound."""
    return Bound(number, least=True)


def medians(rounds: Sequence[Sequence[Value]]) -> tuple[Value, ...]:
    """The values of several rounds of one figure, each with the median of its numbers; empty without rounds."""
    return tuple(
        replace(same[0], number=statistics.median(each.number for each in same)) for same in zip(*rounds, strict=True)
    )
