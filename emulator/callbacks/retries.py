"""When a callback that was not received is posted again: the provider's ladder of retries. Pure."""

from __future__ import annotations

from typing import Final

from emulator.clock.durations import parse

LADDER: Final = tuple(map(parse, ["30s", "1m", "2m", "5m", "10m", "15m", "30m", "1h", "2h", "4h", "8h", "24h"]))
"""When a callback that was not received is retried, in milliseconds after its first attempt."""


def next_attempt(first_at: int, attempts: int, now: int) -> int | None:
    """When the attempt after so many is due, at `now` at the earliest; None at the end of the ladder."""
    return max(first_at + LADDER[attempts - 1], now) if attempts <= len(LADDER) else None
