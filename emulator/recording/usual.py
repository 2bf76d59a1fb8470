"""Callback bodies of a capture as the reader of recordings takes them, whatever choices they were made under. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Final

from emulator.channels.table import SMS
from emulator.clock import instants
from emulator.errors import Json

SECOND: Final = 1000
HALF: Final = 499
"""How far a time may be from whole seconds that it is rounded to, in ms."""


def at(body: Json) -> int:
    """When what a body tells has happened, in ms; 0 if it does not say."""
    return moment(body.get("updatedAt") or (body.get("status") or {}).get("updatedDate"))


def moment(written: object) -> int:
    """A time in ms; 0 for what is none."""
    try:
        return instants.read(str(written)) if written else 0
    except (ValueError, OverflowError):
        return 0


def bodies(told: Iterable[Json], created: int) -> list[Json]:
    """Bodies about one flow or single message in their usual spellings; of a message that was `created` at this
    time, that it was created is told too.
    """
    flows = [body for body in told if "messages" in body]
    if flows:
        return [body | {"statusCode": None} if body.get("statusCode") == "" else body for body in flows]
    singles = [_timed(body, created) for body in told]
    if not singles:
        return []
    queued = {"name": SMS.initial, "updatedDate": instants.written(created)}
    return [min(singles, key=itemgetter("part")) | {"status": queued}, *singles]


def _timed(told: Json, created: int) -> Json:
    """A body of a single message with the time of its status in milliseconds, which the provider cuts off: one that
    goes with its latency too, which tells of a message that has ended how many seconds, or milliseconds, it took.
    """
    after = max(0, at(told) - created)
    if latency := told.get("latency", 0):
        exact = abs(latency - after) <= abs(latency * SECOND - after)
        least, most = (latency, latency) if exact else (latency * SECOND - HALF, latency * SECOND + HALF)
        after = min(max(after, least), most)
    status = (told.get("status") or {}) | {"updatedDate": instants.written(created + after)}
    return {"part": 1} | told | {"status": status, "latency": 0}
