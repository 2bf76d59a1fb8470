"""How long the verbs of a call take, in milliseconds. Pure.

The provider documents none of it, so all is decided here: how fast texts are spoken, how long a recording plays, how
long the recipient talks to whom the call is put through, and how long each side waits for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from emulator.errors import Json

LETTERS: Final = 15
"""How many letters are spoken in a second; a text takes at least one."""
PLAY_MS: Final = 10_000
"""How long a recording plays."""
DIAL_MS: Final = 20_000
"""How long the recipient talks to whom the call is put through."""
ENDLESS_MS: Final = 60_000
"""How long a recipient listens to what is repeated without end."""
KEYS_MS: Final = 10_000
"""How long a call waits for keys, or the next ones, until the recipient hangs up."""
ANSWER_MS: Final = 20_000
"""How long a call waits for the customer's answer, if none comes and no attempt fails."""


def length(verbs: Sequence[Json]) -> int:
    """How long all of these verbs take, with their repetitions."""
    return sum(map(_length, verbs))


def held(verbs: Sequence[Json]) -> int:
    """How long these verbs take until the recipient may press keys: the last ones may be interrupted by that, if they
    all say so (`bargeIn`).
    """
    last = len(verbs)
    while last and verbs[last - 1].get("bargeIn"):
        last -= 1
    return length(verbs[:last])


def _length(verb: Json) -> int:
    match verb["type"]:
        case "SAY":
            once = max(1, ceil(len(verb["message"]["text"]) / LETTERS)) * 1000
        case "PLAY":
            once = PLAY_MS
        case "PAUSE":
            once = round(verb["duration"] * 1000)
        case other:
            once = DIAL_MS if other == "DIAL" else 0
    repeat = int(verb.get("repeat", 0))
    return ENDLESS_MS if repeat < 0 else once * (1 + repeat)
