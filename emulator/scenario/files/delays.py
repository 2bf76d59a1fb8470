"""Reading times: a duration, a range, a named distribution, a share of the ttl; and writing them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import astuple

from emulator.clock import durations
from emulator.clock.delays import Delay, Exponential, Fixed, Lognormal, Normal, Uniform
from emulator.scenario.files.cursor import Cursor, shown
from emulator.scenario.outcomes import Share
from emulator.validation.hints import quoted

DISTRIBUTIONS: Final[dict[str, tuple[tuple[str, ...], Callable[..., Delay]]]] = {
    "normal": (("mean", "deviation"), Normal),
    "lognormal": (("median", "p95"), Lognormal),
    "exponential": (("mean",), Exponential),
    "uniform": (("from", "to"), Uniform),
}
"""The named distributions: their parameters, all of them durations, and the delay that they make."""


def duration(cursor: Cursor) -> int:
    """A fixed time in milliseconds."""
    if not isinstance(cursor.value, str):
        cursor.wrong(f"must be {durations.EXPECTED}; found {shown(cursor.value)}{near(cursor.value)}")
        return 0
    return _parsed(cursor, cursor.value)


def delay(cursor: Cursor, also: str = "") -> Delay:
    """A fixed time, a range, or a map with the name of a distribution; `also` is what else may stand there."""
    if isinstance(cursor.value, dict):
        named = cursor.one_of(tuple(DISTRIBUTIONS))
        if named is None:
            return Fixed(0)
        parameters, make = DISTRIBUTIONS[named[0]]
        members = named[1].fields(parameters, needed=parameters)
        return _ordered(cursor, make(*(duration(members[each]) if each in members else 1 for each in parameters)))
    ends = str(cursor.value).split("..") if isinstance(cursor.value, str) else []
    if not 1 <= len(ends) <= 2 or not all(map(durations.is_one, ends)):
        found = f"{shown(cursor.value)}{near(cursor.value)}"
        cursor.wrong(f"must be {durations.EXPECTED}, or a range such as 10s..2m{also}; found {found}")
        return Fixed(0)
    times = [_parsed(cursor, each) for each in ends]
    return _ordered(cursor, Uniform(*times)) if len(times) == 2 else Fixed(times[0])


def delay_or_share(cursor: Cursor) -> Delay | Share:
    """Any delay, or `ttl` for the end of the ttl, or a share of it in per cent."""
    if cursor.value == "ttl":
        return Share(1.0)
    if str(cursor.value).endswith("%"):
        return Share(share(cursor, 1000))
    return delay(cursor, ", or ttl or a share of it such as 50%")


def share(cursor: Cursor, most: int = 100) -> float:
    """A share in per cent, such as 50%, as a fraction: 0.5."""
    found = re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]+)?)%", str(cursor.value))
    if not found or float(found[1]) > most:
        cursor.wrong(f"must be a share from 0% to {most}%; found {shown(cursor.value)}{per_cent(cursor.value)}")
    return float(found[1]) / 100 if found else 0.0


def written(time: Delay | Share) -> Any:
    """A time as a file says it: `delay_or_share` makes the same of it."""
    match time:
        case Fixed(ms=ms):
            return durations.written(ms)
        case Share(of_ttl=share):
            return "ttl" if share == 1 else f"{share * 100:g}%"
        case Uniform(low=low, high=high):
            return f"{durations.written(low)}..{durations.written(high)}"
    name, parameters = next((name, names) for name, (names, make) in DISTRIBUTIONS.items() if make is type(time))
    return {name: dict(zip(parameters, map(durations.written, astuple(time)), strict=True))}


def _ordered(cursor: Cursor, made: Delay) -> Delay:
    """The delay; notes if its parameters are in the wrong order."""
    if isinstance(made, Uniform) and made.low > made.high:
        cursor.wrong("this range is empty: it ends before it begins")
    if isinstance(made, Lognormal) and not 0 < made.median <= made.p95:
        cursor.wrong("a lognormal's median must be above 0s and at most its p95")
    return made


def near(value: Any) -> str:
    """The end of a message about a time: a range or a unit that is written in another way, a number without a unit; one
    from 1000 on is probably of milliseconds.
    """
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", text := str(value).strip()):
        return f"; did you mean {durations.written(int(text)) if re.fullmatch('[0-9]{4,6}', text) else f'{text}s'}?"
    ends = re.split(r"\s*(?:\.{2,}|-|–|,|\bto\b|…)\s*", text)
    said = [each if durations.is_one(each) else durations.meant(each) for each in ends]
    return f"; did you mean {'..'.join(said)}?" if len(said) <= 2 and all(said) and said != [text] else ""


def per_cent(value: Any) -> str:
    """The end of a message about a number that is no share, for lack of its sign; a fraction is one of 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100:
        return ""
    return f"; did you mean {value * 100 if value < 1 else value:g}%?"


def _parsed(cursor: Cursor, text: str) -> int:
    """The milliseconds of a duration; notes if it is none."""
    try:
        return durations.parse(text)
    except ValueError as error:
        cursor.wrong(f"{error}; found {quoted(text)}{near(text)}")
        return 0
