"""Finding the first of many rules that applies to a step, without testing each of them. Pure.

Most rules demand a value of some fact: a recipient, an application, the beginning or the end of a text. Such a rule is
indexed under that value, and only steps that have the value look at it. A rule that demands a part of a text is looked
at if the text has the part. Any other rule is looked at for every step. Of the rules looked at, the first in the file's
order whose whole match holds wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from emulator.scenario.matching import Match, Test
from emulator.scenario.questions import Question

T = TypeVar("T")

_COMMON: Final = {"country": 10, "order": 20, "steps": 20, "channel": 30, "endpoint": 30}
"""How common the values of some facts are: most steps share them, so other facts make better indexes."""


class Rulebook(Generic[T]):
    """An ordered list of (match, value) pairs; `first` returns the value of the first match that holds."""

    def __init__(self, entries: Iterable[tuple[Match, T]]) -> None:
        self._entries: list[tuple[Test, T]] = []
        self._unindexed: list[int] = []
        containing: dict[str, list[tuple[str, int]]] = {}
        indexes: dict[tuple[str, int], dict[Any, list[int]]] = {}
        for position, (match, value) in enumerate(entries):
            self._entries.append((match.test(), value))
            parts = [condition for condition in match.demanded() if condition.lookup == "contains"]
            if demands := sorted(_demands(match), key=lambda demand: demand[0]):
                _, member, length, values = demands[0]
                for demanded in values:
                    indexes.setdefault((member, length), {}).setdefault(demanded, []).append(position)
            elif parts:
                longest = max(parts, key=lambda condition: len(str(condition.expected)))
                containing.setdefault(longest.member, []).append((str(longest.expected), position))
            else:
                self._unindexed.append(position)
        self._indexes = [(_key(member, length), index) for (member, length), index in indexes.items()]
        self._containing = [(attrgetter(member), parts) for member, parts in containing.items()]

    def first(self, question: Question) -> T | None:
        """The value of the first match that holds; None if none holds."""
        if not self._entries:
            return None
        indexed: list[int] = []
        for key, index in self._indexes:
            indexed += index.get(key(question), ())
        for fact, parts in self._containing:
            text = str(fact(question))
            indexed += [position for part, position in parts if part in text]
        for position in sorted(self._unindexed + indexed) if indexed else self._unindexed:
            test, value = self._entries[position]
            if test(question):
                return value
        return None


def _demands(match: Match) -> Iterator[tuple[int, str, int, tuple[Any, ...]]]:
    """What a match demands, each as: how common such a value is; the fact's member of a Question; how much of the fact
    counts (0: all of it, above: so many characters of its beginning, below: of its end); the values that it may have.
    """
    for condition in match.demanded():
        common, expected = _COMMON.get(condition.key, 0), condition.expected
        if condition.lookup in ("equal", "in"):
            yield common, condition.member, 0, expected if isinstance(expected, tuple) else (expected,)
        elif start := condition.beginning:
            yield 1 + common, condition.member, len(start), (start,)
        elif condition.lookup == "ends" and expected:
            yield 2 + common, condition.member, -len(str(expected)), (str(expected),)


def _key(member: str, length: int) -> Callable[[Question], Any]:
    """A function that reads the part of a fact that an index goes by; `length` as in `_demands`."""
    fact = attrgetter(member)
    if length == 0:
        return fact
    if length > 0:
        return lambda question: str(fact(question))[:length]
    return lambda question: str(fact(question))[length:]
