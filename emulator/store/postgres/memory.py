"""What a process has in memory of what all processes have in common, and how it follows what the others write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import asyncpg

from emulator.clock.clock import EVERYBODY, Clock, Clocks
from emulator.store.blocks import BITS, Marks
from emulator.store.grants import Grants
from emulator.store.postgres.bodies import SharedBodies
from emulator.store.postgres.keeping import Keeper
from emulator.store.postgres.news import CHUNK, KEPT, News, SavedClock
from emulator.store.postgres.opening import SLOW
from emulator.store.postgres.states import PostgresCounters, PostgresStates
from emulator.store.postgres.transaction import UNKNOWN, Transaction
from emulator.store.postgres.writing import Writer
from emulator.store.records import Change, Grant
from emulator.store.resets import Resets
from emulator.store.rows import Rows
from emulator.store.states import UNTOUCHED

NEWS: Final = "SELECT version, process, entries, data FROM news WHERE version > $1 ORDER BY version"
LAST: Final = "SELECT version, entries FROM news ORDER BY version DESC LIMIT 1"
_GRANTS: Final = "SELECT token, application, scopes, expires_at FROM grant_ ORDER BY seq"
_FORGET: Final = "DELETE FROM news WHERE version <= $1"


class SharedMemory:
    """What one process has in memory. `process` is its number, `rows` makes flows of what is stored, `keep` is how many
    bytes of what has ended are kept (None: all).
    """

    def __init__(self, rows: Rows, keep: int | None = None) -> None:
        self.process = 0
        self.version = UNKNOWN
        self.entries = 0
        self.resets = Resets()
        self._read = UNKNOWN
        self.states = PostgresStates({}, 0)
        self.counters = PostgresCounters([], {})
        self.grants = Grants([])
        self.marks = Marks()
        self.bodies = SharedBodies()
        self.keeper = Keeper(keep)
        self.clocks: dict[str, Clock] = {}
        self.follower: Clocks | None = None
        """The clocks that follow those that others save or drop."""
        self._writer = Writer(rows)

    async def load(self, connection: asyncpg.Connection) -> None:
        """Read all of it anew; of the resets and the bodies, of which no table has all, those that came since."""
        missed = [] if self._read == UNKNOWN else await connection.fetch(NEWS, self._read)
        last = await connection.fetchrow(LAST)
        states = await PostgresStates.read(connection)
        counts = await PostgresCounters.read(connection)
        rows = await connection.fetch(_GRANTS, timeout=SLOW)
        clocks = await connection.fetch("SELECT name, base_real, base_virtual, rate, held FROM clock")
        await self.keeper.load(connection)
        self.states.start(*states)
        self.counters.start(counts, {})
        self.grants.start(Grant(token, of, tuple(scopes.split()), until) for token, of, scopes, until in rows)
        for name in self.clocks.keys() - {name for name, *_ in clocks}:
            self._follow(name, None)
        for name, *row in clocks:
            self._follow(name, Clock(*row))
        self.marks.touch_all()
        self.bodies.take_back()
        if missed and missed[0][0] > self._read + 1:
            self.bodies.forget(EVERYBODY)
        for *_, data in missed:
            news = News.decoded(data)
            self._forgotten(news)
            for application in news.reset:
                self.bodies.forget(application)
            for seen in news.bodies:
                self.bodies.learn(seen)
        self.version, self.entries = last or (0, 0)
        self._read = self.version

    async def catch_up(self, connection: asyncpg.Connection) -> None:
        """Take note of what others have written since, in a transaction in which nobody else writes."""
        if self.version == UNKNOWN or not self.learn(await connection.fetch(NEWS, self.version)):
            await self.load(connection)
        self._read = self.version

    def learn(self, rows: Iterable[Any]) -> bool:
        """Take note of news; False if those before them are missing."""
        for version, process, entries, data in rows:
            if version > self.version + 1:
                return False
            if version == self.version + 1:
                self.version, self.entries = version, entries
                if process != self.process:
                    self._learn(News.decoded(data))
        return True

    def _learn(self, news: News) -> None:
        for application in news.reset:
            self.forget(application)
        self._forgotten(news)
        for name, state in news.states.items():
            self.states.learn(name, state or UNTOUCHED)
        self.states.number = max(self.states.number, news.number)
        for each in news.counts:
            self.counters.learn(*each)
        for token in news.ended:
            self.grants.drop(token)
        for grant in news.grants:
            self.grants.add(grant)
        for name, saved in news.clocks.items():
            self._follow(name, None if saved is None else saved.clock)
        for seen in news.bodies:
            self.bodies.learn(seen)
        self.keeper.learn(news.kept)
        self._touch(news)

    def forget(self, application: str) -> None:
        """Forget the counts, grants and bodies of one application, or of everybody."""
        self.counters.forget(application)
        for grant in self.grants.of(application):
            self.grants.drop(grant.token)
        self.bodies.forget(application)

    async def write(self, transaction: Transaction) -> None:
        """Write what jobs have changed in memory, and note it in the transaction's news; drop what need not be kept."""
        news = transaction.news
        await self.keeper.keep(transaction)
        if states := self.states.changed():
            await self.states.write(transaction, states)
            news.states = {name: None if state == UNTOUCHED else state for name, _, state in states}
            news.number = self.states.number
        if counts := self.counters.changed():
            await self.counters.write(transaction, counts)
            news.counts += counts
        news.bodies = self.bodies.new
        if self.version % CHUNK == 0 and self.version > KEPT:
            await transaction.write(_FORGET, self.version - KEPT)

    async def add(self, transaction: Transaction, adding: list[tuple[Change, str]]) -> None:
        """Write the new flows that jobs have added, each on the clock that its application has by now; and in the same
        round trip the numbers that were counted.
        """
        flows = [(change, self._clock(change, clock)) for change, clock in adding]
        counts = self.counters.changed()
        transaction.news.counts += counts
        await self._writer.add(transaction, flows, counts)

    def written(self, news: News) -> None:
        """Take note that a transaction of this process was committed."""
        self.bodies.new = []
        self._forgotten(news)
        self.keeper.learn(news.kept, own=True)
        self._touch(news)

    def _forgotten(self, news: News) -> None:
        for application, last in news.forgotten.items():
            self.resets.note(application, last)

    def set_clock(self, transaction: Transaction, name: str, clock: Clock | None) -> None:
        """Note that a transaction saves a clock, or drops it."""
        transaction.changes_memory = True
        transaction.news.clocks[name] = None if clock is None else SavedClock.of(clock)
        if clock is None:
            self.clocks.pop(name, None)
        else:
            self.clocks[name] = clock

    def _clock(self, change: Change, clock: str) -> str:
        application = change.flow.application
        self.counters.reached(application, change.flow.ordinal)
        if clock == EVERYBODY and application in self.clocks:
            return application
        return EVERYBODY if clock == application and clock not in self.clocks else clock

    def _touch(self, news: News) -> None:
        if news.blocks is None:
            self.marks.touch_all()
            return
        for block in news.blocks:
            self.marks.touch(block << BITS)

    def _follow(self, name: str, clock: Clock | None) -> None:
        """Take over a clock that somebody else has saved, or dropped."""
        if self.clocks.get(name) == clock:
            return
        if clock is None:
            del self.clocks[name]
        else:
            self.clocks[name] = clock
        if self.follower is not None:
            self.follower.drop(name) if clock is None else self.follower.set(name, clock)
