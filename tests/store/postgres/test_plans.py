"""How PostgreSQL reaches what a statement needs: a plan that reads a whole table stays slow for ever."""

from __future__ import annotations

import importlib
import re

import pytest

from emulator.store.stores import store_at
from tests.support import postgres

pytestmark = pytest.mark.anyio
STATEMENTS = {
    "writing": ("_ADD", "_CHANGE", "_RECORD", "_PARK"),
    "outbox": ("_ORIGINS", "_TAKE", "_DUE_OF", "_OLDEST", "_SETTLE"),
    "queries": ("DUE", "ONE", "ALIKE", "LIVE", "NEXT_FLOW", "WAITING", "LATEST"),
    "states": ("_COUNT", "_WRITE"),
}
"""The statements that run for every request, change or callback, or for single flows, by module."""
READ_WHOLE = re.compile(r"Seq Scan on (?!holder)\w+|Hash Join|Merge Join")


@pytest.mark.parametrize("analyzed", [False, True])
async def test_no_frequent_statement_reads_a_whole_table(postgresql: postgres.Server, analyzed: bool) -> None:
    """Neither planned for empty tables, nor with what is known of them."""
    place = postgresql.schema()
    store = store_at(place)
    await store.open()
    await store.close()
    settings = importlib.import_module("emulator.store.postgres.connecting").SETTINGS
    wanted = {name: value for name, value in settings.items() if name.startswith("enable_") or name == "jit"}
    before = f"SET search_path = {place.rpartition('=')[2]}; SET plan_cache_mode = force_generic_plan;"
    before += "".join(f"SET {name} = {value};" for name, value in wanted.items())
    before += "ANALYZE flow, stand, callback, delivery, entry, counter, application;" if analyzed else ""
    for module, names in STATEMENTS.items():
        for name in names:
            statement = getattr(importlib.import_module(f"emulator.store.postgres.{module}"), name)
            count = max(map(int, re.findall(r"\$(\d+)", statement)), default=0)
            values = f"({', '.join(['NULL'] * count)})" if count else ""
            plan = postgresql.sql(f"{before} PREPARE s AS {statement}; EXPLAIN EXECUTE s{values}")
            assert not READ_WHOLE.search(plan), f"{name}: {plan}"
