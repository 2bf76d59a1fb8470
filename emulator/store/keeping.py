"""Keeping within a limit: what is finished and the journal are dropped, oldest first, once they take too many bytes.

What is live is never dropped: neither a flow with something left to happen, nor one whose callbacks are not through.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from emulator.store import Dropped
from emulator.store.flows import ENTRY_BYTES, Cost

CHUNK: Final = 200
"""How many rows are dropped at a time, at most."""
SLACK: Final = 32
"""What part of the limit is dropped beyond what must be, so that not every write drops something."""


class Keeper:
    """Counts the bytes that are kept, and drops the oldest rows beyond `limit` (None: keep everything)."""

    def __init__(self, limit: int | None) -> None:
        self._half = None if limit is None else limit // 2
        self._flows = 0
        self._entries = 0
        self.dropped = Dropped()

    def count(self, connection: sqlite3.Connection) -> None:
        """Count what a store holds when it is opened."""
        if self._half is None:
            return
        query = "SELECT IFNULL(SUM(size + LENGTH(state)), 0) FROM flow WHERE done IS NOT NULL"
        self._flows = connection.execute(query).fetchone()[0]
        query = f"SELECT IFNULL(SUM(LENGTH(data) + {ENTRY_BYTES}), 0) FROM entry"
        self._entries = connection.execute(query).fetchone()[0]

    def kept(self, connection: sqlite3.Connection, cost: Cost) -> None:
        """Take a write's cost into account, and drop what is too much."""
        if self._half is None:
            return
        self._flows += cost.flows
        self._entries += cost.entries
        while self._flows > self._half and self._drop_flows(connection):
            pass
        while self._entries > self._half and self._drop_entries(connection):
            pass

    def _drop_flows(self, connection: sqlite3.Connection) -> int:
        query = "SELECT seq, size + LENGTH(state) FROM flow WHERE done IS NOT NULL ORDER BY done LIMIT ?"
        rows = self._enough(connection.execute(query, (CHUNK,)).fetchall(), self._flows)
        keys = [(seq,) for seq, _ in rows]
        connection.executemany("DELETE FROM delivery WHERE flow = ?", keys)
        connection.executemany("DELETE FROM flow WHERE seq = ?", keys)
        self._flows -= sum(size for _, size in rows)
        self.dropped = Dropped(self.dropped.flows + len(rows), self.dropped.entries)
        return len(rows)

    def _drop_entries(self, connection: sqlite3.Connection) -> int:
        last = "SELECT MAX(seq) FROM entry"  # stays, since numbers go on from it
        query = f"SELECT seq, LENGTH(data) + {ENTRY_BYTES} FROM entry WHERE seq < ({last}) ORDER BY seq LIMIT ?"
        rows = self._enough(connection.execute(query, (CHUNK,)).fetchall(), self._entries)
        if rows:
            connection.execute("DELETE FROM entry WHERE seq <= ?", (rows[-1][0],))
        self._entries -= sum(size for _, size in rows)
        self.dropped = Dropped(self.dropped.flows, self.dropped.entries + len(rows))
        return len(rows)

    def _enough(self, rows: list[tuple[int, int]], kept: int) -> list[tuple[int, int]]:
        """The first of these rows (number and bytes) that bring what is kept below the limit, and a little more."""
        half = self._half or 0
        least = half - half // SLACK
        taken = 0
        for _, size in rows:
            if kept <= least:
                break
            kept -= size
            taken += 1
        return rows[:taken]


def forget(connection: sqlite3.Connection, application: str | None, last: int) -> None:
    """Delete everything of one application, or of all; of the journal only what is numbered below `last`."""
    of, values = ("application = ?", (application,)) if application is not None else ("1", ())
    connection.execute(f"DELETE FROM delivery WHERE flow IN (SELECT seq FROM flow WHERE {of})", values)
    connection.execute(f"DELETE FROM flow WHERE {of}", values)
    connection.execute(f"DELETE FROM entry WHERE {of} AND seq < ?", (*values, last))
    connection.execute(f"DELETE FROM grant_ WHERE {of}", values)
    connection.execute("DELETE FROM clock WHERE name != '' AND (?1 IS NULL OR name = ?1)", (application,))
