"""The store on SQLite: in memory, or on a file that one server holds at a time.

A file survives a killed process: its journal mode is WAL with synchronous NORMAL, which loses nothing short of a crash
of the machine itself. In memory, finished flows and the journal are kept up to a limit of bytes, half for each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress

from emulator.clock.clock import EVERYBODY, Clock
from emulator.journal.entry import Entry
from emulator.store.contract import Decide, Done, Steer, Unavailable
from emulator.store.records import Carried, Change, Claimed, Delivery, Effects, Settlement
from emulator.store.resets import Resets
from emulator.store.rows import Read, decoded
from emulator.store.sharing import Alone
from emulator.store.sqlite import flows, keeping, outbox, queries
from emulator.store.sqlite.applications import SqliteApplications, settle
from emulator.store.sqlite.commit import Batch
from emulator.store.sqlite.contacts import SqliteContacts
from emulator.store.sqlite.reads import Reads
from emulator.store.sqlite.scenarios import SqliteScenarios
from emulator.store.sqlite.templates import SqliteTemplates


class SqliteStore(SqliteApplications, SqliteContacts, SqliteTemplates, SqliteScenarios, Alone, Reads):
    """The store at `path` (None: in memory). `keep` is the limit in bytes, None for no limit; `read` makes the request
    of JSON that a `Change` brought as it came.

    Which callbacks are claimed is not written: there is one process, and after its end nothing is claimed any more.
    """

    def __init__(self, path: str | None = None, keep: int | None = None, read: Read = decoded) -> None:
        super().__init__(path, keep, read)
        self._claimed: set[int] = set()
        self._resets = Resets()
        self.wanted = self._resets.wanted

    # --- flows and callbacks ------------------------------------------------------------------------------------

    async def open(self) -> None:
        await super().open()
        self._adding = Batch[tuple[Change, str]](self._committer, self._add)

    @contextmanager
    def spare(self, flow_id: str) -> Iterator[None]:
        self._keeper.spared.append(flow_id)
        try:
            yield
        finally:
            self._keeper.spared.remove(flow_id)

    def _add(self, adding: list[tuple[Change, str]]) -> None:
        self._writer.add(adding)
        self._keeper.keep()

    async def add(self, change: Change, clock: str) -> None:
        assert self._opened is not None
        take_back = None if change.effects is None else self._states.take(change.effects)
        await self._opened.run(lambda _: self._add([(change, clock)]), take_back)

    def add_soon(self, change: Change, clock: str, done: Done) -> None:
        assert self._opened is not None
        if change.effects is None:
            self._adding.put((change, clock), done)
            return
        take_back = self._states.take(change.effects)

        def ended(result: object, error: Exception | None) -> None:
            if error is not None:
                take_back()
            done(result, error)

        self._adding.put((change, clock), ended)

    def add_planned(self, plan: Callable[[], tuple[Change, str] | None], done: Done) -> None:
        planned = plan()
        if planned is None:
            done(None, None)
        else:
            self.add_soon(*planned, done)

    async def add_taking(self, change: Change, clock: str, now: int) -> list[Delivery]:
        def job(connection: sqlite3.Connection) -> Claimed:
            self._add([(change, clock)])
            self._hear(change)
            return Claimed(outbox.due_of(connection, change.flow.id, now), {})

        return (await self._claim(job, effects=change.effects)).deliveries

    async def carry(  # noqa: PLR0913  # as in the contract
        self,
        clock: str,
        now: int,
        limit: int,
        decide: Decide,
        room: Callable[[str], int],
        *,
        moved: Clock | None = None,
        settlements: Sequence[Settlement] = (),
    ) -> Carried:
        # Nothing here waits: a standing clock is moved from one due time to the next without a turn of the event loop.
        over = {settlement.delivery.number for settlement in settlements}

        def job(connection: sqlite3.Connection) -> Carried:
            if moved is not None:
                _save(connection, clock, moved)
            if settlements:
                outbox.settle(connection, self._writer, settlements)
            changed = self._writer.step(flows.due(connection, clock, now, limit), now, self._hearing(decide))
            claimed = outbox.claimed(connection, {clock: now}, room, self._claimed - over)
            self._keeper.keep()
            following = flows.next_due(connection, clock)
            return Carried(changed, claimed.deliveries, following, claimed.next_due.get(clock), clock in claimed.held)

        try:
            carried = self._committer.at_once(job)
        finally:
            self._claimed -= over  # even if it failed: the attempts are then made again
        self._claimed.update(delivery.number for delivery in carried.deliveries)
        return carried

    async def change(self, flow_id: str, decide: Decide) -> Change | None:
        taken = list[Callable[[], None]]()

        def take_back() -> None:
            while taken:
                taken.pop()()

        def job(connection: sqlite3.Connection) -> Change | None:
            take_back()  # of a run whose transaction failed
            row = flows.one(connection, flow_id)
            if row is None:
                return None
            change = self._hearing(decide)(self._rows.flow(row))
            self._writer.write([(row, change)])
            settled = change.settled
            if settled is not None:
                if settled.balance == self._states.of(row.application).balance:
                    taken.append(self._states.take(Effects(row.application, settled.spent)))
                settle(connection, row, settled.priced)
            self._keeper.keep()
            return change

        return await self._committer.run(job, take_back)

    async def drop(self, flow_id: str, entry: Entry) -> bool | None:
        def job(_: sqlite3.Connection) -> bool | None:
            return self._keeper.drop(flow_id, lambda number: self._writer.record([flows.entry_row(entry, number)]))

        return await self._run(job)

    async def next_due(self, clock: str) -> int | None:
        return self._committer.look(
            lambda c: Carried(0, [], flows.next_due(c, clock), outbox.next_due(c, clock)).next_due
        )

    async def claim(
        self, now: Mapping[str, int], room: Callable[[str], int], settlements: Sequence[Settlement] = ()
    ) -> Claimed:
        over = {settlement.delivery.number for settlement in settlements}

        def job(connection: sqlite3.Connection) -> Claimed:
            if settlements:
                outbox.settle(connection, self._writer, settlements)
                self._keeper.keep()
            return outbox.claimed(connection, now, room, self._claimed - over)

        return await self._claim(job, over)

    async def overdue(self, now: Callable[[str], int | None]) -> dict[str, int]:
        return self._committer.look(lambda c: outbox.overdue(c, now, self._claimed))

    async def _claim(
        self,
        find: Callable[[sqlite3.Connection], Claimed],
        over: AbstractSet[int] = frozenset(),
        effects: Effects | None = None,
    ) -> Claimed:
        """Claim the callbacks that a job finds, in its transaction, and release those that are `over`."""
        mine: set[int] = set()

        def job(connection: sqlite3.Connection) -> Claimed:
            self._claimed -= mine  # of a run whose transaction failed
            found = find(connection)
            mine.update(delivery.number for delivery in found.deliveries)
            self._claimed |= mine
            return found

        claimed = await self._run(job, effects)
        self._claimed -= over - mine
        return claimed

    # --- journal, clocks, and all of it -------------------------------------------------------------------------

    async def record(self, entries: Sequence[Entry], effects: Effects | None = None) -> None:
        await self._run(lambda _: self._note(entries), effects)

    async def clocks(self) -> dict[str, Clock]:
        rows = await self._run(lambda c: c.execute("SELECT name, base_real, base_virtual, rate FROM clock").fetchall())
        return {name: Clock(*row) for name, *row in rows}

    async def save_clock(self, name: str, clock: Clock, entries: Sequence[Entry] = ()) -> None:
        def job(connection: sqlite3.Connection) -> None:
            if not connection.execute("SELECT 1 FROM clock WHERE name = ?", (name,)).fetchone():
                flows.rehome(connection, name, name)
            _save(connection, name, clock)
            self._note(entries)

        self._committer.at_once(job)  # so that no flow comes to the old clock after it

    async def share_clock(self, name: str, entries: Sequence[Entry]) -> None:
        def job(connection: sqlite3.Connection) -> None:
            flows.rehome(connection, name, EVERYBODY)
            connection.execute("DELETE FROM clock WHERE name = ?", (name,))
            self._note(entries)

        self._committer.at_once(job)  # so that no flow comes to the old clock after it

    async def reset(
        self,
        application: str,
        entry: Entry,
        clock: Clock | None = None,
        kept: Steer | None = None,
        still: Collection[str] | None = None,
    ) -> set[str]:
        last, others = 0, set[str]()

        def job(connection: sqlite3.Connection) -> None:
            nonlocal last
            if still is not None:
                others.update(name for (name,) in connection.execute("SELECT name FROM clock") if name not in still)
            if others:
                return
            last = flows.last(connection)
            self._writer.record([flows.entry_row(entry)])
            keeping.forget(connection, self._tally, application, queries.latest(connection))
            self._states.forget(application, kept)
            self.counters.forget(application)
            if clock is not None:
                _save(connection, EVERYBODY, clock)

        self._at_once(job)
        if not others:
            self._resets.note(application, last)
            self._forget(application)
        return others

    async def trouble(self) -> str:
        self._condition.look()
        if self._condition.unwritable:
            with suppress(Unavailable):
                self._committer.at_once(lambda c: c.execute("INSERT OR REPLACE INTO fact VALUES('tried', '')"))
        return self._condition.trouble

    async def fact(self, name: str, value: str) -> str:
        def job(connection: sqlite3.Connection) -> str:
            connection.execute("INSERT OR IGNORE INTO fact VALUES(?, ?)", (name, value))
            found: str = connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0]
            return found

        return await self._run(job)


def _save(connection: sqlite3.Connection, name: str, clock: Clock) -> None:
    row = (name, clock.base_real, clock.base_virtual, clock.rate)
    connection.execute("INSERT OR REPLACE INTO clock VALUES(?, ?, ?, ?)", row)
