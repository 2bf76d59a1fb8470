"""Reading `match`: the conditions of a rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from emulator.channels.table import Channel
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.matching import LOOKUPS, NUMBERS, TEXTS, Condition, Expected, Match, Range

GROUPS: Final = ("all", "any", "not")
KEYS: Final = (*TEXTS, *NUMBERS, *GROUPS)
NAMES: Final = {"channel": tuple(Channel), "endpoint": ("failover", "transactional", "token", "tracking")}
"""The facts of which all values are known."""

NUMBER_LOOKUPS: Final = ("equal", "in", "range")


def match(cursor: Cursor) -> Match:
    """The match that a map says."""
    members = cursor.fields(KEYS)
    conditions = [each for key, member in members.items() if key not in GROUPS for each in _conditions(key, member)]
    every, some = (_group(members.get(key)) for key in ("all", "any"))
    none = (match(members["not"]),) if "not" in members else ()
    return Match(tuple(conditions), every, some, none)


def _group(cursor: Cursor | None) -> tuple[Match, ...]:
    return tuple(match(each) for each in cursor.items("matches")) if cursor else ()


def _conditions(key: str, cursor: Cursor) -> list[Condition]:
    """The conditions on one fact: a bare value is equal, a list is any of them, a map has lookups."""
    if isinstance(cursor.value, list):
        return [Condition(key, "in", _several(key, cursor))]
    if not isinstance(cursor.value, dict):
        return [Condition(key, "equal", _single(key, cursor))]
    known = NUMBER_LOOKUPS if key in NUMBERS else tuple(LOOKUPS)
    members = cursor.fields(known)
    if not cursor.value:
        cursor.expected(f"a value, a list, or a map with {', '.join(known)}")
    return [Condition(key, lookup, _expected(key, lookup, member)) for lookup, member in members.items()]


def _expected(key: str, lookup: str, cursor: Cursor) -> Expected:
    if lookup == "in":
        return _several(key, cursor)
    if lookup == "equal":
        return _single(key, cursor)
    special: dict[str, Callable[[Cursor], Expected]] = {"range": _range, "regex": _regex}
    return special.get(lookup, Cursor.text)(cursor)


def _several(key: str, cursor: Cursor) -> tuple[str | int, ...]:
    return tuple(_single(key, each) for each in cursor.items("values"))


def _single(key: str, cursor: Cursor) -> str | int:
    if key in NUMBERS:
        return cursor.whole(1)
    if key in NAMES:
        return cursor.name(NAMES[key])
    if key == "country":
        return _country(cursor)
    return cursor.text("text in quotes") if key == "to" else cursor.text()


def _country(cursor: Cursor) -> str:
    if not re.fullmatch("[A-Z]{2}", str(cursor.value)):
        cursor.expected("a country's two capital letters, such as GR")
    return str(cursor.value)


def _regex(cursor: Cursor) -> str:
    try:
        return re.compile(cursor.text()).pattern
    except (re.error, RecursionError, OverflowError) as error:
        cursor.wrong(f"is not a regular expression: {error}")
        return ""


def _range(cursor: Cursor) -> Range:
    found = re.fullmatch(r"\+?([0-9]{0,15})\.\.\+?([0-9]{0,15})", str(cursor.value))
    low, high = (int(end) if end else None for end in found.groups()) if found else (None, None)
    if low is None and high is None:
        cursor.expected("a range such as 2..5, 3.. or ..5")
    elif low is not None and high is not None and low > high:
        cursor.wrong(f"the range {cursor.value} is empty: it ends before it begins")
    return Range(low, high)
