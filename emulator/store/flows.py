"""Writing flows, their journal entries and their callbacks, on an open transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final
from zlib import crc32

from msgspec import Struct, json

from emulator import quick
from emulator.faults import Callbacks
from emulator.model import Entry, Flow, FlowStatus, Message, Plan, Report, Request, StatusCode, recipient
from emulator.store import Change, Post

ROW_BYTES: Final = 600
"""About what a flow's row, its deliveries' rows and its index entries take beside their texts."""
ENTRY_BYTES: Final = 200
"""About what a journal entry takes beside its data."""

_encode = json.Encoder().encode


class Progress(Struct, frozen=True, array_like=True, gc=False):
    """What a flow's row has encoded: all that is neither a column of its own nor the request."""

    updated_at: int
    status_code: StatusCode | None
    plans: tuple[Plan, ...]
    messages: tuple[Message, ...]
    agenda: tuple[Report, ...]
    told: int
    faults: Callbacks | None


_progress: Final = json.Decoder(Progress).decode


def key(flow: str) -> int:
    """The number by which a flow is found: of our own ids the last part, which grows with an application's requests, so
    that new keys stand together; of any other id one that is made of it.
    """
    try:
        return int(flow[-12:], 16)
    except ValueError:
        return crc32(flow.encode())


class Cost(Struct, frozen=True):
    """The bytes that a write added to what is kept: of finished flows, and of the journal."""

    flows: int = 0
    entries: int = 0


ROW: Final = "seq, clock, pending, done, id, application, ordinal, created_at, scenario, status, state, request, quick"
"""The columns of a `Stored`."""


class Stored(Struct, frozen=True, gc=False):
    """A flow's row: its number, its clock, its unfinished deliveries, and what the flow is made of."""

    seq: int
    clock: str
    pending: int
    done: int | None
    id: str
    application: str
    ordinal: int
    created_at: int
    scenario: str
    status: str
    state: bytes
    request: bytes
    quick: int

    def flow(self, requests: Requests | None = None) -> Flow:
        """The flow itself."""
        now = _progress(self.state)
        return Flow(
            self.id,
            self.application,
            self.ordinal,
            self.created_at,
            now.updated_at,
            requests.of(self) if requests else self.asked(),
            now.plans,
            self.scenario,
            _STATUS[self.status],
            now.status_code,
            now.messages,
            now.agenda,
            now.told,
            now.faults,
        )


    def asked(self) -> Request:
        """The request of the flow."""
        return quick.again(self.request) if self.quick else _request(self.request)


_request: Final = json.Decoder(Request).decode
_STATUS: Final = {status.value: status for status in FlowStatus}


class Requests:
    """The latest requests by their flows' numbers, so that young flows' need not be read again."""

    MOST: Final = 1024

    def __init__(self) -> None:
        self._latest: list[tuple[int, Request | None]] = [(0, None)] * self.MOST

    def put(self, seq: int, request: Request) -> Request:
        """Remember one in the place of an older one."""
        self._latest[seq % self.MOST] = seq, request
        return request

    def of(self, stored: Stored) -> Request:
        """The request of a flow."""
        seq, request = self._latest[stored.seq % self.MOST]
        if seq == stored.seq and request is not None:
            return request
        return self.put(stored.seq, stored.asked())


def state(flow: Flow) -> bytes:
    """What is encoded of a flow."""
    return _encode(
        Progress(
            flow.updated_at, flow.status_code, flow.plans, flow.messages, flow.agenda, flow.told, flow.faults
        )
    )


class Numbers:
    """The numbers of flows, their changes and deliveries; none is given twice, even if what had it is gone."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        flows = "SELECT MAX(IFNULL((SELECT MAX(seq) FROM flow), 0), IFNULL((SELECT MAX(flow_seq) FROM entry), 0))"
        self._flow: int = connection.execute(flows).fetchone()[0]
        self._change: int = connection.execute("SELECT IFNULL(MAX(changed), 0) FROM flow").fetchone()[0]
        self._done: int = connection.execute("SELECT IFNULL(MAX(done), 0) FROM flow").fetchone()[0]
        self.requests = Requests()
        self._delivery: int = connection.execute("SELECT IFNULL(MAX(seq), 0) FROM delivery").fetchone()[0]

    def flow(self) -> int:
        """The next flow's."""
        self._flow += 1
        return self._flow

    def change(self) -> int:
        """The next change's, of any flow."""
        self._change += 1
        return self._change

    def done(self) -> int:
        """The next finished flow's."""
        self._done += 1
        return self._done

    def delivery(self) -> int:
        """The next delivery's."""
        self._delivery += 1
        return self._delivery


def added(connection: sqlite3.Connection, numbers: Numbers, adding: Sequence[tuple[Change, str]]) -> Cost:
    """Write new flows, each living on the named clock."""
    rows, homes = [], []
    for change, clock in adding:
        flow, seq = change.flow, numbers.flow()
        request = change.request or _encode(flow.request)
        rows.append(
            (
                seq,
                key(flow.id),
                flow.id,
                flow.application,
                clock,
                "failover",
                flow.ordinal,
                flow.created_at,
                flow.scenario,
                *_columns(flow),
                numbers.change(),
                state(flow),
                len(change.posts),
                request,
                change.request is not None,
                ROW_BYTES + len(request) + sum([len(post.body) for post in change.posts]),
            )
        )
        homes.append((_Home(seq, clock), change))
        numbers.requests.put(seq, flow.request)
    connection.executemany(_INSERT, rows)
    return _accompanied(connection, numbers, homes)


