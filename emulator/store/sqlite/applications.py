"""What belongs to an application, on SQLite: answered from memory, where everything is that the tables have."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from emulator.journal.entry import Entry
from emulator.store.contract import Price, Steer, StoreError, Tell, Unavailable
from emulator.store.grants import Grants
from emulator.store.ledgers import DECIMALS, SLICE
from emulator.store.records import ApplicationState, Grant, Ledger
from emulator.store.remembered import Remembered
from emulator.store.repeated import Bodies
from emulator.store.rows import Rows
from emulator.store.sqlite.connected import Connected
from emulator.store.sqlite.counters import SqliteCounters
from emulator.store.sqlite.rows import COLUMNS, FlowRow
from emulator.store.sqlite.states import SqliteStates

_FIRST: Final = "SELECT MIN(created_at) FROM flow WHERE application = ?"
_NEXT: Final = "SELECT MIN(seq), (SELECT MAX(seq) FROM flow) FROM flow WHERE seq > ?"
_NEW: Final = f"SELECT {COLUMNS} FROM flow WHERE seq BETWEEN ? AND ? AND +application = ?"


class SqliteApplications(Connected, Remembered[SqliteStates, SqliteCounters]):
    """The part of the contract that is about applications."""

    async def open(self) -> None:
        await super().open()
        try:
            rows = await self._run(lambda c: c.execute("SELECT * FROM grant_ ORDER BY rowid").fetchall())
        except StoreError:
            await self.close()
            raise
        self._grants = Grants(Grant(token, of, tuple(scopes.split()), until) for token, of, scopes, until in rows)
        self.repeated = Bodies()

    async def steer(
        self, application: str, change: Steer, tell: Tell | None = None, *, rest: Steer | None = None
    ) -> ApplicationState:
        def job(_: sqlite3.Connection) -> None:
            self._states.steer(application, change, rest)
            if tell is not None:
                self._note(tell(self._states.of(application)))

        self._at_once(job)
        return self._states.of(application)

    async def charged(self, application: str, now: int, price: Price) -> Ledger:
        def job(connection: sqlite3.Connection) -> tuple[Ledger, bool]:
            return _charge(connection, self._rows, application, now, price)

        ledger, all_charged = await self._run(job)
        while not all_charged:
            ledger, all_charged = await self._run(job)
        return ledger

    async def save_grant(self, grant: Grant, now: int, ended: Callable[[Grant], bool] | None = None) -> None:
        over = [each.token for each in self._grants.of(grant.application) if each.expires_at <= now]
        over += [each.token for each in self._grants.some() if ended is not None and ended(each)]

        def job(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM grant_ WHERE token = ?", [(token,) for token in over])
            row = (grant.token, grant.application, " ".join(grant.scopes), grant.expires_at)
            connection.execute("INSERT OR REPLACE INTO grant_ VALUES(?, ?, ?, ?)", row)

        self._committer.at_once(job)
        for token in over:
            self._grants.drop(token)
        self._grants.add(grant)

    async def revoke(self, token: str, entries: Sequence[Entry] = ()) -> Grant | None:
        grant = self._grants.by_token.get(token)
        if grant is None:
            return None

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM grant_ WHERE token = ?", (token,))
            self._states.steer(grant.application, lambda state: replace(state, revoked=state.revoked + 1))
            self._note(entries)

        self._at_once(job)
        self._grants.drop(token)
        return grant

    def _forget(self, application: str) -> None:
        """Forget the tokens and bodies of one application, or everybody's."""
        for grant in self._grants.of(application):
            self._grants.drop(grant.token)
        self.repeated.forget(application)


def _charge(
    connection: sqlite3.Connection, rows: Rows, application: str, now: int, price: Price
) -> tuple[Ledger, bool]:
    """Charge an application with the next SLICE of new flows, on an open transaction; answer its ledger, and whether
    these were all.
    """
    known = "SELECT opened_at, number, spent FROM ledger WHERE application = ?"
    found = connection.execute(known, (application,)).fetchone()
    if found is None:
        (first,) = connection.execute(_FIRST, (application,)).fetchone()
        found = (now if first is None else min(first, now), 0, 0.0)
        connection.execute("INSERT INTO ledger VALUES(?, ?, ?, ?)", (application, *found))
    ledger = Ledger(*found)
    start, last = connection.execute(_NEXT, (ledger.number,)).fetchone()
    if start is None:
        return ledger, True
    number = min(start + SLICE - 1, last)
    spent = ledger.spent
    for row in connection.execute(_NEW, (start, number, application)):
        with suppress(Unavailable):
            spent += price(rows.flow(FlowRow(*row)))
    ledger = Ledger(ledger.opened_at, number, round(spent, DECIMALS))
    row = (application, ledger.opened_at, ledger.number, ledger.spent)
    connection.execute("INSERT OR REPLACE INTO ledger VALUES(?, ?, ?, ?)", row)
    return ledger, number == last


def settle(connection: sqlite3.Connection, row: FlowRow, priced: float) -> None:
    """Add what a flow costs more than before, or less, to the ledger that was charged with it, if any was. On an open
    transaction.
    """
    of = "FROM ledger WHERE application = ? AND number >= ?"
    found = connection.execute(f"SELECT spent {of}", (row.application, row.seq)).fetchone()
    if found is not None:
        spent = round(found[0] + priced, DECIMALS)
        connection.execute("UPDATE ledger SET spent = ? WHERE application = ?", (spent, row.application))
