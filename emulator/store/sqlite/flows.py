"""Writing flows, their journal entries and their callbacks, on an open transaction.

Whatever number of flows is written together, each table gets one statement.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from emulator.journal.entry import Entry
from emulator.journal.kinds import Stranded
from emulator.store.bodies import with_packed
from emulator.store.contract import Decide
from emulator.store.records import Change, Post
from emulator.store.rows import Rows, columns, encode, key
from emulator.store.sqlite.rows import COLUMNS, FlowRow
from emulator.store.sqlite.tally import ENTRY_BYTES, Tally

ROW_BYTES: Final = 600
"""About how many bytes a flow's row, its callbacks' rows and its index entries take beside their texts."""

_ADD: Final = (
    "INSERT INTO flow(seq, key, id, application, clock, kind, ordinal, created_at, scenario, raw, request, size,"
    " pending, state, changed, status, channels, recipients, termination, due_at, stage)"
    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CHANGE: Final = (
    "UPDATE flow SET size = size + ?, pending = pending + ?, state = ?, changed = ?, status = ?, channels = ?,"
    " recipients = ?, termination = ?, due_at = ?, stage = ? WHERE seq = ?"
)
_POST: Final = "INSERT INTO delivery(seq, id, flow, clock, url, origin, due_at, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)"
_UNTRIED: Final = "SELECT 1 FROM delivery WHERE flow = ? AND attempts = 0 AND outcome IS NULL LIMIT 1"
_RELEASE: Final = (
    "UPDATE flow SET pending = pending - n, done = CASE WHEN pending = n AND due_at IS NULL THEN ? + place END FROM"
    " (SELECT key AS place, json_extract(value, '$[0]') AS number, json_extract(value, '$[1]') AS n FROM json_each(?))"
    " WHERE seq = number RETURNING seq, pending, done, size + LENGTH(state)"
)
_RECORD: Final = "INSERT INTO entry(at, kind, application, flow, flow_seq, data) VALUES(?, ?, ?, ?, ?, ?)"

EntryRow = tuple[int, str, str, str | None, int | None, str]
"""The columns of an entry, without its number, which SQLite gives."""


class Numbers:
    """Gives numbers to flows, finished flows and callbacks: none twice as long as the process lives, nor that of a flow
    that a user deleted.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        flows = "SELECT MAX(IFNULL((SELECT MAX(seq) FROM flow), 0), IFNULL((SELECT MAX(flow_seq) FROM entry), 0))"
        self._flow: int = connection.execute(flows).fetchone()[0]
        self._done: int = connection.execute("SELECT IFNULL(MAX(done), 0) FROM flow").fetchone()[0]
        self._delivery: int = connection.execute("SELECT IFNULL(MAX(seq), 0) FROM delivery").fetchone()[0]

    def flow(self) -> int:
        """The next flow's."""
        self._flow += 1
        return self._flow

    def done(self, count: int = 1) -> int:
        """The next finished flow's; the first of so many."""
        self._done += count
        return self._done - count + 1

    def delivery(self) -> int:
        """The next delivery's."""
        self._delivery += 1
        return self._delivery


class Home(Struct, frozen=True, gc=False):
    """What `_accompany` must know of a new flow; a `FlowRow` has the same of one that was stored before."""

    seq: int
    clock: str
    pending: int = 0
    done: int | None = None


