"""What several feeds watch, looked at once for all of them."""

from __future__ import annotations

import asyncio
from typing import Final

from emulator.store.contract import Store

TICK: Final = 0.1
"""The time between two looks at the journal, in real seconds."""


class Watch:
    """The number of the journal's last entry, asked of the store once a TICK at most, however many feeds ask for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: asyncio.Future[int] | None = None
        self._until = 0.0

    async def latest(self) -> int:
        """The number, as it was a TICK ago or later."""
        now = asyncio.get_running_loop().time()
        if self._asked is None or now >= self._until:
            self._until = now + TICK
            self._asked = asyncio.ensure_future(self._store.latest())
            self._asked.add_done_callback(_seen)
        return await asyncio.shield(self._asked)


class Watched:
    """What so many `feeds` watch: the `event` that they are told, made when the journal's last entry had the number
    `latest`. It is made anew by one of them, which has its `turn`, not before the event loop's time `rested`.
    """

    def __init__(self) -> None:
        self.feeds = 0
        self.event = b""
        self.latest = -1
        self.rested = 0.0
        self.turn = asyncio.Lock()


def _seen(asked: asyncio.Future[int]) -> None:
    """Take note of an error, also if all feeds that wait for it have gone."""
    if not asked.cancelled():
        asked.exception()
