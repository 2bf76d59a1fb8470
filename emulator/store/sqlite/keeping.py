"""Keeping within a limit of bytes, by dropping the oldest finished flows and journal entries; and forgetting by reset.

A live flow is never dropped, nor one with unfinished callbacks, nor one that somebody waits for, nor the one that
finished last, since whoever had it finish will look at it. A flow is dropped with its callbacks and its journal
entries, so that no entry tells of a flow that is gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import json

from emulator.clock.clock import EVERYBODY
from emulator.store.rows import key
from emulator.store.sqlite.tables import ALONE
from emulator.store.sqlite.tally import ENTRY_BYTES, Tally

CHUNK: Final = 200
"""How many rows are dropped at a time, at most."""
SLACK: Final = 32
"""The part of the limit (1/32) that is dropped beyond what must be, so that not every write has to drop something."""


_DROPPED: Final = "size + LENGTH(state), seq, stage, scenario, application, ordinal"
"""The columns by which a flow is dropped."""


class Keeper:
    """Drops the oldest rows beyond a limit of bytes (None: no limit), on an open transaction. Half of the limit is for
    finished flows with their callbacks, half for the journal.
    """

    def __init__(self, connection: sqlite3.Connection, tally: Tally, limit: int | None) -> None:
        self._connection = connection
        self._tally = tally
        self._half = None if limit is None else limit // 2
        self.spared: list[str] = []
        """The ids of the flows that somebody waits for."""

    def keep(self) -> None:
        """Drop what is beyond the limit."""
        if self._half is None:
            return
        while self._tally.sums.flow_bytes > self._half and self._drop_flows():
            pass
        while self._tally.sums.entry_bytes > self._half and self._drop_entries():
            pass

    def _drop_flows(self) -> int:
        last = "SELECT MAX(done) FROM flow WHERE done IS NOT NULL"  # as its index has it
        spared = "SELECT value FROM json_each(?)"
        query = f"SELECT {_DROPPED} FROM flow WHERE done < ({last}) AND id NOT IN ({spared}) ORDER BY done LIMIT ?"
        rows = self._connection.execute(query, (json.encode(self.spared).decode(), CHUNK)).fetchall()
        rows = rows[: self._enough([size for size, *_ in rows], self._tally.sums.flow_bytes)]
        self._drop(rows)
        return len(rows)

    def drop(self, flow_id: str, tell: Callable[[int], None]) -> bool | None:
        """Drop one flow; answers whether it may be dropped, None if there is no such flow. Before, `tell` writes the
        entry that takes the place of the flow's; it has the flow's number, so that no later flow gets that.
        """
        query = f"SELECT done, {_DROPPED} FROM flow WHERE key = ? AND id = ?"
        row = self._connection.execute(query, (key(flow_id), flow_id)).fetchone()
        if row is None:
            return None
        done, *rest = row
        if done is None or flow_id in self.spared:
            return False
        tell(int(rest[1]))
        self._drop([rest])
        return True

    def _drop(self, rows: Sequence[Any]) -> None:
        """Delete finished flows, given by what is _DROPPED."""
        sums, last = self._tally.sums, dict[str, int]()
        for *_, application, ordinal in rows:
            last[application] = max(ordinal, last.get(application, 0))
        self._connection.executemany(_LAST, last.items())
        keys = [(seq,) for _, seq, *_ in rows]
        for (seq,) in keys:
            self._tally.marks.touch(seq)
        self._tally.add([(application, stage, scenario) for _, _, stage, scenario, application, _ in rows], -1)
        query = f"SELECT entry.seq, LENGTH(data) + {ENTRY_BYTES} FROM json_each(?) CROSS JOIN entry ON flow_seq = value"
        entries = self._connection.execute(query, (json.encode([seq for (seq,) in keys]).decode(),)).fetchall()
        latest = self._connection.execute("SELECT MAX(seq) FROM entry").fetchone()[0]
        going = [entry for entry in entries if entry[0] != latest]
        self._forget_entries(going)
        if len(going) < len(entries):  # the latest stays, and is of no flow from now on
            self._connection.execute(f"UPDATE entry SET flow_seq = NULL WHERE seq = ? AND NOT ({ALONE})", (latest,))
        self._connection.executemany("DELETE FROM delivery WHERE flow = ?", keys)
        self._connection.executemany("DELETE FROM flow WHERE seq = ?", keys)
        sums.flow_bytes -= sum([size for size, *_ in rows])
        sums.finished -= len(rows)
        sums.dropped_flows += len(rows)

    def _forget_entries(self, rows: list[tuple[int, int]]) -> None:
        """Delete entries of these numbers and sizes."""
        self._connection.executemany("DELETE FROM entry WHERE seq = ?", [(seq,) for seq, _ in rows])
        sums = self._tally.sums
        sums.entries -= len(rows)
        sums.entry_bytes -= sum([size for _, size in rows])
        sums.dropped_entries += len(rows)

    def _drop_entries(self) -> int:
        last = "SELECT MAX(seq) FROM entry"  # stays, since numbers go on from it
        query = f"SELECT seq, LENGTH(data) + {ENTRY_BYTES} FROM entry WHERE seq < ({last}) ORDER BY seq LIMIT ?"
        rows = self._connection.execute(query, (CHUNK,)).fetchall()
        rows = rows[: self._enough([size for _, size in rows], self._tally.sums.entry_bytes)]
        self._forget_entries(rows)
        return len(rows)

    def _enough(self, sizes: list[int], kept: int) -> int:
        """How many rows of these sizes must go to bring `kept` bytes below the limit, with some slack."""
        half = self._half or 0
        least, taken = half - half // SLACK, 0
        for size in sizes:
            if kept <= least:
                break
            kept -= size
            taken += 1
        return taken


_LAST: Final = (
    "INSERT INTO counter VALUES(?, '', ?) ON CONFLICT(application, name) DO UPDATE SET last = MAX(last, excluded.last)"
)
"""Remembers the highest number of an application's flows that were dropped, so that no later flow gets its id."""


