"""Whether a rule applies to a step, and if not, what differs. Pure.

A *condition* compares one fact of the step with an expected value, by a *lookup*. A *match* holds if all its conditions
hold, all the matches of `every` (`all` in a file), one of `some` (`any`) and none of `none` (`not`). For planning, a
match is compiled into a function (`Match.test`); for people, the same conditions say what differs
(`Match.differences`).
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from operator import attrgetter, contains
from types import MappingProxyType
from typing import Final, cast

from msgspec import Struct

from emulator.channels.table import Channel
from emulator.scenario.questions import Facts, Question
from emulator.scenario.times import When

_WILD: Final = "*?["
"""What begins a wildcard of a glob."""


class Range(Struct, frozen=True):
    """The numbers from `low` to `high`, both included; None for no limit."""

    low: int | None
    high: int | None

    def __contains__(self, fact: Fact) -> bool:
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

    def __str__(self) -> str:
        low, high = ("" if end is None else end for end in (self.low, self.high))
        return f"{low}..{high}"


class Portion(Struct, frozen=True):
    """The shares from `low` up to `high`, which is excluded; 1.0 is all."""

    low: float
    high: float

    def __contains__(self, fact: Fact) -> bool:
        """Whether a share is one of these."""
        return isinstance(fact, float) and self.low <= fact < self.high

    def __str__(self) -> str:
        return f"{self.low:.6g}..{self.high:.6g}"


Expected = str | int | tuple[str | int, ...] | Range | Portion | When
"""What a fact is compared with: one value, one of several, or all those within something."""
Fact = str | int | float | None
Check = Callable[[Fact], bool]
"""Whether a fact is as expected."""
Test = Callable[[Question], bool]
"""Whether a condition or a match holds."""

TEXTS: Final = MappingProxyType(
    {
        "channel": "channel",
        "to": "to",
        "from": "sender",
        "text": "text",
        "label": "label",
        "senderInfoTrackingId": "sender_info_tracking_id",
        "video": "video",
        "application": "application",
        "endpoint": "endpoint",
        "country": "country",
        "operator": "operator",
    }
)
"""The facts that are texts: key in a scenario's file, member of a Question."""

NUMBERS: Final = MappingProxyType(
    {"steps": "steps", "order": "order", "request": "request", "request_to": "request_to"}
)
"""The facts that are whole numbers."""

WITHIN: Final = MappingProxyType({"time": "time", "share": "share"})
"""The facts that are compared by being within something of their own: times of the calendar, or a share of all."""
_MEMBERS: Final = TEXTS | NUMBERS | WITHIN


class Lookup(Struct, frozen=True):
    """One way to compare. `check` makes the function that compares a fact with an expected value; `holds` and `differs`
    are the verbs for a comparison that holds and for one that does not.
    """

    check: Callable[[Expected], Check]
    holds: str
    differs: str


def _texts(compare: Callable[[str, str], bool]) -> Callable[[Expected], Check]:
    def made(expected: Expected) -> Check:
        text = str(expected)
        return lambda fact: compare(str(fact), text)

    return made


def _matches(search: Callable[[str], object]) -> Check:
    return lambda fact: search(str(fact)) is not None


def _search(pattern: str) -> Callable[[str], object]:
    from emulator.scenario import patterns

    return patterns.search(pattern)


LOOKUPS: Final = MappingProxyType(
    {
        "equal": Lookup(lambda expected: lambda fact: fact == expected, "is", "is not"),
        "in": Lookup(lambda expected: cast(tuple[Fact, ...], expected).__contains__, "is one of", "is none of"),
        "starts": Lookup(_texts(str.startswith), "starts with", "does not start with"),
        "ends": Lookup(_texts(str.endswith), "ends with", "does not end with"),
        "contains": Lookup(_texts(contains), "contains", "does not contain"),
        "glob": Lookup(
            lambda expected: _matches(re.compile(fnmatch.translate(str(expected))).match),
            "looks like",
            "does not look like",
        ),
        "regex": Lookup(lambda expected: _matches(_search(str(expected))), "matches", "does not match"),
        "range": Lookup(lambda expected: cast(Range, expected).__contains__, "is in the range", "is not in the range"),
        "within": Lookup(lambda expected: cast(Portion, expected).__contains__, "is within", "is not within"),
    }
)
"""The lookups by their names in a file; `within` has none there."""


