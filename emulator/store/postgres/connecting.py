"""The connections to a database: one that writes and holds the schema's lock, and some that read.

Connections are lost when the server restarts, fails over or can't be reached for a while; they are made anew. The lock
goes with its connection, so another emulator may have come meanwhile: the `term` of the table `holder` tells.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import asyncpg

from emulator.store.contract import StoreError, Unavailable
from emulator.store.places import Database
from emulator.store.postgres.tables import FORMAT, TABLES

T = TypeVar("T")

OLDEST: Final = 14
"""The oldest PostgreSQL that will do."""
PATIENCE: Final = 10.0
"""How long a call waits for a database that is away, in real seconds."""
TAKING: Final = 2.0
"""How long a start waits for the lock of an emulator that has just ended, in real seconds."""
GRACE: Final = 0.3
"""How long connections may take to close, in real seconds."""
READERS: Final = 4
"""How many connections read, at most."""
OURS: Final = 0x466F5665
"""The first half of our advisory locks' keys."""
_PAUSES: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""How long to wait between two attempts to connect, in real seconds; the last one counts for all that follow."""
SETTINGS: Final = {
    "application_name": "failover-emulator",
    "timezone": "UTC",
    "jit": "off",
    # every table is reached by an index: a plan that was made while a table was small must not read all of it for ever
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    # the lock of a host that is gone must not last for hours
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
}
"""The settings of each connection."""
_LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.TooManyConnectionsError,
    OSError,  # TimeoutError is one
)

log = logging.getLogger(__name__)


def is_lost(error: BaseException) -> bool:
    """Whether an error tells that the connection is lost, or could not be made."""
    closed = isinstance(error, asyncpg.InterfaceError) and not isinstance(error, ValueError)
    return closed or isinstance(error, _LOST)


class Away(Unavailable):
    """The database can't be reached, or is another emulator's by now."""


class Held(StoreError):
    """Another emulator has the lock."""


class Connections:
    """The connections to one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readers: asyncpg.Pool | None = None
        self._writer: asyncpg.Connection | None = None
        self._connecting = asyncio.Lock()
        self._term = 0
        self._usurped = False
        self.turn = 0
        """The number of the last transaction that was begun."""
        self.trouble = ""
        """Why the database can't be used, as far as is known; "" if it can."""

    async def open(self) -> None:
        """Connect, make the tables if there are none, and take the lock. Raises StoreError."""
        try:
            self._writer = await self._connected()
            await self._prepare(self._writer)
            self._term = await self._writer.fetchval("UPDATE holder SET term = term + 1, turn = 0 RETURNING term")
            self._readers = await asyncpg.create_pool(min_size=1, max_size=READERS, reset=_leave, **self._options)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            await self.close()
            raise StoreError(f"the store {self._database.shown} can't be used: {_words(error)}") from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of all connections."""
        readers, writer, self._readers, self._writer = self._readers, self._writer, None, None
        for each in (readers, writer):
            if each is not None:
                try:
                    async with asyncio.timeout(GRACE):
                        await each.close()
                except Exception:
                    each.terminate()

    def drop(self) -> None:
        """Let go of the connection that writes, with which something went wrong."""
        if self._writer is not None:
            self._writer.terminate()
            self._writer = None

    async def writer(self, until: float) -> asyncpg.Connection:
        """The connection that writes, made anew if it was lost, with the lock. Raises Away if there is none at this
        time of the event loop.
        """
        async with self._connecting:
            if self._writer is None or self._writer.is_closed():
                self._writer = None
                made = await self._patiently(self._connected, until)
                if await made.fetchval("SELECT count(*) FROM holder WHERE term = $1", self._term) == 0:
                    await made.close()
                    raise self.usurped()
                self._writer = made
            return self._writer

    async def committed(self, until: float) -> bool:
        """Whether the last transaction was committed, whose connection was lost. Raises Away."""

        async def last() -> bool:
            connection = await self.writer(until)
            return bool(await connection.fetchval("SELECT turn FROM holder") == self.turn)

        return await self._patiently(last, until)

    def usurped(self) -> Away:
        """The error of an emulator whose store is another one's by now, which stays so."""
        self._tell(f"another emulator has taken the store {self._database.shown}; start again")
        self._usurped = True
        return Away(self.trouble)

    async def begin(self, connection: asyncpg.Connection) -> None:
        """Begin a transaction with the next number, if the store is still this emulator's. Raises Away if it isn't."""
        self.turn += 1
        status = await connection.execute(f"BEGIN; UPDATE holder SET turn = {self.turn} WHERE term = {self._term}")
        if status != "UPDATE 1":
            await connection.execute("ROLLBACK")
            raise self.usurped()

    async def read(self, job: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """The result of a job that reads, which is run again if its connection is lost. Raises Away."""

        async def once() -> T:
            if self._readers is None:
                raise StoreError("the store is not open")
            if self._usurped:
                raise Away(self.trouble)
            async with self._readers.acquire(timeout=PATIENCE) as connection:
                return await job(connection)

        return await self._patiently(once, asyncio.get_running_loop().time() + PATIENCE)

    async def look(self) -> str:
        """Look whether the database can be used, and is still this emulator's; answers what is wrong."""
        if self._readers is not None and not self._usurped:
            try:
                async with asyncio.timeout(1):
                    await self.writer(asyncio.get_running_loop().time())
                    async with self._readers.acquire() as connection:
                        term = await connection.fetchval("SELECT term FROM holder")
            except Unavailable:
                pass
            except Exception as error:
                self._fail(error)
            else:
                self._tell("")
                if term != self._term:
                    self.usurped()
        return self.trouble

    async def _patiently(self, what: Callable[[], Awaitable[T]], until: float) -> T:
        """Do something until no connection is lost with it. Raises Away at this time of the event loop."""
        loop, attempt = asyncio.get_running_loop(), 0
        while True:
            try:
                result = await what()
            except Exception as error:
                if not isinstance(error, Held) and not is_lost(error):
                    raise
                self._fail(error)
                pause = _PAUSES[min(attempt, len(_PAUSES) - 1)]
                if loop.time() + pause > until:
                    raise Away(self.trouble) from error
            else:
                self._tell("")
                return result
            attempt += 1
            await asyncio.sleep(pause)

    def _fail(self, error: BaseException) -> None:
        known = isinstance(error, Held)
        self._tell(str(error) if known else f"the store {self._database.shown} can't be reached: {_words(error)}")

    def _tell(self, trouble: str) -> None:
        if self._usurped:
            return
        before, self.trouble = self.trouble, trouble
        if trouble and not before:
            log.error("%s; until then requests wait up to %d s and are answered 503", trouble, PATIENCE)
        elif before and not trouble:
            log.warning("the store %s can be used again", self._database.shown)

    @property
    def _options(self) -> dict[str, Any]:
        settings = SETTINGS | {"search_path": self._database.schema}
        return {"dsn": self._database.url, "timeout": 3, "command_timeout": 60, "server_settings": settings}

    async def _connected(self) -> asyncpg.Connection:
        """A connection that has the schema's lock."""
        connection = await asyncpg.connect(**self._options)
        try:
            version = await connection.fetchval("SELECT version()")
            if "PostgreSQL" not in version or connection.get_server_version().major < OLDEST:
                raise StoreError(
                    f"the store {self._database.shown} needs PostgreSQL {OLDEST} or newer; it is {version}"
                )
            await self._lock(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _lock(self, connection: asyncpg.Connection) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + TAKING
        lock = "SELECT pg_try_advisory_lock($1::int, hashtext($2))"
        while not await connection.fetchval(lock, OURS, self._database.schema):
            if loop.time() > until:
                raise Held(f"the store {self._database.shown} can't be used: another emulator is using it")
            await asyncio.sleep(0.05)

    async def _prepare(self, connection: asyncpg.Connection) -> None:
        """Make the schema and its tables, all or nothing, unless they are there. Raises StoreError."""
        schema, shown = self._database.schema, self._database.shown
        tables = "SELECT array_agg(tablename::text) FROM pg_tables WHERE schemaname = $1"
        found = await connection.fetchval(tables, schema)
        if not found:
            async with connection.transaction():
                await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}; {TABLES}")
                await connection.execute(
                    f"INSERT INTO fact VALUES('format', '{FORMAT}'); INSERT INTO holder VALUES(0, 0)"
                )
            return
        if not {"fact", "holder", "stand"} <= set(found):
            raise StoreError(
                f"the schema {schema} of {shown} is no store of this emulator. Name another by ?schema=NAME"
            )
        version = await connection.fetchval("SELECT value FROM fact WHERE name = 'format'")
        if version != str(FORMAT):
            raise StoreError(
                f"the store {shown} has format {version}, of another emulator; this one reads format {FORMAT}. Update"
                " the emulator, or name another schema by ?schema=NAME"
            )


async def _leave(_: asyncpg.Connection) -> None:
    """Leave a reader as it is: nothing changes its settings."""


def _words(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
