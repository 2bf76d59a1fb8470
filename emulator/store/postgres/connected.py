"""A database that is open, and what this process knows of it: what all parts of the store are built on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import asyncpg

from emulator.journal.entry import Entry
from emulator.store.contract import StoreError, Unavailable
from emulator.store.places import Database
from emulator.store.postgres.commit import Committer
from emulator.store.postgres.connecting import PATIENCE, Away, Connections
from emulator.store.postgres.keeping import CLEAR
from emulator.store.postgres.memory import NEWS, SharedMemory
from emulator.store.postgres.queries import ONE
from emulator.store.postgres.rows import Row
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import UNKNOWN, Job, Transaction
from emulator.store.postgres.writing import Writer, entry_row, record
from emulator.store.rows import Read, Rows, decoded, key

T = TypeVar("T")
Q = TypeVar("Q")


class Connected:
    """A database. `read` makes the request of JSON that a `Change` brought as it came, `keep` is how many bytes of what
    has ended are kept (None: all).
    """

    def __init__(self, database: Database, read: Read = decoded, keep: int | None = None) -> None:
        self._connections = Connections(database)
        self._rows = Rows(read)
        self._memory = SharedMemory(self._rows, keep)
        self._writer = Writer(self._rows)
        self._opened: Committer | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._asking: asyncio.Task[None] | None = None
        self._clearing: asyncio.Task[None] | None = None
        self._memory.keeper.clear = self._clear

    async def open(self) -> None:
        await self._connections.open()
        self._memory.process = self._connections.process
        try:
            await self._connections.read(self._memory.load)
        except BaseException:
            await self._connections.close()
            raise
        self._opened = Committer(self._connections, self._memory)

    async def close(self) -> None:
        if self._clearing is not None:
            self._clearing.cancel()
            await asyncio.gather(self._clearing, return_exceptions=True)
        if self._opened is not None:
            opened, self._opened = self._opened, None
            await opened.stop()
        await self._connections.close()

    async def fresh(self) -> None:
        if self._memory.version == UNKNOWN:
            await self._run(_nothing)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(), name="news")
        try:
            async with asyncio.timeout(PATIENCE):
                await future
        except TimeoutError as error:
            raise Away("the store does not answer") from error

    async def _ask(self) -> None:
        """Read the news for all who wait for them, until nobody does."""
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            error: Exception | None = None
            try:
                if not self._memory.learn(await self._read(NEWS, self._memory.version, seconds=PATIENCE)):
                    self._memory.version = UNKNOWN
                    await self._run(_nothing)
            except Exception as failed:
                error = failed
            for future in waiting:
                if not future.done():
                    future.set_result(None) if error is None else future.set_exception(error)

    def _clear(self) -> None:
        """Have the database make room where rows were deleted, unless it is at that."""

        async def cleared(connection: Any) -> None:
            await connection.execute(CLEAR)

        async def clear() -> None:
            with suppress(Unavailable, asyncpg.PostgresError):  # autovacuum does it some time
                await self._connections.read(cleared)

        if self._clearing is None or self._clearing.done():
            self._clearing = asyncio.create_task(clear(), name="clearing")

    async def turn(self, act: Callable[[], Awaitable[T]]) -> T:
        return await self._committer.turn(act)

    @property
    def _committer(self) -> Committer:
        if self._opened is None:
            raise StoreError("the store is not open")
        return self._opened

    async def _run(self, job: Job[T]) -> T:
        """A job's result, once it is committed."""
        return await self._committer.run(job)

    async def _changed(self, change: Callable[[], Q], job: Callable[[Transaction, Q], Awaitable[T]]) -> T:
        """The result of a job that gets what a change of memory has answered, once it is committed. In somebody's turn
        the change is made at once, else when the job runs.
        """
        if self._committer.in_turn:
            made = change()
            return await self._committer.run(lambda transaction: job(transaction, made))

        async def both(transaction: Transaction) -> T:
            transaction.changes_memory = True
            return await job(transaction, change())

        return await self._committer.run(both)

    async def _read(self, query: str, *values: Any, seconds: float | None = None) -> list[Any]:
        """The rows of a query that only reads; what was written before is in them. It may take so many real seconds, if
        not as long as is usual.
        """

        async def fetched(connection: Any) -> list[Any]:
            found: list[Any] = await connection.fetch(query, *values, timeout=seconds)
            return found

        return await self._connections.read(fetched)

    async def _row(self, transaction: Transaction, flow_id: str) -> Row | None:
        """A flow's row by its id."""
        found = await transaction.one(ONE, key(flow_id), clean(flow_id))
        return None if found is None else Row(*found)


async def note(transaction: Transaction, entries: Sequence[Entry]) -> None:
    """Write journal entries that belong to no flow."""
    await record(transaction, [entry_row(entry) for entry in entries])


async def _nothing(_: Transaction) -> None:
    """Do nothing: what others have written is read when a transaction begins."""
