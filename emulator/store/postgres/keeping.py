"""Forgetting by a reset, and dropping a flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from emulator.clock.clock import EVERYBODY
from emulator.store.postgres.opening import SLOW
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction

_OF: Final = ("stand", "flow", "tally", "grant_", "counter", "ledger", "label", "contact", "template")
"""The tables that a reset clears by application."""
_DROP: Final = """
WITH y AS (
  INSERT INTO tally SELECT f.application, s.stage, f.kind, f.scenario, -count(*)
  FROM unnest($1::bigint[]) t(seq) JOIN flow f ON f.seq = t.seq JOIN stand s ON s.flow = t.seq GROUP BY 1, 2, 3, 4
  ON CONFLICT (application, stage, kind, scenario) DO UPDATE SET flows = tally.flows + excluded.flows
), s AS (
  DELETE FROM stand WHERE flow = ANY($1)
), c AS (
  DELETE FROM callback WHERE flow = ANY($1) RETURNING seq
), d AS (
  DELETE FROM delivery WHERE callback = ANY(ARRAY(SELECT seq FROM c))
), f AS (
  DELETE FROM flow WHERE seq = ANY($1) RETURNING seq
), e AS (
  DELETE FROM entry WHERE flow_seq = ANY($1) RETURNING seq
)
SELECT (SELECT count(*) FROM f), (SELECT count(*) FROM e)"""
_COUNT: Final = (
    "INSERT INTO fact VALUES('dropped 1', $1), ('dropped 2', $2) ON CONFLICT (name)"
    " DO UPDATE SET value = (fact.value::bigint + excluded.value::bigint)::text"
)


async def drop(transaction: Transaction, flows: Sequence[int]) -> None:
    """Delete the flows of these numbers, with their callbacks and journal entries, and count them as dropped."""
    ((gone, entries),) = await transaction.write(_DROP, flows)
    transaction.entries -= entries
    for seq in flows:
        transaction.touch(seq)
    await transaction.write(_COUNT, str(gone), str(entries))


async def forget(transaction: Transaction, application: str) -> None:
    """Delete everything of one application, or of everybody; of the journal all but its last entry."""
    everybody, values = application == EVERYBODY, [clean(application)]
    of, given = ("true", list[Any]()) if everybody else ("application = $1", values)
    for table in ("delivery", "callback"):
        statement = f"DELETE FROM {table} WHERE flow IN (SELECT seq FROM flow WHERE {of})"
        await transaction.write(statement, *given, seconds=SLOW)
    for table in _OF:
        await transaction.write(f"DELETE FROM {table} WHERE {of}", *given, seconds=SLOW)
    old = f"DELETE FROM entry WHERE {of} AND seq < (SELECT max(seq) FROM entry) RETURNING seq"
    ((entries,),) = await transaction.write(f"WITH e AS ({old}) SELECT count(*) FROM e", *given, seconds=SLOW)
    transaction.entries -= entries
    await transaction.write("DELETE FROM clock WHERE name <> '' AND $1 IN ('', name)", *values)
    if everybody:
        await transaction.write("DELETE FROM fact WHERE name IN ('dropped 1', 'dropped 2')")
