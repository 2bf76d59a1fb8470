"""The queries of readers: search, journal, callbacks.

A search that no index answers is a *scan*: a query over all flows, each row with a mark whether it is a hit, so that
the rows can be fetched some at a time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import islice
from typing import Any, Final

from msgspec import Raw, json

from emulator.clock.clock import EVERYBODY
from emulator.flow.state import Flow
from emulator.journal import words
from emulator.store.bodies import with_unpacked
from emulator.store.mentions import mentions
from emulator.store.records import CallbackQuery, CallbackRecord, Filter, JournalEntry, JournalQuery, Search
from emulator.store.rows import Rows, key
from emulator.store.sqlite.rows import COLUMNS, FlowRow

WINDOW: Final = 4096
"""How many numbers of a table one query looks at."""
DEEP: Final = 10_000
"""A page that starts after more flows than this is found by a scan."""
SLICE: Final = 1024
"""How many flows of a scan are fetched at a time: a millisecond or two."""
FLOWS: Final = 128
"""How many flows of a long page are read at a time."""
ID: Final = 36
"""The length of our own ids; the id of a callback that was sent again has a suffix."""
Span = tuple[int, int]
"""The numbers from the first to the second, both included."""
EVERYTHING: Final[Span] = (0, 2**63 - 1)
"""The span of all numbers."""

_FAILING: Final = (
    "SELECT 1 FROM delivery d WHERE d.flow = flow.seq AND (d.outcome = 'given up' OR d.outcome IS NULL AND d.attempts)"
)
_FIELDS: Final = {
    "type": "channels",
    "to": "recipients",
    "status": "status",
    "terminationChannel": "termination",
    "flowKind": "kind",
    "scenario": "scenario",
    "id": "id",
    "rescued": "CASE WHEN status = 'Succeeded' AND instr(channels, char(10)) THEN termination ELSE '' END",
    "webhooks": f"CASE WHEN EXISTS({_FAILING}) THEN 'failing' ELSE 'well' END",
    "all": "id || char(10) || recipients || char(10) || CAST(request AS TEXT)",
}


def near(search: Search, kinds: AbstractSet[str]) -> bool:
    """Whether a page is found without looking at many flows: it has no conditions, is not long, and not far back; the
    flows are of these kinds.
    """
    mixed = search.kinds and kinds - set(search.kinds)
    narrowed = search.conditions or search.start is not None or search.end is not None or mixed
    return not narrowed and search.offset <= DEEP and search.size <= SLICE


def page(connection: sqlite3.Connection, rows: Rows, search: Search) -> list[Flow]:
    """A page of one application's flows, or of everybody's, newest first; conditions are ignored."""
    of, values = ("application = ?", (search.application,)) if search.application != EVERYBODY else ("1", ())
    query = f"SELECT seq FROM flow WHERE {of} ORDER BY {_order(search)} LIMIT ? OFFSET ?"
    found = connection.execute(query, (*values, search.size, search.offset))
    return numbered(connection, rows, [seq for (seq,) in found])


def numbered(connection: sqlite3.Connection, rows: Rows, numbers: Sequence[int]) -> list[Flow]:
    """The flows of these numbers that are there, in this order."""
    query = f"SELECT {COLUMNS} FROM (SELECT value AS number FROM json_each(?)) CROSS JOIN flow ON seq = number"
    return [rows.shown(FlowRow(*row)) for row in connection.execute(query, (_listed(numbers),))]


def alike(connection: sqlite3.Connection, rows: Rows, name: str, application: str) -> list[Flow]:
    """An application's flows whose ids end like this one."""
    query = f"SELECT {COLUMNS} FROM flow WHERE key = ? AND application = ?"
    return [rows.shown(FlowRow(*row)) for row in connection.execute(query, (key(name), application))]


