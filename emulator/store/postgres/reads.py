"""The reads of the contract, which change nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from msgspec import Raw
from msgspec.structs import replace

from emulator.clock.timings import Timings
from emulator.errors import Json
from emulator.flow.state import Flow
from emulator.journal import words
from emulator.store.blocks import BITS, Posted, Standing, standing
from emulator.store.bodies import with_unpacked
from emulator.store.found import ApplicationCount, FlowPage, Group
from emulator.store.mentions import mentions
from emulator.store.postgres import queries, searching
from emulator.store.postgres.connected import Connected
from emulator.store.postgres.rows import COLUMNS, Row
from emulator.store.postgres.texts import clean
from emulator.store.records import CallbackQuery, CallbackRecord, Dropped, JournalEntry, JournalQuery, Search
from emulator.store.rows import key

T = TypeVar("T", JournalEntry, CallbackRecord)

SOME: Final = 128
"""How many flows are read at a time."""
CHUNK: Final = 512
"""How many entries or callbacks are read at a time."""
ID: Final = 36
"""The length of our own ids; the id of a callback that was sent again has a suffix."""
_NUMBERED: Final = (
    f"SELECT {COLUMNS} FROM unnest($1::bigint[]) WITH ORDINALITY t(seq, place)"
    f" JOIN flow f ON f.seq = t.seq JOIN stand s ON s.flow = t.seq ORDER BY place"
)

_BLOCK: Final = f"SELECT {COLUMNS} FROM {queries.FLOWS} WHERE f.seq BETWEEN $1 AND $2 ORDER BY f.seq"
_POSTED: Final = (
    "SELECT c.flow, origin, outcome, attempts, ms FROM callback c JOIN delivery d ON d.callback = c.seq"
    " WHERE c.flow BETWEEN $1 AND $2 ORDER BY c.seq"
)
_DUE: Final = (
    f"SELECT {COLUMNS} FROM {queries.FLOWS} WHERE s.clock = $1 AND s.due_at IS NOT NULL"
    " ORDER BY s.due_at, f.seq LIMIT $2"
)
_POSTS: Final = f"{queries.CALLBACK} WHERE d.clock = $1 AND d.due_at IS NOT NULL ORDER BY d.due_at, d.callback LIMIT $2"


class Reads(Connected):
    """The part of the contract that reads."""

    async def flow(self, flow_id: str) -> Flow | None:
        rows = await self._read(queries.ONE, key(flow_id), clean(flow_id))
        return self._rows.shown(Row(*rows[0])) if rows else None

    async def search(self, search: Search) -> FlowPage:
        query = searching.total(search)
        ((total,),) = await self._read(query.sql(), *query.values)
        page = searching.page(search, min(search.size, total - search.offset))
        rows = await self._read(page.sql(), *page.values) if total > search.offset else []
        return FlowPage(total, [self._rows.shown(Row(*row)) for row in rows])

    async def every(self, search: Search) -> AsyncIterator[list[Flow]]:
        query = searching.found(search, "f.seq")
        ordered = query.sql(f"ORDER BY {searching.order(search)}")
        numbers = [seq for (seq,) in await self._read(ordered, *query.values)]
        for at in range(0, len(numbers), SOME):
            yield await self._numbered(numbers[at : at + SOME])

    async def alike(self, name: str, application: str) -> list[Flow]:
        rows = await self._read(queries.ALIKE, key(name), clean(application))
        return [self._rows.shown(Row(*row)) for row in rows]

    async def _numbered(self, numbers: Sequence[int]) -> list[Flow]:
        """The flows of these numbers that are there, in this order."""
        return [self._rows.shown(Row(*row)) for row in await self._read(_NUMBERED, numbers)]

    async def grouped(self, wanted: Search) -> list[Group]:
        query = searching.grouped(wanted)
        counts, latest = dict[str, int](), dict[str, list[int]]()
        for stage, total, flow in await self._read(query.sql(), *query.values):
            counts[stage] = total
            latest.setdefault(stage, []).append(flow)
        return [Group(name, counts[name], await self._numbered(latest[name][: wanted.size])) for name in counts]

    async def blocks(self) -> dict[int, int]:
        await self.fresh()
        ((first, last),) = await self._read("SELECT min(seq), max(seq) FROM flow")
        return {} if first is None else self._memory.marks.between(first, last)

    async def block(self, number: int) -> AsyncIterator[list[Standing]]:
        first, end = number << BITS, (number + 1) << BITS
        for low in range(first, end, SOME):
            span = low, low + SOME - 1
            posts = defaultdict[int, list[Posted]](list)
            for flow, *posted in await self._read(_POSTED, *span):
                posts[flow].append(Posted(*posted))
            rows = [Row(*row) for row in await self._read(_BLOCK, *span)]
            yield [standing(self._rows.brief(row), posts.get(row.seq, ())) for row in rows]

    async def applications(self) -> list[ApplicationCount]:
        return [ApplicationCount(*row) for row in await self._read(queries.APPLICATIONS)]

    async def scenarios(self) -> list[str]:
        return [name for (name,) in await self._read(queries.SCENARIOS)]

    async def journal(self, wanted: JournalQuery) -> list[JournalEntry]:
        flows = None
        if wanted.flow is not None or wanted.flows:
            names = [wanted.flow] if wanted.flow is not None else list(wanted.flows)
            both = [name for name in names if wanted.flow is None or not wanted.flows or name in wanted.flows]
            flows = await self._numbers(both)
        entries, size = list[JournalEntry](), 0
        async for row in self._in_turn(wanted, "e.seq", lambda after: queries.journal(after, flows)):
            seq, at, kind, application, flow, data, request = row
            whole = data if request is None else b'%b,"body":%b}' % (data[:-1], request)
            told = partial(words.text, kind, data)
            if wanted.text and not mentions(wanted.text, whole, kind, application, flow or "", told):
                continue
            entries.append(JournalEntry(seq, at, kind, application, flow, Raw(whole)))
            size += len(whole)
            if len(entries) == wanted.limit or (wanted.size is not None and size >= wanted.size):
                break
        return entries

    async def callbacks(self, wanted: CallbackQuery) -> list[CallbackRecord]:
        flow = None
        if wanted.flow is not None:
            flow = next(iter(await self._numbers([wanted.flow])), -1)
        found = list[CallbackRecord]()
        async for row in self._in_turn(wanted, "d.callback", lambda after: queries.callbacks(after, flow)):
            one = with_unpacked(CallbackRecord(*row))
            text = wanted.text
            if text and not mentions(text, one.url, one.body, one.id, one.flow, one.application):
                continue
            found.append(one)
            if len(found) == wanted.limit:
                break
        return found

    async def upcoming(self, clock: str, limit: int) -> tuple[list[Flow], list[CallbackRecord]]:
        due = [self._rows.shown(Row(*row)) for row in await self._read(_DUE, clean(clock), limit)]
        posts = [with_unpacked(CallbackRecord(*row)) for row in await self._read(_POSTS, clean(clock), limit)]
        return due, posts

    async def _in_turn(
        self,
        wanted: Any,
        number: str,
        query: Callable[[Any], queries.Query],
    ) -> AsyncIterator[Any]:
        """The rows that are wanted, some at a time, until nobody asks for more; `number` is their first column."""
        forward, order = wanted.before is None, "" if wanted.before is None else "DESC"
        chunk = CHUNK if wanted.text else min(wanted.limit, CHUNK)
        while chunk > 0:
            asked = query(wanted)
            rows = await self._read(asked.sql(f"ORDER BY {number} {order} LIMIT {chunk}"), *asked.values)
            for row in rows:
                yield row
            if len(rows) < chunk:
                break
            last = rows[-1][0]
            wanted = replace(wanted, after=last) if forward else replace(wanted, before=last)

    async def _numbers(self, flow_ids: Sequence[str]) -> list[int]:
        """The numbers of the flows of these ids that are there."""
        query = (
            "SELECT f.seq FROM unnest($1::bigint[], $2::text[]) t(key, id) JOIN flow f ON f.key = t.key AND f.id = t.id"
        )
        rows = await self._read(query, [key(name) for name in flow_ids], [clean(name) for name in flow_ids])
        return [seq for (seq,) in rows]

    async def waiting(self, clocks: Sequence[str], origin: str, url: str = "") -> int:
        ((count,),) = await self._read(queries.WAITING, [clean(each) for each in clocks], clean(origin), clean(url))
        return int(count)

    async def callback(self, callback_id: str) -> CallbackRecord | None:
        name = clean(callback_id)
        near = f"{queries.CALLBACK} WHERE c.id = $1 AND d.flow IN (SELECT seq FROM flow WHERE key = $2)"
        rows = await self._read(near, name, key(callback_id[:ID]))
        rows = rows or await self._read(f"{queries.CALLBACK} WHERE c.id = $1", name)
        return with_unpacked(CallbackRecord(*rows[0])) if rows else None

    async def latest(self) -> int:
        ((number,),) = await self._read(queries.LATEST)
        return int(number)

    async def latest_times(self) -> dict[str, int]:
        return dict(await self._read(queries.LATEST_TIMES))

    async def dropped(self) -> Dropped:
        return Dropped(*[int(number) for (number,) in await self._read(queries.DROPPED)])

    def commits(self) -> Timings:
        timed = self._committer.commits = self._committer.commits or Timings()
        return timed

    async def counts(self) -> Json:
        ((flows, live, pending, entries),) = await self._read(queries.COUNTS)
        return {
            "liveFlows": live,
            "finishedFlows": flows - live,
            "pendingCallbacks": pending,
            "journalEntries": entries,
        }
