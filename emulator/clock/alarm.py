"""Sleeping until a time or a wake-up, whichever comes first."""

from __future__ import annotations

import asyncio


class Alarm:
    """One sleeper's alarm. A ring while nobody sleeps ends the next sleep at once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """End the sleep."""
        self._rung.set()

    async def sleep(self, seconds: float | None) -> None:
        """Sleep until rung, at most so long (None: for ever)."""
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self._rung.set)
        try:
            await self._rung.wait()
        finally:
            self._rung.clear()
            if timer is not None:
                timer.cancel()
