"""Finding the first of many rules that applies to a step, without testing each of them. Pure.

Most rules demand a value of some fact: a recipient, an application, the beginning or the end of a text. Such a rule is
indexed under that value, and only steps that have the value look at it; one that demands values which many steps have,
such as an operator and a number of steps, is indexed under all of them together. A rule that demands a part of a text
is looked at if the text has the part, one that demands a share of recipients or a time if the step is within it, and
has the values that it demands besides. All others are looked at for every step. Of the rules looked at, the first in
the file's order whose whole match holds wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.scenario.amounts import Portion
from emulator.scenario.matching import Condition, Match, Test
from emulator.scenario.questions import Question
from emulator.scenario.stretches import Calendar, Parts, Stretches
from emulator.scenario.times import Span, When

T = TypeVar("T")

_COMMON: Final = {"operator": 5, "country": 10, "order": 20, "steps": 20, "channel": 30, "endpoint": 30}
"""How common the values of some facts are: most steps share them, so other facts make better indexes."""
_WITHIN: Final = 8
"""The same of being within a share or a time."""
_MOST: Final = 100
"""Under how many values together a rule is indexed at most."""


class Rulebook(Generic[T]):
    """An ordered list of (match, value) pairs; `first` returns the value of the first match that holds."""

    def __init__(self, entries: Iterable[tuple[Match, T]]) -> None:
        self._entries: list[tuple[Test, T]] = []
        self._unindexed: list[int] = []
        others: dict[tuple[tuple[str, ...], type, str], dict[Any, list[tuple[Any, int]]]] = {}
        indexes: dict[tuple[tuple[str, ...], int], dict[Any, list[int]]] = {}
        for position, (match, value) in enumerate(entries):
            asked = match
            demands, other = sorted(_demands(match), key=lambda demand: demand[0]), _other(match)
            if demands and (other is None or other.lookup == "contains" or demands[0][0] < _WITHIN):
                common, member, length, values = demands[0]
                members, values = _together(demands) if common and not length else ((member,), values)
                for demanded in values:
                    indexes.setdefault((members, length), {}).setdefault(demanded, []).append(position)
            elif other is not None:
                asked = _left(match, other)
                members, values = _together(demands)
                found = others.setdefault((members, type(other.expected), other.member), {})
                for demanded in values:
                    found.setdefault(demanded, []).append((other.expected, position))
            else:
                self._unindexed.append(position)
            self._entries.append((asked.test(), value))
        self._indexes = [(_key(members, length), index) for (members, length), index in indexes.items()]
        self._others: list[tuple[Callable[[Question], Any], dict[Any, Callable[[Question], Sequence[int]]]]] = []
        for (members, kind, member), by_values in others.items():
            finders = {values: _finder(kind, member, found) for values, found in by_values.items()}
            self._others.append((_key(members, 0), finders))

    def first(self, question: Question) -> T | None:
        """The value of the first match that holds; None if none holds."""
        if not self._entries:
            return None
        indexed: list[int] = []
        for key, index in self._indexes:
            indexed += index.get(key(question), ())
        for key, finders in self._others:
            if (found := finders.get(key(question))) is not None:
                indexed += found(question)
        for position in sorted(self._unindexed + indexed) if indexed else self._unindexed:
            test, value = self._entries[position]
            if test(question):
                return value
        return None


def first_of_each(
    books: Mapping[Channel, Rulebook[T]], otherwise: Mapping[Channel, T], steps: Iterable[Question]
) -> tuple[T, ...]:
    """The value for each step: that of the first match that holds in its channel's book, or otherwise the channel's."""
    return tuple([books[step.channel].first(step) or otherwise[step.channel] for step in steps])  # type: ignore[index]  # steps have one


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


def _together(demands: Sequence[tuple[int, str, int, tuple[Any, ...]]]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The members of whole facts that are demanded, the rarest first, and the values that they may have together: each
    a tuple where there are several members. Members that would make too many of them are left out.
    """
    wanted: dict[str, tuple[Any, ...]] = {}
    for _, member, length, values in demands:
        if not length and member not in wanted and prod(map(len, wanted.values())) * len(values) <= _MOST:
            wanted[member] = values
    if len(wanted) == 1:
        return tuple(wanted), next(iter(wanted.values()))
    return tuple(wanted), tuple(product(*wanted.values()))


def _other(match: Match) -> Condition | None:
    """The condition that a match demands of a share or a time, or else the longest part of a text; None without any."""
    demanded = match.demanded()
    within = next((each for each in demanded if isinstance(each.expected, Portion | Span | When)), None)
    parts = [each for each in demanded if each.lookup == "contains"]
    return within or max(parts, key=lambda each: len(str(each.expected)), default=None)


def _left(match: Match, found: Condition) -> Match:
    """What is left of a match to be asked where this condition was found to hold."""
    return replace(match, conditions=tuple(each for each in match.conditions if each is not found))


def _finder(kind: type, member: str, entries: list[tuple[Any, int]]) -> Callable[[Question], Sequence[int]]:
    """What finds those of the entries, each expected of a fact with its position, that a question may meet."""
    if kind is When:
        return Calendar(entries)
    return Parts(member, entries) if kind is str else Stretches(member, entries)


def _key(members: tuple[str, ...], length: int) -> Callable[[Question], Any]:
    """A function that reads the part of a fact that an index goes by, or of several; `length` as in `_demands`."""
    if not members:
        return lambda _: ()
    fact = attrgetter(*members)
    if length == 0:
        return fact
    if length > 0:
        return lambda question: str(fact(question))[:length]
    return lambda question: str(fact(question))[length:]
