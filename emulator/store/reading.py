"""Questions to the store that change nothing: search, journal, counts."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from msgspec import Raw, json

from emulator.model import Flow, Json
from emulator.store import Condition, Found, Numbered, Search

_flow: Final = json.Decoder(Flow)
_COLUMNS: Final = {
    "type": "channels",
    "to": "recipients",
    "status": "status",
    "terminationChannel": "termination",
    "flowKind": "kind",
}
_PATTERNS: Final = {
    "is": "%\n{}\n%",
    "is_not": "%\n{}\n%",
    "contains": "%{}%",
    "starts_with": "%\n{}%",
    "ends_with": "%{}\n%",
}


def found(connection: sqlite3.Connection, search: Search) -> Found:
    """A page of an application's flows, newest first."""
    where, values = _where(search)
    total = connection.execute(f"SELECT COUNT(*) FROM flow WHERE {where}", values).fetchone()[0]
    query = f"SELECT state FROM flow WHERE {where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?"
    rows = connection.execute(query, [*values, search.size, search.offset])
    return Found(total, [_flow.decode(state) for (state,) in rows])


def _where(search: Search) -> tuple[str, list[Any]]:
    clauses: list[tuple[str, Any]] = [("application = ?", search.application)]
    clauses += [("created_at >= ?", search.start)] if search.start is not None else []
    clauses += [("created_at <= ?", search.end)] if search.end is not None else []
    clauses += [_clause(condition) for condition in search.conditions]
    return " AND ".join(clause for clause, _ in clauses), [value for _, value in clauses]


def _clause(condition: Condition) -> tuple[str, str]:
    """Matches whole values and their parts alike: each value stands between line feeds."""
    escaped = condition.term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    negation = "NOT " if condition.operator == "is_not" else ""
    column = f"char(10) || {_COLUMNS[condition.field]} || char(10)"
    return f"{column} {negation}LIKE ? ESCAPE '\\'", _PATTERNS[condition.operator].format(escaped)


def journal(
    connection: sqlite3.Connection, after: int, limit: int, flow: str | None, application: str | None
) -> list[Numbered]:
    """Journal entries numbered above `after`, oldest first; of one flow or one application, if asked."""
    clauses: list[str] = ["seq > ?"]
    values: list[Any] = [after]
    wanted = {"flow_seq = (SELECT seq FROM flow WHERE id = ?)": flow, "application = ?": application}
    for clause, value in wanted.items():
        if value is not None:
            clauses.append(clause)
            values.append(value)
    query = (
        f"SELECT seq, at, kind, application, flow, data FROM entry WHERE {' AND '.join(clauses)} ORDER BY seq LIMIT ?"
    )
    rows = connection.execute(query, [*values, limit])
    return [Numbered(seq, at, kind, app, of, Raw(data.encode())) for seq, at, kind, app, of, data in rows]


def counts(connection: sqlite3.Connection) -> Json:
    """How much there is of everything."""
    queries = {
        "liveFlows": "SELECT COUNT(*) FROM flow WHERE done IS NULL",
        "finishedFlows": "SELECT COUNT(*) FROM flow WHERE done IS NOT NULL",
        "pendingCallbacks": "SELECT IFNULL(SUM(pending), 0) FROM flow WHERE done IS NULL",
        "journalEntries": "SELECT COUNT(*) FROM entry",
    }
    return {name: connection.execute(query).fetchone()[0] for name, query in queries.items()}
