"""Looks after the store: whether it can be used is noticed within a second, also if nobody asks for anything."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from emulator.store.contract import Store

EVERY: Final = 1.0
"""Real seconds between two looks."""

log = logging.getLogger(__name__)


class Caretaker:
    """Looks after one store, which logs what is wrong with it."""

    def __init__(self, store: Store) -> None:
        self._store = store
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
                await self._store.trouble()
            except Exception:
                log.exception("the store could not be looked at; trying again")
