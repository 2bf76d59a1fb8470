"""Blocks of flows: each change of a flow, or of what is posted of it, gives its block a new mark."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.journal.entry import Entry
from emulator.journal.kinds import Attempt, Reset
from emulator.store.blocks import Posted
from emulator.store.contract import Store
from emulator.store.records import Change, Post, Settlement
from tests.support.samples import NOW, SECOND, flow, sms

pytestmark = pytest.mark.anyio
POST = Post("post-1", "http://a/hook", "http://a", b"{}", NOW)


def told(outcome: str, ms: int) -> Entry:
    """What the journal has of an attempt."""
    return Entry(NOW, "app", "f1", Attempt("post-1", "http://a/hook", 1, outcome, 200, ms, ""))


async def test_an_attempt_marks_the_block_of_its_flow(store: Store) -> None:
    """Whether it is tried again or not; how long it took is there."""
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


async def test_a_flow_that_comes_or_changes_marks_its_block_alone(store: Store) -> None:
    """So does a reset, whosever: nobody counts what is gone. An empty store has no blocks."""
    assert await store.blocks() == {}
    seen = []
    await store.add(Change(flow([sms()], name="f1")), EVERYBODY)
    seen.append(await store.blocks())
    await store.add(Change(replace(flow([sms()], name="f2"), created_at=NOW + SECOND)), EVERYBODY)
    seen.append(await store.blocks())
    await store.change("f1", lambda found: Change(replace(found, updated_at=NOW + SECOND)))
    seen.append(await store.blocks())
    assert [one.created_at async for some in store.block(0) for one in some] == [NOW, NOW + SECOND]
    await store.reset("nobody", Entry(NOW, "nobody", None, Reset()))
    seen.append(await store.blocks())
    assert [list(each) for each in seen] == [[0]] * 4
    assert len({each[0] for each in seen}) == 4
