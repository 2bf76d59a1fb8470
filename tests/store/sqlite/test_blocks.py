"""Blocks of flows: each change of a flow, or of what is posted of it, gives its block a new mark."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.flow.state import FlowStatus
from emulator.journal.entry import Entry
from emulator.journal.kinds import Attempt, Reset
from emulator.store.blocks import Posted
from emulator.store.records import Change, Post, Settlement
from emulator.store.sqlite import blocks
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW, SECOND, flow, sms

pytestmark = pytest.mark.anyio
WHOLE = 1 << blocks.BITS
POST = Post("post-1", "http://a/hook", "http://a", b"{}", NOW)


def told(outcome: str, ms: int) -> Entry:
    """What the journal has of an attempt."""
    return Entry(NOW, "app", "f1", Attempt("post-1", "http://a/hook", 1, outcome, 200, ms, ""))


async def test_an_attempt_marks_the_block_of_its_flow() -> None:
    """Whether it is tried again or not; how long it took is there."""
    store = SqliteStore()
    await store.open()
    await store.add(Change(flow([sms()], name="f1"), posts=(POST,)), EVERYBODY)
    seen, posted = [await store.blocks()], list[Posted]()
    for due_at, outcome in ((NOW + SECOND, "refused"), (None, "received")):
        (taken,) = (await store.claim({EVERYBODY: NOW + SECOND}, lambda _: 1)).deliveries
        settlement = Settlement(taken, NOW, due_at, outcome, told(outcome, 7))
        await store.claim({}, lambda _: 0, [settlement])
        seen.append(await store.blocks())
        posted += [post for some in [each async for each in store.block(0)] for one in some for post in one.posts]
    assert [len(each) for each in seen] == [1, 1, 1]
    assert len({each[0] for each in seen}) == 3
    assert posted == [Posted("http://a", None, 1, 7), Posted("http://a", "received", 2, 7)]
    await store.close()


async def test_what_is_dropped_marks_the_block_where_it_was() -> None:
    """Although only a later block is written to; an empty store has no blocks, a reset marks all."""
    store = SqliteStore(keep=2_000_000)
    await store.open()
    assert await store.blocks() == {}
    over = replace(flow([sms()]), status=FlowStatus.FAILED)
    await asyncio.gather(*(store.add(Change(replace(over, id=f"f{n}")), EVERYBODY) for n in range(WHOLE + 10)))
    before = await store.blocks()
    assert (set(before), (await store.dropped()).flows) == ({0, 1}, 0)
    await store.add(Change(replace(over, id="one more")), EVERYBODY)
    assert (await store.blocks())[0] == before[0]
    number = 0
    while not (await store.dropped()).flows:
        await store.add(Change(replace(over, id=f"more-{(number := number + 1)}")), EVERYBODY)
    after = await store.blocks()
    assert after[0] != before[0]
    await store.reset("nobody", Entry(NOW, "nobody", None, Reset()))
    assert (await store.blocks())[0] not in {before[0], after[0]}
    await store.close()
