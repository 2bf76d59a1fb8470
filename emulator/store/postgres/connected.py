"""A database that is open, and what this process knows of it: what all parts of the store are built on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from emulator.journal.entry import Entry
from emulator.store.blocks import Marks
from emulator.store.contract import StoreError
from emulator.store.places import Database
from emulator.store.postgres.commit import Committer, Job, Transaction
from emulator.store.postgres.connecting import Connections
from emulator.store.postgres.queries import ONE
from emulator.store.postgres.states import PostgresCounters, PostgresStates
from emulator.store.postgres.texts import clean
from emulator.store.postgres.writing import Writer, entry_row, record
from emulator.store.records import Effects
from emulator.store.rows import Read, Row, Rows, decoded, key

T = TypeVar("T")


class Connected:
    """A database. `read` makes the request of JSON that a `Change` brought as it came."""

    def __init__(self, database: Database, read: Read = decoded) -> None:
        self._connections = Connections(database)
        self._rows = Rows(read)
        self._marks = Marks()
        self._writer = Writer(self._rows, self._marks)
        self._opened: Committer | None = None

    async def open(self) -> None:
        await self._connections.open()
        try:
            self._states = await self._connections.read(PostgresStates.read)
            self._counters = await self._connections.read(PostgresCounters.read)
        except BaseException:
            await self._connections.close()
            raise
        self._opened = Committer(self._connections, self._states, self._counters)

    async def close(self) -> None:
        if self._opened is not None:
            opened, self._opened = self._opened, None
            await opened.stop()
        await self._connections.close()

    @property
    def _committer(self) -> Committer:
        if self._opened is None:
            raise StoreError("the store is not open")
        return self._opened

    async def _run(self, job: Job[T], effects: Effects | None = None) -> T:
        """A job's result, once it is committed. What a request takes with it applies at once."""
        if effects is None:
            return await self._committer.run(job)
        return await self._committer.run(job, self._states.take(effects))

    async def _steered(self, change: Callable[[], None], job: Job[T]) -> T:
        """A job's result, once it is committed. What `change` does to states and counters applies at once; if it
        raises, or the job fails, they are as they were before it.
        """
        self._states.remember()
        self._counters.remember()
        try:
            change()
        except Exception:
            self._states.put_back()
            self._counters.put_back()
            raise
        undone = self._states.settle(), self._counters.settle()

        def take_back() -> None:
            for each in undone:
                each()

        return await self._committer.run(job, take_back)

    async def _read(self, query: str, *values: Any) -> list[Any]:
        """The rows of a query that only reads; what was written before is in them."""

        async def fetched(connection: Any) -> list[Any]:
            found: list[Any] = await connection.fetch(query, *values)
            return found

        return await self._connections.read(fetched)

    async def _row(self, transaction: Transaction, flow_id: str) -> Row | None:
        """A flow's row by its id."""
        found = await transaction.one(ONE, key(flow_id), clean(flow_id))
        return None if found is None else Row(*found)


async def note(transaction: Transaction, entries: Sequence[Entry]) -> None:
    """Write journal entries that belong to no flow."""
    await record(transaction, [entry_row(entry) for entry in entries])
