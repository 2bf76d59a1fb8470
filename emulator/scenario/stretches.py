"""Finding the matches that hold at a point of a line: a share of all recipients, or a moment. Pure.

Where thousands of rules go by shares or times, none of them is looked at but those that hold there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter
from os.path import commonprefix
from typing import Final

from emulator.scenario.amounts import Portion
from emulator.scenario.questions import Question
from emulator.scenario.times import Span, When

_SECOND: Final = 1000
"""Nothing of a calendar begins or ends within a second."""


class Stretches:
    """Positions by the stretches, of the fact that is this `member` of a Question, in which their matches may hold."""

    def __init__(self, member: str, entries: Iterable[tuple[Portion | Span, int]]) -> None:
        self._fact = attrgetter(member)
        known = [(*_ends(stretch), position) for stretch, position in entries]
        self._borders = sorted({border for low, high, _ in known for border in (low, high)})
        self._between: list[list[int]] = [[] for _ in range(len(self._borders) + 1)]
        for low, high, position in known:
            for place in range(bisect_right(self._borders, low), bisect_right(self._borders, high)):
                self._between[place].append(position)

    def __call__(self, question: Question) -> Sequence[int]:
        """The positions of the stretches that a question is in."""
        return self._between[bisect_right(self._borders, self._fact(question))]


class Calendar:
    """Positions by the times of the calendar at which their matches may hold; found out once for each second."""

    def __init__(self, entries: Sequence[tuple[When, int]]) -> None:
        self._entries = entries
        self._second = -1
        self._found: Sequence[int] = ()

    def __call__(self, question: Question) -> Sequence[int]:
        """The positions of the times that a question's is one of."""
        second = question.time // _SECOND
        if second != self._second:
            self._second, self._found = second, [place for when, place in self._entries if question.time in when]
        return self._found


class Parts:
    """Positions by the text that the fact which is this `member` of a Question must have in it."""

    def __init__(self, member: str, parts: Sequence[tuple[str, int]]) -> None:
        self._fact = attrgetter(member)
        self._parts = parts
        self._all_begin = commonprefix([part for part, _ in parts])  # noqa: RUF071  # of characters

    def __call__(self, question: Question) -> Sequence[int]:
        """The positions of the texts that a question's fact has in it."""
        text = str(self._fact(question))
        if self._all_begin not in text:
            return ()
        return [position for part, position in self._parts if part in text]


def _ends(stretch: Portion | Span) -> tuple[float, float]:
    """The beginning and the end of a stretch."""
    if isinstance(stretch, Portion):
        return stretch.low, stretch.high
    low, high = stretch.first, stretch.last
    return -float("inf") if low is None else low, float("inf") if high is None else high
