"""Ids and random numbers computed from a seed, so that equal seeds give equal bytes on every machine.

Each value is a hash of the parts that it belongs to, so the order in which values are asked for does not matter. Must
not know time or any source of chance.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final

_BETWEEN: Final = "\x1f"


def identifier(*parts: object) -> str:
    """The id of these parts, in the form of a version 4 UUID: of equal parts an equal one."""
    return _written(_digits(_BETWEEN.join(map(str, parts))))


def flow_id(seed: str, application: str, ordinal: int) -> str:
    """The id of an application's flow number `ordinal`, from 1. Its last 12 hex digits are that number, so that the
    store can index an application's ids in the order in which they are made, and only appends to the index.
    """
    digits = _digits(f"{seed}{_BETWEEN}flow{_BETWEEN}{application}{_BETWEEN}{ordinal}")
    return _written(f"{digits[:20]}{ordinal:012x}")


@lru_cache(1024)
def callback_id(flow: str, number: int, once: bool = False) -> str:  # noqa: FBT001, FBT002  # lru_cache is faster so
    """The id of a flow's callback number `number`, from 1; `once`: of one that is posted once, whatever is answered.
    Cached, since the journal and the post ask for it one after the other.
    """
    return belonging(flow, "callback", number) + (ONCE if once else "")


ONCE: Final = "-once"
"""What the ids of callbacks have that are posted once, whatever is answered."""
EVENT: Final = "-event"
"""How the ids end of posts that ask how a call goes on."""


def event_id(flow: str, step: int, number: int) -> str:
    """The id of the post by which the call of a flow's step asks this, see `flow.state.Ask`."""
    return belonging(flow, "event", step, number) + EVENT


def belonging(flow: str, *parts: object) -> str:
    """The id of what belongs to a flow. Its last 12 hex digits are those of the flow's id, by which the store finds it
    there.
    """
    made = identifier(flow, *parts)
    return made[:24] + flow[24:] if len(flow) == len(made) else made


class Draws:
    """Uniform random numbers in [0, 1), computed from these parts: each call gives the next one."""

    def __init__(self, *parts: object) -> None:
        self._parts = _BETWEEN.join(map(str, parts))
        self._count = 0

    def __call__(self) -> float:
        """The next number, with 56 random bits."""
        self._count += 1
        return int(_digits(f"{self._parts}{_BETWEEN}{self._count}")[:14], 16) / (1 << 56)


def _digits(text: str) -> str:
    """The 32 hex digits of a text's hash."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _written(digits: str) -> str:
    """32 hex digits as a version 4 UUID: version and variant replace the 13th and the 17th."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
