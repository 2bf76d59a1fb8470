"""The pace of new requests: they wait while the emulator has so much to do that callbacks are late.

A callback that is late because its receiver is slow is no reason to wait, so three things must come together: a
callback is late, its receiver answers quickly, and the event loop is behind. Requests then wait until callbacks to
quick receivers are in time again, or none is answered any more; and none waits for long.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

LATE: Final = 1.0
"""How late a callback may be, in real seconds."""
QUICK: Final = 50
"""Within how many milliseconds a quick receiver answers."""
BEHIND: Final = 0.01
"""How late a task may be run, in real seconds."""
SILENCE: Final = 0.25
"""After how many real seconds without an answer of a quick receiver requests go on."""
LONGEST: Final = 1.0
"""How long a request waits at most, in real seconds."""


class Pace:
    """Whether new requests are to wait: `shut` says so. Needs a running event loop when it shuts."""

    def __init__(self) -> None:
        self.shut = False
        self._open = asyncio.Event()
        self._open.set()
        self._timer: asyncio.TimerHandle | None = None

    def told(self, late: float, behind: float) -> None:
        """A quick receiver answered a callback that had begun so `late`, while the event loop ran a task so far
        `behind` its time; both in real seconds.
        """
        if late <= LATE:
            if self.shut:
                self.open()
        elif self.shut or behind > BEHIND:
            self.shut = True
            self._open.clear()
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_later(SILENCE, self.open)

    async def passed(self) -> None:
        """Wait until a new request may go on."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                await self._open.wait()

    def open(self) -> None:
        """Let new requests go on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.shut = False
        self._open.set()
