"""The store on PostgreSQL. One process writes, as one connection, in the order of its calls; so the journal's numbers
are the order of the commits.

Nothing is dropped but by a call. What was written is as durable as the server's `synchronous_commit` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import partial
from typing import Final

from emulator.clock.clock import EVERYBODY, Clock
from emulator.journal.entry import Entry
from emulator.store.contract import Decide, Done, Store
from emulator.store.places import Database
from emulator.store.postgres import keeping, outbox, queries
from emulator.store.postgres.applications import PostgresApplications, settle
from emulator.store.postgres.commit import Batch, Job, Transaction
from emulator.store.postgres.connected import note
from emulator.store.postgres.contacts import PostgresContacts
from emulator.store.postgres.reads import Reads
from emulator.store.postgres.templates import PostgresTemplates
from emulator.store.postgres.texts import clean
from emulator.store.postgres.writing import entry_row, record
from emulator.store.records import Carried, Change, Claimed, Delivery, Effects, Settlement
from emulator.store.rows import Read, Row, decoded, key

_SAVE: Final = (
    "INSERT INTO clock VALUES($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET base_real = excluded.base_real,"
    " base_virtual = excluded.base_virtual, rate = excluded.rate"
)
_REHOME: Final = (
    "WITH d AS (UPDATE delivery SET clock = $1 WHERE clock <> $1"
    " AND flow IN (SELECT seq FROM flow WHERE application = $1))"
    " UPDATE stand SET clock = $1 WHERE application = $1 AND clock <> $1"
)
_SHARE: Final = (
    "WITH d AS (UPDATE delivery SET clock = '' WHERE clock = $1 AND flow IN"
    " (SELECT seq FROM flow WHERE application = $1))"
    " UPDATE stand SET clock = '' WHERE application = $1 AND clock = $1"
)


class PostgresStore(PostgresApplications, PostgresContacts, PostgresTemplates, Reads, Store):
    """The store at a database; `read` makes the request of JSON that a `Change` brought as it came.

    Which callbacks are claimed is not written: there is one process, and after its end nothing is claimed any more.
    """

    def __init__(self, database: Database, read: Read = decoded) -> None:
        super().__init__(database, read)
        self._claimed: set[int] = set()
        self._own: set[str] = set()
        self._spared: list[str] = []

    # --- flows and callbacks ------------------------------------------------------------------------------------

    async def open(self) -> None:
        await super().open()
        self._adding = Batch[tuple[Change, str]](self._committer, self._writer.add)
        self._own = set(await self.clocks()) - {EVERYBODY}

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
            await keeping.drop(transaction, row.seq)
            await record(transaction, [entry_row(entry, row.seq)])
            transaction.after.append(partial(self._marks.touch, row.seq))
            return True

        return await self._run(job)

    def _placed(self, change: Change, clock: str) -> tuple[Change, str]:
        """A new flow with its clock: its application may have got one of its own, or lost it, since the flow was
        planned, by a call whose transaction is under way.
        """
        application = change.flow.application
        self._counters.reached(application, change.flow.ordinal)
        if clock == EVERYBODY and application in self._own:
            return change, application
        return change, EVERYBODY if clock == application and clock not in self._own else clock

    async def add(self, change: Change, clock: str) -> None:
        item = [self._placed(change, clock)]
        await self._run(lambda transaction: self._writer.add(transaction, item), change.effects)

    def add_soon(self, change: Change, clock: str, done: Done) -> None:
        if change.effects is None:
            self._adding.put(self._placed(change, clock), done)
            return
        take_back = self._states.take(change.effects)

        def ended(result: object, error: Exception | None) -> None:
            if error is not None:
                take_back()
            done(result, error)

        self._adding.put(self._placed(change, clock), ended)

    async def add_taking(self, change: Change, clock: str, now: int) -> list[Delivery]:
        item, flow_id = [self._placed(change, clock)], change.flow.id

        async def job(transaction: Transaction) -> Claimed:
            await self._writer.add(transaction, item)
            return Claimed(await outbox.due_of(transaction, key(flow_id), flow_id, now), {})

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
        over = {settlement.delivery.number for settlement in settlements}
        changed, following = 0, None

        async def job(transaction: Transaction) -> Claimed:
            nonlocal changed, following
            if moved is not None:
                await _save(transaction, clock, moved)
            if settlements:
                await outbox.settle(transaction, settlements, self._marks)
            due = [Row(*row) for row in await transaction.read(queries.DUE, clean(clock), now, limit)]
            changed = await self._writer.step(transaction, due, now, decide)
            claimed = await outbox.claimed(transaction, {clock: now}, room, self._claimed - over)
            found = await transaction.one(queries.NEXT_FLOW, clean(clock))
            following = None if found is None else int(found[0])
            return claimed

        try:
            claimed = await self._claim(job, over)
        except BaseException:
            self._claimed -= over  # the attempts are then made again
            raise
        return Carried(changed, claimed.deliveries, following, claimed.next_due.get(clock), clock in claimed.held)

    async def change(self, flow_id: str, decide: Decide) -> Change | None:
        taken = list[Callable[[], None]]()

        def take_back() -> None:
            while taken:
                taken.pop()()

        async def job(transaction: Transaction) -> Change | None:
            take_back()  # of a run whose transaction failed
            row = await self._row(transaction, flow_id)
            if row is None:
                return None
            change = decide(self._rows.flow(row))
            await self._writer.write(transaction, [(row, change)])
            settled = change.settled
            if settled is not None:
                if settled.balance == self._states.of(row.application).balance:
                    taken.append(self._states.take(Effects(row.application, settled.spent)))
                    transaction.late = True
                await settle(transaction, row, settled.priced)
            return change

        return await self._committer.run(job, take_back)

    async def next_due(self, clock: str) -> int | None:
        flows = [at for (at,) in await self._read(queries.NEXT_FLOW, clean(clock))]
        callback = await outbox.next_due(self._read, clock)
        return min((*flows, *(() if callback is None else (callback,))), default=None)

    async def claim(
        self, now: Mapping[str, int], room: Callable[[str], int], settlements: Sequence[Settlement] = ()
    ) -> Claimed:
        over = {settlement.delivery.number for settlement in settlements}

        async def job(transaction: Transaction) -> Claimed:
            if settlements:
                await outbox.settle(transaction, settlements, self._marks)
            return await outbox.claimed(transaction, now, room, self._claimed - over)

        return await self._claim(job, over)

    async def overdue(self, now: Callable[[str], int | None]) -> dict[str, int]:
        return await outbox.overdue(self._read, now, self._claimed)

    async def _claim(
        self, find: Job[Claimed], over: AbstractSet[int] = frozenset(), effects: Effects | None = None
    ) -> Claimed:
        """Claim the callbacks that a job finds, in its transaction, and release those that are `over`."""
        mine: set[int] = set()
        taken = None if effects is None else self._states.take(effects)

        def take_back() -> None:
            self._claimed.difference_update(mine)
            if taken is not None:
                taken()

        async def job(transaction: Transaction) -> Claimed:
            self._claimed -= mine  # of a run whose transaction failed
            found = await find(transaction)
            mine.clear()
            mine.update(delivery.number for delivery in found.deliveries)
            self._claimed |= mine
            return found

        claimed = await self._committer.run(job, take_back)
        self._claimed -= over - mine
        return claimed

    # --- journal, clocks, and all of it -------------------------------------------------------------------------

    async def record(self, entries: Sequence[Entry], effects: Effects | None = None) -> None:
        await self._run(lambda transaction: note(transaction, entries), effects)

    async def clocks(self) -> dict[str, Clock]:
        rows = await self._read("SELECT name, base_real, base_virtual, rate FROM clock")
        return {name: Clock(*row) for name, *row in rows}

    async def save_clock(self, name: str, clock: Clock, entries: Sequence[Entry] = ()) -> None:
        new = name not in self._own | {EVERYBODY}

        async def job(transaction: Transaction) -> None:
            if new:
                await transaction.write(_REHOME, clean(name))
            await _save(transaction, name, clock)
            await note(transaction, entries)

        if new:
            self._own.add(name)
        await self._committer.run(job, (lambda: self._own.discard(name)) if new else None)

    async def share_clock(self, name: str, entries: Sequence[Entry]) -> None:
        async def job(transaction: Transaction) -> None:
            await transaction.write(_SHARE, clean(name))
            await transaction.write("DELETE FROM clock WHERE name = $1", clean(name))
            await note(transaction, entries)

        self._own.discard(name)  # a flow that is written meanwhile comes to the shared clock
        await self._committer.run(job, lambda: self._own.add(name))

    async def reset(self, application: str, entry: Entry, clock: Clock | None = None) -> None:
        own, grants, bodies = self._own, self._grants.of(application), self.repeated
        everybody = application == EVERYBODY

        async def job(transaction: Transaction) -> None:
            await note(transaction, [entry])
            await keeping.forget(transaction, application)
            transaction.after.append(self._marks.touch_all)
            if clock is not None:
                await _save(transaction, EVERYBODY, clock)

        def forget() -> None:
            self._states.forget(application)
            self._counters.forget(application)

        self._own = set() if everybody else own - {application}
        for each in grants:
            self._grants.drop(each.token)
        try:
            await self._steered(forget, job)
        except Exception:
            self._own = own
            for each in grants:
                self._grants.add(each)
            raise
        bodies.forget(application)

    async def trouble(self) -> str:
        return await self._connections.look()

    async def fact(self, name: str, value: str) -> str:
        async def job(transaction: Transaction) -> str:
            await transaction.write("INSERT INTO fact VALUES($1, $2) ON CONFLICT DO NOTHING", name, value)
            return str((await transaction.one("SELECT value FROM fact WHERE name = $1", name))[0])

        return await self._run(job)


async def _save(transaction: Transaction, name: str, clock: Clock) -> None:
    await transaction.write(_SAVE, clean(name), clock.base_real, clock.base_virtual, clock.rate)
