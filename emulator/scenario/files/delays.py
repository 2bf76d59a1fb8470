"""Reading times: a duration, a range, a named distribution, a share of the ttl."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from emulator.clock import durations
from emulator.clock.delays import Delay, Exponential, Fixed, Lognormal, Normal, Uniform
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.outcomes import Share

DISTRIBUTIONS: Final[dict[str, tuple[tuple[str, ...], Callable[..., Delay]]]] = {
    "normal": (("mean", "deviation"), Normal),
    "lognormal": (("median", "p95"), Lognormal),
    "exponential": (("mean",), Exponential),
    "uniform": (("from", "to"), Uniform),
}
"""The named distributions: their parameters, all durations, and what they make."""


def duration(cursor: Cursor) -> int:
    """A fixed time in milliseconds."""
    if not isinstance(cursor.value, str):
        cursor.expected(durations.EXPECTED)
        return 0
    return _parsed(cursor, cursor.value)


def delay(cursor: Cursor) -> Delay:
    """A fixed time, a range or a distribution."""
    if isinstance(cursor.value, dict):
        return _distribution(cursor)
    low, dots, high = str(cursor.value).partition("..")
    if not dots:
        return Fixed(duration(cursor))
    return _ordered(cursor, Uniform(_parsed(cursor, low), _parsed(cursor, high)))


def delay_or_share(cursor: Cursor) -> Delay | Share:
    """Any delay, or `ttl`, or a share of it in per cent."""
    if cursor.value == "ttl":
        return Share(1.0)
    return Share(share(cursor, 1000)) if str(cursor.value).endswith("%") else delay(cursor)


def share(cursor: Cursor, most: int = 100) -> float:
    """A share in per cent, such as 50%, as a fraction."""
    found = re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]+)?)%", str(cursor.value))
    if not found or float(found[1]) > most:
        cursor.expected(f"a share from 0% to {most}%")
    return float(found[1]) / 100 if found else 0.0


def _distribution(cursor: Cursor) -> Delay:
    named = cursor.one_of(tuple(DISTRIBUTIONS))
    if named is None:
        return Fixed(0)
    parameters, make = DISTRIBUTIONS[named[0]]
    members = named[1].fields(parameters, needed=parameters)
    values = [duration(members[each]) if each in members else 1 for each in parameters]
    return _ordered(cursor, make(*values))


def _ordered(cursor: Cursor, made: Delay) -> Delay:
    if isinstance(made, Uniform) and made.low > made.high:
        cursor.wrong("this range is empty: it ends before it begins")
    if isinstance(made, Lognormal) and not 0 < made.median <= made.p95:
        cursor.wrong("a lognormal's median must be above 0s and at most its p95")
    return made


def _parsed(cursor: Cursor, text: str) -> int:
    try:
        return durations.parse(text)
    except ValueError as error:
        cursor.wrong(f"{error}; found '{text}'")
        return 0