class Condition(Struct, frozen=True):
    """One comparison: `key` is one of TEXTS, NUMBERS or WITHIN, `lookup` one of LOOKUPS."""

    key: str
    lookup: str
    expected: Expected

    @property
    def member(self) -> str:
        """The member of a Question that is compared."""
        return _MEMBERS[self.key]

    @property
    def beginning(self) -> str:
        """The beginning that it demands of a text; empty if it demands none."""
        expected = str(self.expected)
        if self.lookup == "glob":
            return expected[: next((index for index, sign in enumerate(expected) if sign in _WILD), len(expected))]
        return expected if self.lookup == "starts" else ""

    def test(self) -> Test:
        """The condition as a function."""
        check, fact = LOOKUPS[self.lookup].check(self.expected), attrgetter(self.member)
        return lambda question: check(fact(question))

    def differences(self, question: Question) -> list[str]:
        """What differs, in words; empty if the condition holds."""
        if self.test()(question):
            return []
        fact = getattr(question, self.member)
        shown = "empty" if fact in ("", None) else fact
        if isinstance(self.expected, When):
            shown = self.expected.shown(fact)
        return [f"{self.key} is {shown}, which {LOOKUPS[self.lookup].differs} {_shown(self.expected)}"]


class Match(Struct, frozen=True):
    """When a rule applies: all `conditions` and all of `every` hold, one of `some`, none of `none`. An empty one always
    holds.
    """

    conditions: tuple[Condition, ...] = ()
    every: tuple[Match, ...] = ()
    some: tuple[Match, ...] = ()
    none: tuple[Match, ...] = ()

    def test(self) -> Test:
        """The match as a function."""
        needed = [each.test() for each in self.conditions] + [each.test() for each in self.every]
        some, none = [each.test() for each in self.some], [each.test() for each in self.none]
        if len(needed) == 1 and not some and not none:
            return needed[0]

        def test(question: Question) -> bool:
            for part in needed:
                if not part(question):
                    return False
            return (not some or any(part(question) for part in some)) and not any(part(question) for part in none)

        return test

    def differences(self, question: Question) -> list[str]:
        """What differs, in words; empty if the match holds."""
        found = [each for condition in self.conditions for each in condition.differences(question)]
        found += [each for part in self.every for each in part.differences(question)]
        options = [part.differences(question) for part in self.some]
        if options and all(options):
            found.append("none of these holds: " + "; or ".join(" and ".join(each) for each in options))
        return found + [f"this must not hold: {part}" for part in self.none if not part.differences(question)]

    def demanded(self) -> list[Condition]:
        """The conditions without which the match can't hold: its own, and those demanded by `every`."""
        return [*self.conditions, *(condition for part in self.every for condition in part.demanded())]

    def barring(self, channel: Channel) -> tuple[Condition, ...]:
        """The demanded conditions that no step of this channel meets; if there are any, the match can't hold for it."""
        on_channel = (condition for condition in self.demanded() if condition.key == "channel")
        return tuple(condition for condition in on_channel if not condition.test()(Facts(channel)))

    def names(self, key: str) -> bool:
        """Whether a condition on this fact can make the match hold: any but one of `none`."""
        parts = (*self.every, *self.some)
        return any(condition.key == key for condition in self.conditions) or any(part.names(key) for part in parts)

    def asks(self, key: str) -> bool:
        """Whether any condition is on this fact, those of `none` included."""
        parts = (*self.every, *self.some, *self.none)
        return any(condition.key == key for condition in self.conditions) or any(part.asks(key) for part in parts)

    def __str__(self) -> str:
        parts = [f"{each.key} {LOOKUPS[each.lookup].holds} {_shown(each.expected)}" for each in self.conditions]
        parts += map(str, self.every)
        parts += ["(" + " or ".join(map(str, self.some)) + ")"] if self.some else []
        return " and ".join([*parts, *(f"not ({part})" for part in self.none)]) or "everything"


def _shown(expected: Expected) -> str:
    return ", ".join(map(str, expected)) if isinstance(expected, tuple) else str(expected)
