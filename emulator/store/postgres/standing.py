"""Cuts off processes that stand still within a statement, while others wait for the lock that they have.

The driver says a statement in two parts when it is new to a connection: the server answers the first, and waits for the
second. None of its timeouts counts then, since the transaction is not idle.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import asyncpg

from emulator.store.contract import StoreError

IDLE: Final = 2.0
"""How long a transaction may wait for its process, in real seconds: then others have their turn."""
_CUT_OFF: Final = f"""
SELECT pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = $1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND a.state = 'active' AND a.wait_event_type = 'Client'
  AND a.state_change < clock_timestamp() - interval '{IDLE / 2} s'"""
Read = Callable[[Callable[[asyncpg.Connection], Awaitable[list[Any]]]], Awaitable[list[Any]]]

log = logging.getLogger(__name__)


class Others:
    """Those who may have an advisory lock; `read` answers what a job reads."""

    def __init__(self, lock: int, read: Read) -> None:
        self._lock = lock
        self._read = read
        self._looks: set[asyncio.Task[None]] = set()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Until the block ends, cut off whoever has the lock and stands still, after IDLE. What one had not committed
        it writes again when it goes on.
        """
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle

        def late() -> None:
            nonlocal timer
            look = asyncio.create_task(self._look())
            self._looks.add(look)
            look.add_done_callback(self._looks.discard)
            timer = loop.call_later(IDLE / 2, late)

        timer = loop.call_later(IDLE, late)
        try:
            yield
        finally:
            timer.cancel()

    async def _look(self) -> None:
        with suppress(StoreError, asyncpg.PostgresError):  # whoever waits for the lock hears of it
            if await self._read(lambda connection: connection.fetch(_CUT_OFF, self._lock)):
                log.warning("an emulator that stands still was cut off from the store, since others waited for it")
