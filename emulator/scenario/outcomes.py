"""What a channel will report of one step: a fixed way, or one drawn by weight or by the number of the request. Pure.

A *way* is a list of lines. A line's time counts from the line before it (`after`) or from the step's start (`at`), and
is fixed, drawn, or a share of the step's ttl. Draws come in as a function that gives uniform numbers in [0, 1), called
only where one is needed.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from msgspec import Struct

from emulator.clock.delays import Delay, Draw, Fixed
from emulator.flow.state import PlannedReport

_AT: Final = attrgetter("at")


class Share(Struct, frozen=True):
    """A share of the step's ttl: 1.0 is its very end."""

    of_ttl: float


class Line(Struct, frozen=True):
    """One report to come. `since_start` says from where `time` counts: the step's start, or the line before."""

    status: str
    time: Delay | Share
    since_start: bool = False
    detailed: str = ""
    description: str = ""
    cause: str = ""


class Way(Struct, frozen=True):
    """Reports one by one; none at all is silence."""

    lines: tuple[Line, ...] = ()

    def fixed(self) -> tuple[PlannedReport, ...] | None:
        """The reports, if neither draws nor the ttl decide anything about them."""
        return self.reports(0, float) if all(isinstance(line.time, Fixed) for line in self.lines) else None

    def reports(self, ttl: int, draw: Draw) -> tuple[PlannedReport, ...]:
        """The reports, sorted by their milliseconds after the step's start. `ttl` is the step's, 0 if it has none."""
        times = self._times(ttl, draw)
        reports = [
            PlannedReport(at, line.status, line.detailed, line.description, line.cause)
            for at, line in zip(times, self.lines, strict=True)
        ]
        return tuple(sorted(reports, key=_AT))

    def _times(self, ttl: int, draw: Draw) -> list[int]:
        times, last = [], 0
        for line in self.lines:
            time = round(line.time.of_ttl * ttl) if isinstance(line.time, Share) else line.time.pick(draw)
            last = time if line.since_start else last + time
            times.append(last)
        return times

    def way(self, _request_to: int, _draw: Draw) -> Way:
        """The way itself."""
        return self


class Choice(Struct, frozen=True):
    """One of several outcomes, drawn by weight."""

    options: tuple[tuple[float, Outcome], ...]

    def way(self, request_to: int, draw: Draw) -> Way:
        """The drawn way."""
        left = draw() * sum(weight for weight, _ in self.options)
        for weight, outcome in self.options:
            left -= weight
            if left < 0:
                return outcome.way(request_to, draw)
        return self.options[-1][1].way(request_to, draw)


class Sequence(Struct, frozen=True):
    """One outcome for each request to the recipient in turn; the last one repeats."""

    outcomes: tuple[Outcome, ...]

    def way(self, request_to: int, draw: Draw) -> Way:
        """The way of the recipient's request of this number, from 1."""
        return self.outcomes[min(request_to, len(self.outcomes)) - 1].way(request_to, draw)


Outcome = Way | Choice | Sequence


def has_sequence(outcome: Outcome) -> bool:
    """Whether an outcome, or one that it chooses from, goes by the number of requests to the recipient."""
    if isinstance(outcome, Choice):
        return any(has_sequence(option) for _, option in outcome.options)
    return isinstance(outcome, Sequence)
