"""A transaction of one process, and what it has to do with what the process has in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

import asyncpg

from emulator.store.blocks import BITS
from emulator.store.postgres.arrays import in_words
from emulator.store.postgres.connecting import Connections
from emulator.store.postgres.news import News

T = TypeVar("T")

UNKNOWN: Final = -1
"""The version of memory that may differ from what the database has."""


class Memory(Protocol):
    """What a process has in memory of what the database has."""

    version: int
    """The number of the last news that are in it."""
    entries: int
    """How many entries the journal had then."""

    async def load(self, connection: asyncpg.Connection) -> None:
        """Read all of it anew."""

    async def catch_up(self, connection: asyncpg.Connection) -> None:
        """Take note of what others have written since."""

    async def write(self, transaction: Transaction) -> None:
        """Write what jobs have changed in memory, and note it in the transaction's news."""

    def written(self, news: News) -> None:
        """Take note that a transaction of this process with these news was committed."""

    async def add(self, transaction: Transaction, adding: list[Any]) -> None:
        """Write the new flows that jobs have added."""


class Transaction:
    """A transaction. It begins with the first job that asks for it, or that writes."""

    def __init__(self, connections: Connections, connection: asyncpg.Connection, memory: Memory) -> None:
        self._connections = connections
        self._connection = connection
        self._memory = memory
        self.begun = False
        self.version = 0
        """The number of its news, from when it is about to be committed."""
        self.changes_memory = False
        """Whether a job may have changed what is in memory."""
        self.adding: list[Any] = []
        """New flows, which are written together, before anything else is read or written."""
        self.news = News()
        """What others have to know of it."""
        self.entries = 0
        """How many more entries the journal has by it."""
        self.ending = dict[int, None]()
        """The numbers of the flows about which nothing may be left to do now, in order."""
        self.loose = list[tuple[int, int]]()
        """The numbers of the entries that are of no flow, and their bytes."""
        self.freed = 0
        """How many bytes of what was ended are not ended any more, or gone."""
        self.results = list[Any]()
        """What the jobs answered."""
        self._wrote = False

    async def begin(self) -> None:
        """Begin it, unless it has begun: take the schema's lock, and take note of what others have written."""
        if not self.begun:
            await self._connections.begin(self._connection)
            self.begun = True
            await self._memory.catch_up(self._connection)

    async def read(self, query: str, *values: Any, seconds: float | None = None) -> list[Any]:
        """The rows of a query that writes nothing; it may take so many real seconds, if not as long as is usual."""
        await self.flush()
        worded, given = in_words(query, values)
        found: list[Any] = await self._connection.fetch(worded, *given, timeout=seconds)
        return found

    async def one(self, query: str, *values: Any) -> Any:
        """The first row of a query that writes nothing; None if there is none."""
        rows = await self.read(query, *values)
        return rows[0] if rows else None

    async def write(self, query: str, *values: Any, seconds: float | None = None) -> list[Any]:
        """The rows that a statement answers which writes; see `read`."""
        await self.begin()
        self._wrote = True
        return await self.read(query, *values, seconds=seconds)

    def touch(self, seq: int) -> None:
        """Note that the flow of this number changes, or a callback of it, or that it is dropped."""
        if self.news.blocks is not None:
            self.news.blocks.add(seq >> BITS)

    async def flush(self) -> None:
        """Write the new flows that are waiting for it."""
        if self.adding:
            adding, self.adding = self.adding, []
            await self._memory.add(self, adding)

    async def commit(self) -> None:
        """Write what is left, tell the news, and commit it, if it has begun."""
        if not self.begun:
            return
        await self.flush()
        await self._memory.write(self)
        if not self._wrote:
            await self._connection.execute("COMMIT")
            return
        self.version, self.entries = self._memory.version + 1, self._memory.entries + self.entries
        data = self.news.encoded().hex()
        told = f"INSERT INTO news VALUES({self.version}, {self._connections.process}, '\\x{data}', {self.entries})"
        await self._connection.execute(f"{told}; COMMIT")
        self.committed()

    def committed(self) -> None:
        """Take note in memory that it was committed."""
        if self._memory.version < self.version:
            self._memory.version, self._memory.entries = self.version, self.entries
        self._memory.written(self.news)

    async def roll_back(self) -> None:
        """Roll it back, if it has begun, and have memory as it was."""
        if self.begun:
            await self._connection.execute("ROLLBACK")
            if self.changes_memory:
                await self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                await self._memory.load(self._connection)
                await self._connection.execute("COMMIT")


Job = Callable[[Transaction], Awaitable[T]]
