"""The reads of the contract, which change nothing.

What must look at many rows looks at some at a time, and lets other jobs run in between.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from emulator.clock.timings import Timings
from emulator.errors import Json
from emulator.flow.state import Flow
from emulator.store.blocks import BITS, Standing
from emulator.store.found import ApplicationCount, FlowPage, Group
from emulator.store.records import CallbackQuery, CallbackRecord, Dropped, JournalEntry, JournalQuery, Search
from emulator.store.sqlite import blocks, flows, groups, outbox, queries
from emulator.store.sqlite.connected import Connected

T = TypeVar("T")
W = TypeVar("W", JournalQuery, CallbackQuery)


class Reads(Connected):
    """The part of the contract that reads."""

    async def flow(self, flow_id: str) -> Flow | None:
        def job(connection: sqlite3.Connection) -> Flow | None:
            row = flows.one(connection, flow_id)
            return self._rows.shown(row) if row else None

        return await self._run(job)

    async def search(self, search: Search) -> FlowPage:
        if queries.near(search, self._tally.kinds):
            page = await self._run(lambda c: queries.page(c, self._rows, search))
            return FlowPage(self._tally.flows(search.application), page)
        total, wanted = 0, list[int]()
        async for chunk in self._scan(search, "seq"):
            for (number,) in chunk:
                if search.offset <= total < search.offset + search.size:
                    wanted.append(number)
                total += 1
        return FlowPage(total, [flow async for flows in self._numbered(wanted) for flow in flows])

    async def every(self, search: Search) -> AsyncIterator[list[Flow]]:
        async for chunk in self._scan(search, "seq"):
            async for some in self._numbered([number for (number,) in chunk]):
                yield some

    async def alike(self, name: str, application: str) -> list[Flow]:
        return await self._run(lambda c: queries.alike(c, self._rows, name, application))

    async def _numbered(self, numbers: Sequence[int]) -> AsyncIterator[list[Flow]]:
        """The flows of these numbers, some at a time."""
        for at in range(0, len(numbers), queries.FLOWS):
            some = numbers[at : at + queries.FLOWS]
            yield await self._run(partial(queries.numbered, rows=self._rows, numbers=some))
            await asyncio.sleep(0)

    async def grouped(self, wanted: Search) -> list[Group]:
        if groups.quick(wanted, self._tally):
            return await self._run(lambda c: groups.grouped(c, self._rows, self._tally, wanted))
        made = groups.Groups(wanted.size)
        async for chunk in self._scan(wanted, groups.COLUMNS):
            made.take([groups.Place(*row) for row in chunk])
        return await self._run(lambda c: made.read(c, self._rows))

    async def _scan(self, search: Search, columns: str) -> AsyncIterator[list[Any]]:
        """These columns of the flows that a search finds, in its order, some at a time."""
        query, values = queries.scan(search, columns)
        cursor = await self._run(lambda c: c.execute(query, values))
        while chunk := self._committer.fetched(cursor, queries.SLICE):
            yield [row for *row, hit in chunk if hit]
            await asyncio.sleep(0)

    async def blocks(self) -> dict[int, int]:
        return await self._run(lambda c: blocks.found(c, self._tally.marks))

    async def block(self, number: int) -> AsyncIterator[list[Standing]]:
        for part in range((1 << BITS) // blocks.SLICE):
            yield self._committer.read(partial(blocks.read, rows=self._rows, block=number, part=part))

    async def applications(self) -> list[ApplicationCount]:
        return [ApplicationCount(*each) for each in self._tally.applications().items()]

    async def scenarios(self) -> list[str]:
        return self._tally.scenarios()

    async def journal(self, wanted: JournalQuery) -> list[JournalEntry]:
        if wanted.flow is not None or wanted.flows:
            return await self._run(lambda c: queries.journal(c, wanted, queries.EVERYTHING))
        return await self._windows("entry", wanted, queries.journal, wanted.cut)

    async def callbacks(self, wanted: CallbackQuery) -> list[CallbackRecord]:
        if wanted.flow is not None:
            return await self._run(lambda c: queries.callbacks(c, wanted, queries.EVERYTHING))
        return await self._windows("delivery", wanted, queries.callbacks, lambda found: len(found) >= wanted.limit)

    async def _windows(
        self, table: str, wanted: W, read: Callable[..., list[T]], enough: Callable[[list[T]], bool]
    ) -> list[T]:
        """What a table has of what is wanted, read some numbers at a time until there is enough."""
        found: list[T] = []
        for span in await self._run(lambda c: queries.spans(c, table, wanted.after, wanted.before)):
            found += await self._run(partial(read, wanted=replace(wanted, limit=wanted.limit - len(found)), span=span))
            if enough(found):
                break
        return found

    async def upcoming(self, clock: str, limit: int) -> tuple[list[Flow], list[CallbackRecord]]:
        def job(connection: sqlite3.Connection) -> tuple[list[Flow], list[CallbackRecord]]:
            due = flows.due(connection, clock, queries.EVERYTHING[1], limit)
            numbers = outbox.upcoming(connection, clock, limit)
            return [self._rows.shown(row) for row in due], queries.callbacks_of(connection, numbers)

        return await self._run(job)

    async def waiting(self, clocks: Sequence[str], origin: str, url: str = "") -> int:
        return await self._run(lambda c: outbox.waiting(c, clocks, origin, url))

    async def callback(self, callback_id: str) -> CallbackRecord | None:
        found = await self._run(lambda c: queries.callback(c, callback_id))
        if found is not None:
            return found
        for span in await self._run(lambda c: queries.spans(c, "delivery", 0, None)):
            found = await self._run(partial(queries.callback_within, callback_id=callback_id, span=span))
            if found is not None:
                break
        return found

    async def latest(self) -> int:
        return await self._run(queries.latest)

    async def latest_times(self) -> dict[str, int]:
        return await self._run(queries.latest_times)

    async def dropped(self) -> Dropped:
        return Dropped(self._tally.sums.dropped_flows, self._tally.sums.dropped_entries)

    def commits(self) -> Timings:
        timed = self._committer.commits = self._committer.commits or Timings()
        return timed

    async def counts(self) -> Json:
        sums, flows_there = self._tally.sums, self._tally.flows()
        return {
            "liveFlows": flows_there - sums.finished,
            "finishedFlows": sums.finished,
            "pendingCallbacks": sums.pending,
            "journalEntries": sums.entries,
        }
