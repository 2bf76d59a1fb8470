"""The connections to a database: one that writes, some that read, and one that says that this process is there.

Connections are lost when the server restarts, fails over or can't be reached for a while; they are made anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

import asyncpg

from emulator.clock.clock import RealTime
from emulator.store.contract import StoreError, Unavailable
from emulator.store.places import Database
from emulator.store.postgres import opening
from emulator.store.postgres.presence import Presence, key, there
from emulator.store.postgres.stalled import IDLE, LockHolder

T = TypeVar("T")

PATIENCE: Final = 10.0
"""How long a call waits for a database that is away, in real seconds."""
LOOKING: Final = 60.0
"""How long a query that only reads may take, such as a search in all flows, in real seconds."""
GRACE: Final = 0.3
"""How long connections may take to close, in real seconds."""
READERS: Final = 4
"""How many connections read, at most."""
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
    # the locks of a process that stops, or of a host that is gone, must not last
    "idle_in_transaction_session_timeout": f"{IDLE:.0f}s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
}
"""The settings of each connection."""
_WRITING: Final = """
SET plan_cache_mode = force_generic_plan;
SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings
WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"""
"""Those of the connection that writes: its statements are planned once, since planning one anew for the arrays that it
gets takes longer than running it; long values are compressed by what is quickest, where the server has that.
"""
_LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,  # the server's last word came, and the connection's end has not yet
    OSError,  # TimeoutError is one
)

log = logging.getLogger(__name__)


def is_lost(error: BaseException) -> bool:
    """Whether an error tells that the connection is lost, or could not be made."""
    closed = isinstance(error, asyncpg.InterfaceError) and not isinstance(error, ValueError)
    return closed or isinstance(error, _LOST)


class Away(Unavailable):
    """The database can't be reached."""