class Writer:
    """Writes on a connection's open transaction, and keeps its tally."""

    def __init__(self, connection: sqlite3.Connection, rows: Rows, tally: Tally) -> None:
        self._connection = connection
        self._rows = rows
        self._tally = tally
        self._numbers = Numbers(connection)
        self.touch = tally.marks.touch
        """Note that a flow, or what is posted of it, is no more what it was."""

    def add(self, adding: Sequence[tuple[Change, str]]) -> None:
        """Write new flows, each living on the named clock."""
        written, homes, places, ordinals = [], [], [], []
        for given, clock in adding:
            change = with_packed(given)
            flow, seq = change.flow, self._numbers.flow()
            raw = int(change.request is not None)  # since SQLite looks for an adapter of a bool
            request = change.request or encode(flow.request)
            size = ROW_BYTES + len(request) + _bytes(change.posts)
            key, state, moving = self._rows.added(seq, flow, len(request))
            fixed = (seq, key, flow.id, flow.application, clock, flow.kind, flow.ordinal, flow.created_at)
            rest = (flow.scenario, raw, request, size, len(change.posts), state, self._change(), *moving)
            written.append(fixed + rest)
            homes.append((Home(seq, clock), change))
            ordinals.append((flow.application, flow.ordinal))
            places.append((flow.application, rest[-1], flow.scenario))
            self._tally.kinds.add(flow.kind)
            self.touch(seq)
        self._connection.executemany(_ADD, written)
        self._tally.added(places, ordinals)
        self._accompany(homes)

    def write(self, changed: Sequence[tuple[FlowRow, Change]]) -> None:
        """Write the new states of flows over their rows."""
        changed = [(row, with_packed(change)) for row, change in changed]
        written, moves = [], []
        for row, change in changed:
            flow, posts = change.flow, change.posts
            _, state, moving = columns(flow)
            written.append((_bytes(posts), len(posts), state, self._change(), *moving, row.seq))
            self.touch(row.seq)
            if row.stage != moving[-1]:
                moves.append((row.application, row.stage, moving[-1]))
        self._connection.executemany(_CHANGE, written)
        self._tally.move(moves)
        self._accompany(changed)

    def step(self, due: Sequence[FlowRow], now: int, decide: Decide) -> int:
        """Write what is decided about each of these flows; answers how many there are. A flow whose `decide` raises is
        parked: its timer is cleared, so that it blocks no other, and the journal says so.
        """
        changed = []
        for row in due:
            try:
                changed.append((row, decide(self._rows.flow(row))))
            except Exception as error:
                self._connection.execute("UPDATE flow SET due_at = NULL WHERE seq = ?", (row.seq,))
                if not row.pending:
                    self._finish(row.seq, self._numbers.done())
                stranded = Entry(now, row.application, row.id, Stranded(repr(error)))
                self.record([entry_row(stranded, row.seq)])
        if changed:
            self.write(changed)
        return len(due)

    def record(self, entries: Sequence[EntryRow]) -> None:
        """Append to the journal."""
        self._connection.executemany(_RECORD, entries)
        self._tally.sums.entries += len(entries)
        self._tally.sums.entry_bytes += sum([ENTRY_BYTES + len(row[5]) for row in entries])

    def release(self, finished: Iterable[int]) -> dict[int, int]:
        """Count a callback as finished for each of these numbers of flows; answers by number how many are left of the
        flows that are still there.
        """
        counted, left = Counter(finished), dict[int, int]()
        values = self._numbers.done(len(counted)), encode(list(counted.items())).decode()
        for seq, pending, done, size in self._connection.execute(_RELEASE, values).fetchall():
            left[seq] = pending
            self.touch(seq)
            if done is not None:
                self._tally.sums.finished += 1
                self._tally.sums.flow_bytes += size
        self._tally.sums.pending -= sum([counted[seq] for seq in left])
        return left

    def _change(self) -> int:
        self._tally.sums.change += 1
        return self._tally.sums.change

    def _accompany(self, changed: Sequence[tuple[Home | FlowRow, Change]]) -> None:
        """Write what comes with changed flows: entries, posts, and whether anything is left to do."""
        self.record([entry_row(entry, home.seq) for home, change in changed for entry in change.entries])
        posts = [row for home, change in changed if change.posts for row in self._post_rows(home, change.posts)]
        if posts:
            self._connection.executemany(_POST, posts)
            self._tally.sums.pending += len(posts)
        for home, change in changed:
            idle = not change.posts and not home.pending and change.flow.due_at is None
            if idle != (home.done is not None):
                self._finish(home.seq, self._numbers.done() if idle else None)

    def _post_rows(self, home: Home | FlowRow, posts: Sequence[Post]) -> Iterator[tuple[object, ...]]:
        """The columns of a flow's new posts. One that isn't loose waits if there is a first attempt to be made before
        its own.
        """
        waits = home.pending > 0 and self._connection.execute(_UNTRIED, (home.seq,)).fetchone() is not None
        for post in posts:
            due_at = None if waits and not post.loose else post.at
            number = self._numbers.delivery()
            yield number, post.id, home.seq, home.clock, post.url, post.origin, due_at, post.body
            waits = True

    def _finish(self, seq: int, done: int | None) -> None:
        """Mark a flow as finished, with this number, or as live again (None)."""
        query = "UPDATE flow SET done = ? WHERE seq = ? RETURNING size + LENGTH(state)"
        size = self._connection.execute(query, (done, seq)).fetchone()[0]
        sign = -1 if done is None else 1
        self._tally.sums.finished += sign
        self._tally.sums.flow_bytes += sign * size


def entry_row(entry: Entry, flow: int | None = None) -> EntryRow:
    """The columns of a journal entry, which belongs to the flow of this number. Its kind becomes a plain str, which
    SQLite binds at once, while it first looks for an adapter of any other type.
    """
    return entry.at, str(entry.data.kind), entry.application, entry.flow, flow, encode(entry.data).decode()


def due(connection: sqlite3.Connection, clock: str, now: int, limit: int) -> list[FlowRow]:
    """The flows of a clock that are due, in the order (due time, number)."""
    query = f"SELECT {COLUMNS} FROM flow WHERE clock = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?"
    return [FlowRow(*row) for row in connection.execute(query, (clock, now, limit))]


def one(connection: sqlite3.Connection, flow_id: str) -> FlowRow | None:
    """A flow's row by its id."""
    row = connection.execute(f"SELECT {COLUMNS} FROM flow WHERE key = ? AND id = ?", (key(flow_id), flow_id)).fetchone()
    return FlowRow(*row) if row else None


def last(connection: sqlite3.Connection) -> int:
    """The highest number of a flow; 0 if there is none."""
    found: int = connection.execute("SELECT IFNULL(MAX(seq), 0) FROM flow").fetchone()[0]
    return found


def next_due(connection: sqlite3.Connection, clock: str) -> int | None:
    """The time at which the first flow of a clock is due; None if none is."""
    row = connection.execute("SELECT MIN(due_at) FROM flow WHERE clock = ? AND due_at IS NOT NULL", (clock,))
    found: int | None = row.fetchone()[0]
    return found


def rehome(connection: sqlite3.Connection, application: str, clock: str) -> None:
    """Move an application's flows and callbacks to another clock."""
    of = "SELECT seq FROM flow WHERE application = ? AND clock != ?"
    connection.execute(f"UPDATE delivery SET clock = ? WHERE flow IN ({of})", (clock, application, clock))
    connection.execute("UPDATE flow SET clock = ? WHERE application = ?", (clock, application))


def _bytes(posts: Sequence[Post]) -> int:
    return sum([len(post.body) for post in posts])
