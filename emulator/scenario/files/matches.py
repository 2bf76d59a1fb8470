"""Reading `match`: the conditions of a rule."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from types import MappingProxyType
from typing import Final, get_args

from emulator.channels.table import Channel
from emulator.clock import durations
from emulator.scenario.amounts import Portion, Ramp, Range, Rate
from emulator.scenario.files.cursor import Cursor, shown
from emulator.scenario.files.delays import duration, near, per_cent, share
from emulator.scenario.matching import NUMBERS, TEXTS, WITHIN, Condition, Expected, Match
from emulator.scenario.questions import Endpoint
from emulator.scenario.times import WEEKDAYS, Span, UnknownZone, When, moment, zone

GROUPS: Final = ("all", "any", "not")
KEYS: Final = (*TEXTS, *NUMBERS, *WITHIN, *GROUPS)
BESIDE: Final = MappingProxyType(
    dict.fromkeys(("plan", "queued", "answer", "callbacks", "code"), "beside 'match', not in it")
)
"""Where members of a rule stand that were found in its match."""
NAMES: Final = {"channel": tuple(Channel), "endpoint": get_args(Endpoint)}
"""The facts that have only these values."""
COVERED: Final = MappingProxyType(
    {"campaign": "sms", "sms/campaign": "sms", "voice/conversation": "voice", "call": "voice", "oauth/token": "token"}
)
"""What else an endpoint may be called, and by which word of rules it is covered."""

NUMBER_LOOKUPS: Final = ("equal", "in", "range", "every")
TEXT_LOOKUPS: Final = ("equal", "in", "starts", "ends", "contains", "glob", "regex", "range")
_SHARE: Final = r"([0-9]{1,3}(?:\.[0-9]+)?)%"
_TIME: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"


def match(cursor: Cursor) -> Match:
    """The match that a map says."""
    if cursor.value in tuple(Channel):
        cursor.wrong(f"must be a map; did you mean {{ channel: {cursor.value} }}?")
        return Match()
    members = cursor.fields(KEYS, places=BESIDE)
    conditions: list[Condition] = []
    for key, member in members.items():
        if key not in GROUPS:
            conditions += _conditions(key, member)
    every, some = (
        tuple(match(each) for each in members[key].items("matches")) if key in members else () for key in ("all", "any")
    )
    if "not" in members and isinstance(members["not"].value, list):
        members["not"].wrong("must be one match; of several, say { any: [...] }")
        return Match()
    none = (match(members["not"]),) if "not" in members else ()
    return Match(tuple(conditions), every, some, none)


def _conditions(key: str, cursor: Cursor) -> list[Condition]:
    """The conditions on one fact: a bare value must be equal, a list has one that is; a map names its lookups."""
    if key == "time":
        return [Condition(key, "within", each) for each in _times(cursor)]
    if key == "share":
        return [Condition(key, "within", _ramp(cursor) if isinstance(cursor.value, dict) else _portion(cursor))]
    if key == "rate":
        return [Condition(key, "above", _rate(cursor))]
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
        case "every":
            return cursor.whole(2)
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
        code = str(cursor.value).upper()
        near = f"; did you mean {code}?" if re.fullmatch("[A-Z]{2}", code) and code != cursor.value else ""
        return cursor.spelled("[A-Z]{2}", "a country's two capital letters, such as GR", near)
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


def _times(cursor: Cursor) -> list[When | Span]:
    """Times of the calendar, and those from one moment to another: all that a map has of them."""
    members = cursor.fields(("between", "weekday", "date", "from", "to", "zone"))
    if isinstance(cursor.value, dict) and not cursor.value.keys() - {"zone"}:
        cursor.expected("a map with between, weekday, date, from or to, and a zone if it is not UTC")
    zone = _zone(members["zone"]) if "zone" in members else "UTC"
    calendar = When(
        between=_between(members["between"]) if "between" in members else None,
        weekdays=tuple(each.name(WEEKDAYS) for each in _listed(members["weekday"])) if "weekday" in members else (),
        dates=tuple(map(_dates, _listed(members["date"]))) if "date" in members else (),
        zone=zone,
    )
    ends = {name: _moment(members[name], zone) for name in ("from", "to") if name in members}
    if len({since for _, since in ends.values()}) == 2:
        members["to"].wrong(
            "'from' and 'to' must both be moments, or both durations, which count from the first request"
        )
    elif len(ends) == 2 and ends["from"][0] >= ends["to"][0]:
        members["to"].wrong("this is empty: it ends before it begins")
    first, last = (ends[name][0] if name in ends else None for name in ("from", "to"))
    spans = [Span(first, last, any(since for _, since in ends.values()))] if ends else []
    return [*([calendar] if calendar != When(zone=zone) else []), *spans]


def _moment(cursor: Cursor, zone: str) -> tuple[int, bool]:
    """A moment, in milliseconds, or a duration that counts from the first request; and whether it is one."""
    text = str(cursor.value)
    if durations.is_one(text):
        return duration(cursor), True
    with suppress(ValueError, OverflowError):
        return moment(text, zone), False
    told = "must be a moment such as 2026-03-02T23:30, or a time since the first request such as 10m"
    cursor.wrong(f"{told}; found {shown(cursor.value)}{near(text)}")
    return 0, False


def _listed(cursor: Cursor) -> list[Cursor]:
    """The elements of a list, or a bare value as the only one."""
    return cursor.items("values") if isinstance(cursor.value, list) else [cursor]


def _between(cursor: Cursor) -> tuple[str, str]:
    """A beginning and an end, as HH:MM."""
    ends = [f"{int(hour):02}:{minute}" for hour, minute in re.findall(r"([0-9]{1,2}):([0-9]{2})", str(cursor.value))]
    right = len(ends) == 2 and all(re.fullmatch(_TIME, each) for each in ends)
    meant = f"; did you mean {ends[0]}..{ends[1]}?" if right else ""
    told = cursor.spelled(rf"{_TIME}\.\.{_TIME}", "times of day such as 22:00..06:00", meant)
    begin, _, end = told.partition("..")
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
        from zoneinfo import available_timezones  # it reads a part of the standard library that little else needs

        near = next((each for each in sorted(available_timezones()) if each.lower().endswith(f"/{name.lower()}")), "")
        told = f"must be a time zone that this machine knows, such as Europe/Athens; found {shown(name)}"
        cursor.wrong(told + (f"; did you mean {near}?" if near else ""))
    return name


def _portion(cursor: Cursor) -> Portion:
    """A share of all recipients: the first per cent of them, or those from one share to another."""
    found = re.fullmatch(rf"{_SHARE}(?:\.\.{_SHARE})?", str(cursor.value))
    first, last = (float(each) / 100 if each else 0.0 for each in found.groups()) if found else (0.0, 2.0)
    low, high = (first, last) if last else (0.0, first)
    if high > 1:
        told = "must be a share of the recipients such as 33%, or 33%..66% for others than those of 33%"
        cursor.wrong(f"{told}; found {shown(cursor.value)}{per_cent(cursor.value)}")
    elif low >= high:
        cursor.wrong(f"the share {cursor.value} is empty")
    return Portion(low, high)


def _ramp(cursor: Cursor) -> Ramp:
    """A share of all recipients that changes evenly."""
    members = cursor.fields(("from", "to", "over", "after"), needed=("from", "to", "over"))
    over = duration(members["over"]) if "over" in members else 1
    if over == 0 and members["over"].sound():
        members["over"].wrong("this takes no time; write a share, or two rules with a time")
    first, last = (share(members[name]) if name in members else 0.0 for name in ("from", "to"))
    return Ramp(first, last, over or 1, duration(members["after"]) if "after" in members else 0)


def _rate(cursor: Cursor) -> Rate:
    """More requests in a period than so many."""
    if isinstance(cursor.value, str):
        cursor.wrong(f"must be a map with above; did you mean {{ above: {cursor.value} }}?")
        return Rate(1, 1)
    members = cursor.fields(("above",), needed=("above",))
    if "above" not in members:
        return Rate(1, 1)
    most, _, period = str(members["above"].value).partition("/")
    period = f"1{period}" if period in durations.UNITS else period
    with suppress(ValueError):
        if re.fullmatch("[0-9]{1,9}", most) and (length := durations.parse(period)):
            return Rate(int(most), length)
    told = "must be a number of requests in a period, such as 10/s, 100/m or 5/30s"
    said = durations.meant(period if period[:1].isdigit() else f"1{period}")
    meant = f"; did you mean {most.strip()}/{said.removeprefix('1') if len(said) == 2 else said}?" if said else ""
    members["above"].wrong(f"{told}; found {shown(members['above'].value)}{meant}")
    return Rate(1, 1)