def forget(connection: sqlite3.Connection, tally: Tally, application: str, last: int) -> None:
    """Delete everything of one application, or of everybody; of the journal only what is numbered below `last`."""
    of, values = ("1", ()) if application == EVERYBODY else ("application = ?", (application,))
    theirs = f"flow_seq IN (SELECT seq FROM flow WHERE {of})"
    for entries in ("1",) if application == EVERYBODY else (theirs, f"({ALONE}) AND {of}"):
        _delete_entries(connection, tally, entries, values, last)
    if tally.flows(application):
        _uncount_flows(connection, tally, of, values)
        connection.execute(f"DELETE FROM delivery WHERE flow IN (SELECT seq FROM flow WHERE {of})", values)
        connection.execute(f"DELETE FROM flow WHERE {of}", values)
    for name in list(tally.ordinals) if application == EVERYBODY else [application]:
        tally.restart(name)
    tally.marks.touch_all()
    if application == EVERYBODY:
        tally.sums.dropped_flows = tally.sums.dropped_entries = 0
    for table in ("grant_", "counter", "ledger", "label", "contact", "template"):
        connection.execute(f"DELETE FROM {table} WHERE {of}", values)
    clock = f"name != '{EVERYBODY}'" if application == EVERYBODY else "name = ?"
    connection.execute(f"DELETE FROM clock WHERE {clock}", values)


def _uncount_flows(connection: sqlite3.Connection, tally: Tally, of: str, values: tuple[str, ...]) -> None:
    """Subtract from the tally the flows that are about to be deleted."""
    sums = tally.sums
    query = (
        "SELECT application, stage, scenario, COUNT(*), COUNT(done), IFNULL(SUM(pending), 0),"
        " IFNULL(SUM(CASE WHEN done IS NOT NULL THEN size + LENGTH(state) END), 0)"
        f" FROM flow WHERE {of} GROUP BY application, stage, scenario"
    )
    for application, stage, scenario, count, finished, pending, size in connection.execute(query, values):
        tally.add_many(application, stage, scenario, -count)
        sums.finished -= finished
        sums.pending -= pending
        sums.flow_bytes -= size


def _delete_entries(connection: sqlite3.Connection, tally: Tally, of: str, values: tuple[str, ...], below: int) -> None:
    """Delete the journal entries of which the condition `of` holds with these values and whose number is lower than
    `below`, and subtract them from the tally.
    """
    query = f"SELECT COUNT(*), IFNULL(SUM(LENGTH(data) + {ENTRY_BYTES}), 0) FROM entry WHERE {of} AND seq < ?"
    entries, size = connection.execute(query, (*values, below)).fetchone()
    tally.sums.entries -= entries
    tally.sums.entry_bytes -= size
    if entries:
        connection.execute(f"DELETE FROM entry WHERE {of} AND seq < ?", (*values, below))