def scan(search: Search, columns: str) -> tuple[str, list[Any]]:
    """The query for these columns of every flow that a search may find, in its order, and its values. A last column
    tells whether the flow is a hit.
    """
    asks = {
        "created_at >= ?": search.start,
        "created_at <= ?": search.end,
        "kind IN (SELECT value FROM json_each(?))": _listed(search.kinds),
    }
    given: list[tuple[str, Any]] = [(clause, value) for clause, value in asks.items() if value is not None]
    asked = [_clause(condition) for condition in search.conditions]
    if search.application == EVERYBODY:
        asked, given = asked + given, []
    else:
        given = [("application = ?", search.application), *given]
    hit = " AND ".join([clause for clause, _ in asked] or ["1"])
    where = " AND ".join([clause for clause, _ in given] or ["1"])
    query = f"SELECT {columns}, {hit} FROM flow WHERE {where} ORDER BY {_order(search)}"
    return query, [value for _, value in [*asked, *given]]


def _order(search: Search) -> str:
    way = "ASC" if search.oldest else "DESC"
    return f"seq {way}" if search.application == EVERYBODY else f"created_at {way}, seq {way}"


def _clause(condition: Filter) -> tuple[str, Any]:
    """The SQL of a condition, and its value. Each value of a column stands between line feeds, so whole values are
    found like parts. LIKE would limit the length of patterns.
    """
    column = f"lower(char(10) || {_FIELDS[condition.field]} || char(10))"
    there = "= 0" if condition.operator == "is_not" else "> 0"
    return f"instr({column}, lower(?)) {there}", condition.part


def spans(connection: sqlite3.Connection, table: str, after: int, before: int | None) -> Iterator[Span]:
    """Spans of a table's numbers: from above `after` to the end, or backwards from below `before`."""
    first = max(connection.execute(f"SELECT IFNULL(MIN(seq), 1) FROM {table}").fetchone()[0], after + 1)
    last = connection.execute(f"SELECT IFNULL(MAX(seq), 0) FROM {table}").fetchone()[0]
    if before is None:
        return ((low, low + WINDOW - 1) for low in range(first, last + 1, WINDOW))
    return ((high - WINDOW + 1, high) for high in range(min(last, before - 1), first - 1, -WINDOW))


def journal(connection: sqlite3.Connection, wanted: JournalQuery, span: Span) -> list[JournalEntry]:
    """Journal entries within a span, oldest first; newest first if they are asked for before one."""
    found = {
        "e.seq >= ?": max(span[0], wanted.after + 1),
        "e.seq <= ?": span[1] if wanted.before is None else min(span[1], wanted.before - 1),
        "e.flow_seq = ?": None if wanted.flow is None else _number(connection, wanted.flow),
        "e.application = ?": wanted.application or None,
        "e.at >= ?": wanted.since,
        "e.at <= ?": wanted.until,
        "e.flow_seq IN (SELECT value FROM json_each(?))": _listed([_number(connection, f) for f in wanted.flows]),
        "e.kind IN (SELECT value FROM json_each(?))": _listed(wanted.kinds),
    }
    given = {clause: value for clause, value in found.items() if value is not None}
    order = "e.seq" if wanted.before is None else "e.seq DESC"
    query = (
        "SELECT e.seq, e.at, e.kind, e.application, e.flow, CAST(e.data AS BLOB), f.request FROM entry e"
        " LEFT JOIN flow f ON f.seq = e.flow_seq AND f.raw AND e.kind = 'accepted'"
        f" WHERE {' AND '.join(given)} ORDER BY {order} LIMIT ?"
    )
    entries, left, most = list[JournalEntry](), wanted.size, -1 if wanted.text else wanted.limit
    for seq, at, kind, application, flow, data, request in connection.execute(query, [*given.values(), most]):
        whole = data if request is None else b'%b,"body":%b}' % (data[:-1], request)
        told = partial(words.text, kind, data)
        if wanted.text and not mentions(wanted.text, whole, kind, application, flow or "", told):
            continue
        entries.append(JournalEntry(seq, at, kind, application, flow, Raw(whole)))
        if len(entries) == wanted.limit or (left is not None and (left := left - len(whole)) <= 0):
            break
    return entries


