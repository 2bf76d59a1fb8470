"""Writing flows, their journal entries and their callbacks, on an open transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, json
from msgspec.structs import replace

from emulator.model import Entry, Flow, recipient
from emulator.store import Change, Post

ROW_BYTES: Final = 600
"""About what a flow's row, its deliveries' rows and its index entries take beside their texts."""
ENTRY_BYTES: Final = 200
"""About what a journal entry takes beside its data."""

_encode = json.Encoder().encode
_decoder: Final = json.Decoder(Flow)


class Cost(Struct, frozen=True):
    """The bytes that a write added to what is kept: of finished flows, and of the journal."""

    flows: int = 0
    entries: int = 0


class Stored(Struct, frozen=True):
    """A flow's row: its number, its clock, its unfinished deliveries, and its encoded state."""

    seq: int
    clock: str
    pending: int
    done: int | None
    state: bytes

    def flow(self) -> Flow:
        """The flow itself."""
        return _decoder.decode(self.state)


class Numbers:
    """The numbers of flows, their changes and deliveries; none is given twice, even if what had it is gone."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        flows = "SELECT MAX(IFNULL((SELECT MAX(seq) FROM flow), 0), IFNULL((SELECT MAX(flow_seq) FROM entry), 0))"
        self._flow: int = connection.execute(flows).fetchone()[0]
        self._change: int = connection.execute("SELECT IFNULL(MAX(changed), 0) FROM flow").fetchone()[0]
        self._delivery: int = connection.execute("SELECT IFNULL(MAX(seq), 0) FROM delivery").fetchone()[0]

    def flow(self) -> int:
        """The next flow's."""
        self._flow += 1
        return self._flow

    def change(self) -> int:
        """The next change's, of any flow."""
        self._change += 1
        return self._change

    def delivery(self) -> int:
        """The next delivery's."""
        self._delivery += 1
        return self._delivery


def added(connection: sqlite3.Connection, numbers: Numbers, adding: Sequence[tuple[Change, str]]) -> Cost:
    """Write new flows, each living on the named clock."""
    rows, entries, cost = [], [], Cost()
    for change, clock in adding:
        flow, state, seq = change.flow, _encode(change.flow), numbers.flow()
        fixed = (seq, flow.id, flow.application, clock, "failover", flow.ordinal, flow.created_at, flow.scenario)
        rows.append((*fixed, *_columns(flow), numbers.change(), state, len(change.posts)))
        entries += [_entry_row(entry, seq) for entry in change.entries]
    connection.executemany(_INSERT, rows)
    connection.executemany(_RECORD, entries)
    kept = sum([ENTRY_BYTES + len(row[5]) for row in entries])
    for (change, clock), row in zip(adding, rows, strict=True):
        if change.posts or change.flow.due_at is None:
            stored = Stored(row[0], clock, 0, None, row[15])
            cost = _added_up(cost, _accompanied(connection, numbers, stored, replace(change, entries=())))
    return Cost(cost.flows, cost.entries + kept)


def _added_up(one: Cost, other: Cost) -> Cost:
    return Cost(one.flows + other.flows, one.entries + other.entries)


