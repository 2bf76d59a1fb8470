"""Questions to the store that change nothing: search, journal, counts."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from msgspec import Raw, json

from emulator.model import Json
from emulator.store import Condition, Found, Lines, Numbered, Search, Tellings, Told
from emulator.store.flows import ROW, Stored, key

_COLUMNS: Final = {
    "type": "channels",
    "to": "recipients",
    "status": "status",
    "terminationChannel": "termination",
    "flowKind": "kind",
    "scenario": "scenario",
}
_PARTS: Final = {
    "is": "\n{}\n",
    "is_not": "\n{}\n",
    "contains": "{}",
    "starts_with": "\n{}",
    "ends_with": "{}\n",
}


def found(connection: sqlite3.Connection, search: Search) -> Found:
    """A page of an application's flows, newest first."""
    where, values = matching(search)
    total = connection.execute(f"SELECT COUNT(*) FROM flow WHERE {where}", values).fetchone()[0]
    query = f"SELECT {ROW} FROM flow WHERE {where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?"
    rows = connection.execute(query, [*values, search.size, search.offset])
    return Found(total, [Stored(*row).flow() for row in rows])


def matching(search: Search) -> tuple[str, list[Any]]:
    """The condition that a search puts to flows, and the values to bind."""
    clauses: list[tuple[str, Any]] = []
    clauses += [("application = ?", search.application)] if search.application is not None else []
    clauses += [("created_at >= ?", search.start)] if search.start is not None else []
    clauses += [("created_at <= ?", search.end)] if search.end is not None else []
    clauses += [_clause(condition) for condition in search.conditions]
    return " AND ".join(["1", *(clause for clause, _ in clauses)]), [value for _, value in clauses]


def _clause(condition: Condition) -> tuple[str, str]:
    """Matches whole values and their parts alike: each value stands between line feeds. Not by LIKE, whose patterns
    have a limit.
    """
    column = f"lower(char(10) || {_COLUMNS[condition.field]} || char(10))"
    there = "= 0" if condition.operator == "is_not" else "> 0"
    return f"instr({column}, lower(?)) {there}", _PARTS[condition.operator].format(condition.term)


def journal(connection: sqlite3.Connection, wanted: Lines) -> list[Numbered]:
    """Journal entries, oldest first; newest first if they are asked for before one."""
    found = {
        "seq > ?": wanted.after,
        "seq < ?": wanted.before,
        "flow_seq = ?": None if wanted.flow is None else _seq(connection, wanted.flow),
        "application = ?": wanted.application,
        "at >= ?": wanted.since,
        "at <= ?": wanted.until,
        "flow_seq IN (SELECT value FROM json_each(?))": _listed([_seq(connection, each) for each in wanted.flows]),
    }
    clauses = [clause for clause, value in found.items() if value is not None]
    values = [value for value in found.values() if value is not None]
    if wanted.kinds:
        clauses.append(f"kind IN ({', '.join('?' * len(wanted.kinds))})")
    query = (
        "SELECT e.seq, e.at, e.kind, e.application, e.flow, e.data, CASE WHEN e.kind = 'accepted' AND f.quick THEN f.request END"
        f" FROM entry e LEFT JOIN flow f ON f.seq = e.flow_seq WHERE {' AND '.join(f'e.{each}' for each in clauses)}"
    )
    order = "e.seq" if wanted.before is None else "e.seq DESC"
    rows = connection.execute(f"{query} ORDER BY {order} LIMIT ?", [*values, *wanted.kinds, wanted.limit])
    return [
        Numbered(seq, at, kind, app, of, Raw(_whole(data.encode(), request)))
        for seq, at, kind, app, of, data, request in rows
    ]


def _whole(data: bytes, request: bytes | None) -> bytes:
    """An entry's data, with the request that it tells of."""
    return data if request is None else b'%b,"body":%b}' % (data[:-1], request)


def _seq(connection: sqlite3.Connection, flow: str) -> int:
    """The number of a flow; of none, one that no flow has."""
    row = connection.execute("SELECT seq FROM flow WHERE key = ? AND id = ?", (key(flow), flow)).fetchone()
    return row[0] if row else -1


def _listed(values: list[int]) -> str | None:
    return json.encode(values).decode() if values else None


def latest(connection: sqlite3.Connection) -> int:
    """The number of the journal's last entry; 0 if there is none."""
    found: int = connection.execute("SELECT IFNULL(MAX(seq), 0) FROM entry").fetchone()[0]
    return found


_TOLD = (
    "SELECT d.seq, d.id, f.id, f.application, d.url, d.body, d.attempts, d.due_at, d.outcome"
    " FROM delivery d JOIN flow f ON f.seq = d.flow"
)


def callbacks(connection: sqlite3.Connection, wanted: Tellings) -> list[Told]:
    """Callbacks, oldest first; newest first if they are asked for before one."""
    found = {
        "d.seq > ?": wanted.after,
        "d.seq < ?": wanted.before,
        "f.seq = ?": _seq(connection, wanted.flow) if wanted.flow else None,
        "f.application = ?": wanted.application or None,
    }
    given = {clause: value for clause, value in found.items() if value is not None}
    order = "d.seq" if wanted.before is None else "d.seq DESC"
    query = f"{_TOLD} WHERE {' AND '.join(given)} ORDER BY {order} LIMIT ?"
    return [Told(*row) for row in connection.execute(query, [*given.values(), wanted.limit])]


def callback(connection: sqlite3.Connection, name: str) -> Told | None:
    """One callback by its id."""
    row = connection.execute(f"{_TOLD} WHERE d.id = ?", (name,)).fetchone()
    return Told(*row) if row else None


def counts(connection: sqlite3.Connection) -> Json:
    """How much there is of everything."""
    queries = {
        "liveFlows": "SELECT COUNT(*) FROM flow WHERE done IS NULL",
        "finishedFlows": "SELECT COUNT(*) FROM flow WHERE done IS NOT NULL",
        "pendingCallbacks": "SELECT IFNULL(SUM(pending), 0) FROM flow WHERE done IS NULL",
        "journalEntries": "SELECT COUNT(*) FROM entry",
    }
    return {name: connection.execute(query).fetchone()[0] for name, query in queries.items()}
