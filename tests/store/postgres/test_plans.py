"""How PostgreSQL reaches what a statement needs: a plan that reads a whole table stays slow for ever."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.store.records import Filter, Search
from emulator.store.stores import store_at
from tests.support import postgres

pytestmark = pytest.mark.anyio
STATEMENTS = {
    "writing": ("_ADD", "_CHANGE", "_RECORD", "_PARK"),
    "outbox": (
        *("_AHEAD", "_TAKE", "_TAKE_OF", "_OLDEST", "_SETTLE"),
        *("_OTHERS", "_UNDER_WAY", "_RELEASE", "_GIVE_BACK", "_CLOCKS"),
    ),
    "queries": ("DUE", "ONE", "ALIKE", "LIVE", "NEXT_FLOW", "WAITING", "LATEST"),
    "searching": (),
    "states": ("_COUNT", "_WRITE"),
    "memory": ("NEWS", "LAST", "_FORGET"),
    "sharing": ("_DUE",),
    "clocks": ("_REHOME", "_SHARE"),
    "keeping": ("_DROP", "_DROP_ENTRIES", "_END", "_REVIVE", "_OLDEST", "_LATEST", "_NUMBERS", "_DROPPED"),
    "applications": ("_FIRST", "_NEXT", "_NEW", "_LEDGER"),
}
"""The statements that run for every request, change or callback, for single flows, or each second at each process, by
module.
"""
FAILED = Filter("status", "is", "Failed")
SEARCHES = (Search("app"), Search("app", offset=99), Search("app", conditions=(FAILED,), kinds=("sms",)), Search())
"""What the page asks for that looks at single flows."""
READERS = {"outbox._RELEASE"}
"""Those that may read a whole index: of what was claimed, when a process has ended."""
READ_WHOLE = {"Seq Scan", "Hash Join", "Merge Join"}
MANY = """
INSERT INTO flow SELECT n, n, n, 'app', 'failover', n, n, 's', true, '' FROM generate_series(1, 20000) n;
INSERT INTO stand SELECT n, 'app', CASE WHEN n % 2 = 0 THEN '' ELSE 'app' END, 'Queued', '', '', '',
  CASE WHEN n % 10 = 0 THEN n END, 'running', n, '' FROM generate_series(1, 20000) n;
INSERT INTO callback SELECT n, n, n, 'http://a/', '' FROM generate_series(1, 20000) n;
INSERT INTO delivery SELECT n, n, '', 'http://a', 1, n, CASE WHEN n % 10 = 0 THEN n END,
  CASE WHEN n % 10 <> 0 THEN 'received' END, 1, CASE WHEN n % 20 = 0 THEN 7 END FROM generate_series(1, 20000) n;
INSERT INTO entry SELECT n, n, 'accepted', 'app', n, n, '' FROM generate_series(1, 20000) n;
INSERT INTO ended SELECT n, n, n, n, 1000 FROM generate_series(1, 20000) n;
INSERT INTO news SELECT n, 1, '' FROM generate_series(1, 5000) n;
INSERT INTO tally SELECT n, 'running', 'failover', 's', 'Queued', '', '', 1 FROM generate_series(1, 5000) n;
INSERT INTO counter SELECT 'app', n, n FROM generate_series(1, 5000) n;
"""
"""Rows enough for an index to be worth it, of which few are due."""


@pytest.mark.parametrize("known", ["nothing", "empty tables", "many rows"])
async def test_no_frequent_statement_reads_a_whole_table(postgresql: postgres.Server, known: str) -> None:
    """Whatever is known of the tables when it is planned."""
    place = postgresql.schema()
    store = store_at(place)
    await store.open()
    await store.close()
    settings = importlib.import_module("emulator.store.postgres.connecting").SETTINGS
    wanted = {name: value for name, value in settings.items() if name.startswith("enable_") or name == "jit"}
    path = f"SET search_path = {place.rpartition('=')[2]};"
    before = f"{path} SET plan_cache_mode = force_generic_plan;"
    before += "".join(f"SET {name} = {value};" for name, value in wanted.items())
    if known != "nothing":
        rows = MANY if known == "many rows" else ""
        tables = "flow, stand, callback, delivery, entry, counter, application, news, ledger, tally, ended"
        postgresql.sql(f"{path} {rows} ANALYZE {tables}")
    modules = {module: importlib.import_module(f"emulator.store.postgres.{module}") for module in STATEMENTS}
    named = [(module, name) for module, names in STATEMENTS.items() for name in names]
    statements = {f"{module}.{name}": getattr(modules[module], name) for module, name in named}
    resets = modules["keeping"].deletions(everybody=False)
    statements |= {f"a reset of {name}": each for name, each in resets.items()}
    for search in SEARCHES:
        for name in ("total", "page", "grouped"):
            more = (10,) if name == "page" else ()
            statements[f"{name} {search}"] = getattr(modules["searching"], name)(search, *more).sql()
    for name, statement in statements.items():
        count = max(map(int, re.findall(r"\$(\d+)", statement)), default=0)
        values = f"({', '.join(['NULL'] * count)})" if count else ""
        told = postgresql.sql(f"{before} PREPARE s AS {statement}; EXPLAIN (FORMAT JSON) EXECUTE s{values}")
        found = [*whole(json.loads(told)[0]["Plan"], indexes=known != "empty tables" and name not in READERS)]
        assert not found, f"{name}: {found}"


def whole(node: dict[str, Any], above: str = "", *, indexes: bool) -> Iterator[str]:
    """What parts of a plan read all of a table but `tally`, or all of an index unless it is up to a limit."""
    kind, table = node["Node Type"], node.get("Relation Name", "")
    by_index = kind in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"} and "Index Cond" not in node
    if table != "tally" and (kind in READ_WHOLE or (indexes and by_index and above != "Limit")):
        yield f"{kind} of {table or node.get('Index Name', '')}"
    for each in node.get("Plans", []):
        yield from whole(each, kind, indexes=indexes)
