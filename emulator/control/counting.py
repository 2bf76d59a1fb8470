"""Counts the flows of a store, block by block, for whoever asks.

What a block came to is kept until the store says that it has changed. So an answer is as true as if all had been
counted anew, and costs what has changed since the last one. Counting gives way to requests: while the emulator has
other work, that has twenty-five times as much of the processor's time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final

from emulator.clock.clock import EVERYBODY, precise, worked
from emulator.control.totals import Counts
from emulator.store.contract import Store

REST: Final = 25
"""How much more time than a piece of counting other work has before the next piece, where there is some."""
LEAST: Final = 0.03
"""There is other work if it took this part of the time since the last piece,"""
SLIGHT: Final = 0.00005
"""and more seconds than a turn of the event loop that has nothing to do."""
MOST: Final = 0.3
"""Where other work takes less than this part of the time, it is not waited for any longer."""
JOINED: Final = 64
"""How many blocks are joined without a break."""
ALWAYS: Final = (-(10**18), 10**18)
"""From before all times to after them."""


class Pace:
    """Tells when to go on with what is done piece by piece, and can wait."""

    def __init__(self) -> None:
        self._ended = precise(), worked()
        self._began = self._others = 0.0

    def begin(self) -> None:
        """A piece begins."""
        since, self._began = precise() - self._ended[0], worked()
        others = self._began - self._ended[1]
        self._others = others / since if others > max(SLIGHT, LEAST * since) else 0.0

    async def rest(self) -> None:
        """It has ended: rest, if there was other work before it, until that has had its time again."""
        self._ended = precise(), worked()
        own = self._ended[1] - self._began
        await asyncio.sleep(REST * own / max(self._others, MOST) if self._others else 0)


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