def written(connection: sqlite3.Connection, numbers: Numbers, changed: Sequence[tuple[Stored, Change]]) -> Cost:
    """Write flows' new states over the old ones."""
    connection.executemany(
        _UPDATE,
        [
            (
                *_columns(change.flow),
                numbers.change(),
                state(change.flow),
                len(change.posts),
                sum([len(post.body) for post in change.posts]),
                stored.seq,
            )
            for stored, change in changed
        ],
    )
    return _accompanied(connection, numbers, changed)


_UPDATE: Final = (
    "UPDATE flow SET status = ?, channels = ?, recipients = ?, termination = ?, due_at = ?, lane = ?, changed = ?,"
    " state = ?, pending = pending + ?, size = size + ? WHERE seq = ?"
)
_INSERT: Final = (
    "INSERT INTO flow(seq, key, id, application, clock, kind, ordinal, created_at, scenario, status, channels,"
    " recipients, termination, due_at, lane, changed, state, pending, request, quick, size)"
    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECORD: Final = "INSERT INTO entry(at, kind, application, flow, flow_seq, data) VALUES(?, ?, ?, ?, ?, ?)"
_POST: Final = "INSERT INTO delivery(seq, id, flow, clock, url, origin, due_at, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)"


def entry_row(e: Entry, flow: int | None) -> tuple[Any, ...]:
    """A journal entry's row."""
    return (e.at, e.kind, e.application, e.flow, flow, _encode(e.data).decode())


class _Home(Struct, frozen=True, gc=False):
    """What must be known of a flow to write what accompanies it."""

    seq: int
    clock: str
    pending: int = 0
    done: int | None = None


def stranded(connection: sqlite3.Connection, stored: Stored, now: int, error: str) -> Cost:
    """Have a flow that nothing can be decided about stay as it is and hold up no other; the journal says so."""
    row = connection.execute("UPDATE flow SET due_at = NULL WHERE seq = ? RETURNING id, application", (stored.seq,))
    name, application = row.fetchone()
    entry = Entry(now, "stranded", application, name, {"error": error})
    return Cost(entries=recorded(connection, [entry], stored.seq))


def _accompanied(
    connection: sqlite3.Connection, numbers: Numbers, changed: Sequence[tuple[Stored | _Home, Change]]
) -> Cost:
    """Write what comes with changes: entries, posts, and that there is nothing left to do."""
    entries = [entry_row(entry, stored.seq) for stored, change in changed for entry in change.entries]
    kept = record(connection, entries)
    posts = [
        (numbers.delivery(), post.id, stored.seq, stored.clock, post.url, post.origin, _first_at(post, position), post.body)
        for stored, change in changed
        for position, post in enumerate(change.posts, stored.pending)
    ]
    if posts:
        connection.executemany(_POST, posts)
    flows = 0
    for stored, change in changed:
        idle = change.flow.due_at is None and not stored.pending and not change.posts
        if idle != (stored.done is not None):
            flows += finished(connection, numbers, stored.seq) if idle else -_reopened(connection, stored.seq)
    return Cost(flows, kept)


def _first_at(post: Post, position: int) -> int | None:
    return post.at if post.loose or not position else None


def finished(connection: sqlite3.Connection, numbers: Numbers, seq: int) -> int:
    """Number a flow among those that have nothing left to do; answers the bytes that it keeps."""
    row = connection.execute(
        "UPDATE flow SET done = ? WHERE seq = ? RETURNING size + LENGTH(state)", (numbers.done(), seq)
    ).fetchone()
    return int(row[0])


def released(connection: sqlite3.Connection, numbers: Numbers, seq: int) -> int | None:
    """Count one delivery of a flow as finished; answers the bytes that it keeps if it is done, else 0; None if there is
    no such flow any more.
    """
    row = connection.execute(
        "UPDATE flow SET pending = pending - 1, done = CASE WHEN pending = 1 AND due_at IS NULL THEN ? END"
        " WHERE seq = ? RETURNING CASE WHEN done IS NULL THEN 0 ELSE size + LENGTH(state) END",
        (numbers.done(), seq),
    ).fetchone()
    return row and int(row[0])


def _reopened(connection: sqlite3.Connection, seq: int) -> int:
    """Count a finished flow that has something to do again among the live ones; answers the bytes that it kept."""
    row = connection.execute("SELECT size + LENGTH(state) FROM flow WHERE seq = ?", (seq,)).fetchone()
    connection.execute("UPDATE flow SET done = NULL WHERE seq = ?", (seq,))
    return int(row[0])


def recorded(connection: sqlite3.Connection, entries: Sequence[Entry], flow: int | None = None) -> int:
    """Append to the journal, to the flow of this number; answers the bytes that the entries take."""
    return record(connection, [entry_row(entry, flow) for entry in entries])


def record(connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> int:
    """Append rows to the journal; answers the bytes that they take."""
    connection.executemany(_RECORD, rows)
    return sum([ENTRY_BYTES + len(row[5]) for row in rows])


def due(connection: sqlite3.Connection, clock: str, now: int, limit: int) -> list[Stored]:
    """The flows of a clock that are due, in the order (due time, number)."""
    rows = connection.execute(
        f"SELECT {ROW} FROM flow WHERE clock = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?",
        (clock, now, limit),
    )
    return [Stored(*row) for row in rows]


def one(connection: sqlite3.Connection, flow: str) -> Stored | None:
    """A flow's row by its id."""
    row = connection.execute(f"SELECT {ROW} FROM flow WHERE key = ? AND id = ?", (key(flow), flow)).fetchone()
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
