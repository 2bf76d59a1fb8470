"""Looking at a file that no process uses, without changing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from emulator.store.contract import StoreError
from emulator.store.looked import Looked, Table
from emulator.store.sqlite.opening import unreadable, version_of
from emulator.store.sqlite.tables import FORMAT


def look(path: str) -> Looked:
    """What the file at a path has. Raises StoreError if it is no store, or a process uses it."""
    file = Path(path)
    if not file.is_file():
        raise StoreError(f"there is no store {path}")
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=0.5)) as connection:
            version = version_of(connection, path)
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            tables = [Table(name, *connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()) for name in names]
    except sqlite3.Error as error:
        raise StoreError(unreadable(path, error)) from error
    size = sum(each.stat().st_size for each in (file, Path(f"{path}-wal")) if each.exists())
    ordered = tuple(sorted(tables, key=lambda table: table.name))
    return Looked(path, version, FORMAT, f"SQLite {sqlite3.sqlite_version}", size, None, None, ordered)
