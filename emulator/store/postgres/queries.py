"""The queries of readers: flows, search, groups, journal, callbacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from emulator.clock.clock import EVERYBODY
from emulator.store.postgres.texts import clean
from emulator.store.records import CallbackQuery, Filter, JournalQuery, Search

COLUMNS: Final = (
    "f.seq, s.clock, s.stage, f.id, f.application, f.ordinal, f.created_at, f.scenario, s.status, s.state, f.raw,"
    " f.request, f.kind"
)
"""The columns of a `Row`, in its order."""
FLOWS: Final = "flow f JOIN stand s ON s.flow = f.seq"
"""What they are columns of."""
_FAILING: Final = (
    "SELECT FROM delivery d JOIN callback c ON c.seq = d.callback WHERE c.flow = f.seq"
    " AND (d.outcome = 'given up' OR d.outcome IS NULL AND d.attempts > 0)"
)
_FIELDS: Final = {
    "type": "s.channels",
    "to": "s.recipients",
    "status": "s.status",
    "terminationChannel": "s.termination",
    "flowKind": "f.kind",
    "scenario": "f.scenario",
    "id": "f.id",
    "rescued": "CASE WHEN s.status = 'Succeeded' AND strpos(s.channels, chr(10)) > 0 THEN s.termination ELSE '' END",
    "webhooks": f"CASE WHEN EXISTS({_FAILING}) THEN 'failing' ELSE 'well' END",
    "all": "f.id || chr(10) || s.recipients || chr(10) || convert_from(f.request, 'UTF8')",
}
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
NEXT_FLOW: Final = "SELECT due_at FROM stand WHERE clock = $1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1"
COUNTS: Final = """
SELECT (SELECT coalesce(sum(flows), 0)::bigint FROM tally), (SELECT count(*) FROM (
    SELECT flow FROM stand WHERE due_at IS NOT NULL
    UNION SELECT flow FROM delivery WHERE outcome IS NULL) live),
  (SELECT count(*) FROM delivery WHERE outcome IS NULL),
  coalesce((SELECT entries FROM news ORDER BY version DESC LIMIT 1), 0)"""
APPLICATIONS: Final = "SELECT application, sum(flows)::bigint FROM tally GROUP BY 1 HAVING sum(flows) > 0 ORDER BY 1"
SCENARIOS: Final = "SELECT DISTINCT scenario FROM tally WHERE flows > 0 ORDER BY 1"
LATEST_OF: Final = """
WITH g AS MATERIALIZED (
  SELECT application, stage, sum(flows)::bigint AS flows, CASE WHEN $2 > 0 THEN (SELECT changed FROM stand
    WHERE application = tally.application AND stage = tally.stage ORDER BY changed DESC LIMIT 1) END AS changed
  FROM tally WHERE application = $1 GROUP BY 1, 2 HAVING sum(flows) > 0
), p AS MATERIALIZED (
  SELECT application, stage, row_number() OVER (PARTITION BY stage ORDER BY changed DESC) AS place FROM g
)
SELECT t.stage, t.flows, l.flow
FROM (SELECT stage, sum(flows)::bigint AS flows FROM g GROUP BY 1) t LEFT JOIN LATERAL (
  SELECT s.* FROM p CROSS JOIN LATERAL (SELECT flow, changed FROM stand WHERE application = p.application
    AND stage = p.stage ORDER BY changed DESC LIMIT $2) s
  WHERE p.stage = t.stage AND p.place <= $2 ORDER BY s.changed DESC LIMIT $2
) l ON true ORDER BY t.stage, l.changed DESC"""
"""How many flows of an application are in each stage, and the latest of them: only so many applications can have some
of them whose own latest changed last.
"""
LATEST_OF_ALL: Final = LATEST_OF.replace("application = $1 ", "$1 = '' ")
"""The same of everybody's."""
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
_ENTRY: Final = (
    "SELECT e.seq, e.at, e.kind, e.application, e.flow, e.data, f.request FROM entry e"
    " LEFT JOIN flow f ON f.seq = e.flow_seq AND f.raw AND e.kind = 'accepted'"
)


class Query:
    """A query that is put together, with its values."""

    def __init__(self, select: str) -> None:
        self._select = select
        self._clauses: list[str] = []
        self.values: list[Any] = []

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


def plain(search: Search) -> bool:
    """Whether it is known how many flows a search finds without looking at any."""
    return not search.conditions and search.start is None and search.end is None


def total(search: Search) -> Query:
    """The query for how many flows a plain search finds."""
    query = Query("SELECT coalesce(sum(flows), 0)::bigint FROM tally")
    query.ask("application = {}", search.application if search.application != EVERYBODY else None)
    return query.ask("kind = ANY({}::text[])", list(search.kinds) or None)


def found(search: Search, select: str) -> Query:
    """The query for all flows that a search finds."""
    query = Query(f"SELECT {select} FROM {FLOWS}")
    query.ask("f.application = {}", search.application if search.application != EVERYBODY else None)
    query.ask("f.created_at >= {}", search.start).ask("f.created_at <= {}", search.end)
    query.ask("f.kind = ANY({}::text[])", list(search.kinds) or None)
    for condition in search.conditions:
        query.ask(*_clause(condition))
    return query


def order(search: Search) -> str:
    """The order of what a search finds."""
    way = "ASC" if search.oldest else "DESC"
    return f"f.seq {way}" if search.application == EVERYBODY else f"f.created_at {way}, f.seq {way}"


def _clause(condition: Filter) -> tuple[str, str]:
    """The SQL of a condition, and its value. Each value of a column stands between line feeds, so whole values are
    found like parts.
    """
    column = f'lower(chr(10) || {_FIELDS[condition.field]} || chr(10) COLLATE "C")'
    there = "= 0" if condition.operator == "is_not" else "> 0"
    clause = f'position(lower({{}} COLLATE "C") IN {column}) {there}'
    return clause, condition.part


def grouped(wanted: Search) -> tuple[str, list[Any]]:
    """The query for groups, and its values: of each its name, how many flows it has, and the numbers of its latest ones
    in order.
    """
    if plain(wanted) and not wanted.kinds:
        latest = LATEST_OF_ALL if wanted.application == EVERYBODY else LATEST_OF
        return latest, [clean(wanted.application), wanted.size]
    query = found(
        wanted,
        "s.stage, count(*) OVER (PARTITION BY s.stage) AS total, s.flow,"
        " row_number() OVER (PARTITION BY s.stage ORDER BY s.changed DESC) AS place",
    )
    limited = f"SELECT stage, total, flow FROM ({query.sql()}) g WHERE place <= {max(1, wanted.size)}"
    return f"{limited} ORDER BY stage, place", query.values


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
    if wanted.outcome in {"failing", "waiting"}:
        stands = "CASE WHEN d.attempts > 0 THEN 'failing' ELSE 'waiting' END"
        return query.ask(f"coalesce(d.outcome, {stands}) = {{}}", wanted.outcome)
    return query.ask("coalesce(d.outcome, 'pending') = {}", wanted.outcome)
