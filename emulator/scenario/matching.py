"""Whether a rule applies to a step, and if not, what differs. Pure.

A *condition* compares one fact of the step with what a scenario's file expects, by a *lookup*. A *match* holds if all
its conditions hold, all matches under `all`, one under `any`, and none under `negated`. For the hot path a match is
turned into a test (`Match.test`); for people the same conditions say in words what differed (`Match.differences`).
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from emulator.scenario.questions import Question


class Range(Struct, frozen=True):
    """Numbers from `low` to `high`, both included; None leaves an end open."""

    low: int | None
    high: int | None

    def __contains__(self, number: int) -> bool:
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)

    def __str__(self) -> str:
        return f"{_end(self.low)}..{_end(self.high)}"


Expected = str | int | tuple[str | int, ...] | Range
Fact = str | int | None
Check = Callable[[Fact], bool]
Test = Callable[[Question], bool]

TEXTS: Final = MappingProxyType(
    {
        "channel": "channel",
        "to": "to",
        "from": "sender",
        "text": "text",
        "label": "label",
        "senderInfoTrackingId": "sender_info_tracking_id",
        "application": "application",
        "endpoint": "endpoint",
        "country": "country",
    }
)
"""The facts that are texts: the key in a scenario's file, and the member of a Question."""

NUMBERS: Final = MappingProxyType(
    {"steps": "steps", "order": "order", "request": "request", "request_to": "request_to"}
)
"""The facts that are numbers, likewise."""


class Lookup(Struct, frozen=True):
    """One way to compare: `check` makes the test for an expected value; the other two say in words how it went."""

    check: Callable[[Expected], Check]
    holds: str
    differs: str


def _equal(expected: Expected) -> Check:
    return lambda fact: fact == expected


def _in(expected: Expected) -> Check:
    assert isinstance(expected, tuple)
    return lambda fact: fact in expected


def _glob(expected: Expected) -> Check:
    return _found(re.compile(fnmatch.translate(str(expected))).match)


def _regex(expected: Expected) -> Check:
    return _found(re.compile(str(expected)).search)


def _found(search: Callable[[str], object]) -> Check:
    return lambda fact: search(str(fact)) is not None


def _starts(expected: Expected) -> Check:
    start = str(expected)
    return lambda fact: str(fact).startswith(start)


def _ends(expected: Expected) -> Check:
    end = str(expected)
    return lambda fact: str(fact).endswith(end)


def _contains(expected: Expected) -> Check:
    part = str(expected)
    return lambda fact: part in str(fact)


def _range(expected: Expected) -> Check:
    assert isinstance(expected, Range)

    def check(fact: Fact) -> bool:
        number = _number(fact)
        return number is not None and number in expected

    return check


LOOKUPS: Final = MappingProxyType(
    {
        "equal": Lookup(_equal, "is", "is not"),
        "in": Lookup(_in, "is one of", "is none of"),
        "starts": Lookup(_starts, "starts with", "does not start with"),
        "ends": Lookup(_ends, "ends with", "does not end with"),
        "contains": Lookup(_contains, "contains", "does not contain"),
        "glob": Lookup(_glob, "looks like", "does not look like"),
        "regex": Lookup(_regex, "matches", "does not match"),
        "range": Lookup(_range, "is in the range", "is not in the range"),
    }
)


class Condition(Struct, frozen=True):
    """One comparison: `key` as in a scenario's file, `lookup` one of LOOKUPS."""

    key: str
    lookup: str
    expected: Expected

    @property
    def member(self) -> str:
        """The member of a Question that is compared."""
        return TEXTS.get(self.key) or NUMBERS[self.key]

    def test(self) -> Test:
        """A function that says whether the condition holds."""
        check, fact = LOOKUPS[self.lookup].check(self.expected), attrgetter(self.member)
        return lambda question: check(fact(question))

    def differences(self, question: Question) -> list[str]:
        """What differs, in words; empty if the condition holds."""
        if self.test()(question):
            return []
        fact = getattr(question, self.member)
        shown = "empty" if fact in ("", None) else fact
        return [f"{self.key} is {shown}, which {LOOKUPS[self.lookup].differs} {_shown(self.expected)}"]


class Match(Struct, frozen=True):
    """When a rule applies: all `conditions` and `every` hold, one of `some`, none of `none`. Empty, it always does."""

    conditions: tuple[Condition, ...] = ()
    every: tuple[Match, ...] = ()
    some: tuple[Match, ...] = ()
    none: tuple[Match, ...] = ()

    def test(self) -> Test:
        """A function that says whether the match holds."""
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
        """The conditions that must hold whatever else does: none of those under `some` and `none`."""
        return [*self.conditions, *(condition for part in self.every for condition in part.demanded())]

    def named(self, key: str) -> list[Condition]:
        """The demanded conditions on one fact."""
        return [condition for condition in self.demanded() if condition.key == key]

    def names(self, key: str) -> bool:
        """Whether a condition on this fact may be what makes the match hold: any but those under `none`."""
        parts = (*self.every, *self.some)
        return any(condition.key == key for condition in self.conditions) or any(part.names(key) for part in parts)

    def asks(self, key: str) -> bool:
        """Whether any condition, wherever it stands, is on this fact."""
        parts = (*self.every, *self.some, *self.none)
        return any(condition.key == key for condition in self.conditions) or any(part.asks(key) for part in parts)

    def __str__(self) -> str:
        parts = [f"{each.key} {LOOKUPS[each.lookup].holds} {_shown(each.expected)}" for each in self.conditions]
        parts += map(str, self.every)
        parts += ["(" + " or ".join(map(str, self.some)) + ")"] if self.some else []
        return " and ".join([*parts, *(f"not ({part})" for part in self.none)]) or "everything"


def _shown(expected: Expected) -> str:
    return ", ".join(map(str, expected)) if isinstance(expected, tuple) else str(expected)


def _number(fact: Fact) -> int | None:
    digits = str(fact).removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else None


def _end(number: int | None) -> str:
    return "" if number is None else str(number)
