"""Identifiers and draws that follow from a seed alone, so that equal seeds give equal bytes on every machine.

Nothing here knows time or a random source: a value is the hash of what it belongs to. Two values of one seed never
depend on the order in which they were asked for.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final

_BETWEEN: Final = "\x1f"


def identifier(*parts: object) -> str:
    """The id that belongs to these parts, in the form of a version 4 UUID."""
    return _written(_digits(_BETWEEN.join(map(str, parts))))


def flow_id(seed: str, application: str, ordinal: int) -> str:
    """The id of an application's flow of this number, from 1: as any other, but its last 12 digits are the number, so
    that the ids of an application grow, and a store's index with them at its end.
    """
    digits = _digits(f"{seed}{_BETWEEN}flow{_BETWEEN}{application}{_BETWEEN}{ordinal}")
    return _written(f"{digits[:20]}{ordinal:012x}")


@lru_cache(1024)
def callback_id(flow: str, number: int) -> str:
    """The id of a flow's callback of this number, from 1: as any other, but its last 12 digits are those of the flow's
    id, by which a store finds it. The journal and the post ask for it one after the other.
    """
    made = identifier(flow, "callback", number)
    return made[:24] + flow[24:] if len(flow) == len(made) else made


class Draws:
    """A sequence of uniform numbers in [0, 1) that belongs to these parts; calling it gives the next one."""

    def __init__(self, *parts: object) -> None:
        self._parts = _BETWEEN.join(map(str, parts))
        self._count = 0

    def __call__(self) -> float:
        """The next number."""
        self._count += 1
        return int(_digits(f"{self._parts}{_BETWEEN}{self._count}")[:14], 16) / (1 << 56)


def _digits(text: str) -> str:
    """32 hex digits that belong to a text."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _written(digits: str) -> str:
    """32 hex digits as a version 4 UUID, which leaves 29 of them as they are."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
