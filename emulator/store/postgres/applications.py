"""What belongs to an application, on PostgreSQL: answered from memory, where everything is that the tables have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from emulator.journal.entry import Entry
from emulator.store.contract import Price, Steer, Tell, Unavailable
from emulator.store.ledgers import DECIMALS, SLICE
from emulator.store.places import Database
from emulator.store.postgres.connected import Connected, note
from emulator.store.postgres.queries import FLOWS
from emulator.store.postgres.rows import COLUMNS, Row
from emulator.store.postgres.states import PostgresCounters, PostgresStates
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction
from emulator.store.records import ApplicationState, Grant, Ledger
from emulator.store.remembered import Remembered
from emulator.store.rows import Read, decoded

_FIRST: Final = "SELECT min(created_at) FROM flow WHERE application = $1"
_NEXT: Final = "SELECT min(seq), (SELECT max(seq) FROM flow) FROM flow WHERE seq > $1"
_NEW: Final = f"SELECT {COLUMNS} FROM {FLOWS} WHERE f.seq BETWEEN $1 AND $2 AND f.application = $3 ORDER BY f.seq"
_LEDGER: Final = "SELECT opened_at, number, spent FROM ledger WHERE application = $1"
_CHARGE: Final = (
    "INSERT INTO ledger VALUES($1, $2, $3, $4) ON CONFLICT (application) DO UPDATE SET opened_at = excluded.opened_at,"
    " number = excluded.number, spent = excluded.spent"
)
_GRANT: Final = (
    "INSERT INTO grant_(token, application, scopes, expires_at) VALUES($1, $2, $3, $4) ON CONFLICT (token)"
    " DO UPDATE SET application = excluded.application, scopes = excluded.scopes, expires_at = excluded.expires_at"
)
_DROP: Final = "DELETE FROM grant_ WHERE token = ANY($1::text[])"


class PostgresApplications(Connected, Remembered[PostgresStates, PostgresCounters]):
    """The part of the contract that is about applications."""

    def __init__(self, database: Database, read: Read = decoded, keep: int | None = None) -> None:
        super().__init__(database, read, keep)
        memory = self._memory
        self._states, self.counters, self._grants = memory.states, memory.counters, memory.grants
        self.repeated = memory.bodies

    async def steer(
        self, application: str, change: Steer, tell: Tell | None = None, *, rest: Steer | None = None
    ) -> ApplicationState:
        def changed() -> ApplicationState:
            self._states.steer(application, change, rest)
            return self._states.of(application)

        async def job(transaction: Transaction, state: ApplicationState) -> ApplicationState:
            await note(transaction, () if tell is None else tell(state))
            return state

        return await self._changed(changed, job)

    async def charged(self, application: str, now: int, price: Price) -> Ledger:
        async def job(transaction: Transaction) -> tuple[Ledger, bool]:
            return await self._charge(transaction, application, now, price)

        ledger, all_charged = await self._run(job)
        while not all_charged:
            ledger, all_charged = await self._run(job)
        return ledger

    async def _charge(self, transaction: Transaction, application: str, now: int, price: Price) -> tuple[Ledger, bool]:
        """Charge an application with the next SLICE of new flows; answer its ledger, and whether these were all."""
        name = clean(application)
        found = await transaction.one(_LEDGER, name)
        if found is None:
            (first,) = await transaction.one(_FIRST, name)
            found = (now if first is None else min(first, now), 0, 0.0)
            await transaction.write(_CHARGE, name, *found)
        ledger = Ledger(*found)
        start, last = await transaction.one(_NEXT, ledger.number)
        if start is None:
            return ledger, True
        number, spent = min(start + SLICE - 1, last), ledger.spent
        for row in await transaction.read(_NEW, start, number, name):
            with suppress(Unavailable):
                spent += price(self._rows.flow(Row(*row)))
        ledger = Ledger(ledger.opened_at, number, round(spent, DECIMALS))
        await transaction.write(_CHARGE, name, ledger.opened_at, ledger.number, ledger.spent)
        return ledger, number == last

    async def save_grant(self, grant: Grant, now: int, ended: Callable[[Grant], bool] | None = None) -> None:
        def changed() -> list[str]:
            over = [each for each in self._grants.of(grant.application) if each.expires_at <= now]
            over += [each for each in self._grants.some() if ended is not None and ended(each)]
            for each in over:
                self._grants.drop(each.token)
            self._grants.add(grant)
            return [each.token for each in over]

        async def job(transaction: Transaction, over: list[str]) -> None:
            if over:
                await transaction.write(_DROP, over)
                transaction.news.drop(over)
            row = (grant.token, clean(grant.application), " ".join(grant.scopes), grant.expires_at)
            await transaction.write(_GRANT, *row)
            transaction.news.grants.append(grant)

        await self._changed(changed, job)

    async def revoke(self, token: str, entries: Sequence[Entry] = ()) -> Grant | None:
        def changed() -> Grant | None:
            grant = self._grants.by_token.get(token)
            if grant is not None:
                self._grants.drop(token)
                self._states.steer(grant.application, lambda state: replace(state, revoked=state.revoked + 1))
            return grant

        async def job(transaction: Transaction, grant: Grant | None) -> Grant | None:
            if grant is not None:
                await transaction.write(_DROP, [token])
                transaction.news.drop([token])
                await note(transaction, entries)
            return grant

        return await self._changed(changed, job)


async def settle(transaction: Transaction, row: Row, priced: float) -> None:
    """Add what a flow costs more than before, or less, to the ledger that was charged with it, if any was."""
    found = await transaction.one(f"{_LEDGER} AND number >= $2", row.application, row.seq)
    if found is not None:
        opened_at, number, spent = found
        await transaction.write(_CHARGE, row.application, opened_at, number, round(spent + priced, DECIMALS))
