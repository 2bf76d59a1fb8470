"""Making a schema ready: its tables are made, or brought to the present format, unless they are there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg

from emulator.store.contract import StoreError
from emulator.store.places import Database
from emulator.store.postgres.tables import FORMAT, MIGRATIONS, TABLES

OLDEST: Final = 14
"""The oldest PostgreSQL that will do."""
SLOW: Final = 600.0
"""How long a statement may take that is about all that there is, in real seconds."""
TAKING: Final = 2.0
"""How long a start waits for emulators of an older format to end, in real seconds."""
APART: Final = 1.0
"""How far the clocks of this host and of the server's may be apart before the log tells it, in real seconds."""
_HELD: Final = 0x466F5665
"""The first half of the key of the lock that an emulator of format 1 holds."""
There = Callable[[asyncpg.Connection, str], Awaitable[list[int]]]
"""Answers the numbers of the processes that use a schema, of format 2 or newer."""

log = logging.getLogger(__name__)


async def check(connection: asyncpg.Connection, database: Database) -> None:
    """Raises StoreError if the database is none that will do."""
    version = await connection.fetchval("SELECT version()")
    if "PostgreSQL" not in version or connection.get_server_version().major < OLDEST:
        raise StoreError(f"the store {database.shown} needs PostgreSQL {OLDEST} or newer; it is {version}")


async def compare_clocks(connection: asyncpg.Connection, database: Database, real: Callable[[], int]) -> None:
    """Warn if this host's clock, which `real` reads in milliseconds, is not the one of the server's host."""
    began = real()
    there = await connection.fetchval("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    apart = max(began - there, there - real()) / 1000
    if apart > APART:
        log.warning(
            "this host's clock is %.1f s %s that of the store %s: emulators that share it need clocks that agree",
            apart,
            "ahead of" if began > there else "behind",
            database.shown,
        )


async def found_format(connection: asyncpg.Connection, database: Database) -> str | None:
    """The format of the tables in the schema; None if there are none. Raises StoreError if they are others'."""
    schema, tables = database.schema, "SELECT array_agg(tablename::text) FROM pg_tables WHERE schemaname = $1"
    found = await connection.fetchval(tables, schema)
    if not found:
        return None
    if not await connection.fetchval("SELECT has_schema_privilege($1, 'USAGE')", schema):
        raise StoreError(
            f"the store {database.shown} can't be used: the user has no right to the schema {schema}. Grant it USAGE on"
            " the schema and all rights to its tables and sequences, or name another schema by ?schema=NAME"
        )
    if not {"fact", "stand", "delivery"} <= set(found):
        message = f"the schema {schema} of {database.shown} is no store of this emulator. Name another by ?schema=NAME"
        raise StoreError(message)
    return str(await connection.fetchval("SELECT value FROM fact WHERE name = 'format'"))


async def prepare(connection: asyncpg.Connection, database: Database, there: There) -> None:
    """Make the schema and its tables ready, all or nothing, by one process at a time. Raises StoreError."""
    schema, shown = database.schema, database.shown
    version = await found_format(connection, database)
    if version is None:
        async with connection.transaction():
            # even where the schema is there, making it takes a right that its owner may lack
            if not await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", schema):
                await connection.execute(f"CREATE SCHEMA {schema}")
            await connection.execute(TABLES, timeout=SLOW)
            await connection.execute(f"INSERT INTO fact VALUES('format', '{FORMAT}')")
        return
    numbers = [str(number) for number in (*MIGRATIONS, FORMAT)]
    if version not in numbers:
        raise StoreError(
            f"the store {shown} has format {version}, of another emulator; this one reads format {FORMAT}. Update the"
            " emulator, or name another schema by ?schema=NAME"
        )
    if version != str(FORMAT):
        await _migrate(connection, database, int(version), there)


async def _migrate(connection: asyncpg.Connection, database: Database, version: int, there: There) -> None:
    """Bring the tables from an older format to the present one, unless an emulator of that format uses them."""
    loop = asyncio.get_running_loop()
    until = loop.time() + TAKING
    async with connection.transaction():
        while await _used(connection, database.schema, version, there):
            if loop.time() > until:
                raise StoreError(
                    f"the store {database.shown} can't be used: an emulator of format {version} is using it"
                )
            await asyncio.sleep(0.05)
        for number in range(version, FORMAT):
            await connection.execute(MIGRATIONS[number], timeout=SLOW)
        await connection.execute(f"UPDATE fact SET value = '{FORMAT}' WHERE name = 'format'")


async def _used(connection: asyncpg.Connection, schema: str, version: int, there: There) -> bool:
    """Whether emulators of an older format use the schema."""
    if version > 1:
        return bool(await there(connection, schema))
    free = "SELECT pg_try_advisory_xact_lock($1::int, hashtext($2))"
    return not await connection.fetchval(free, _HELD, schema)
