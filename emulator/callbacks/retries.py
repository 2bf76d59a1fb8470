"""Which answer to a callback counts, and when one that was not received is posted again: the provider's rules. Pure.

The services share a ladder of retries, and count 200 alone. Failover OTP posts once, and any 2xx will do. What a call
asks is asked once too.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from emulator.clock.durations import parse
from emulator.seed import EVENT, ONCE

LADDER: Final = tuple(map(parse, ["30s", "1m", "2m", "5m", "10m", "15m", "30m", "1h", "2h", "4h", "8h", "24h"]))
"""When a callback that was not received is retried, in milliseconds after its first attempt."""


class Rule(Struct, frozen=True):
    """The statuses `received`, and `retries` as LADDER has them; `words` say which statuses alone count."""

    received: range
    retries: tuple[int, ...]
    words: str = "only 200"

    def next_attempt(self, first_at: int, attempts: int, now: int) -> int | None:
        """When the attempt after so many is due, at `now` at the earliest; None at the end of the ladder."""
        return max(first_at + self.retries[attempts - 1], now) if attempts <= len(self.retries) else None


REPEATED: Final = Rule(range(200, 201), LADDER)
ASKED: Final = Rule(range(200, 201), ())
BARE: Final = Rule(range(200, 300), (), "only 2xx")


def rule(name: str) -> Rule:
    """The rule of the post of this id."""
    return ASKED if name.endswith(EVENT) else BARE if ONCE in name else REPEATED
