"""The store on SQLite: in memory, or on a file that one server holds at a time.

A file survives a killed process: its journal mode is WAL with synchronous NORMAL, which loses nothing short of a crash
of the machine itself. In memory, finished flows and the journal are kept up to a limit of bytes, half for each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from emulator.clock import Clock
from emulator.model import Entry, Flow, Json
from emulator.store import (
    Applied,
    Change,
    Claimed,
    Decide,
    Delivery,
    Dropped,
    Found,
    Grant,
    Lane,
    Lines,
    Numbered,
    Search,
    Settlement,
    StoreError,
    Tellings,
    Told,
    deliveries,
    flows,
    keeping,
    lanes,
    reading,
)
from emulator.store.commit import Committer, Done
from emulator.store.keeping import Keeper
from emulator.store.tables import FORMAT, TABLES

T = TypeVar("T")


class SqliteStore:
    """See `Store`. `path` is None for a store in memory; `keep` is the limit in bytes, None for no limit.

    Which deliveries are claimed is not written: there is one process, and after its end nothing is claimed any more.
    """

    def __init__(self, path: str | None = None, keep: int | None = None) -> None:
        self._path = path
        self._keeper = Keeper(keep)
        self._committer: Committer | None = None
        self._away: set[int] = set()
        self._adding: list[tuple[Change, str, Done]] = []
        self._settling: list[tuple[Settlement, Callable[[Exception | None], None]]] = []

    async def open(self) -> None:
        """See `Store`."""
        connection = _connected(self._path)
        self._keeper.count(connection)
        self._numbers = flows.Numbers(connection)
        self._committer = Committer(connection)

    async def close(self) -> None:
        """See `Store`."""
        if self._committer is not None:
            await self._committer.stop()
            self._committer = None

    async def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        if self._committer is None:
            raise StoreError("the store is not open")
        result: T = await self._committer.run(job)
        return result

    async def add(self, change: Change, clock: str) -> None:
        """See `Store`."""
        await self._run(lambda c: self._keeper.kept(c, flows.added(c, self._numbers, [(change, clock)])))

    def add_soon(self, change: Change, clock: str, done: Done) -> None:
        """See `Store`."""
        if self._committer is None:
            raise StoreError("the store is not open")
        if not self._adding:
            self._adding = adding = []
            self._committer.post(lambda c: self._added(c, adding), lambda _, error: self._told(adding, error))
        self._adding.append((change, clock, done))

    def _added(self, connection: sqlite3.Connection, adding: list[tuple[Change, str, Done]]) -> None:
        if self._adding is adding:
            self._adding = []
        self._keeper.kept(connection, flows.added(connection, self._numbers, [each[:2] for each in adding]))

    def _told(self, adding: list[tuple[Change, str, Done]], error: Exception | None) -> None:
        if error is None or len(adding) == 1:
            for _, _, done in adding:
                done(None, error)
            return
        for change, clock, done in adding:  # one of them fails: each by itself
            self._run_for(lambda c, it=(change, clock): self._keeper.kept(c, flows.added(c, self._numbers, [it])), done)

    def _run_for(self, job: Callable[[sqlite3.Connection], T], done: Done) -> None:
        assert self._committer is not None
        self._committer.post(job, done)

    async def add_taking(self, change: Change, clock: str, now: int) -> list[Delivery]:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> Claimed:
            self._keeper.kept(connection, flows.added(connection, self._numbers, [(change, clock)]))
            return Claimed(deliveries.due_of(connection, change.flow.id, now), {})

        return (await self._take(job)).deliveries

    async def step(self, clock: str, now: int, limit: int, decide: Decide) -> int:
        """See `Store`."""

        return await self._run(lambda c: self._stepped(c, clock, now, limit, decide))

    def _stepped(self, connection: sqlite3.Connection, clock: str, now: int, limit: int, decide: Decide) -> int:
        due, changed = flows.due(connection, clock, now, limit), []
        for stored in due:
            try:
                changed.append((stored, decide(stored.flow(self._numbers.requests))))
            except Exception as error:
                self._keeper.kept(connection, flows.stranded(connection, stored, now, repr(error)))
        if changed:
            self._keeper.kept(connection, flows.written(connection, self._numbers, changed))
        return len(due)

    def carry(  # noqa: PLR0913, PLR0917
        self, name: str, now: int, limit: int, decide: Decide, room: Callable[[str], int], clock: Clock | None = None
    ) -> tuple[int, Claimed]:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> tuple[int, Claimed]:
            if clock is not None:
                _save(connection, name, clock)
            changed = self._stepped(connection, name, now, limit, decide)
            return changed, deliveries.claimed(connection, {name: now}, room, self._away)

        assert self._committer is not None
        changed, claimed = self._committer.at_once(job)
        self._away.update([delivery.number for delivery in claimed.deliveries])
        return changed, claimed

    def settle_at_once(self, settlements: Sequence[Settlement]) -> None:
        """See `Store`."""
        assert self._committer is not None
        self._committer.at_once(
            lambda c: self._keeper.kept(c, deliveries.settled(c, self._numbers, settlements))
        )
        self._away.difference_update([settlement.delivery.number for settlement in settlements])

    def upcoming(self, clock: str) -> int | None:
        """See `Store`."""
        assert self._committer is not None
        flow, delivery = self._committer.at_once(lambda c: (flows.next_due(c, clock), deliveries.next_due(c, clock)))
        return min((time for time in (flow, delivery) if time is not None), default=None)

    async def change(self, flow: str, decide: Decide) -> Flow | None:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> Flow | None:
            stored = flows.one(connection, flow)
            if stored is None:
                return None
            change = decide(stored.flow(self._numbers.requests))
            self._keeper.kept(connection, flows.written(connection, self._numbers, [(stored, change)]))
            return change.flow

        return await self._run(job)

    async def next_due(self, clock: str) -> int | None:
        """See `Store`."""
        return await self._run(lambda c: flows.next_due(c, clock))

    async def next_delivery(self, clock: str) -> int | None:
        """See `Store`."""
        return await self._run(lambda c: deliveries.next_due(c, clock))

    async def rehome(self, application: str, clock: str) -> None:
        """See `Store`."""
        await self._run(lambda c: flows.rehomed(c, application, clock))

    async def claim(self, now: Mapping[str, int], room: Callable[[str], int]) -> Claimed:
        """See `Store`."""
        return await self._take(lambda c: deliveries.claimed(c, now, room, self._away))

    async def _take(self, take: Callable[[sqlite3.Connection], Claimed]) -> Claimed:
        """Claim what a job takes, in the same transaction."""
        mine: set[int] = set()

        def job(connection: sqlite3.Connection) -> Claimed:
            self._away -= mine  # of a run whose transaction failed
            taken = take(connection)
            mine.update(delivery.number for delivery in taken.deliveries)
            self._away |= mine
            return taken

        return await self._run(job)

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> None:
            self._keeper.kept(connection, deliveries.settled(connection, self._numbers, settlements))

        await self._run(job)
        self._away.difference_update(settlement.delivery.number for settlement in settlements)

    def settle_soon(self, settlement: Settlement, done: Callable[[Exception | None], None]) -> None:
        """See `Store`."""
        if self._committer is None:
            raise StoreError("the store is not open")

        if not self._settling:
            self._settling = settling = []
            self._committer.post(lambda c: self._settled(c, settling), lambda _, error: self._over(settling, error))
        self._settling.append((settlement, done))

    def _settled(
        self, connection: sqlite3.Connection, settling: list[tuple[Settlement, Callable[[Exception | None], None]]]
    ) -> None:
        if self._settling is settling:
            self._settling = []
        self._keeper.kept(
            connection, deliveries.settled(connection, self._numbers, [settlement for settlement, _ in settling])
        )

    def _over(
        self, settling: list[tuple[Settlement, Callable[[Exception | None], None]]], error: Exception | None
    ) -> None:
        for settlement, done in settling:
            if error is None:
                self._away.discard(settlement.delivery.number)
            done(error)

    async def record(self, entries: Sequence[Entry]) -> None:
        """See `Store`."""
        await self._run(lambda c: self._keeper.kept(c, flows.Cost(entries=flows.recorded(c, entries))))

    async def flow(self, flow: str) -> Flow | None:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> Flow | None:
            stored = flows.one(connection, flow)
            return stored.flow() if stored else None

        return await self._run(job)

    async def search(self, search: Search) -> Found:
        """See `Store`."""
        return await self._run(lambda c: reading.found(c, search))

    async def board(self, wanted: Search, now: Mapping[str, int]) -> list[Lane]:
        """See `Store`."""
        return await self._run(lambda c: lanes.board(c, wanted, now))

    async def applications(self) -> list[Applied]:
        """See `Store`."""
        return await self._run(lanes.applications)

    async def scenarios(self) -> list[str]:
        """See `Store`."""
        return await self._run(lanes.scenarios)

    async def journal(self, wanted: Lines) -> list[Numbered]:
        """See `Store`."""
        return await self._run(lambda c: reading.journal(c, wanted))

    async def callbacks(self, wanted: Tellings) -> list[Told]:
        """See `Store`."""
        return await self._run(lambda c: reading.callbacks(c, wanted))

    async def callback(self, name: str) -> Told | None:
        """See `Store`."""
        return await self._run(lambda c: reading.callback(c, name))

    async def latest(self) -> int:
        """See `Store`."""
        return await self._run(reading.latest)

    async def dropped(self) -> Dropped:
        """See `Store`."""
        return self._keeper.dropped

    async def counts(self) -> Json:
        """See `Store`."""
        return await self._run(reading.counts)

    async def ordinals(self) -> dict[str, int]:
        """See `Store`."""
        return await self._run(
            lambda c: dict(c.execute("SELECT application, MAX(ordinal) FROM flow GROUP BY application").fetchall())
        )

    async def clocks(self) -> dict[str, Clock]:
        """See `Store`."""
        rows = await self._run(lambda c: c.execute("SELECT name, base_real, base_virtual, rate FROM clock").fetchall())
        return {name: Clock(*row) for name, *row in rows}

    async def save_clock(self, name: str, clock: Clock) -> None:
        """See `Store`."""
        await self._run(lambda c: _save(c, name, clock))

    async def grants(self) -> list[Grant]:
        """See `Store`."""
        rows = await self._run(lambda c: c.execute("SELECT * FROM grant_").fetchall())
        return [Grant(token, application, tuple(scopes.split()), until) for token, application, scopes, until in rows]

    async def save_grant(self, grant: Grant, now: int) -> None:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM grant_ WHERE application = ? AND expires_at <= ?", (grant.application, now))
            row = (grant.token, grant.application, " ".join(grant.scopes), grant.expires_at)
            connection.execute("INSERT OR REPLACE INTO grant_ VALUES(?, ?, ?, ?)", row)

        await self._run(job)

    async def revoke(self, token: str) -> None:
        """See `Store`."""
        await self._run(lambda c: c.execute("DELETE FROM grant_ WHERE token = ?", (token,)))

    async def reset(self, application: str | None, entry: Entry) -> None:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> None:
            flows.recorded(connection, [entry])
            keeping.forget(connection, application, reading.latest(connection))
            self._keeper.count(connection)
            if application is None:
                self._keeper.dropped = Dropped()

        await self._run(job)

    async def fact(self, name: str, value: str) -> str:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> str:
            connection.execute("INSERT OR IGNORE INTO fact VALUES(?, ?)", (name, value))
            found: str = connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0]
            return found

        return await self._run(job)


def _save(connection: sqlite3.Connection, name: str, clock: Clock) -> None:
    row = (name, clock.base_real, clock.base_virtual, clock.rate)
    connection.execute("INSERT OR REPLACE INTO clock VALUES(?, ?, ?, ?)", row)


def _connected(path: str | None) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=0.5)
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepared(connection, path or ":memory:")
    except sqlite3.Error as error:
        raise StoreError(f"the store {path} can't be used: {_reason(error)}") from error
    return connection


def _prepared(connection: sqlite3.Connection, path: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, FORMAT):
        raise StoreError(f"the store {path} has format {version}; this emulator reads format {FORMAT}")
    connection.execute("COMMIT")
    connection.executescript(TABLES)
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _reason(error: sqlite3.Error) -> str:
    return "another emulator is using it" if "locked" in str(error) else str(error)