_INSERT: Final = (
    "INSERT INTO flow(seq, id, application, clock, kind, ordinal, created_at, scenario, status, channels,"
    " recipients, termination, due_at, lane, changed, state, pending)"
    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECORD: Final = "INSERT INTO entry(at, kind, application, flow, flow_seq, data) VALUES(?, ?, ?, ?, ?, ?)"


def _entry_row(e: Entry, flow: int | None) -> tuple[Any, ...]:
    return (e.at, e.kind, e.application, e.flow, flow, _encode(e.data).decode())


def written(connection: sqlite3.Connection, numbers: Numbers, stored: Stored, change: Change) -> Cost:
    """Write a flow's new state over the old one."""
    connection.execute(
        "UPDATE flow SET status = ?, channels = ?, recipients = ?, termination = ?, due_at = ?, lane = ?, changed = ?,"
        " state = ?, pending = pending + ? WHERE seq = ?",
        (*_columns(change.flow), numbers.change(), _encode(change.flow), len(change.posts), stored.seq),
    )
    return _accompanied(connection, numbers, stored, change)


def stranded(connection: sqlite3.Connection, stored: Stored, now: int, error: str) -> Cost:
    """Have a flow that nothing can be decided about stay as it is and hold up no other; the journal says so."""
    row = connection.execute("UPDATE flow SET due_at = NULL WHERE seq = ? RETURNING id, application", (stored.seq,))
    name, application = row.fetchone()
    entry = Entry(now, "stranded", application, name, {"error": error})
    return Cost(entries=recorded(connection, [entry], stored.seq))


def _accompanied(connection: sqlite3.Connection, numbers: Numbers, stored: Stored, change: Change) -> Cost:
    entries = recorded(connection, change.entries, stored.seq)
    for position, post in enumerate(change.posts, stored.pending):
        _posted(connection, numbers.delivery(), stored, post, post.at if post.loose or not position else None)
    idle = change.flow.due_at is None and not stored.pending and not change.posts
    if idle == (stored.done is not None):
        return Cost(0, entries)
    return Cost(finished(connection, stored.seq) if idle else -_reopened(connection, stored.seq), entries)


def _posted(connection: sqlite3.Connection, seq: int, stored: Stored, post: Post, due_at: int | None) -> None:
    connection.execute(
        "INSERT INTO delivery(seq, id, flow, clock, url, origin, due_at, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        (seq, post.id, stored.seq, stored.clock, post.url, post.origin, due_at, post.body),
    )


_DONE = (
    "done = (SELECT IFNULL(MAX(done), 0) + 1 FROM flow WHERE done IS NOT NULL),"
    f" size = {ROW_BYTES} + LENGTH(state)"
    " + (SELECT IFNULL(SUM(LENGTH(body)), 0) FROM delivery WHERE delivery.flow = flow.seq)"
)


def finished(connection: sqlite3.Connection, seq: int) -> int:
    """Number a flow among those that have nothing left to do; answers the bytes that it keeps."""
    row = connection.execute(f"UPDATE flow SET {_DONE} WHERE seq = ? RETURNING size", (seq,)).fetchone()
    return int(row[0])


def released(connection: sqlite3.Connection, seq: int) -> int | None:
    """Count one delivery of a flow as finished; answers the bytes that it keeps if it is done, else None."""
    row = connection.execute(
        f"UPDATE flow SET pending = 0, {_DONE} WHERE seq = ? AND pending = 1 AND due_at IS NULL RETURNING size", (seq,)
    ).fetchone()
    if row is None:
        connection.execute("UPDATE flow SET pending = pending - 1 WHERE seq = ?", (seq,))
    return row and int(row[0])


def _reopened(connection: sqlite3.Connection, seq: int) -> int:
    """Count a finished flow that has something to do again among the live ones; answers the bytes that it kept."""
    row = connection.execute("SELECT size FROM flow WHERE seq = ?", (seq,)).fetchone()
    connection.execute("UPDATE flow SET done = NULL, size = 0 WHERE seq = ?", (seq,))
    return int(row[0])


def recorded(connection: sqlite3.Connection, entries: Sequence[Entry], flow: int | None = None) -> int:
    """Append to the journal, to the flow of this number; answers the bytes that the entries take."""
    rows = [_entry_row(entry, flow) for entry in entries]
    connection.executemany(_RECORD, rows)
    return sum([ENTRY_BYTES + len(row[5]) for row in rows])


def due(connection: sqlite3.Connection, clock: str, now: int, limit: int) -> list[Stored]:
    """The flows of a clock that are due, in the order (due time, number)."""
    rows = connection.execute(
        "SELECT seq, clock, pending, done, state FROM flow WHERE clock = ? AND due_at <= ?"
        " ORDER BY due_at, seq LIMIT ?",
        (clock, now, limit),
    )
    return [Stored(*row) for row in rows]


def one(connection: sqlite3.Connection, flow: str) -> Stored | None:
    """A flow's row by its id."""
    row = connection.execute("SELECT seq, clock, pending, done, state FROM flow WHERE id = ?", (flow,)).fetchone()
    return Stored(*row) if row else None


def next_due(connection: sqlite3.Connection, clock: str) -> int | None:
    """When the first flow of a clock is due."""
    row = connection.execute("SELECT MIN(due_at) FROM flow WHERE clock = ? AND due_at IS NOT NULL", (clock,))
    found: int | None = row.fetchone()[0]
    return found


def rehomed(connection: sqlite3.Connection, application: str, clock: str) -> None:
    """Put an application's flows and deliveries on another clock."""
    of = "SELECT seq FROM flow WHERE application = ? AND clock != ?"
    connection.execute(f"UPDATE delivery SET clock = ? WHERE flow IN ({of})", (clock, application, clock))
    connection.execute("UPDATE flow SET clock = ? WHERE application = ?", (clock, application))


def _columns(flow: Flow) -> tuple[Any, ...]:
    steps = [flow.request.flow[message.step] for message in flow.messages]
    channels = "\n".join([step.channel for step in steps])
    recipients = "\n".join([recipient(step) for step in steps])
    running = steps[-1].channel if steps else ""
    ended, lane = (running, flow.status) if flow.status.final else ("", running)
    return (flow.status, channels, recipients, ended, flow.due_at, lane)
