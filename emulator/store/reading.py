"""Questions to the store that change nothing: search, journal, counts."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from msgspec import Raw, json

from emulator.model import Flow, Json
from emulator.store import Condition, Found, Lines, Numbered, Search, Told

_flow: Final = json.Decoder(Flow)
_COLUMNS: Final = {
    "type": "channels",
    "to": "recipients",
    "status": "status",
    "terminationChannel": "termination",
    "flowKind": "kind",
    "scenario": "json_extract(CAST(state AS TEXT), '$.scenario')",
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
    where, values = _where(search)
    total = connection.execute(f"SELECT COUNT(*) FROM flow WHERE {where}", values).fetchone()[0]
    query = f"SELECT state FROM flow WHERE {where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?"
    rows = connection.execute(query, [*values, search.size, search.offset])
    return Found(total, [_flow.decode(state) for (state,) in rows])


def _where(search: Search) -> tuple[str, list[Any]]:
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
    """Journal entries, oldest first."""
    found = {
        "seq > ?": wanted.after,
        "flow_seq = (SELECT seq FROM flow WHERE id = ?)": wanted.flow,
        "application = ?": wanted.application,
        "at >= ?": wanted.since,
        "at <= ?": wanted.until,
    }
    clauses = [clause for clause, value in found.items() if value is not None]
    values = [value for value in found.values() if value is not None]
    if wanted.kinds:
        clauses.append(f"kind IN ({', '.join('?' * len(wanted.kinds))})")
    query = f"SELECT seq, at, kind, application, flow, data FROM entry WHERE {' AND '.join(clauses)}"
    rows = connection.execute(f"{query} ORDER BY seq LIMIT ?", [*values, *wanted.kinds, wanted.limit])
    return [Numbered(seq, at, kind, app, of, Raw(data.encode())) for seq, at, kind, app, of, data in rows]


def latest(connection: sqlite3.Connection) -> int:
    """The number of the journal's last entry; 0 if there is none."""
    found: int = connection.execute("SELECT IFNULL(MAX(seq), 0) FROM entry").fetchone()[0]
    return found


_TOLD = (
    "SELECT d.seq, d.id, f.id, f.application, d.url, d.body, d.attempts, d.due_at, d.outcome"
    " FROM delivery d JOIN flow f ON f.seq = d.flow"
)


def callbacks(
    connection: sqlite3.Connection, flow: str | None, application: str | None, after: int, limit: int
) -> list[Told]:
    """Callbacks numbered above `after`, oldest first."""
    where = "WHERE d.seq > ?" + (" AND f.id = ?" if flow else "") + (" AND f.application = ?" if application else "")
    values = [each for each in (flow, application) if each]
    return [
        Told(*row) for row in connection.execute(f"{_TOLD} {where} ORDER BY d.seq LIMIT ?", [after, *values, limit])
    ]


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
