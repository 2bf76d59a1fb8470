"""Reading `match`: the conditions of a rule."""

from __future__ import annotations

import datetime as dt
import re
from types import MappingProxyType
from typing import Final, get_args

from emulator.channels.table import Channel
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.matching import NUMBERS, TEXTS, WITHIN, Condition, Expected, Match, Portion, Range
from emulator.scenario.questions import Endpoint
from emulator.scenario.times import WEEKDAYS, UnknownZone, When, zone

GROUPS: Final = ("all", "any", "not")
KEYS: Final = (*TEXTS, *NUMBERS, *WITHIN, *GROUPS)
NAMES: Final = {"channel": tuple(Channel), "endpoint": get_args(Endpoint)}
"""The facts that have only these values."""
COVERED: Final = MappingProxyType(
    {"campaign": "sms", "sms/campaign": "sms", "voice/conversation": "voice", "call": "voice", "oauth/token": "token"}
)
"""What else an endpoint may be called, and by which word of rules it is covered."""

NUMBER_LOOKUPS: Final = ("equal", "in", "range")
TEXT_LOOKUPS: Final = ("equal", "in", "starts", "ends", "contains", "glob", "regex", "range")
_SHARE: Final = r"([0-9]{1,3}(?:\.[0-9]+)?)%"
_TIME: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"


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
    if key in WITHIN:
        return [Condition(key, "within", when(cursor) if key == "time" else _portion(cursor))]
    if isinstance(cursor.value, list):
        return [Condition(key, "in", _expected(key, "in", cursor))]
    if not isinstance(cursor.value, dict):
        return [Condition(key, "equal", _expected(key, "equal", cursor))]
    known = NUMBER_LOOKUPS if key in NUMBERS else TEXT_LOOKUPS
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
        return cursor.name(NAMES[key], COVERED)
    if key == "country":
        return cursor.spelled("[A-Z]{2}", "a country's two capital letters, such as GR")
    return cursor.text("text in quotes") if key == "to" else cursor.text()


def _regex(cursor: Cursor) -> str:
    """A regular expression that Python can compile, and that never takes long; an empty one otherwise."""
    from emulator.scenario import patterns

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


def when(cursor: Cursor) -> When:
    """Times of the calendar."""
    members = cursor.fields(("between", "weekday", "date", "zone"))
    if cursor.value == {} or (isinstance(cursor.value, dict) and cursor.value.keys() == {"zone"}):
        cursor.expected("a map with between, weekday or date, and a zone if it is not UTC")
    return When(
        between=_between(members["between"]) if "between" in members else None,
        weekdays=tuple(each.name(WEEKDAYS) for each in _listed(members["weekday"])) if "weekday" in members else (),
        dates=tuple(map(_dates, _listed(members["date"]))) if "date" in members else (),
        zone=_zone(members["zone"]) if "zone" in members else "UTC",
    )


def _listed(cursor: Cursor) -> list[Cursor]:
    """The elements of a list, or a bare value as the only one."""
    return cursor.items("values") if isinstance(cursor.value, list) else [cursor]


def _between(cursor: Cursor) -> tuple[str, str]:
    """A beginning and an end, as HH:MM."""
    begin, _, end = cursor.spelled(rf"{_TIME}\.\.{_TIME}", "times of day such as 22:00..06:00").partition("..")
    if begin == end:
        cursor.wrong(f"{cursor.value} is no time at all: it ends where it begins")
    return begin, end


def _dates(cursor: Cursor) -> tuple[str, str]:
    """A first and a last date; one alone is both."""
    first, dots, last = str(cursor.value).partition("..")
    try:
        found = [dt.date.fromisoformat(each) for each in (first, last if dots else first)]
    except ValueError:
        cursor.expected("a date such as 2026-12-24, or 2026-12-24..2026-12-26")
        return "", ""
    if found[0] > found[1]:
        cursor.wrong(f"the range {cursor.value} is empty: it ends before it begins")
    return found[0].isoformat(), found[1].isoformat()


def _zone(cursor: Cursor) -> str:
    """The name of a time zone."""
    name = cursor.text("a time zone such as Europe/Athens")
    try:
        zone(name)
    except UnknownZone:
        cursor.expected("a time zone that this machine knows, such as Europe/Athens")
    return name


def _portion(cursor: Cursor) -> Portion:
    """A share of all recipients: the first per cent of them, or those from one share to another."""
    found = re.fullmatch(rf"{_SHARE}(?:\.\.{_SHARE})?", str(cursor.value))
    first, last = (float(each) / 100 if each else 0.0 for each in found.groups()) if found else (0.0, 2.0)
    low, high = (first, last) if last else (0.0, first)
    if high > 1:
        cursor.expected("a share of the recipients such as 33%, or 33%..66% for others than those of 33%")
    elif low >= high:
        cursor.wrong(f"the share {cursor.value} is empty")
    return Portion(low, high)
