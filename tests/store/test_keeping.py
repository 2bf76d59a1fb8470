"""What a store drops that keeps within a limit of bytes, over every store there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.flow.state import Flow, Report
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset, Stranded
from emulator.store.contract import Store
from emulator.store.records import CallbackQuery, Change, Delivery, JournalQuery, Post, Search, Settlement
from emulator.store.stores import store_at
from tests.store.conftest import PLACES, place_of
from tests.support.samples import NOW, flow, sms

pytestmark = pytest.mark.anyio
LIMIT = 20_000
MANY = 60
"""How many flows take more than the limit."""


@pytest.fixture(params=PLACES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open, empty store of each kind, with a limit."""
    made = store_at(place_of(request.param, request, tmp_path), LIMIT)
    await made.open()
    yield made
    await made.close()


def over(name: str) -> Flow:
    """A flow about which nothing is left to do."""
    return replace(flow([sms()], name=name), agenda=())


async def add(store: Store, new: Flow, *posts: Post) -> None:
    """Add a flow with an entry of the journal."""
    await store.add(Change(new, (Entry(NOW, "app", new.id, Reset()),), posts), EVERYBODY)


async def fill(store: Store, of: str = "f") -> None:
    """End more flows than can be kept."""
    for number in range(MANY):
        await add(store, over(f"{of}{number}"))


async def left(store: Store) -> list[str]:
    """The ids of the flows that are there, oldest first."""
    return [each.id for each in (await store.search(Search(size=200, oldest=True))).flows]


def post(name: str) -> Post:
    """A callback that is due."""
    return Post(name, "http://a/hook", "http://a", b"{}", NOW)


async def test_the_oldest_flows_are_dropped_with_their_entries_and_callbacks(store: Store) -> None:
    """And counted; what is left is the newest, the last of all included, and takes no more than the limit."""
    await fill(store)
    names, dropped = await left(store), await store.dropped()
    assert names == [f"f{number}" for number in range(MANY - len(names), MANY)]
    assert 0 < len(names) < MANY
    assert (dropped.flows, dropped.entries) == (MANY - len(names), MANY - len(names))
    assert [each.flow for each in await store.journal(JournalQuery())] == names


async def test_neither_live_flows_nor_those_with_callbacks_to_make_are_dropped(store: Store) -> None:
    """Nor one that somebody waits for; each is, once it is over too and as old as the others."""
    await add(store, replace(flow([sms()], name="live"), agenda=(Report(NOW + 1, 0, "Sent"),)))
    await add(store, over("told"), post("c"))
    await add(store, over("awaited"))
    with store.spare("awaited"):
        await fill(store)
        assert (await left(store))[:3] == ["live", "told", "awaited"]
        assert [each.id for each in await store.callbacks(CallbackQuery())] == ["c"]
        (delivery,) = (await store.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries
        await store.claim({}, lambda _: 0, [received(delivery)])
        await store.carry(EVERYBODY, NOW + 1, 9, lambda due: Change(replace(due, agenda=())), lambda _: 0)
        assert {"live", "told"} < {*await left(store)}
        await fill(store, "g")
        assert (await left(store))[0] == "awaited"
        assert await store.callbacks(CallbackQuery()) == []
    await fill(store, "h")
    assert "awaited" not in await left(store)


def received(delivery: Delivery) -> Settlement:
    """That an attempt was the last one."""
    return Settlement(delivery, NOW, None, "received", Entry(NOW, "app", delivery.flow, Stranded("attempt")))


async def test_a_flow_that_goes_on_again_is_as_new_as_its_second_end(store: Store) -> None:
    """One more callback of it is made, for example."""
    await add(store, over("again"))
    await add(store, over("next"))
    await store.change("again", lambda current: Change(current, (), (post("c"),)))
    await fill(store)
    names = await left(store)
    assert names[0] == "again"
    assert "next" not in names
    (delivery,) = (await store.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries
    await store.claim({}, lambda _: 0, [received(delivery)])
    assert (await left(store))[0] == "again"
    await fill(store, "g")
    assert "again" not in await left(store)


async def test_a_flow_that_is_dropped_by_hand_takes_no_room(store: Store) -> None:
    """It is counted with the others; what is told of that can be dropped too."""
    for name in ("one", "other"):
        await add(store, over(name))
    assert await store.drop("one", Entry(NOW, "app", "one", Stranded("gone")))
    assert await store.drop("one", Entry(NOW, "app", "one", Stranded("gone"))) is None
    await fill(store)
    names, dropped = await left(store), await store.dropped()
    assert dropped.flows == MANY + 2 - len(names)
    assert {each.flow for each in await store.journal(JournalQuery())} - {"one"} == {*names}


async def test_entries_of_no_flow_are_dropped_too(store: Store) -> None:
    """But the last one."""
    for number in range(300):
        await store.record([Entry(NOW, "app", None, Stranded(str(number)))])
    entries, dropped = await store.journal(JournalQuery(limit=1000)), await store.dropped()
    assert 0 < len(entries) < 300
    assert dropped.entries == 300 - len(entries)
    assert b'"299"' in bytes(entries[-1].data)


async def test_a_reset_leaves_room_for_as_much_as_before(store: Store) -> None:
    """Of one application, or of everybody."""
    await fill(store)
    many = len(await left(store))
    for name in ("app", EVERYBODY):
        await store.reset(name, Entry(NOW, name, None, Reset()))
        assert await left(store) == []
        await fill(store)
        assert len(await left(store)) >= many - 1
