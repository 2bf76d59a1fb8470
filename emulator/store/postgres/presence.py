"""That this process is there, and which clocks it drives: locks of one connection, which are gone when the process is.

A process has a number. As long as it lives it holds the lock of that number, so others know when it has ended, and take
over what it had claimed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from hashlib import blake2b
from typing import Any, Final, TypeVar

import asyncpg

from emulator.store.contract import Unavailable
from emulator.store.postgres.opening import SLOW

T = TypeVar("T")

AGAIN: Final = 0.02
"""How long to wait between two attempts to get a clock, in real seconds."""
PATIENCE: Final = 3.0
"""How long to wait for the own lock, which a lost connection may still have, in real seconds."""
UNSURE: Final = 3.0
"""How long others may take to make lost connections anew before they seem to have ended, in real seconds."""
_ENTER: Final = "INSERT INTO process VALUES($1) ON CONFLICT DO NOTHING"
_SAY: Final = "SELECT pg_notify($1, $2)"
_LOCK: Final = "SELECT pg_advisory_lock($1)"
_TRY: Final = "SELECT pg_try_advisory_lock($1)"
_UNLOCK: Final = "SELECT pg_advisory_unlock($1)"


def key(*names: object) -> int:
    """The key of the advisory lock of what has these names, the schema's first."""
    return int.from_bytes(blake2b(repr(names).encode(), digest_size=8).digest(), "big", signed=True)


async def there(connection: asyncpg.Connection, schema: str) -> list[int]:
    """The numbers of the processes that use a schema."""
    return (await known(connection, schema, 0))[1]


async def known(connection: asyncpg.Connection, schema: str, own: int) -> tuple[list[int], list[int]]:
    """The numbers of other processes than one's own: of those that have ended, and of those that are there."""
    ended, there = list[int](), list[int]()
    for (number,) in await connection.fetch("SELECT number FROM process WHERE number <> $1", own):
        its = key(schema, "process", number)
        if await connection.fetchval(_TRY, its):
            await connection.execute(_UNLOCK, its)
            ended.append(number)
        else:
            there.append(number)
    return ended, there


class Presence:
    """The locks of one process in a schema. `connect` makes a connection, and `patiently` does something until no
    connection is lost with it.
    """

    def __init__(
        self,
        schema: str,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        patiently: Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]],
    ) -> None:
        self._schema = schema
        self._connect = connect
        self._patiently = patiently
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()
        self._driven: set[tuple[str, str]] = set()
        self._releasing: set[asyncio.Future[None]] = set()
        self._unsure_until = 0.0
        self._channel = f"failover_emulator {key(schema, 'heard')}"
        self.number = 0
        self.heard: Callable[[str], None] = lambda _: None
        """Called with what a process says to all, this one included."""

    async def connected(self) -> asyncpg.Connection:
        """The connection, made anew if there is none."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    async def enter(self) -> bool:
        """Get a number, and hold its lock; answers whether no other process is there. Then what any had claimed is
        released. To be called by one process at a time.
        """
        connection = await self.connected()
        _, others = await known(connection, self._schema, self.number)
        if not others:
            await connection.execute("DELETE FROM process")
            released = "UPDATE delivery SET owner = NULL WHERE outcome IS NULL AND owner IS NOT NULL"
            await connection.execute(released, timeout=SLOW)
            await connection.execute("UPDATE clock SET held = false WHERE held")
        self.number = await connection.fetchval("INSERT INTO process DEFAULT VALUES RETURNING number")
        await connection.execute(_LOCK, key(self._schema, "process", self.number))
        await self._listen(connection)
        return not others

    async def say(self, text: str) -> None:
        """Say something to all processes that are there."""

        async def once(connection: asyncpg.Connection) -> None:
            await connection.execute(_SAY, self._channel, text)

        await self._once(once)

    async def is_there(self, number: int, read: Callable[..., Awaitable[list[Any]]]) -> bool:
        """Whether the process of a number has not ended; `read` answers the rows of a query on another connection."""
        its = key(self._schema, "process", number)
        ((free,),) = await read(_TRY, its)
        if free:
            await read(_UNLOCK, its)
        return not free

    async def ended(self) -> list[int]:
        """The numbers of processes that have ended, and are still in the table. None as long as others may have lost
        their connections as this one has.
        """

        async def once(connection: asyncpg.Connection) -> list[int]:
            if asyncio.get_running_loop().time() < self._unsure_until:
                return []
            return (await known(connection, self._schema, self.number))[0]

        return await self._once(once)

    def close(self) -> None:
        """Be no longer there."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.terminate()

    @asynccontextmanager
    async def driving(
        self, clock: str, kind: str = "clock", waiting: Callable[[], Awaitable[None]] | None = None
    ) -> AsyncIterator[None]:
        """Hold a clock's lock, once nobody else does, until the block ends: the one of this kind. `waiting` is awaited
        between attempts to get it, and may raise what keeps the caller from waiting on.
        """
        while not await self.drive(clock, kind):  # another process has it
            if waiting is not None:
                await waiting()
            await asyncio.sleep(AGAIN)
        try:
            yield
        finally:
            with suppress(Unavailable):
                await self.release(clock, kind)

    async def drive(self, clock: str, kind: str = "clock") -> bool:
        """Take a clock's lock of this kind; answers whether nobody had it."""
        lock = kind, clock
        if lock in self._driven:  # for the database it is free for whoever has it
            return False

        async def once(connection: asyncpg.Connection) -> bool:
            return bool(await connection.fetchval(_TRY, key(self._schema, kind, clock)))

        self._driven.add(lock)
        taken, trying = False, asyncio.ensure_future(self._once(once))
        try:
            taken = await asyncio.shield(trying)
        except asyncio.CancelledError:
            (found,) = await asyncio.gather(trying, return_exceptions=True)
            if found is True:  # or nobody would ever get it
                await self.release(clock, kind)
            raise
        finally:
            if not taken:
                self._driven.discard(lock)
        return taken

    async def release(self, clock: str, kind: str = "clock") -> None:
        """Let go of a clock's lock, also if the caller is cancelled meanwhile."""
        self._driven.discard((kind, clock))

        async def once(connection: asyncpg.Connection) -> None:
            await connection.execute(_UNLOCK, key(self._schema, kind, clock))

        releasing = asyncio.ensure_future(self._once(once))
        self._releasing.add(releasing)
        releasing.add_done_callback(self._releasing.discard)
        await asyncio.shield(releasing)

    async def _listen(self, connection: asyncpg.Connection) -> None:
        """Hear what processes say from now on."""
        await connection.add_listener(self._channel, lambda *heard: self.heard(heard[-1]))

    async def _once(self, what: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Do something with the connection, which is made anew if it was lost: then the process enters again."""

        async def once() -> T:
            async with self._turn:
                anew = self._connection is None or self._connection.is_closed()
                connection = await self.connected()
                if anew:
                    self._unsure_until = asyncio.get_running_loop().time() + UNSURE
                    await connection.execute(_ENTER, self.number)
                    await connection.execute(_LOCK, key(self._schema, "process", self.number), timeout=PATIENCE)
                    await self._listen(connection)
                return await what(connection)

        result: T = await self._patiently(once)
        return result
