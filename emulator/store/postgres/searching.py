"""The queries of searches for flows, and of boards.

How many flows there are is counted in the table `tally` by most of what a search may ask about. So a search for that
looks at no flow but those that it shows; any other looks at all that its application has.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.store.postgres.queries import FLOWS, Query
from emulator.store.postgres.rows import COLUMNS
from emulator.store.records import Filter, Search
from emulator.store.rows import END, key

_FAILING: Final = (
    "SELECT FROM delivery d JOIN callback c ON c.seq = d.callback WHERE c.flow = {f}.seq"
    " AND (d.outcome = 'given up' OR d.outcome IS NULL AND d.attempts > 0)"
)
_TALLIED: Final = {
    "type": "{s}.channels",
    "status": "{s}.status",
    "terminationChannel": "{s}.termination",
    "flowKind": "{f}.kind",
    "scenario": "{f}.scenario",
    "rescued": (
        "CASE WHEN {s}.status = 'Succeeded' AND strpos({s}.channels, chr(10)) > 0 THEN {s}.termination ELSE '' END"
    ),
}
"""The fields by which flows are counted."""
_FIELDS: Final = _TALLIED | {
    "to": "{s}.recipients",
    "id": "{f}.id",
    "webhooks": f"CASE WHEN EXISTS({_FAILING}) THEN 'failing' ELSE 'well' END",
    "all": "{f}.id || chr(10) || {s}.recipients || chr(10) || convert_from({f}.request, 'UTF8')",
}
_GROUPED: Final = """
WITH g AS MATERIALIZED (%s GROUP BY 1, 2 HAVING sum(flows) > 0), p AS MATERIALIZED (
  SELECT *, row_number() OVER (PARTITION BY stage ORDER BY changed DESC) AS place FROM g
)
SELECT t.stage, t.flows, l.flow
FROM (SELECT stage, sum(flows)::bigint AS flows FROM g GROUP BY 1) t LEFT JOIN LATERAL (
  SELECT r.* FROM p CROSS JOIN LATERAL (SELECT s.flow, s.changed FROM %s WHERE s.application = p.application
    AND s.stage = p.stage%s ORDER BY s.changed DESC LIMIT least(p.flows, %d)) r
  WHERE p.stage = t.stage%s ORDER BY r.changed DESC LIMIT %d
) l ON true ORDER BY t.stage, l.changed DESC"""
_CHANGED: Final = (
    "(SELECT changed FROM stand s WHERE s.application = t.application AND s.stage = t.stage ORDER BY changed DESC"
    " LIMIT 1)"
)


def total(search: Search) -> Query:
    """The query for how many flows a search finds."""
    if _is_tallied(search):
        return _asked("SELECT coalesce(sum(flows), 0)::bigint FROM tally t", search, "t", "t")
    stand, flow = _tables(search)
    if not flow:
        return _asked("SELECT count(*) FROM stand s", search, "s", "s")
    return found(search, "count(*)") if stand else _asked("SELECT count(*) FROM flow f", search, "", "f")


def found(search: Search, select: str) -> Query:
    """The query for all flows that a search finds."""
    return _asked(f"SELECT {select} FROM {FLOWS}", search, "s", "f")


def page(search: Search, most: int) -> Query:
    """The query for a page of what a search finds, at most so many rows."""
    stand, _ = _tables(search)
    inner = _asked(f"SELECT f.seq FROM {FLOWS if stand else 'flow f'}", search, "s", "f")
    numbers = inner.sql(f"ORDER BY {order(search)} LIMIT {most} OFFSET {search.offset}")
    rows = f"SELECT {COLUMNS} FROM ({numbers}) p JOIN flow f ON f.seq = p.seq JOIN stand s ON s.flow = p.seq"
    return Query(f"{rows} ORDER BY {order(search)}", inner.values)


def order(search: Search) -> str:
    """The order of what a search finds."""
    way = "ASC" if search.oldest else "DESC"
    return f"f.seq {way}" if search.application == EVERYBODY else f"f.created_at {way}, f.seq {way}"


def grouped(wanted: Search) -> Query:
    """The query for groups: of each its name, how many flows it has, and the number of one of the latest, in order;
    none if none is wanted.
    """
    return _grouped_by_tally(wanted) if _is_tallied(wanted) else _grouped_by_all(wanted)


def _grouped_by_tally(wanted: Search) -> Query:
    """The latest of each application and stage are read by the index. If there are no conditions, only so many
    applications can have some of the latest, whose own latest changed last.
    """
    narrowed = [clause for clause, _ in _clauses(replace(wanted, application=EVERYBODY), "s", "f")]
    changed = "NULL" if narrowed or not wanted.size else _CHANGED
    groups = _asked(
        f"SELECT application, stage, sum(flows)::bigint AS flows, {changed} AS changed FROM tally t", wanted, "t", "t"
    )
    first = len(groups.values) - len(narrowed) + 1
    conditions = "".join(f" AND {clause.format(f'${first + n}')}" for n, clause in enumerate(narrowed))
    tables = "stand s JOIN flow f ON f.seq = s.flow" if "f." in conditions else "stand s"
    few = "" if narrowed else f" AND p.place <= {wanted.size}"
    return Query(_GROUPED % (groups.sql(), tables, conditions, wanted.size, few, wanted.size), groups.values)


def _grouped_by_all(wanted: Search) -> Query:
    query = found(
        wanted,
        "s.stage, count(*) OVER (PARTITION BY s.stage) AS total, s.flow,"
        " row_number() OVER (PARTITION BY s.stage ORDER BY s.changed DESC) AS place",
    )
    limited = f"SELECT stage, total, flow FROM ({query.sql()}) g WHERE place <= {max(1, wanted.size)}"
    return Query(f"{limited} ORDER BY stage, place", query.values)


def _is_tallied(search: Search) -> bool:
    """Whether flows are counted by all that a search asks about."""
    dated = search.start is not None or search.end is not None
    return not dated and all(condition.field in _TALLIED for condition in search.conditions)


def _tables(search: Search) -> tuple[bool, bool]:
    """Whether a search asks about what stands in `stand`, and about what stands in `flow` alone."""
    clauses = [clause for clause, _ in _clauses(replace(search, application=EVERYBODY), "{s}", "{f}")]
    return any("{s}." in clause for clause in clauses), any("{f}." in clause for clause in clauses)


def _asked(select: str, search: Search, s: str, f: str) -> Query:
    """A query that asks all that a search does, of tables of these names."""
    query = Query(select)
    for clause, value in _clauses(search, s, f):
        query.ask(clause, value)
    return query


def _clauses(search: Search, s: str, f: str) -> Iterator[tuple[str, Any]]:
    """The conditions of a search, with {} in the place of their values, on tables of these names."""
    if search.application != EVERYBODY:
        yield f"{f}.application = {{}}", search.application
    if search.start is not None:
        yield f"{f}.created_at >= {{}}", search.start
    if search.end is not None:
        yield f"{f}.created_at <= {{}}", search.end
    if search.kinds:
        yield f"{f}.kind = ANY({{}}::text[])", list(search.kinds)
    for condition in search.conditions:
        yield _clause(condition, s, f), condition.part
        if condition.field == "id" and condition.operator in {"is", "ends_with"} and _ends(condition.term):
            yield f"{f}.key = {{}}", key(condition.term)


def _clause(condition: Filter, s: str, f: str) -> str:
    """The SQL of a condition. A column has each value between line feeds, so that whole ones are found like parts."""
    column = f'lower(chr(10) || {_FIELDS[condition.field].format(s=s, f=f)} || chr(10) COLLATE "C")'
    there = "= 0" if condition.operator == "is_not" else "> 0"
    return f'position(lower({{}} COLLATE "C") IN {column}) {there}'


def _ends(term: str) -> bool:
    """Whether all ids that end like this have the key of this one."""
    with suppress(ValueError):
        return len(term) >= END and int(term[-END:], 16) >= 0
    return False
