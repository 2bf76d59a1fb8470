"""An alarm: one task sleeps until a time or until another wakes it, whichever comes first."""

from __future__ import annotations

import asyncio


class Alarm:
    """The alarm of one task. A ring while it does not sleep ends its next sleep at once; rings do not add up."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the task, now or when it next goes to sleep."""
        self._rung.set()

    def silence(self) -> None:
        """Forget a ring that has not woken the task yet."""
        self._rung.clear()

    async def sleep(self, seconds: float | None) -> None:
        """Sleep until the alarm rings, at most so many real seconds (None: without a limit)."""
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self._rung.set)
        try:
            await self._rung.wait()
        finally:
            self._rung.clear()
            if timer is not None:
                timer.cancel()
