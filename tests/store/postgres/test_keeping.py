"""A limit of what is kept on PostgreSQL: of several processes, and one that is set or taken away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from emulator.clock.clock import EVERYBODY
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.contract import Store
from emulator.store.records import Change
from emulator.store.stores import store_at
from tests.store.test_keeping import LIMIT, MANY, add, fill, left, over, post
from tests.support import postgres
from tests.support.samples import NOW

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(place: str, keep: int | None = None) -> AsyncIterator[Store]:
    """A store there, open; others there must have the same limit."""
    store = store_at(place, keep)
    await store.open()
    try:
        await store.agree({"--keep": str(keep)})
        yield store
    finally:
        await store.close()


async def test_processes_keep_within_the_limit_together(postgresql: postgres.Server) -> None:
    """They tell the same of what was dropped, whoever did it; one that joins later too."""
    place = postgresql.schema()
    async with opened(place, LIMIT) as one, opened(place, LIMIT) as other:
        await fill(one, "a")
        many = len(await left(one))
        for number in range(MANY):
            await add(one if number % 3 else other, over(f"b{number}"))
        async with opened(place, LIMIT) as third:
            await fill(third, "c")
            await add(one, over("d"))
            names = await left(other)
            assert abs(len(names) - many) <= 1
            assert names[-1] == "d"
            told = [await each.dropped() for each in (one, other, third)]
        assert told == [told[0]] * 3
        assert told[0].flows == 3 * MANY + 1 - len(names)


async def test_a_limit_counts_what_was_there_before_it_was_set(postgresql: postgres.Server) -> None:
    """The oldest is what changed first; what a process without a limit writes between two with one is found too."""
    place = postgresql.schema()
    for of in ("a", "b"):
        async with opened(place) as store:
            await fill(store, of)
            await add(store, over(f"{of}-told"), post(f"{of}-c"))
            await store.record([Entry(NOW, "app", None, Reset())])
        async with opened(place, LIMIT) as store:
            await fill(store, f"{of}{of}")
            names = await left(store)
            assert len(names) < MANY
            assert f"{of}-told" in names
            assert f"{of}59" not in names
    assert postgresql.sql(f"SELECT count(*) FROM {place.rpartition('=')[2]}.fact WHERE name = 'ended'") == "1\n"
    async with opened(place):
        pass
    assert postgresql.sql(f"SELECT count(*) FROM {place.rpartition('=')[2]}.ended") == "0\n"


async def test_no_transaction_drops_more_than_some(
    postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that others wait for none for long, however much is there when a limit is set."""
    place = postgresql.schema()
    async with opened(place) as store:
        await fill(store)
    monkeypatch.setattr("emulator.store.postgres.keeping.CHUNK", 5)
    async with opened(place, 2000) as store:
        there = [len(await left(store))]
        for number in range(5):
            await add(store, over(f"g{number}"))
            there.append(len(await left(store)))
    assert there == [MANY - 5 - 6 * number for number in range(6)]


async def test_what_fails_counts_nothing(postgresql: postgres.Server) -> None:
    """What another job of the same transaction has ended is counted once."""

    def fail(_: object) -> Change:
        raise ValueError("no")

    def note(done: list[Exception | None], _: None, error: Exception | None) -> None:
        done.append(error)

    place = postgresql.schema()
    async with opened(place, LIMIT) as store:
        for number in range(MANY):
            done = list[Exception | None]()
            store.add_soon(Change(over(f"f{number}"), ()), EVERYBODY, partial(note, done))
            with pytest.raises(ValueError, match="no"):
                await store.change(f"f{number}", fail)
            assert done == [None]
        kept = len(await left(store))
    async with opened(place, LIMIT) as store:
        await fill(store)
        assert abs(len(await left(store)) - kept) <= 12
