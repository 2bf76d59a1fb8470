"""Of which times a body tells, whatever it is about. Pure."""

from __future__ import annotations

from typing import Any, Final

from emulator.clock import instants

SECOND: Final = 1000
_TIMES: Final = ("updatedAt", "updatedDate", "date", "createdAt")
"""The members that say when something happened."""


def latest(body: Any) -> int:
    """The latest time that a body tells of, in ms; 0 if it tells of none."""
    if isinstance(body, list):
        return max(map(latest, body), default=0)
    if not isinstance(body, dict):
        return 0
    return max((moment(each) if name in _TIMES else latest(each) for name, each in body.items()), default=0)


def moment(written: object) -> int:
    """A time in ms; 0 for what is none."""
    try:
        return instants.read(str(written)) if written else 0
    except (ValueError, OverflowError):
        return 0
