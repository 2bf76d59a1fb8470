"""The clocks on PostgreSQL, and how what lives on one comes to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from emulator.clock.clock import EVERYBODY, Clock
from emulator.journal.entry import Entry
from emulator.store.postgres.connected import Connected, note
from emulator.store.postgres.opening import SLOW
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction

_SAVE: Final = (
    "INSERT INTO clock VALUES($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET base_real = excluded.base_real,"
    " base_virtual = excluded.base_virtual, rate = excluded.rate, held = excluded.held"
)
_OF: Final = (
    "callback = ANY(ARRAY(SELECT c.seq FROM flow f"
    " CROSS JOIN LATERAL (SELECT seq FROM callback WHERE flow = f.seq OFFSET 0) c WHERE f.application = $1))"
)
"""Whether a callback is one of an application. No index has all deliveries of a flow, but one has its callbacks."""
_REHOME: Final = (
    f"WITH d AS (UPDATE delivery SET clock = $1 WHERE clock <> $1 AND {_OF})"
    " UPDATE stand SET clock = $1 WHERE application = $1 AND clock <> $1"
)
_SHARE: Final = (
    f"WITH d AS (UPDATE delivery SET clock = '' WHERE clock = $1 AND {_OF})"
    " UPDATE stand SET clock = '' WHERE application = $1 AND clock = $1"
)


class PostgresClocks(Connected):
    """The part of the contract that is about clocks."""

    async def clocks(self) -> dict[str, Clock]:
        rows = await self._read("SELECT name, base_real, base_virtual, rate, held FROM clock")
        return {name: Clock(*row) for name, *row in rows}

    async def save_clock(self, name: str, clock: Clock, entries: Sequence[Entry] = ()) -> None:
        async def job(transaction: Transaction) -> None:
            if name not in self._memory.clocks and name != EVERYBODY:
                await transaction.write(_REHOME, clean(name), seconds=SLOW)
            await self._save(transaction, name, clock)
            await note(transaction, entries)

        await self._run(job)

    async def share_clock(self, name: str, entries: Sequence[Entry]) -> None:
        async def job(transaction: Transaction) -> None:
            await transaction.write(_SHARE, clean(name), seconds=SLOW)
            await transaction.write("DELETE FROM clock WHERE name = $1", clean(name))
            self._memory.set_clock(transaction, name, None)
            await note(transaction, entries)

        await self._run(job)

    async def _save(self, transaction: Transaction, name: str, clock: Clock) -> None:
        await transaction.write(_SAVE, clean(name), clock.base_real, clock.base_virtual, clock.rate, clock.held)
        self._memory.set_clock(transaction, name, clock)
