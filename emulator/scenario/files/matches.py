"""Reading `match`: the conditions of a rule."""

from __future__ import annotations

import re
from typing import Final, get_args

from emulator.channels.table import Channel
from emulator.scenario import patterns
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.matching import LOOKUPS, NUMBERS, TEXTS, Condition, Expected, Match, Range
from emulator.scenario.questions import Endpoint

GROUPS: Final = ("all", "any", "not")
KEYS: Final = (*TEXTS, *NUMBERS, *GROUPS)
NAMES: Final = {"channel": tuple(Channel), "endpoint": get_args(Endpoint)}
"""The facts that have only these values."""

NUMBER_LOOKUPS: Final = ("equal", "in", "range")


def match(cursor: Cursor) -> Match:
    """The match that a map says."""
    members = cursor.fields(KEYS)
    conditions: list[Condition] = []
    for key, member in members.items():
        if key not in GROUPS:
            conditions += _conditions(key, member)
    every, some = (
        tuple(match(each) for each in members[key].items("matches")) if key in members else () for key in ("all", "any")
    )
    none = (match(members["not"]),) if "not" in members else ()
    return Match(tuple(conditions), every, some, none)


def _conditions(key: str, cursor: Cursor) -> list[Condition]:
    """The conditions on one fact: a bare value must be equal, a list has one that is; a map names its lookups."""
    if isinstance(cursor.value, list):
        return [Condition(key, "in", _expected(key, "in", cursor))]
    if not isinstance(cursor.value, dict):
        return [Condition(key, "equal", _expected(key, "equal", cursor))]
    known = NUMBER_LOOKUPS if key in NUMBERS else tuple(LOOKUPS)
    members = cursor.fields(known)
    if not cursor.value:
        cursor.expected(f"a value, a list, or a map with {', '.join(known)}")
    return [Condition(key, lookup, _expected(key, lookup, member)) for lookup, member in members.items()]


def _expected(key: str, lookup: str, cursor: Cursor) -> Expected:
    """What a lookup compares a fact with."""
    match lookup:
        case "in":
            return tuple(_value(key, each) for each in cursor.items("values"))
        case "equal":
            return _value(key, cursor)
        case "range":
            return _range(cursor)
        case "regex":
            return _regex(cursor)
        case _:
            return cursor.text()


def _value(key: str, cursor: Cursor) -> str | int:
    """One value of a fact."""
    if key in NUMBERS:
        return cursor.whole(1)
    if key in NAMES:
        return cursor.name(NAMES[key])
    if key == "country":
        return cursor.spelled("[A-Z]{2}", "a country's two capital letters, such as GR")
    return cursor.text("text in quotes") if key == "to" else cursor.text()


def _regex(cursor: Cursor) -> str:
    """A regular expression that Python can compile, and that never takes long; an empty one otherwise."""
    pattern = cursor.text()
    try:
        patterns.check(pattern)
    except patterns.Slow as error:
        cursor.wrong(f"could take for ever on a text that nearly matches: {error}")
        return ""
    except (re.error, RecursionError, OverflowError) as error:
        cursor.wrong(f"is not a regular expression: {error}")
        return ""
    return pattern


def _range(cursor: Cursor) -> Range:
    """A range of whole numbers, which may be phone numbers: at least one end is given, and it is not empty."""
    found = re.fullmatch(r"\+?([0-9]{0,15})\.\.\+?([0-9]{0,15})", str(cursor.value))
    low, high = (int(end) if end else None for end in found.groups()) if found else (None, None)
    if low is None and high is None:
        cursor.expected("a range such as 2..5, 3.. or ..5")
    elif low is not None and high is not None and low > high:
        cursor.wrong(f"the range {cursor.value} is empty: it ends before it begins")
    return Range(low, high)
