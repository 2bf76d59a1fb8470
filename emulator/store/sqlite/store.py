"""The store on SQLite: in memory, or on a file that one server holds at a time.

A file survives a killed process: its journal mode is WAL with synchronous NORMAL, which loses nothing short of a crash
of the machine itself. In memory, finished flows and the journal are kept up to a limit of bytes, half for each. What
must look at many rows looks at some at a time, and lets others go on between.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from emulator.clock.clock import Clock
from emulator.clock.clocks import EVERYBODY
from emulator.errors import Json
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.store.contract import Decide, Done, Store
from emulator.store.records import (
    ApplicationCount,
    CallbackQuery,
    CallbackRecord,
    Carried,
    Change,
    Claimed,
    Delivery,
    Dropped,
    Effects,
    FlowPage,
    JournalEntry,
    JournalQuery,
    Lane,
    Search,
    Settlement,
)
from emulator.store.sqlite import flows, keeping, lanes, outbox, reading
from emulator.store.sqlite.applications import SqliteApplications
from emulator.store.sqlite.rows import Read, decoded

T = TypeVar("T")
W = TypeVar("W", JournalQuery, CallbackQuery)


class SqliteStore(SqliteApplications, Store):
    """The store on SQLite, at `path` (None: in memory).

    Which deliveries are claimed is not written: there is one process, and after its end nothing is claimed any more.
    """

    def __init__(self, path: str | None = None, keep: int | None = None, read: Read = decoded) -> None:
        super().__init__(path, keep, read)
        self._away: set[int] = set()

    # --- writing ------------------------------------------------------------------------------------------------

    async def add(self, change: Change, clock: str) -> None:
        """See `Store`."""
        await self._run(lambda _: self._add([(change, clock)]), change.effects)

    def add_soon(self, change: Change, clock: str, done: Done) -> None:
        """See `Store`."""
        assert self._opened is not None
        if change.effects is not None:
            done = _taking_back(self._states.take(change.effects), done)
        self._adding.put((change, clock), done)

    async def add_taking(self, change: Change, clock: str, now: int) -> list[Delivery]:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> Claimed:
            self._add([(change, clock)])
            return Claimed(outbox.due_of(connection, change.flow.id, now), {})

        return (await self._take(job, effects=change.effects)).deliveries

    async def carry(  # noqa: PLR0913  # see `Store`
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
        """See `Store`. It is done when this returns, without a turn of the event loop between."""
        over = {settlement.delivery.number for settlement in settlements}

        def job(connection: sqlite3.Connection) -> Carried:
            if moved is not None:
                _save(connection, clock, moved)
            if settlements:
                outbox.settle(connection, self._writer, settlements)
            changed = self._step(connection, clock, now, limit, decide)
            claimed = outbox.claimed(connection, {clock: now}, room, self._away - over)
            self._keeper.keep()
            following = flows.next_due(connection, clock)
            return Carried(changed, claimed.deliveries, following, claimed.next_due.get(clock))

        try:
            carried = self._committer.at_once(job)
        finally:
            self._away -= over  # even if it failed: the attempts are then made again
        self._away.update(delivery.number for delivery in carried.deliveries)
        return carried

    def _step(self, connection: sqlite3.Connection, clock: str, now: int, limit: int, decide: Decide) -> int:
        due, changed = flows.due(connection, clock, now, limit), []
        for row in due:
            try:
                changed.append((row, decide(self._rows.flow(row))))
            except Exception as error:
                self._writer.strand(row, now, repr(error))
        if changed:
            self._writer.write(changed)
        return len(due)

    async def change(self, flow: str, decide: Decide) -> Change | None:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> Change | None:
            row = flows.one(connection, flow)
            if row is None:
                return None
            change = decide(self._rows.flow(row))
            self._writer.write([(row, change)])
            self._keeper.keep()
            return change

        return await self._run(job)

    async def next_due(self, clock: str) -> int | None:
        """See `Store`. It is answered without a turn of the event loop between."""
        return self._committer.at_once(
            lambda c: Carried(0, [], flows.next_due(c, clock), outbox.next_due(c, clock)).next_due
        )

    async def rehome(self, application: str, clock: str) -> None:
        """See `Store`."""
        await self._run(lambda c: flows.rehome(c, application, clock))

    async def claim(
        self, now: Mapping[str, int], room: Callable[[str], int], settlements: Sequence[Settlement] = ()
    ) -> Claimed:
        """See `Store`."""
        over = {settlement.delivery.number for settlement in settlements}

        def take(connection: sqlite3.Connection) -> Claimed:
            if settlements:
                outbox.settle(connection, self._writer, settlements)
                self._keeper.keep()
            return outbox.claimed(connection, now, room, self._away - over)

        return await self._take(take, over)

    async def _take(
        self,
        take: Callable[[sqlite3.Connection], Claimed],
        over: AbstractSet[int] = frozenset(),
        effects: Effects | None = None,
    ) -> Claimed:
        """Claim what a job takes, in the same transaction; what is `over` is claimed no more."""
        mine: set[int] = set()

        def job(connection: sqlite3.Connection) -> Claimed:
            self._away -= mine  # of a run whose transaction failed
            taken = take(connection)
            mine.update(delivery.number for delivery in taken.deliveries)
            self._away |= mine
            return taken

        claimed = await self._run(job, effects)
        self._away -= over - mine
        return claimed

    async def record(self, entries: Sequence[Entry], effects: Effects | None = None) -> None:
        """See `Store`."""
        await self._run(lambda _: self._note(entries), effects)

    # --- reading ------------------------------------------------------------------------------------------------

    async def flow(self, flow: str) -> Flow | None:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> Flow | None:
            row = flows.one(connection, flow)
            return self._rows.flow(row) if row else None

        return await self._run(job)

    async def search(self, search: Search) -> FlowPage:
        """See `Store`."""
        if reading.near(search):
            page = await self._run(lambda c: reading.page(c, self._rows, search))
            return FlowPage(self._tally.flows(search.application), page)
        total, wanted = 0, list[int]()
        async for chunk in self._scan(search, "seq"):
            for (number,) in chunk:
                if search.offset <= total < search.offset + search.size:
                    wanted.append(number)
                total += 1
        return FlowPage(total, await self._run(lambda c: reading.numbered(c, self._rows, wanted)))

    async def board(self, wanted: Search, now: Mapping[str, int]) -> list[Lane]:
        """See `Store`."""
        if lanes.quick(wanted, self._tally):
            return await self._run(lambda c: lanes.board(c, self._rows, self._tally, wanted, now))
        board = lanes.Board(wanted.size)
        async for chunk in self._scan(wanted, lanes.COLUMNS):
            board.take([lanes.Place(*row) for row in chunk], now)
        return await self._run(lambda c: board.lanes(c, self._rows))

    async def _scan(self, search: Search, columns: str) -> AsyncIterator[list[Any]]:
        """These columns of the flows that a search finds, newest first, some at a time."""
        query, values = reading.scan(search, columns)
        cursor = await self._run(lambda c: c.execute(query, values))
        while chunk := cursor.fetchmany(reading.SLICE):
            yield [row for *row, hit in chunk if hit]
            await asyncio.sleep(0)

    async def applications(self) -> list[ApplicationCount]:
        """See `Store`."""
        return [ApplicationCount(*each) for each in self._tally.applications().items()]

    async def scenarios(self) -> list[str]:
        """See `Store`."""
        return self._tally.scenarios()

    async def journal(self, wanted: JournalQuery) -> list[JournalEntry]:
        """See `Store`."""
        if wanted.flow is not None or wanted.flows:
            return await self._run(lambda c: reading.journal(c, wanted, reading.EVERYTHING))
        return await self._windows("entry", wanted, reading.journal)

    async def callbacks(self, wanted: CallbackQuery) -> list[CallbackRecord]:
        """See `Store`."""
        if wanted.flow is not None:
            return await self._run(lambda c: reading.callbacks(c, wanted, reading.EVERYTHING))
        return await self._windows("delivery", wanted, reading.callbacks)

    async def _windows(self, table: str, wanted: W, read: Callable[..., list[T]]) -> list[T]:
        """What a table has of what is wanted, read some numbers at a time until there is enough."""
        found: list[T] = []
        for span in await self._run(lambda c: reading.spans(c, table, wanted.after, wanted.before)):
            found += await self._run(partial(read, wanted=replace(wanted, limit=wanted.limit - len(found)), span=span))
            if len(found) >= wanted.limit:
                break
        return found

    async def callback(self, name: str) -> CallbackRecord | None:
        """See `Store`."""
        found = await self._run(lambda c: reading.callback(c, name))
        if found is not None:
            return found
        for span in await self._run(lambda c: reading.spans(c, "delivery", 0, None)):
            found = await self._run(partial(reading.callback_within, name=name, span=span))
            if found is not None:
                break
        return found

    async def latest(self) -> int:
        """See `Store`."""
        return await self._run(reading.latest)

    async def dropped(self) -> Dropped:
        """See `Store`."""
        return Dropped(self._tally.sums.dropped_flows, self._tally.sums.dropped_entries)

    async def counts(self) -> Json:
        """See `Store`."""
        sums, flows_there = self._tally.sums, self._tally.flows()
        return {
            "liveFlows": flows_there - sums.finished,
            "finishedFlows": sums.finished,
            "pendingCallbacks": sums.pending,
            "journalEntries": sums.entries,
        }

    # --- what else a restart must find ----------------------------------------------------------------------------

    async def ordinals(self) -> dict[str, int]:
        """See `Store`."""
        return self._counters.requests()

    async def clocks(self) -> dict[str, Clock]:
        """See `Store`."""
        rows = await self._run(lambda c: c.execute("SELECT name, base_real, base_virtual, rate FROM clock").fetchall())
        return {name: Clock(*row) for name, *row in rows}

    async def save_clock(self, name: str, clock: Clock) -> None:
        """See `Store`."""
        await self._run(lambda c: _save(c, name, clock))

    async def reset(self, application: str | None, entry: Entry) -> None:
        """See `Store`."""
        name = application or EVERYBODY

        def job(connection: sqlite3.Connection) -> None:
            self._writer.record([flows.entry_row(entry)])
            keeping.forget(connection, self._tally, application, reading.latest(connection))
            if application is None:
                self._tally.sums.dropped_flows = self._tally.sums.dropped_entries = 0
            self._states.forget(name)
            self._counters.forget(name)

        self._at_once(job)
        self._grants.forget(name)
        self._bodies.forget(name)

    async def fact(self, name: str, value: str) -> str:
        """See `Store`."""

        def job(connection: sqlite3.Connection) -> str:
            connection.execute("INSERT OR IGNORE INTO fact VALUES(?, ?)", (name, value))
            found: str = connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0]
            return found

        return await self._run(job)


def _taking_back(take_back: Callable[[], None], done: Done) -> Done:
    """`done`, called after what a request took was taken back, if its write failed."""

    def told(result: object, error: Exception | None) -> None:
        if error is not None:
            take_back()
        done(result, error)

    return told


def _save(connection: sqlite3.Connection, name: str, clock: Clock) -> None:
    row = (name, clock.base_real, clock.base_virtual, clock.rate)
    connection.execute("INSERT OR REPLACE INTO clock VALUES(?, ?, ?, ?)", row)
