"""A customer's answer lets a call go on, unless the call was reset meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.accounts.prices import Prices
from emulator.clock.clock import EVERYBODY
from emulator.engine import answers
from emulator.engine.changes import Changes
from emulator.flow import machine
from emulator.journal.entry import Entry, Kind
from emulator.journal.kinds import Reset, Stranded
from emulator.seed import event_id
from emulator.store.contract import Store
from emulator.store.records import Change, Delivery, JournalQuery, Post, Settlement
from emulator.store.stores import store_at
from tests.store.conftest import PLACES, place_of
from tests.support.samples import NOW, flow, voice

pytestmark = pytest.mark.anyio
POSTED = event_id("flow", 0, 1)


@pytest.fixture(params=PLACES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open, empty store of each kind."""
    made = store_at(place_of(request.param, request, tmp_path))
    await made.open()
    yield made
    await made.close()


async def asked(store: Store) -> Delivery:
    """A call that has asked its customer something; answers the post, which is claimed."""
    begun = machine.accept(flow([voice()], name="flow")).flow
    post = Post(POSTED, "http://a/hook", "http://a", b"{}", NOW, loose=True)
    return (await store.add_taking(Change(begun, (), (post,)), EVERYBODY, NOW))[0]


async def go_on(store: Store, delivery: Delivery) -> int:
    """Have the answer come; answers how many entries the journal has of what it came to."""
    entry = Entry(NOW, "app", "flow", Stranded("test"))
    settlement = Settlement(delivery, NOW, None, "received", entry, '{"verbs": []}')
    await answers.go_on(settlement, Changes(store, Prices), {}, lambda _: NOW)
    return len(await store.journal(JournalQuery(kinds=(Kind.IGNORED,))))


async def test_an_answer_reaches_its_call(store: Store) -> None:
    """The journal says why it is ignored, since this call asks nothing."""
    assert await go_on(store, await asked(store)) == 1


async def test_an_answer_to_a_call_that_was_reset_reaches_no_later_one_of_the_same_id(store: Store) -> None:
    """Nothing is written."""
    old = await asked(store)
    await store.reset("app", Entry(NOW, "app", None, Reset()))
    assert await go_on(store, old) == 0
    new = await asked(store)
    assert await go_on(store, old) == 0
    assert await go_on(store, new) == 1
