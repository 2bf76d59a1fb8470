"""Opening a database: its settings, its tables, and the way of an older file to the present format.

A file is looked at before anything is written to it. An older one is brought up in one transaction: all of it or
nothing.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from msgspec import convert, json

from emulator.flow.state import Flow
from emulator.store.contract import StoreError
from emulator.store.sqlite.flows import ROW_BYTES
from emulator.store.sqlite.rows import encode, key, moving, state
from emulator.store.sqlite.tables import FORMAT, TABLES

PAGE_BYTES: Final = 16_384
"""The size of a new database's pages. Larger pages make its trees flatter, and insertions in their middle cheaper."""
OLDEST: Final = 2
"""The oldest format that can be brought up. Its `flow.state` was a whole flow, and flows were found by their ids."""

STAGED: Final = 4
"""The format since which `flow.lane` is called `stage`, and `counter` has what `ordinal` had."""


def connect(path: str | None) -> sqlite3.Connection:
    """The database at a path, ready for use; None is one in memory. Raises StoreError."""
    try:
        connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=0.5)
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = _version(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepare(connection, version)
    except sqlite3.Error as error:
        raise StoreError(f"the store {path} can't be used: {_reason(error)}") from error
    return connection


def _version(connection: sqlite3.Connection, path: str | None) -> int:
    """The format of a database; 0 of an empty one. Raises StoreError if it can't be read."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables: int = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
    if version > FORMAT:
        raise StoreError(
            f"the store {path} has format {version}, of a newer emulator; this one reads formats {OLDEST} to {FORMAT}."
            " Update the emulator, or start with another --store"
        )
    if tables and version < OLDEST:
        raise StoreError(f"the file {path} is no store of this emulator. Name another --store; it is made if missing")
    return version


def _prepare(connection: sqlite3.Connection, version: int) -> None:
    connection.execute("BEGIN EXCLUSIVE")
    try:
        if version == OLDEST:
            _set_aside(connection)
        elif OLDEST < version < STAGED:
            connection.execute("DROP INDEX flow_lane")
            connection.execute("ALTER TABLE flow RENAME COLUMN lane TO stage")
        for statement in TABLES.split(";"):
            connection.execute(statement)
        if version == OLDEST:
            _copy(connection)
        elif OLDEST < version < STAGED:
            connection.execute("INSERT INTO counter SELECT application, '', last FROM ordinal")
            connection.execute("DROP TABLE ordinal")
            renamed = ('"lanes":', '"stages":')
            connection.execute("UPDATE fact SET value = replace(value, ?, ?) WHERE name = 'tally'", renamed)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _set_aside(connection: sqlite3.Connection) -> None:
    for index in ("flow_due", "flow_done", "flow_lane", "flow_application"):
        connection.execute(f"DROP INDEX {index}")
    connection.execute("ALTER TABLE flow RENAME TO flow_2")


def _copy(connection: sqlite3.Connection) -> None:
    """Write the flows of format 2 in today's form. Their journal entries have the bodies as they came."""
    old = connection.execute(
        "SELECT seq, clock, changed, pending, done, state,"
        " (SELECT IFNULL(SUM(LENGTH(body)), 0) FROM delivery WHERE delivery.flow = flow_2.seq) FROM flow_2"
    )
    connection.executemany(_COPY, (_copied(*row) for row in old))
    connection.execute("DROP TABLE flow_2")


def _copied(  # noqa: PLR0913, PLR0917  # a row's columns
    seq: int, clock: str, changed: int, pending: int, done: int | None, whole: bytes, bodies: int
) -> tuple[object, ...]:
    flow = _flow_of_format_2(whole)
    request = encode(flow.request)
    fixed = (seq, key(flow.id), flow.id, flow.application, clock, flow.ordinal, flow.created_at, flow.scenario)
    size = ROW_BYTES + len(request) + bodies
    return (*fixed, request, size, pending, done, changed, state(flow), *moving(flow))


def _flow_of_format_2(whole: bytes) -> Flow:
    """A flow of the JSON that was kept of it. A plan's reports had their step's index, which the plan's place tells."""
    value = json.decode(whole)
    value["plans"] = [[[[at, *what] for at, _, *what in reports], rule] for reports, rule in value["plans"]]
    return convert(value, Flow)


_COPY: Final = (
    "INSERT INTO flow(seq, key, id, application, clock, kind, ordinal, created_at, scenario, request, size, pending,"
    " done, changed, state, status, channels, recipients, termination, due_at, stage)"
    " VALUES(?, ?, ?, ?, ?, 'failover', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _reason(error: sqlite3.Error) -> str:
    return "another emulator is using it" if "locked" in str(error) else str(error)
