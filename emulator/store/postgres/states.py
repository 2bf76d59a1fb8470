"""What is in force for each application, and how often each called, in the tables of PostgreSQL.

They are read when the store is opened, and then known to each process, which tells the others what it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import asyncpg
from msgspec import json

from emulator.store.counters import Counters
from emulator.store.postgres.opening import SLOW
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction
from emulator.store.records import ApplicationState, Override, TopUp
from emulator.store.states import UNTOUCHED, States

_OVERRIDES: Final = json.Decoder(tuple[Override, ...])
_TOP_UPS: Final = json.Decoder(tuple[TopUp, ...])
_NUMBER: Final = "overrides"
"""The name of the fact that has the number of the last override. A reset leaves it, so that no number comes twice."""
_READ: Final = (
    "SELECT name, scenario, text, coalesce(overrides, '[]'), spent, revoked, coalesce(top_ups, '[]'), balance"
    " FROM application LEFT JOIN choice ON choice.application = name"
)
_WRITE: Final = (
    "INSERT INTO application SELECT * FROM unnest($1::text[], $2::bigint[], $3::float8[], $4::bigint[])"
    " ON CONFLICT (name) DO UPDATE SET balance = excluded.balance, spent = excluded.spent, revoked = excluded.revoked"
)
_CHOOSE: Final = (
    "INSERT INTO choice VALUES($1, $2, $3, $4, $5) ON CONFLICT (application) DO UPDATE SET"
    " scenario = excluded.scenario, text = excluded.text, overrides = excluded.overrides, top_ups = excluded.top_ups"
)
_DELETE: Final = (
    "WITH gone AS (DELETE FROM choice WHERE application = ANY($1::text[]))"
    " DELETE FROM application WHERE name = ANY($1::text[])"
)
_REMEMBER: Final = "INSERT INTO fact VALUES($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_COUNTED: Final = "SELECT application, name, last FROM counter"
COUNT: Final = (
    "INSERT INTO counter SELECT * FROM unnest({}::text[], {}::text[], {}::bigint[])"
    " ON CONFLICT (application, name) DO UPDATE SET last = excluded.last"
)
"""What writes counters, with the places of their columns left out."""
_COUNT: Final = COUNT.format("$1", "$2", "$3")

Count = tuple[str, str, int]
"""A counter: its application, its name, its number."""


class PostgresStates(States):
    """The states, which transactions write."""

    @staticmethod
    async def read(connection: asyncpg.Connection) -> tuple[dict[str, ApplicationState], int]:
        """The states that a database has, and the number of the last override."""
        known = {
            name: ApplicationState(
                scenario, text, _OVERRIDES.decode(overrides), spent, revoked, _TOP_UPS.decode(top_ups), balance
            )
            for name, scenario, text, overrides, spent, revoked, top_ups, balance in await connection.fetch(_READ)
        }
        number = await connection.fetchval("SELECT value FROM fact WHERE name = $1", _NUMBER)
        return known, int(number or 0)

    async def write(
        self, transaction: Transaction, changed: list[tuple[str, ApplicationState, ApplicationState]]
    ) -> None:
        """Write the states that have changed."""
        left = [(clean(name), before, state) for name, before, state in changed if state != UNTOUCHED]
        if gone := [clean(name) for name, _, state in changed if state == UNTOUCHED]:
            await transaction.write(_DELETE, gone)
        if left:
            rows = [(name, state.balance, state.spent, state.revoked) for name, _, state in left]
            await transaction.write(_WRITE, *map(list, zip(*rows, strict=True)))
        for name, before, state in left:
            chosen = state.scenario, state.text, state.overrides, state.top_ups
            if chosen != (before.scenario, before.text, before.overrides, before.top_ups):
                listed = [json.encode(each).decode() for each in (state.overrides, state.top_ups)]
                await transaction.write(_CHOOSE, name, *map(clean, (state.scenario, state.text)), *listed)
                await transaction.write(_REMEMBER, _NUMBER, str(self.number))


class PostgresCounters(Counters):
    """The counters, which transactions write."""

    @staticmethod
    async def read(connection: asyncpg.Connection) -> list[tuple[str, str, int]]:
        """The counters that a database has."""
        return [tuple(row) for row in await connection.fetch(_COUNTED, timeout=SLOW)]

    async def write(self, transaction: Transaction, changed: Sequence[Count]) -> None:
        """Write the counters that have changed."""
        await transaction.write(_COUNT, *counted(changed))


def counted(changed: Iterable[Count]) -> list[list[Any]]:
    """The columns of counters: applications, names, numbers."""
    rows = {(clean(application), clean(name)): last for application, name, last in changed}
    return [[application for application, _ in rows], [name for _, name in rows], [*rows.values()]]