def _number(connection: sqlite3.Connection, flow_id: str) -> int:
    """The number of a flow by its id; -1 if there is none."""
    row = connection.execute("SELECT seq FROM flow WHERE key = ? AND id = ?", (key(flow_id), flow_id)).fetchone()
    return row[0] if row else -1


def _listed(values: Sequence[int | str]) -> str | None:
    return json.encode(values).decode() if values else None


def latest(connection: sqlite3.Connection) -> int:
    """The number of the journal's last entry; 0 if there is none."""
    found: int = connection.execute("SELECT IFNULL(MAX(seq), 0) FROM entry").fetchone()[0]
    return found


def latest_times(connection: sqlite3.Connection) -> dict[str, int]:
    """See Journal."""
    last = f"SELECT application, at FROM entry ORDER BY seq DESC LIMIT {WINDOW}"
    return dict(connection.execute(f"SELECT application, MAX(at) FROM ({last}) GROUP BY application"))


_CALLBACK: Final = (
    "SELECT d.seq, d.id, f.id, f.application, d.url, d.body, d.attempts, d.due_at, d.outcome"
    " FROM delivery d JOIN flow f ON f.seq = d.flow"
)

_OUTCOMES: Final = (
    "IFNULL(d.outcome, CASE WHEN d.attempts THEN 'failing' ELSE 'waiting' END) = ?",
    "IFNULL(d.outcome, 'pending') = ?",
)
"""The clauses of an outcome, where failing and waiting are told apart, and where both are pending."""


def callbacks(connection: sqlite3.Connection, wanted: CallbackQuery, span: Span) -> list[CallbackRecord]:
    """Callbacks within a span, oldest first; newest first if they are asked for before one."""
    found = {
        "d.seq >= ?": max(span[0], wanted.after + 1),
        "d.seq <= ?": span[1] if wanted.before is None else min(span[1], wanted.before - 1),
        "d.flow = ?": _number(connection, wanted.flow) if wanted.flow else None,
        "f.application = ?": wanted.application or None,
        _OUTCOMES[wanted.outcome == "pending"]: wanted.outcome,
    }
    given = {clause: value for clause, value in found.items() if value is not None}
    order = "d.seq" if wanted.before is None else "d.seq DESC"
    query = f"{_CALLBACK} WHERE {' AND '.join(given)} ORDER BY {order} LIMIT ?"
    rows = connection.execute(query, [*given.values(), -1 if wanted.text else wanted.limit])
    records = (with_unpacked(CallbackRecord(*row)) for row in rows)
    if text := wanted.text:
        records = (one for one in records if mentions(text, one.url, one.body, one.id, one.flow, one.application))
    return list(islice(records, wanted.limit))


def callbacks_of(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[CallbackRecord]:
    """The callbacks of these numbers, the ones that are due first before the others."""
    query = f"{_CALLBACK} WHERE d.seq IN (SELECT value FROM json_each(?)) ORDER BY d.due_at, d.seq"
    return [with_unpacked(CallbackRecord(*row)) for row in connection.execute(query, (json.encode(numbers).decode(),))]


def callback(connection: sqlite3.Connection, callback_id: str) -> CallbackRecord | None:
    """One callback by its id, by the index of flows: the ids of our callbacks end like their flow's."""
    query = f"{_CALLBACK} WHERE d.id = ? AND d.flow IN (SELECT seq FROM flow WHERE key = ?)"
    row = connection.execute(query, (callback_id, key(callback_id[:ID]))).fetchone()
    return with_unpacked(CallbackRecord(*row)) if row else None


def callback_within(connection: sqlite3.Connection, callback_id: str, span: Span) -> CallbackRecord | None:
    """One callback by its id, among those with a number in this span."""
    row = connection.execute(f"{_CALLBACK} WHERE d.seq BETWEEN ? AND ? AND d.id = ?", (*span, callback_id)).fetchone()
    return with_unpacked(CallbackRecord(*row)) if row else None
