"""Forgetting by a reset, and dropping a flow."""

from __future__ import annotations

from typing import Any, Final

from emulator.clock.clock import EVERYBODY
from emulator.store.postgres.opening import SLOW
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction

_OF: Final = ("stand", "flow", "grant_", "counter", "ledger", "label", "contact", "template")
"""The tables that a reset clears by application."""
_PARTS: Final = ("DELETE FROM delivery WHERE flow = $1", "DELETE FROM callback WHERE flow = $1")
_FLOW: Final = "WITH s AS (DELETE FROM stand WHERE flow = $1) DELETE FROM flow WHERE seq = $1"
_ENTRIES: Final = "WITH e AS (DELETE FROM entry WHERE flow_seq = $1 RETURNING seq) SELECT count(*) FROM e"
_COUNT: Final = (
    "INSERT INTO fact VALUES('dropped 1', '1'), ('dropped 2', $1) ON CONFLICT (name)"
    " DO UPDATE SET value = (fact.value::bigint + excluded.value::bigint)::text"
)


async def drop(transaction: Transaction, seq: int) -> None:
    """Delete the flow of this number, with its callbacks and journal entries, and count them as dropped."""
    for statement in (*_PARTS, _FLOW):
        await transaction.write(statement, seq)
    ((entries,),) = await transaction.write(_ENTRIES, seq)
    await transaction.write(_COUNT, str(entries))


async def forget(transaction: Transaction, application: str) -> None:
    """Delete everything of one application, or of everybody; of the journal all but its last entry."""
    everybody, values = application == EVERYBODY, [clean(application)]
    of, given = ("true", list[Any]()) if everybody else ("application = $1", values)
    for table in ("delivery", "callback"):
        statement = f"DELETE FROM {table} WHERE flow IN (SELECT seq FROM flow WHERE {of})"
        await transaction.write(statement, *given, seconds=SLOW)
    for table in _OF:
        await transaction.write(f"DELETE FROM {table} WHERE {of}", *given, seconds=SLOW)
    old = f"DELETE FROM entry WHERE {of} AND seq < (SELECT max(seq) FROM entry)"
    await transaction.write(old, *given, seconds=SLOW)
    await transaction.write("DELETE FROM clock WHERE name <> '' AND $1 IN ('', name)", *values)
    if everybody:
        await transaction.write("DELETE FROM fact WHERE name IN ('dropped 1', 'dropped 2')")
