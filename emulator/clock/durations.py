"""Reads and writes durations as people do: `500ms`, `2.5m`, `1h30m`; inside they are integer milliseconds."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

UNITS: Final = MappingProxyType({"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1})
"""Milliseconds of each unit, the largest first."""

LONGEST: Final = 366 * UNITS["d"]
"""The longest duration, in milliseconds: a store keeps times in 64 bits."""
EXPECTED: Final = "a duration such as 500ms, 1s, 2.5m, 20h, 1d or 1h30m"

_PART: Final = r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)"


_WRITTEN: Final = MappingProxyType(
    dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), "ms")
    | dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s")
    | dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m")
    | dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h")
    | dict.fromkeys(("d", "day", "days"), "d")
)
"""How else people write units, in small letters."""
_SPELLED: Final = r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)\s*"


def meant(text: str) -> str:
    """The duration that a text means which writes units in another way, as 4min, 5 s or 1 hour; empty if it is none."""
    if not re.fullmatch(rf"(?:{_SPELLED}){{1,5}}", text):
        return ""
    parts = [(number, _WRITTEN.get(unit.lower())) for number, unit in re.findall(_SPELLED, text)]
    return "".join(f"{number}{unit}" for number, unit in parts) if all(unit for _, unit in parts) else ""


def is_one(text: str) -> bool:
    """Whether a text is written as a duration, however long that is."""
    return re.fullmatch(rf"(?:{_PART})+", text) is not None


def parse(text: str) -> int:
    """The milliseconds of a duration. Raises ValueError, which says what was expected, if the text is no duration or
    longer than 366 days.
    """
    if not is_one(text):
        raise ValueError(f"must be {EXPECTED}")
    length = sum(float(number) * UNITS[unit] for number, unit in re.findall(_PART, text))
    if length > LONGEST:
        raise ValueError("must be at most 366d")
    return round(length)


def written(ms: int) -> str:
    """The shortest text that `parse` turns into these milliseconds."""
    parts = []
    for unit, size in UNITS.items():
        count, ms = divmod(ms, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"
