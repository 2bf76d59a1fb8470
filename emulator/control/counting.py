"""Counts the flows of a store, block by block, for whoever asks.

What a block came to is kept until the store says that it has changed. So an answer is as true as if all had been
counted anew, and costs what has changed since the last one. Counting gives way to requests: while the emulator has
other work, that has forty times as much of the processor's time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Final

from emulator.clock.clock import EVERYBODY, precise, worked
from emulator.control.totals import Counts
from emulator.store.contract import Store

REST: Final = 40
"""How much more of the processor's time than counting other work has, where there is some."""
SLIGHT: Final = 0.00005
"""There may be some if a turn of the event loop took more seconds than this, as one that has nothing to do."""
LOOK: Final = 0.01
"""Then there is some if within so many seconds"""
LEAST: Final = 0.05
"""it takes this part of the time. The calls by which a page asks how things stand come now and then."""
MOST: Final = 0.3
"""Where other work takes less than this part of the time, it is not waited for any longer."""
JOINED: Final = 64
"""How many blocks are joined without a break."""
ALWAYS: Final = (-(10**18), 10**18)
"""From before all times to after them."""


class Pace:
    """Tells when to go on with what is done piece by piece, and can wait: by the seconds that have `passed`, and those
    for which the processor `worked`.
    """

    def __init__(
        self,
        passed: Callable[[], float] = precise,
        worked: Callable[[], float] = worked,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._passed = passed
        self._worked = worked
        self._sleep = sleep
        self._began = 0.0

    def begin(self) -> None:
        """A piece begins."""
        self._began = self._worked()

    async def rest(self) -> None:
        """It has ended: rest, if there is other work, until that has had its time."""
        own = self._worked() - self._began
        if await self._others(0) <= SLIGHT:
            return
        since = self._passed()
        others = await self._others(LOOK)
        looked = self._passed() - since
        if others > LEAST * looked:
            await self._sleep(REST * own * looked / max(others, MOST * looked))

    async def _others(self, seconds: float) -> float:
        """For how many seconds there is other work within so many."""
        before = self._worked()
        await self._sleep(seconds)
        return self._worked() - before


class Counting:
    """What the flows of a store came to. Those who ask at once are answered one after another."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[int, tuple[int, dict[str, Counts]]] = {}
        self._turn = asyncio.Lock()
        self._pace = Pace()

    async def counts(self, application: str, since: int | None = None, until: int | None = None) -> Counts:
        """The counts of one application's flows, or everybody's; of those that were created from `since` to `until`."""
        first = ALWAYS[0] if since is None else since
        last = ALWAYS[1] if until is None else until
        made = Counts()
        async with self._turn:
            marks = await self._store.blocks()
            for gone in self._kept.keys() - marks.keys():
                del self._kept[gone]
            for number, (block, mark) in enumerate(marks.items()):
                if number % JOINED == 0:
                    await asyncio.sleep(0)
                for name, counts in (await self._counts(block, mark)).items():
                    began, ended = counts.began
                    if application not in {EVERYBODY, name} or began > last or ended < first:
                        continue
                    inside = first <= began and ended <= last
                    made.join(counts if inside else (await self._count(block, first, last)).get(name, Counts()))
        return made

    async def _counts(self, block: int, mark: int) -> dict[str, Counts]:
        """What a block came to, by application; as counted before if it has the same mark."""
        kept = self._kept.get(block)
        if kept is None or kept[0] != mark:
            kept = self._kept[block] = mark, await self._count(block, *ALWAYS)
        return kept[1]

    async def _count(self, block: int, first: int, last: int) -> dict[str, Counts]:
        """What the flows of a block came to that were created in [first, last]."""
        found = defaultdict[str, Counts](Counts)
        self._pace.begin()
        async for some in self._store.block(block):
            for each in some:
                if first <= each.created_at <= last:
                    found[each.application].add(each)
            await self._pace.rest()
            self._pace.begin()
        return found
