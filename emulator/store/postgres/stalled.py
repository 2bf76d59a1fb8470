"""Disconnects processes that hold the schema's lock and don't go on, while others wait for it.

The driver sends a statement in two parts when it is new to a connection: the server answers the first, and waits for
the second. None of the server's timeouts applies then, since the transaction is not idle.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Final

import asyncpg

from emulator.store.contract import StoreError

IDLE: Final = 2.0
"""How long a transaction may wait for its process, in real seconds: then others have their turn."""
STALLED: Final = 1.0
"""For how long the server must have waited for the rest of a statement, in real seconds: less than IDLE, so that who
came just before it began to wait need not wait much longer.
"""
_DISCONNECT: Final = f"""
SELECT pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = $1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND a.state = 'active' AND a.wait_event_type = 'Client'
  AND a.state_change < clock_timestamp() - interval '{STALLED} s'"""

log = logging.getLogger(__name__)


class LockHolder:
    """Whoever holds an advisory lock; `connected` lends a connection by which to look."""

    def __init__(self, lock: int, connected: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
        self._lock = lock
        self._connected = connected
        self._look: asyncio.Task[None] | None = None

    @contextmanager
    def must_go_on(self) -> Iterator[None]:
        """Until the block ends, after IDLE, disconnect a holder that has stalled. What it had not committed it writes
        again when it goes on.
        """
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle

        def look() -> None:
            nonlocal timer
            if self._look is None or self._look.done():
                self._look = asyncio.create_task(self._disconnect())
            timer = loop.call_later(STALLED, look)

        timer = loop.call_later(IDLE, look)
        try:
            yield
        finally:
            timer.cancel()

    async def close(self) -> None:
        """End the look that is under way."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)

    async def _disconnect(self) -> None:
        try:
            async with asyncio.timeout(IDLE), self._connected() as connection:
                rows = await connection.fetch(_DISCONNECT, self._lock)
        except (StoreError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.debug("who holds the lock could not be looked up: %s", error)  # whoever waits tells of a lost database
        else:
            if any(ended for (ended,) in rows):
                log.warning("an emulator that stood still was disconnected from the store, since others waited for it")
