"""A time limit of posts: those that it runs for, and the alarm that ends them when their time is over."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from emulator.callbacks.poster.attempts import Sending

STILL: Final = 0.1
"""By how many seconds a timer may be late before the loop counts as having stood still."""


class Limit:
    """Each post may take so many real `seconds`; `late` gets those that are not over by then."""

    __slots__ = ("_alarm", "_began", "_due", "_late", "_loop", "seconds")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, late: Callable[[Sending], None]) -> None:
        self.seconds = seconds
        self._loop = loop
        self._late = late
        self._began: deque[tuple[float, Sending]] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._due = 0.0

    def begin(self, sending: Sending) -> None:
        """Have a post's time begin now."""
        sending.began = self._loop.time()
        self._began.append((sending.began, sending))
        if self._alarm is None:
            self._look_at(sending.began + self.seconds)

    def close(self) -> None:
        """End no post any more."""
        self._began.clear()
        if self._alarm is not None:
            self._alarm.cancel()

    def _look_at(self, due: float) -> None:
        """Look at this time of the loop whose time is over."""
        self._due = due
        self._alarm = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        """End the posts whose time is over. If this comes late itself, since the process or its loop stood still, they
        get as much time again: their answers may have come, and are read next.
        """
        now = self._loop.time()
        if now - self._due > STILL:
            self._look_at(now + min(now - self._due, self.seconds))
            return
        limit, late = now - self.seconds, list[Sending]()
        while self._began and (self._began[0][0] <= limit or self._began[0][0] != self._began[0][1].began):
            began, sending = self._began.popleft()
            if sending.began == began:
                late.append(sending)
        self._alarm = None
        if self._began:
            self._look_at(self._began[0][0] + self.seconds)
        for sending in late:
            self._late(sending)
