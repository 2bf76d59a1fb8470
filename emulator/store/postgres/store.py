"""The store at a database on PostgreSQL, which several processes may share.

A flow is written by the process that accepted it; what falls due later is carried on by whichever comes first. A
callback that is claimed has its process for owner, which is the only one to post it as long as that lives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from emulator.clock.clock import EVERYBODY, Clock
from emulator.journal.entry import Entry
from emulator.store.contract import Decide, Done, Steer, Unavailable
from emulator.store.places import Database
from emulator.store.postgres import keeping, outbox, queries
from emulator.store.postgres.applications import PostgresApplications, settle
from emulator.store.postgres.connected import note
from emulator.store.postgres.contacts import PostgresContacts
from emulator.store.postgres.hearing import Hearing
from emulator.store.postgres.reads import Reads
from emulator.store.postgres.rows import Row
from emulator.store.postgres.scenarios import PostgresScenarios
from emulator.store.postgres.sharing import PostgresSharing
from emulator.store.postgres.templates import PostgresTemplates
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Job, Transaction
from emulator.store.postgres.writing import entry_row, record
from emulator.store.records import Carried, Change, Claimed, Delivery, Effects, Settlement
from emulator.store.rows import Read, decoded, key


class PostgresStore(
    PostgresApplications, PostgresContacts, PostgresTemplates, PostgresScenarios, PostgresSharing, Reads
):
    """The store at a database; `read` makes the request of JSON that a `Change` brought as it came, `keep` is how many
    bytes of what has ended are kept (None: all).
    """

    def __init__(self, database: Database, read: Read = decoded, keep: int | None = None) -> None:
        super().__init__(database, read, keep)
        self._claimed: set[int] = set()
        self._forsaken: set[int] = set()
        self._others = Hearing(self._connections.presence, self.fresh)
        self.wanted = self._memory.resets.wanted
        self._spared = self._memory.keeper.spared

    # --- flows and callbacks ------------------------------------------------------------------------------------

    @contextmanager
    def spare(self, flow_id: str) -> Iterator[None]:
        self._spared.append(flow_id)
        try:
            yield
        finally:
            self._spared.remove(flow_id)

    async def drop(self, flow_id: str, entry: Entry) -> bool | None:
        async def job(transaction: Transaction) -> bool | None:
            row = await self._row(transaction, flow_id)
            if row is None:
                return None
            if flow_id in self._spared or await transaction.one(queries.LIVE, row.seq) is not None:
                return False
            await self._memory.keeper.revive(transaction, row.seq)
            await keeping.drop(transaction, [row.seq])
            await record(transaction, [entry_row(entry, row.seq)])
            return True

        return await self._run(job)

    async def add(self, change: Change, clock: str) -> None:
        async def job(transaction: Transaction, item: tuple[Change, str]) -> None:
            transaction.adding.append(item)

        await self._changed(lambda: self._taken(change, clock), job)

    def add_soon(self, change: Change, clock: str, done: Done) -> None:
        item = self._taken(change, clock) if self._committer.in_turn else None

        async def job(transaction: Transaction) -> None:
            transaction.changes_memory = True
            transaction.adding.append(item or self._taken(change, clock))

        self._committer.post(job, done)

    def add_planned(self, plan: Callable[[], tuple[Change, str] | None], done: Done) -> None:
        async def job(transaction: Transaction) -> None:
            transaction.changes_memory = True
            planned = plan()
            if planned is not None:
                transaction.adding.append(self._taken(*planned))

        self._committer.post(job, done)

    def _taken(self, change: Change, clock: str) -> tuple[Change, str]:
        """A new flow and its clock, after what it takes has been taken."""
        if change.effects is not None:
            self._states.take(change.effects)
        return change, clock

    async def add_taking(self, change: Change, clock: str, now: int) -> list[Delivery]:
        flow_id, item = change.flow.id, self._taken(change, clock) if self._committer.in_turn else None

        async def job(transaction: Transaction) -> Claimed:
            await transaction.begin()
            transaction.changes_memory = True
            transaction.adding.append(item or self._taken(change, clock))
            self._hear(change)
            process = self._connections.process
            return Claimed(await outbox.take_of(transaction, key(flow_id), flow_id, now, process), {})

        return (await self._claim(job)).deliveries

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
        over = {settlement.delivery.number for settlement in settlements}
        known, changed, following = self._memory.clocks.get(clock), 0, None

        async def job(transaction: Transaction) -> Claimed:
            nonlocal changed, following
            due = await self._due(transaction, clock, now, limit, begins=bool(moved or settlements))
            overtaken = transaction.begun and self._memory.clocks.get(clock) != known
            if moved is not None:
                if overtaken:
                    raise Unavailable("another process has moved this clock meanwhile")
                await self._save(transaction, clock, moved)
            if settlements:
                await outbox.settle(transaction, settlements)
            if overtaken:
                changed, following = 0, now
                return Claimed([], {})
            changed = await self._writer.step(transaction, due, now, self._hearing(decide))
            transaction.changes_memory |= bool(self.counters.unwritten)
            claimed, next_flow = await self._free(transaction, {clock: now}, {clock: moved or known}, room, over)
            following = next_flow.get(clock)
            return claimed

        try:
            claimed = await self._claim(job, over)
        except BaseException:
            self._claimed -= over  # the attempts are then made again, by whoever drives the clock by then
            self._forsaken |= over
            raise
        return Carried(changed, claimed.deliveries, following, claimed.next_due.get(clock), clock in claimed.held)

    async def _due(self, transaction: Transaction, clock: str, now: int, limit: int, *, begins: bool) -> list[Row]:
        """The flows that are due on a clock. The transaction begins if there are any, or `begins` in any case."""
        if not begins and not transaction.begun:
            following = await transaction.one(queries.NEXT_FLOW, clean(clock))
            if following is None or following[0] > now:
                return []
        await transaction.begin()
        return [Row(*row) for row in await transaction.read(queries.DUE, clean(clock), now, limit)]

    async def change(self, flow_id: str, decide: Decide) -> Change | None:
        async def job(transaction: Transaction) -> Change | None:
            row = await self._row(transaction, flow_id)
            if row is None:
                return None
            change = self._hearing(decide)(self._rows.flow(row))
            transaction.changes_memory |= bool(change.replied)
            await self._memory.keeper.revive(transaction, row.seq)
            await self._writer.write(transaction, [(row, change)])
            settled = change.settled
            if settled is not None:
                if settled.balance == self._states.of(row.application).balance:
                    transaction.changes_memory = True
                    self._states.take(Effects(row.application, settled.spent))
                await settle(transaction, row, settled.priced)
            return change

        return await self._run(job)

    async def next_due(self, clock: str) -> int | None:
        return await outbox.next_due(self._read, clock)

    async def claim(
        self, now: Mapping[str, int], room: Callable[[str], int], settlements: Sequence[Settlement] = ()
    ) -> Claimed:
        over = {settlement.delivery.number for settlement in settlements}
        known = {clock: self._memory.clocks.get(clock) for clock in now}

        async def job(transaction: Transaction) -> Claimed:
            if settlements:
                await outbox.settle(transaction, settlements)
            claimed, _ = await self._free(transaction, now, known, room, over)
            return claimed

        return await self._claim(job, over)

    async def overdue(self, now: Callable[[str], int | None]) -> dict[str, int]:
        return await outbox.overdue(self._read, now, self._claimed, self._connections.process)

    async def _free(
        self,
        transaction: Transaction,
        now: Mapping[str, int],
        known: Mapping[str, Clock | None],
        room: Callable[[str], int],
        over: AbstractSet[int],
    ) -> tuple[Claimed, dict[str, int]]:
        """Claim what is due on clocks, as long as they are as they were `known`; answers when their next flows are due,
        too.
        """

        def same() -> dict[str, int]:
            clocks = self._memory.clocks
            return {
                clock: at for clock, at in now.items() if not transaction.begun or clocks.get(clock) == known[clock]
            }

        away = self._claimed - over
        claimed, next_flow = await outbox.free(transaction, same, room, away, self._connections.process)
        if len(same()) < len(now):
            claimed = Claimed(claimed.deliveries, dict(now) | claimed.next_due, claimed.held)
        return claimed, next_flow

    async def _claim(self, find: Job[Claimed], over: AbstractSet[int] = frozenset()) -> Claimed:
        """Claim the callbacks that a job finds, in its transaction, and release those that are `over`."""
        mine: set[int] = set()

        async def job(transaction: Transaction) -> Claimed:
            self._claimed -= mine  # of a run whose transaction failed
            found = await find(transaction)
            mine.clear()
            mine.update(delivery.number for delivery in found.deliveries)
            self._claimed |= mine
            return found

        claimed = await self._committer.run(job, lambda: self._claimed.difference_update(mine), lazy=True)
        self._claimed -= over - mine
        return claimed

    # --- journal, and all of it ---------------------------------------------------------------------------------

    async def record(self, entries: Sequence[Entry], effects: Effects | None = None) -> None:
        def taken() -> None:
            if effects is not None:
                self._states.take(effects)

        await self._changed(taken, lambda transaction, _: note(transaction, entries))

    async def reset(
        self,
        application: str,
        entry: Entry,
        clock: Clock | None = None,
        kept: Steer | None = None,
        still: Collection[str] | None = None,
    ) -> set[str]:
        others = set[str]()

        async def job(transaction: Transaction) -> set[int]:
            others.clear()
            if still is not None and (there := self._memory.clocks.keys() - still):
                others.update(there)
                return set()
            transaction.changes_memory = True
            (last,) = await transaction.one(queries.LAST)
            await note(transaction, [entry])
            claiming = await keeping.forget(transaction, application)
            self._states.forget(application, kept)
            self._memory.forget(application)
            transaction.news.forget(application, last)
            for name in [*self._memory.clocks] if application == EVERYBODY else [application]:
                if name != EVERYBODY:
                    self._memory.set_clock(transaction, name, None)
            if clock is not None:
                await self._save(transaction, EVERYBODY, clock)
            return claiming

        await self._others.known(await self._run(job))
        return others

    async def trouble(self) -> str:
        return await self._connections.look()

    async def fact(self, name: str, value: str) -> str:
        async def job(transaction: Transaction) -> str:
            await transaction.write("INSERT INTO fact VALUES($1, $2) ON CONFLICT DO NOTHING", name, value)
            return str((await transaction.one("SELECT value FROM fact WHERE name = $1", name))[0])

        return await self._run(job)
