"""Blocks of flows: each change of a flow, or of what is posted of it, gives its block a new mark."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.flow.state import FlowStatus
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.blocks import BITS
from emulator.store.records import Change
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW, flow, sms

pytestmark = pytest.mark.anyio
WHOLE = 1 << BITS


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
