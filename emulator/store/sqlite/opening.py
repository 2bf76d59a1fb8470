"""Opening a database: its settings, its tables, and bringing a file of an older format up to the present one.

The format is read before anything is written. An older file is brought up in one transaction: all of it or nothing.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import Final

from msgspec import MsgspecError, convert, json

from emulator.flow.state import Flow
from emulator.store.contract import StoreError
from emulator.store.rows import columns, encode
from emulator.store.sqlite.access import obstacle
from emulator.store.sqlite.condition import COPY, damage
from emulator.store.sqlite.flows import ROW_BYTES
from emulator.store.sqlite.tables import ALONE, FORMAT, TABLES

PAGE_BYTES: Final = 16_384
"""The page size of a new database. Larger pages make its trees flatter, and inserting in their middle cheaper."""
OLDEST: Final = 1
"""The oldest format that can be brought up."""
WHOLE: Final = 2
"""Up to this format, `flow.state` was a whole flow, and flows were found by their ids."""
PROGRAM: Final = 0x466F5665
"""The application id of our files, by which no other program's is taken for one. Files of format 3 and older have 0."""
_OURS: Final = {"flow", "delivery", "entry", "clock", "fact"}
"""Some tables that the files of all formats have."""
_LATENCY: Final = "ALTER TABLE delivery ADD COLUMN ms INTEGER"
_BEFORE: Final = {
    1: (
        _LATENCY,
        "DROP INDEX flow_due",
        "DROP INDEX flow_done",
        "DROP INDEX flow_application",
        "ALTER TABLE flow ADD COLUMN changed INTEGER NOT NULL DEFAULT 0",
        "UPDATE flow SET changed = seq",
        "ALTER TABLE flow RENAME TO flow_2",
    ),
    2: (
        _LATENCY,
        "DROP INDEX flow_due",
        "DROP INDEX flow_done",
        "DROP INDEX flow_lane",
        "DROP INDEX flow_application",
        "ALTER TABLE flow RENAME TO flow_2",
    ),
    3: (_LATENCY, "DROP INDEX flow_lane", "ALTER TABLE flow RENAME COLUMN lane TO stage"),
    4: (_LATENCY,),
}
"""What is done to a file of an older format before the present tables are made."""
_AFTER: Final = {
    3: (
        "INSERT INTO counter SELECT application, '', last FROM ordinal",
        "DROP TABLE ordinal",
        """UPDATE fact SET value = replace(value, '"lanes":', '"stages":') WHERE name = 'tally'""",
    )
}
"""What is done to it afterwards."""
_ORPHANS: Final = f"""
UPDATE entry SET flow_seq = NULL WHERE NOT ({ALONE}) AND NOT EXISTS(SELECT 1 FROM flow WHERE seq = flow_seq)"""
"""What has entries of flows that were dropped found by their applications: up to format 5 one could keep its flow's
number.
"""
_COPY: Final = (
    "INSERT INTO flow(seq, key, id, application, clock, kind, ordinal, created_at, scenario, request, size, pending,"
    " done, changed, state, status, channels, recipients, termination, due_at, stage)"
    " VALUES(?, ?, ?, ?, ?, 'failover', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def connect(path: str | None) -> sqlite3.Connection:
    """The database at a path, ready for use; None is one in memory. Raises StoreError."""
    try:
        if path is not None:
            _private(path)
        connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=0.5)
    except sqlite3.Error as error:
        raise StoreError(unreadable(path, error)) from error
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = version_of(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepare(connection, version)
    except (sqlite3.Error, MsgspecError) as error:
        connection.close()
        raise StoreError(unreadable(path, error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _private(path: str) -> None:
    """Make the file of a new database, which nobody else may read: it has tokens and texts in it. SQLite gives its
    other files the same permissions, and tells what is wrong where this fails.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def unreadable(path: str | None, error: Exception) -> str:
    """Why a database can't be opened, in words."""
    if not isinstance(error, sqlite3.Error):
        return f"the store {path} can't be used: it is damaged: {error}. {COPY}"
    if "locked" in str(error):
        return f"the store {path} can't be used: another emulator is using it"
    reason = (obstacle(path) if path else "") or f"{error}. Name another --store"
    return damage(path, error) or f"the store {path} can't be used: {reason}"


def version_of(connection: sqlite3.Connection, path: str | None) -> int:
    """The format of a database; 0 of an empty one. Raises StoreError if this emulator can't read it."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    program: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if version > FORMAT:
        raise StoreError(
            f"the store {path} has format {version}, of a newer emulator; this one reads formats {OLDEST} to {FORMAT}."
            " Update the emulator, or start with another --store"
        )
    if program not in {0, PROGRAM} or (tables and (version < OLDEST or not tables >= _OURS)):
        raise StoreError(f"the file {path} is no store of this emulator. Name another --store; it is made if missing")
    return version


def _prepare(connection: sqlite3.Connection, version: int) -> None:
    """Make the tables, and bring what an older format has into them."""
    connection.execute("BEGIN EXCLUSIVE")
    try:
        for statement in (*_BEFORE.get(version, ()), *TABLES.split(";"), *_AFTER.get(version, ())):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {PROGRAM}")
        if 0 < version <= WHOLE:
            _copy(connection)
        if 0 < version < FORMAT:
            connection.execute(_ORPHANS)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _copy(connection: sqlite3.Connection) -> None:
    """Write the flows of formats 1 and 2 in the present form. Their journal entries keep the requests' bodies."""
    old = connection.execute(
        "SELECT seq, clock, changed, pending, done, state,"
        " (SELECT IFNULL(SUM(LENGTH(body)), 0) FROM delivery WHERE delivery.flow = flow_2.seq) FROM flow_2"
    )
    connection.executemany(_COPY, (_copied(*row) for row in old))
    connection.execute("DROP TABLE flow_2")


def _copied(  # noqa: PLR0913, PLR0917  # a row's columns
    seq: int, clock: str, changed: int, pending: int, done: int | None, whole: bytes, bodies: int
) -> tuple[object, ...]:
    """A flow's row. In these formats each report of a plan had its step's index, which the plan's place tells."""
    value = json.decode(whole)
    value["plans"] = [[[[at, *what] for at, _, *what in reports], rule] for reports, rule in value["plans"]]
    flow = convert(value, Flow)
    request = encode(flow.request)
    key, state, moving = columns(flow)
    fixed = (seq, key, flow.id, flow.application, clock, flow.ordinal, flow.created_at, flow.scenario)
    size = ROW_BYTES + len(request) + bodies
    return (*fixed, request, size, pending, done, changed, state, *moving)
