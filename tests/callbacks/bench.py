"""A courier at work, for tests of what it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from emulator.callbacks.courier import Courier
from emulator.callbacks.poster import Poster
from emulator.clock.clock import EVERYBODY, Clock, Clocks
from emulator.store.contract import Store
from emulator.store.records import Change, Delivery, JournalQuery, Post
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW, flow, sms


class Bench:
    """A store, a clock that a test moves, and a courier on them."""

    def __init__(self, store: Store, hosts: tuple[str, ...], limit: float, connections: int) -> None:
        self.store = store
        self.time = NOW
        self.clocks = Clocks(lambda: self.time, {EVERYBODY: Clock(NOW, NOW, 1.0)})
        self.courier = Courier(self.store, self.clocks, lambda: Poster(limit, connections), limit, hosts)

    async def told(self, name: str, *urls: str) -> None:
        """Have callbacks of one flow delivered to these URLs, in this order."""
        await self.store.add(_change(name, urls), EVERYBODY)
        self.courier.wake(EVERYBODY)

    async def taken(self, name: str, *urls: str) -> list[Delivery]:
        """Claim the first callback of a new flow."""
        return await self.store.add_taking(_change(name, urls), EVERYBODY, NOW)

    async def attempts(self, count: int) -> list[dict[str, object]]:
        """The first attempts in the journal, once there are so many."""
        from msgspec import json

        while True:
            entries = [each for each in await self.store.journal(JournalQuery()) if each.kind == "attempt"]
            if len(entries) >= count:
                return [json.decode(each.data) for each in entries]
            await asyncio.sleep(0)

    async def pass_time(self, ms: int) -> None:
        """Move the clock, and have the courier look."""
        self.time += ms
        self.courier.wake(EVERYBODY)


def _change(name: str, urls: Sequence[str]) -> Change:
    """A new flow with callbacks to these URLs."""
    posts = [Post(f"{name}{n}", url, url.rpartition("/")[0], b'{"n":%d}' % n, NOW) for n, url in enumerate(urls)]
    return Change(flow([sms()], name=name), posts=tuple(posts))


@asynccontextmanager
async def bench(
    store: Store | None = None, *hosts: str, limit: float = 0.5, connections: int = 8
) -> AsyncIterator[Bench]:
    """A running courier. Callbacks may go to these hosts only, if there are any; a receiver has `limit` real seconds,
    and so many connections.
    """
    made = Bench(store or SqliteStore(), hosts, limit, connections)
    await made.store.open()
    made.courier.start()
    try:
        yield made
    finally:
        await made.courier.stop()
        await made.store.close()
