"""Looks after the store: whether it can be used is noticed within a second, also if nobody asks for anything, and what
another process has left that has ended is taken over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from emulator.store.contract import Store, Unavailable

EVERY: Final = 1.0
"""Real seconds between two looks."""

log = logging.getLogger(__name__)


class Caretaker:
    """Looks after one store, which logs what is wrong with it. `wake` has what is due on a clock carried on, `now`
    answers the time there.
    """

    def __init__(self, store: Store, wake: Callable[[str], None], now: Callable[[str], int]) -> None:
        self._store = store
        self._wake = wake
        self._now = now
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look(), name="caretaker")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                if await self._store.trouble():
                    continue
                for clock in await self._store.left(self._now):
                    self._wake(clock)
            except Unavailable:
                continue  # it has logged that
            except Exception:
                log.exception("the store could not be looked at; trying again")
