"""Finding the first rule that applies, without asking each of a thousand. Pure.

Most rules demand a value of some fact: a recipient, an application, a beginning or an end of a text. Such a rule is
kept under that value and is looked at only for steps that have it. Rules that demand a part of a text are looked
through by that part alone; the others are looked at for every step. What is left is asked in the order of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from emulator.scenario.matching import Condition, Match
from emulator.scenario.questions import Question

T = TypeVar("T")

_WILD: Final = "*?["
Values = Callable[[Question], Any]


class Rulebook(Generic[T]):
    """Matches in order, each with what it leads to."""

    def __init__(self, entries: Iterable[tuple[Match, T]]) -> None:
        self._entries: list[tuple[Callable[[Question], bool], T]] = []
        self._everyone: list[int] = []
        self._under: dict[tuple[str, int], dict[Any, list[int]]] = {}
        self._parts: dict[str, list[tuple[str, int]]] = {}
        for position, (match, value) in enumerate(entries):
            self._entries.append((match.test(), value))
            self._place(match, position)
        self._indexes: list[tuple[Values, dict[Any, list[int]]]] = [
            (_values(member, length), under) for (member, length), under in self._under.items()
        ]
        self._containing = [(attrgetter(member), parts) for member, parts in self._parts.items()]

    def first(self, question: Question) -> T | None:
        """What the first match that holds leads to; None if none holds."""
        for position in self._candidates(question):
            test, value = self._entries[position]
            if test(question):
                return value
        return None

    def _candidates(self, question: Question) -> list[int]:
        found = self._everyone
        for value, under in self._indexes:
            more = under.get(value(question))
            if more:
                found = [*found, *more]
        for fact, parts in self._containing:
            text = str(fact(question))
            more = [position for part, position in parts if part in text]
            if more:
                found = [*found, *more]
        return found if found is self._everyone else sorted(found)

    def _place(self, match: Match, position: int) -> None:
        """Keep a rule under the value that it demands; of several, the one that is likely to be the rarest."""
        demands = sorted(_demands(match), key=lambda demand: demand[0])
        if not demands:
            self._place_by_part(match, position)
            return
        _, member, length, values = demands[0]
        for value in values:
            self._under.setdefault((member, length), {}).setdefault(value, []).append(position)

    def _place_by_part(self, match: Match, position: int) -> None:
        """Keep a rule beside the longest part that it demands of a text, if it demands one."""
        parts = [condition for condition in match.demanded() if condition.lookup == "contains"]
        if parts:
            part = max(parts, key=lambda condition: len(str(condition.expected)))
            self._parts.setdefault(part.member, []).append((str(part.expected), position))
        else:
            self._everyone.append(position)


def _demands(match: Match) -> Iterator[tuple[int, str, int, tuple[Any, ...]]]:
    """What a match demands: how common it is, the fact's member of a Question, how much of it (0: all, above: so much
    of its beginning, below: of its end), and the values of which it must be one.
    """
    for condition in match.demanded():
        common = _COMMON.get(condition.key, 0)
        if condition.lookup in ("equal", "in"):
            expected = condition.expected if isinstance(condition.expected, tuple) else (condition.expected,)
            yield common, condition.member, 0, expected
        elif start := _start(condition):
            yield 1 + common, condition.member, len(start), (start,)
        elif condition.lookup == "ends" and condition.expected:
            yield 2 + common, condition.member, -len(str(condition.expected)), (str(condition.expected),)


_COMMON: Final = {"country": 10, "order": 20, "steps": 20, "channel": 30, "endpoint": 30}
"""Facts of which most steps have the same values."""


def _start(condition: Condition) -> str:
    """The beginning that a condition demands; empty if it demands none."""
    expected = str(condition.expected)
    if condition.lookup == "glob":
        return expected[: next((index for index, sign in enumerate(expected) if sign in _WILD), len(expected))]
    return expected if condition.lookup == "starts" else ""


def _values(member: str, length: int) -> Values:
    """A function that gives what an index goes by."""
    fact = attrgetter(member)
    if length == 0:
        return fact
    if length > 0:
        return lambda question: str(fact(question))[:length]
    return lambda question: str(fact(question))[length:]
