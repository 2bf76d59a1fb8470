"""How often each application called, by name, in the tables of SQLite.

The number of an application's last request is the tally's, where a flow has it. Only that of a request which became no
flow is written here.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from emulator.store.counters import REQUESTS, Counters
from emulator.store.sqlite.tally import Tally

_SAVE: Final = (
    "INSERT INTO counter VALUES(?, ?, ?) ON CONFLICT(application, name) DO UPDATE SET last = MAX(last, excluded.last)"
)


class SqliteCounters(Counters):
    """The counters. They follow the transactions of a connection."""

    def __init__(self, connection: sqlite3.Connection, tally: Tally) -> None:
        super().__init__(connection.execute("SELECT application, name, last FROM counter"), tally.ordinals)
        self._connection = connection

    def write(self, changes: int) -> None:
        """Write what is not written yet, unless the transaction only read: counting must not make readers write."""
        if not changes:
            self._writing = set()
            return
        rows = [row for row in self.changed() if row[1] != REQUESTS or row[2] > self._ordinals.get(row[0], 0)]
        if rows:
            self._connection.executemany(_SAVE, rows)
