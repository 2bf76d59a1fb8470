"""What belongs to an application, on SQLite: answered from memory, where everything is that the tables have."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.journal.entry import Entry
from emulator.store.contract import Applications, Price, Steer, StoreError, Tell, Unavailable
from emulator.store.records import ApplicationState, Grant, Ledger
from emulator.store.rows import Rows
from emulator.store.sqlite.connected import Connected
from emulator.store.sqlite.rows import COLUMNS, FlowRow
from emulator.store.sqlite.states import UNTOUCHED

WITHIN: Final = 60_000
"""How long after the first a body counts as repeated, in milliseconds."""
REMEMBERED: Final = 1000
"""How many bodies are remembered."""
LOOKED_AT: Final = 2
"""At how many grants of others a new one has the store look, so that the ended ones of all go in the end."""

SLICE: Final = 256
"""How many numbers of flows one job looks at."""
DECIMALS: Final = 8
"""To how many decimals a sum is rounded, so that it stays one of amounts with as many."""
_FIRST: Final = "SELECT MIN(created_at) FROM flow WHERE application = ?"
_NEXT: Final = "SELECT MIN(seq), (SELECT MAX(seq) FROM flow) FROM flow WHERE seq > ?"
_NEW: Final = f"SELECT {COLUMNS} FROM flow WHERE seq BETWEEN ? AND ? AND +application = ?"


class SqliteApplications(Connected, Applications):
    """The part of the contract that is about applications."""

    async def open(self) -> None:
        await super().open()
        try:
            rows = await self._run(lambda c: c.execute("SELECT * FROM grant_ ORDER BY rowid").fetchall())
        except StoreError:
            await self.close()
            raise
        self._grants = Grants(Grant(token, of, tuple(scopes.split()), until) for token, of, scopes, until in rows)
        self._bodies = Bodies()

    def state(self, application: str) -> ApplicationState:
        return self._states.of(application)

    def in_force(self, application: str) -> tuple[ApplicationState, ApplicationState]:
        known = self._states.known
        return known.get(application, UNTOUCHED), known.get(EVERYBODY, UNTOUCHED)

    def states(self) -> dict[str, ApplicationState]:
        return self._states.known.copy()

    async def steer(
        self, application: str, change: Steer, tell: Tell | None = None, *, rest: Steer | None = None
    ) -> ApplicationState:
        def job(_: sqlite3.Connection) -> None:
            self._states.steer(application, change, rest)
            if tell is not None:
                self._note(tell(self._states.of(application)))

        self._at_once(job)
        return self._states.of(application)

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        return self._counters.count(application, names)

    async def charged(self, application: str, now: int, price: Price) -> Ledger:
        def job(connection: sqlite3.Connection) -> tuple[Ledger, bool]:
            return _charge(connection, self._rows, application, now, price)

        ledger, all_charged = await self._run(job)
        while not all_charged:
            ledger, all_charged = await self._run(job)
        return ledger

    def grant(self, token: str) -> Grant | None:
        return self._grants.find(token)

    def granted(self, application: str, scopes: tuple[str, ...]) -> Grant | None:
        return self._grants.latest(application, scopes)

    def grants(self, application: str = EVERYBODY) -> list[Grant]:
        return self._grants.of(application)

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
        grant = self._grants.find(token)
        if grant is None:
            return None

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM grant_ WHERE token = ?", (token,))
            self._states.steer(grant.application, lambda state: replace(state, revoked=state.revoked + 1))
            self._note(entries)

        self._at_once(job)
        self._grants.drop(token)
        return grant

    def remember(self, application: str, body: bytes, now: int, flow_id: str) -> None:
        self._bodies.remember(application, body, now, flow_id)

    def earlier(self, application: str, body: bytes, now: int) -> str | None:
        return self._bodies.earlier(application, body, now)

    def _forget(self, application: str) -> None:
        """Forget the tokens and bodies of one application, or everybody's."""
        for grant in self._grants.of(application):
            self._grants.drop(grant.token)
        self._bodies.forget(application)


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


class Grants:
    """The tokens: the grants by their tokens and by their applications, and the latest of an application's scopes."""

    def __init__(self, saved: Iterable[Grant]) -> None:
        self._grants: dict[str, Grant] = {}
        self._of: dict[str, dict[str, Grant]] = {}
        self._latest: dict[tuple[str, tuple[str, ...]], Grant] = {}
        self._round = deque[str]()
        for grant in saved:
            self.add(grant)

    def find(self, token: str) -> Grant | None:
        """The grant of a token."""
        return self._grants.get(token)

    def latest(self, application: str, scopes: tuple[str, ...]) -> Grant | None:
        """The latest grant of exactly these scopes."""
        return self._latest.get((application, scopes))

    def of(self, application: str) -> list[Grant]:
        """The grants of one application, or of everybody, the oldest first."""
        return list((self._grants if application == EVERYBODY else self._of.get(application, {})).values())

    def some(self) -> list[Grant]:
        """A few grants, others at each call, until all have had their turn."""
        turn = [self._round.popleft() for _ in range(min(LOOKED_AT, len(self._round)))]
        found = [self._grants[token] for token in turn if token in self._grants]
        self._round += [grant.token for grant in found]
        return found

    def add(self, grant: Grant) -> None:
        """Add a grant."""
        if grant.token not in self._grants:
            self._round.append(grant.token)
        self._grants[grant.token] = self._latest[grant.application, grant.scopes] = grant
        self._of.setdefault(grant.application, {})[grant.token] = grant

    def drop(self, token: str) -> None:
        """Drop the grant of a token."""
        grant = self._grants.pop(token, None)
        if grant is None:
            return
        of = self._of[grant.application]
        del of[token]
        if not of:
            del self._of[grant.application]
        if self._latest.get((grant.application, grant.scopes)) is grant:
            del self._latest[grant.application, grant.scopes]


class Bodies:
    """The latest accepted bodies, each with its time and the id of its flow: a client that lost its answer sends the
    same body again, and makes a second flow of it. Of a body only its hash is kept: of 64 bits, with a key that differs
    in each process. A restart forgets them.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, int], tuple[int, str]] = OrderedDict()

    def remember(self, application: str, body: bytes, now: int, flow_id: str) -> None:
        """Remember an accepted body, and forget the oldest beyond REMEMBERED."""
        key = application, hash(body)
        self._seen.pop(key, None)
        self._seen[key] = now, flow_id
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def earlier(self, application: str, body: bytes, now: int) -> str | None:
        """The id of the flow that the same body of this application became at most WITHIN before `now`."""
        at, flow_id = self._seen.get((application, hash(body)), (0, ""))
        return flow_id if flow_id and now - at <= WITHIN else None

    def forget(self, application: str) -> None:
        """Forget the bodies of one application, or everybody's."""
        kept = ((key, seen) for key, seen in self._seen.items() if application not in {EVERYBODY, key[0]})
        self._seen = OrderedDict(kept)
