"""Looking at a database that other processes may be using, without changing it."""

from __future__ import annotations

from typing import Final

import asyncpg

from emulator.store.contract import StoreError
from emulator.store.looked import Looked, OpenTransaction, Table
from emulator.store.places import Database
from emulator.store.postgres.connecting import SETTINGS, words
from emulator.store.postgres.opening import check, found_format
from emulator.store.postgres.presence import there
from emulator.store.postgres.tables import FORMAT

_TABLES: Final = (
    "SELECT relname::text, n_live_tup, n_dead_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables"
    " WHERE schemaname = $1 ORDER BY relname"
)
COUNTED: Final = 10_000
"""Up to how many rows are counted; beyond them the server's estimate is told, which a crash sets back."""
_OLDEST: Final = (
    "SELECT extract(epoch FROM clock_timestamp() - xact_start)::float8, coalesce(application_name, ''),"
    " coalesce(state, '') FROM pg_stat_activity"
    " WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    " ORDER BY xact_start LIMIT 1"
)


async def look(database: Database) -> Looked:
    """What a database has. Raises StoreError if there is no store in it, or it can't be reached."""
    try:
        connection = await asyncpg.connect(database.url, timeout=3, command_timeout=60, server_settings=SETTINGS)
        try:
            return await _looked(connection, database)
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        raise StoreError(f"the store {database.shown} can't be used: {words(error)}") from error


async def _looked(connection: asyncpg.Connection, database: Database) -> Looked:
    await check(connection, database)
    await connection.execute(f"SET search_path = {database.schema}")
    version = await found_format(connection, database)
    if version is None:
        raise StoreError(f"there is no store {database.shown}: the schema {database.schema} is empty, or not there")
    if not version.isdecimal():
        raise StoreError(f"the store {database.shown} has format {version}, which is none")
    oldest = await connection.fetchrow(_OLDEST)
    found = await connection.fetch(_TABLES, database.schema)
    tables = tuple([Table(name, await _rows(connection, name, rows), *more) for name, rows, *more in found])
    return Looked(
        database.shown,
        int(version),
        FORMAT,
        f"PostgreSQL {await connection.fetchval('SHOW server_version')}",
        sum(table.bytes or 0 for table in tables),
        len(await there(connection, database.schema)) if int(version) > 1 else None,
        None if oldest is None else OpenTransaction(*oldest),
        tables,
    )


async def _rows(connection: asyncpg.Connection, table: str, estimated: int) -> int:
    """How many rows a table has, about so many if there are more than COUNTED."""
    query = f'SELECT count(*) FROM (SELECT FROM "{table}" LIMIT {COUNTED + 1}) t'  # a name that is there
    found: int = await connection.fetchval(query)
    return found if found <= COUNTED else max(estimated, found)
