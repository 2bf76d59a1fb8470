"""Questions to the store that change nothing: search, journal, counts."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from msgspec import Raw, json

from emulator.model import Flow, Json
from emulator.store import Condition, Found, Lines, Numbered, Search, Tellings, Told

_flow: Final = json.Decoder(Flow)
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
    query = f"SELECT state FROM flow WHERE {where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?"
    rows = connection.execute(query, [*values, search.size, search.offset])
    return Found(total, [_flow.decode(state) for (state,) in rows])


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
        "flow_seq = (SELECT seq FROM flow WHERE id = ?)": wanted.flow,
        "application = ?": wanted.application,
        "at >= ?": wanted.since,
        "at <= ?": wanted.until,
        "flow_seq IN (SELECT seq FROM flow WHERE id IN (SELECT value FROM json_each(?)))": _listed(wanted.flows),
    }
    clauses = [clause for clause, value in found.items() if value is not None]
    values = [value for value in found.values() if value is not None]
    if wanted.kinds:
        clauses.append(f"kind IN ({', '.join('?' * len(wanted.kinds))})")
    query = f"SELECT seq, at, kind, application, flow, data FROM entry WHERE {' AND '.join(clauses)}"
    order = "seq" if wanted.before is None else "seq DESC"
    rows = connection.execute(f"{query} ORDER BY {order} LIMIT ?", [*values, *wanted.kinds, wanted.limit])
    return [Numbered(seq, at, kind, app, of, Raw(data.encode())) for seq, at, kind, app, of, data in rows]


def _listed(texts: tuple[str, ...]) -> str | None:
    return json.encode(texts).decode() if texts else None


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
        "f.id = ?": wanted.flow or None,
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