class Connections:
    """The connections to one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.shown = database.shown
        self._readers: asyncpg.Pool | None = None
        self._writer: asyncpg.Connection | None = None
        self._connecting = asyncio.Lock()
        self.presence = Presence(database.schema, self._connected, self.patiently)
        self.first = True
        """Whether no other process was there when this one came."""
        self._lock = key(database.schema, "writing")
        self._holder = LockHolder(self._lock, self._reader)
        self.trouble = ""
        """Why the database can't be used, as far as is known; "" if it can."""
        self._gone = False

    @property
    def process(self) -> int:
        """The number of this process."""
        return self.presence.number

    async def open(self) -> None:
        """Connect, and make the tables ready. A server that is only starting is waited for. Raises StoreError."""
        try:
            self._writer = await self.patiently(self._writing)
            entering = await self.presence.connected()
            await opening.check(entering, self._database)
            await opening.compare_clocks(entering, self._database, RealTime())
            lock = key(self._database.schema, "opening")
            await entering.execute("SELECT pg_advisory_lock($1)", lock, timeout=opening.SLOW)
            await opening.prepare(entering, self._database, there)
            self.first = await self.presence.enter()
            await entering.execute("SELECT pg_advisory_unlock($1)", lock)
            options = self._options | {"command_timeout": LOOKING}
            self._readers = await asyncpg.create_pool(min_size=0, max_size=READERS, reset=_leave, **options)
        except Away as error:
            await self.close()
            raise StoreError(str(error)) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            await self.close()
            raise StoreError(f"the store {self._database.shown} can't be used: {words(error)}") from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of all connections."""
        readers, writer, self._readers, self._writer = self._readers, self._writer, None, None
        self.presence.close()
        await self._holder.close()
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
        """The connection that writes, made anew if it was lost. Raises Away if there is none at this time of the event
        loop.
        """
        async with self._connecting:
            if self._gone:
                raise Away(self.trouble)
            if self._writer is None or self._writer.is_closed():
                self._writer = None
                self._writer = await self.patiently(self._writing, until)
            return self._writer

    async def told(self, version: int, until: float) -> bool:
        """Whether the transaction of these news was committed, whose connection was lost. Raises Away."""

        async def once() -> bool:
            connection = await self.writer(until)
            await self.begin(connection)
            process = await connection.fetchval("SELECT process FROM news WHERE version = $1", version)
            await connection.execute("ROLLBACK")
            return bool(process == self.process)

        return await self.patiently(once, until)

    async def begin(self, connection: asyncpg.Connection) -> None:
        """Begin a transaction, with the lock that lets others wait. A holder of it that stalls is disconnected."""
        with self._holder.must_go_on():
            await connection.execute(f"BEGIN; SELECT pg_advisory_xact_lock({self._lock})")

    async def read(self, job: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """The result of a job that reads, which is run again if its connection is lost. Raises Away."""

        async def once() -> T:
            async with self._reader() as connection:
                return await job(connection)

        return await self.patiently(once)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[Any]:
        """A connection that reads. One that has not answered in time is let go: it may never do."""
        if self._readers is None:
            raise StoreError("the store is not open")
        async with self._readers.acquire(timeout=PATIENCE) as connection:
            try:
                yield connection
            except (TimeoutError, asyncio.CancelledError):
                with suppress(asyncpg.InterfaceError):  # it is closed already
                    connection.terminate()
                raise

    async def look(self) -> str:
        """Look whether the database can be used; answers what is wrong."""
        if self._readers is not None and not self._gone:
            try:
                async with asyncio.timeout(1):
                    await self.writer(asyncio.get_running_loop().time())
                    async with self._reader() as connection:
                        await connection.fetchval("SELECT 1")
            except Unavailable:
                pass
            except Exception as error:
                self._fail(error)
            else:
                self._tell("")
        return self.trouble

    async def patiently(self, what: Callable[[], Awaitable[T]], until: float | None = None) -> T:
        """Do something until no connection is lost with it. Raises Away at this time of the event loop, which is
        PATIENCE from now if none is given.
        """
        loop, attempt = asyncio.get_running_loop(), 0
        until = loop.time() + PATIENCE if until is None else until
        while True:
            if self._gone:
                raise Away(self.trouble)
            try:
                result = await what()
            except Exception as error:
                if not is_lost(error):
                    raise self.meant(error) from None
                self._fail(error)
                pause = _PAUSES[min(attempt, len(_PAUSES) - 1)]
                if loop.time() + pause > until:
                    raise Away(self.trouble) from error
            else:
                self._tell("")
                return result
            attempt += 1
            await asyncio.sleep(pause)

    def meant(self, error: Exception) -> Exception:
        """What callers are told of an error of a statement. It is Away if the tables are gone, and from then on: who
        makes them again knows nothing of this process.
        """
        if not isinstance(error, asyncpg.UndefinedTableError):
            return error
        if not self._gone:
            self.trouble = (
                f"the store {self._database.shown} has lost its tables: end all its emulators and start them anew"
            )
            self._gone = True
            self.presence.close()  # the number of this process may be given to another
            log.error("%s; until then requests are answered 503", self.trouble)
        return Away(self.trouble)

    def _fail(self, error: BaseException) -> None:
        self._tell(f"the store {self._database.shown} can't be reached: {words(error)}")

    def _tell(self, trouble: str) -> None:
        if self._gone:
            return
        before, self.trouble = self.trouble, trouble
        if trouble and not before:
            if self.process:
                log.error("%s; until then requests wait up to %d s and are answered 503", trouble, PATIENCE)
            else:
                log.error("%s; waiting up to %d s", trouble, PATIENCE)
        elif before and not trouble:
            log.warning("the store %s can be used %s", self._database.shown, "again" if self.process else "now")

    @property
    def _options(self) -> dict[str, Any]:
        settings = SETTINGS | {"search_path": self._database.schema}
        return {"dsn": self._database.url, "timeout": 3, "command_timeout": PATIENCE, "server_settings": settings}

    async def _connected(self) -> asyncpg.Connection:
        return await asyncpg.connect(**self._options)

    async def _writing(self) -> asyncpg.Connection:
        connection = await self._connected()
        await connection.execute(_WRITING)
        return connection


async def _leave(_: asyncpg.Connection) -> None:
    """Leave a reader as it is: nothing changes its settings."""


def words(error: BaseException) -> str:
    """What an error says, in a line."""
    if isinstance(error, asyncpg.InternalClientError):  # the driver's words are about itself
        return "the server has ended the connection"
    if isinstance(error, TimeoutError) and not str(error):
        return "it does not answer"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
