"""What a channel will report of one step: a fixed way, or one drawn by weight or by the number of the request. Pure.

A *way* is a list of lines. A line's time counts from the line before it (`after`) or from the step's start (`at`), and
is fixed, drawn, or a share of the step's ttl. A way without draws and shares is worked out once, and costs next to
nothing per step. Draws come in as a function that gives uniform numbers in [0, 1), called only where one is needed.
"""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from emulator.delays import Delay, Draw, Fixed
from emulator.model import Plan, Report


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


Reports = tuple[Report, ...]


class Way(Struct, frozen=True, dict=True):
    """Reports one by one; none at all is silence."""

    lines: tuple[Line, ...] = ()

    def reports(self, step: int, started_at: int, ttl: int | None, draw: Draw) -> Reports:
        """The reports at their absolute times in milliseconds, sorted by time."""
        timed = self._fixed or tuple(zip(self._times(ttl, draw), self.lines, strict=True))
        return tuple(sorted(self._reports(timed, step, started_at), key=_at))

    @staticmethod
    def _reports(timed: tuple[tuple[int, Line], ...], step: int, started_at: int) -> Reports:
        return tuple(
            Report(started_at + at, step, line.status, line.detailed, line.description, line.cause)
            for at, line in timed
        )

    @cached_property
    def fixed(self) -> bool:
        """Whether neither draws nor the ttl decide anything."""
        return bool(self._fixed)

    def plan(self, step: int, rule: str) -> Plan:
        """The plan of a fixed way for a step under the rule of this name; made once."""
        made = self._made.get((step, rule))
        if made is None:
            made = self._made[step, rule] = Plan(self._reports(self._fixed, step, 0), rule)
        return made

    @cached_property
    def _made(self) -> dict[tuple[int, str], Plan]:
        return {}

    @cached_property
    def _fixed(self) -> tuple[tuple[int, Line], ...]:
        """Times and lines, sorted; empty where draws or the ttl decide."""
        if not all(isinstance(line.time, Fixed) for line in self.lines):
            return ()
        return tuple(sorted(zip(self._times(None, _never), self.lines, strict=True), key=lambda timed: timed[0]))

    def _times(self, ttl: int | None, draw: Draw) -> list[int]:
        times, last = [], 0
        for line in self.lines:
            time = round(line.time.of_ttl * (ttl or 0)) if isinstance(line.time, Share) else line.time.pick(draw)
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


def _at(report: Report) -> int:
    return report.at


def _never() -> float:
    raise AssertionError("a fixed way draws nothing")
