"""Whether a rule applies to a step, and if not, what differs. Pure.

A *condition* compares one fact of the step with an expected value, by a *lookup*. A *match* holds if all its conditions
hold, all the matches of `all_of` (`all` in a file), one of `any_of` (`any`) and none of `none_of` (`not`). For
planning, a match is compiled into a function (`Match.test`); for people, the same conditions say what differs
(`Match.differences`).
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter, contains
from types import MappingProxyType
from typing import Final, cast

from msgspec import Struct

from emulator.channels.table import Channel
from emulator.scenario.amounts import Portion, Ramp, Range, Rate
from emulator.scenario.questions import Facts, Question
from emulator.scenario.times import Span, When

_WILD: Final = "*?["
"""What begins a wildcard of a glob."""


Expected = str | int | tuple[str | int, ...] | Range | Portion | Ramp | Rate | When | Span
"""What a fact is compared with: one value, one of several, or all those within something."""
Fact = str | int | float | tuple[float, int] | Mapping[int, int] | None
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
        "replied": "replied",
    }
)
"""The facts that are texts: key in a scenario's file, member of a Question."""

NUMBERS: Final = MappingProxyType(
    {"steps": "steps", "order": "order", "request": "request", "request_to": "request_to"}
)
"""The facts that are whole numbers."""

WITHIN: Final = MappingProxyType({"time": "time", "share": "share", "rate": "rate"})
"""The facts that are compared by being within something of their own: times, a share of all, or above a rate."""
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


def _multiple(expected: Expected) -> Check:
    number = cast(int, expected)
    return lambda fact: isinstance(fact, int) and fact % number == 0


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
        "every": Lookup(_multiple, "is a multiple of", "is no multiple of"),
        "within": Lookup(lambda expected: cast(Portion, expected).__contains__, "is within", "is not within"),
        "above": Lookup(lambda expected: cast(Rate, expected).__contains__, "is above", "is not above"),
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
        if isinstance(self.expected, Ramp):
            return "share_since"
        return "since" if isinstance(self.expected, Span) and self.expected.since else _MEMBERS[self.key]

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
        if isinstance(self.expected, When | Span | Ramp | Rate):
            shown = self.expected.shown(fact)
        return [f"{self.key} is {shown}, which {LOOKUPS[self.lookup].differs} {_shown(self.expected)}"]


class Match(Struct, frozen=True):
    """When a rule applies: all `conditions` and all of `all_of` hold, one of `any_of`, none of `none_of`. An empty one
    always holds.
    """

    conditions: tuple[Condition, ...] = ()
    all_of: tuple[Match, ...] = ()
    any_of: tuple[Match, ...] = ()
    none_of: tuple[Match, ...] = ()

    def test(self) -> Test:
        """The match as a function."""
        needed = [each.test() for each in self.conditions] + [each.test() for each in self.all_of]
        some, none = [each.test() for each in self.any_of], [each.test() for each in self.none_of]
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
        found += [each for part in self.all_of for each in part.differences(question)]
        options = [part.differences(question) for part in self.any_of]
        if options and all(options):
            found.append("none of these holds: " + "; or ".join(" and ".join(each) for each in options))
        return found + [f"this must not hold: {part}" for part in self.none_of if not part.differences(question)]

    def demanded(self) -> list[Condition]:
        """The conditions without which the match can't hold: its own, and those demanded by `all_of`."""
        return [*self.conditions, *(condition for part in self.all_of for condition in part.demanded())]

    def barring(self, channel: Channel) -> tuple[Condition, ...]:
        """The demanded conditions that no step of this channel meets; if there are any, the match can't hold for it."""
        on_channel = (condition for condition in self.demanded() if condition.key == "channel")
        return tuple(condition for condition in on_channel if not condition.test()(Facts(channel)))

    def asks_about(self, key: str) -> bool:
        """Whether a condition on this fact can make the match hold: any but one of `none_of`."""
        parts = (*self.all_of, *self.any_of)
        return any(condition.key == key for condition in self.conditions) or any(part.asks_about(key) for part in parts)

    def all_conditions(self) -> Iterator[Condition]:
        """Every condition, those of `none_of` included."""
        yield from self.conditions
        for part in (*self.all_of, *self.any_of, *self.none_of):
            yield from part.all_conditions()

    def __str__(self) -> str:
        parts = [f"{each.key} {LOOKUPS[each.lookup].holds} {_shown(each.expected)}" for each in self.conditions]
        parts += map(str, self.all_of)
        parts += ["(" + " or ".join(map(str, self.any_of)) + ")"] if self.any_of else []
        return " and ".join([*parts, *(f"not ({part})" for part in self.none_of)]) or "everything"


def _shown(expected: Expected) -> str:
    return ", ".join(map(str, expected)) if isinstance(expected, tuple) else str(expected)
