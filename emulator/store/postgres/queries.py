"""The queries of readers: flows, journal, callbacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from emulator.store.postgres.rows import COLUMNS
from emulator.store.postgres.texts import clean
from emulator.store.records import CallbackQuery, JournalQuery

FLOWS: Final = "flow f JOIN stand s ON s.flow = f.seq"
"""What the columns of a `Row` are columns of."""
DUE: Final = (
    f"SELECT {COLUMNS} FROM (SELECT flow, due_at FROM stand WHERE clock = $1 AND due_at <= $2 ORDER BY due_at, flow"
    " LIMIT $3) due JOIN stand s ON s.flow = due.flow JOIN flow f ON f.seq = due.flow ORDER BY due.due_at, due.flow"
)
ONE: Final = f"SELECT {COLUMNS} FROM {FLOWS} WHERE f.key = $1 AND f.id = $2"
ALIKE: Final = f"SELECT {COLUMNS} FROM {FLOWS} WHERE f.key = $1 AND f.application = $2 ORDER BY f.seq"
LIVE: Final = (
    "SELECT 1 FROM stand WHERE flow = $1 AND (due_at IS NOT NULL"
    " OR EXISTS(SELECT FROM delivery WHERE delivery.flow = $1 AND outcome IS NULL))"
)
"""Whether something is left to do about a flow."""
LAST: Final = "SELECT coalesce(max(seq), 0) FROM flow"
"""The highest number of a flow; 0 if there is none."""
NEXT_FLOW: Final = "SELECT due_at FROM stand WHERE clock = $1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1"
COUNTS: Final = """
SELECT (SELECT coalesce(sum(flows), 0)::bigint FROM tally), (SELECT count(*) FROM stand WHERE due_at IS NOT NULL)
  + (SELECT count(*) FROM (SELECT DISTINCT flow FROM delivery WHERE outcome IS NULL) o
    WHERE NOT EXISTS(SELECT FROM stand WHERE stand.flow = o.flow AND due_at IS NOT NULL)),
  (SELECT count(*) FROM delivery WHERE outcome IS NULL),
  coalesce((SELECT entries FROM news ORDER BY version DESC LIMIT 1), 0)"""
APPLICATIONS: Final = "SELECT application, sum(flows)::bigint FROM tally GROUP BY 1 HAVING sum(flows) > 0 ORDER BY 1"
SCENARIOS: Final = "SELECT DISTINCT scenario FROM tally WHERE flows > 0 ORDER BY 1"
WAITING: Final = """
SELECT count(*) FROM delivery d JOIN callback c ON c.seq = d.callback WHERE d.clock = ANY($1::text[])
  AND d.due_at IS NOT NULL AND d.origin = $2
AND ($3 = '' OR c.url = $3 OR left(c.url, length($3) + 1) IN ($3 || '?', $3 || '#'))"""
DROPPED: Final = "SELECT value FROM fact WHERE name IN ('dropped 1', 'dropped 2') ORDER BY name"
"""How many flows were dropped, and how many entries."""
LATEST: Final = "SELECT coalesce(max(seq), 0) FROM entry"
LATEST_TIMES: Final = (
    "SELECT application, max(at) FROM (SELECT application, at FROM entry ORDER BY seq DESC LIMIT 4096) e GROUP BY 1"
)
CALLBACK: Final = (
    "SELECT d.callback, c.id, f.id, f.application, c.url, c.body, d.attempts, d.due_at, d.outcome FROM delivery d"
    " JOIN callback c ON c.seq = d.callback JOIN flow f ON f.seq = d.flow"
)
_UNFINISHED: Final = {
    "pending": "d.attempts >= {}",
    "failing": "d.attempts > {}",
    "waiting": "d.attempts = {}",
}
"""Which unfinished callbacks are meant by a word for how they stand: those after more attempts than none, or none."""
_ENTRY: Final = (
    "SELECT e.seq, e.at, e.kind, e.application, e.flow, e.data, f.request FROM entry e"
    " LEFT JOIN flow f ON f.seq = e.flow_seq AND f.raw AND e.kind = 'accepted'"
)


class Query:
    """A query that is put together, with its values."""

    def __init__(self, select: str, values: Sequence[Any] = ()) -> None:
        self._select = select
        self._clauses: list[str] = []
        self.values = list(values)

    def ask(self, clause: str, value: Any) -> Query:
        """Add a condition, with its value in the place of {}; none if that is None."""
        if value is not None:
            self.values.append(clean(value) if isinstance(value, str) else value)
            self._clauses.append(clause.format(f"${len(self.values)}"))
        return self

    def sql(self, rest: str = "") -> str:
        """The SQL, with what comes after the conditions."""
        where = f" WHERE {' AND '.join(self._clauses)}" if self._clauses else ""
        return f"{self._select}{where} {rest}"


def journal(wanted: JournalQuery, flows: Sequence[int] | None) -> Query:
    """The query for journal entries, of the flows of these numbers."""
    query = Query(_ENTRY).ask("e.seq > {}", wanted.after).ask("e.seq < {}", wanted.before)
    query.ask("e.flow_seq = ANY({}::bigint[])", flows)
    query.ask("e.application = {}", wanted.application or None)
    query.ask("e.at >= {}", wanted.since).ask("e.at <= {}", wanted.until)
    return query.ask("e.kind = ANY({}::text[])", [str(kind) for kind in wanted.kinds] or None)


def callbacks(wanted: CallbackQuery, flow: int | None) -> Query:
    """The query for callbacks, of the flow of this number."""
    query = Query(CALLBACK).ask("d.callback > {}", wanted.after).ask("d.callback < {}", wanted.before)
    query.ask("d.flow = {}", flow).ask("f.application = {}", wanted.application or None)
    if wanted.outcome in _UNFINISHED:
        return query.ask(f"d.outcome IS NULL AND {_UNFINISHED[wanted.outcome]}", 0)
    return query.ask("d.outcome = {}", wanted.outcome)
