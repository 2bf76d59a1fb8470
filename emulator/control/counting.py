"""Counts the flows of a store, block by block, for whoever asks.

What a block came to is kept until the store says that it has changed. So an answer is as true as if all had been
counted anew, and costs what has changed since the last one. Counting gives way to requests: where others wait, it rests
ten times as long as it counts.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final

from emulator.accounts.prices import Prices
from emulator.clock.clock import EVERYBODY
from emulator.control.totals import Total
from emulator.store.contract import Store

REST: Final = 10
"""How many times as long as a piece of counting the rest after it is, where others wait."""
BUSY: Final = 0.1
"""Others wait if they take this part of the time of a piece before it goes on."""
JOINED: Final = 64
"""How many blocks are joined without a break."""
ALWAYS: Final = (-(10**18), 10**18)
"""From before all times to after them."""
Counts = dict[str, Total]
"""What flows came to, by application."""


class Counting:
    """What the flows of a store came to, at these prices. Those who ask at once are answered one after another."""

    def __init__(self, store: Store, prices: Prices) -> None:
        self._store = store
        self._prices = prices
        self._kept: dict[int, tuple[int, Counts]] = {}
        self._turn = asyncio.Lock()

    async def total(self, application: str, since: int | None = None, until: int | None = None) -> Total:
        """The counts of one application's flows, or everybody's; of those that were created from `since` to `until`."""
        first = ALWAYS[0] if since is None else since
        last = ALWAYS[1] if until is None else until
        made = Total()
        async with self._turn:
            marks = await self._store.blocks()
            for gone in self._kept.keys() - marks.keys():
                del self._kept[gone]
            for number, (block, mark) in enumerate(marks.items()):
                if number % JOINED == 0:
                    await asyncio.sleep(0)
                for name, total in (await self._counts(block, mark)).items():
                    began, ended = total.began
                    if application not in {EVERYBODY, name} or began > last or ended < first:
                        continue
                    inside = first <= began and ended <= last
                    made.join(total if inside else (await self._count(block, first, last)).get(name, Total()))
        return made

    async def _counts(self, block: int, mark: int) -> Counts:
        """What a block came to; as counted before if it has the same mark."""
        kept = self._kept.get(block)
        if kept is None or kept[0] != mark:
            kept = self._kept[block] = mark, await self._count(block, *ALWAYS)
        return kept[1]

    async def _count(self, block: int, first: int, last: int) -> Counts:
        """What the flows of a block came to that were created in [first, last]."""
        counts, now = defaultdict[str, Total](Total), asyncio.get_running_loop().time
        async for some in self._store.block(block):
            began = now()
            for each in some:
                if first <= each.flow.created_at <= last:
                    counts[each.flow.application].add(each, self._prices)
            counted = now()
            await asyncio.sleep(0)
            if now() - counted > BUSY * (counted - began):
                await asyncio.sleep(REST * (counted - began))
        return counts
