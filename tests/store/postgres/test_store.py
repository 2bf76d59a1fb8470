"""What a client may send that PostgreSQL does not take as it is, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from emulator.channels.templates import Template
from emulator.clock.clock import EVERYBODY, Clock
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset, Stranded
from emulator.store.contacts import Contact
from emulator.store.contract import Store
from emulator.store.records import CallbackQuery, Change, Effects, Filter, Grant, JournalQuery, Post, Search
from emulator.store.stores import store_at
from tests.support import postgres
from tests.support.samples import NOW, flow, sms

pytestmark = pytest.mark.anyio
ODD = "a\0b"
"""A text with a character that PostgreSQL has no place for."""


@pytest.fixture
async def store(postgresql: postgres.Server) -> AsyncIterator[Store]:
    """An open, empty store."""
    made = store_at(postgresql.schema())
    await made.open()
    yield made
    await made.close()


async def test_a_character_of_code_0_is_taken_wherever_a_client_writes_it(store: Store) -> None:
    """In ids, URLs, recipients, searches and names: nothing raises, and what was written is found."""
    made = replace(flow([sms(to=ODD)], name=ODD, application=ODD), scenario=ODD)
    post = Post(f"{ODD}1", f"http://a/{ODD}", f"http://{ODD}", b"\0", NOW)
    await store.save_clock(ODD, Clock(0, NOW, 0.0), [Entry(NOW, ODD, None, Stranded(ODD))])
    await store.add(Change(made, (Entry(NOW, ODD, ODD, Stranded(ODD)),), (post,), None, Effects(ODD, 1.0)), ODD)
    await store.steer(ODD, lambda state: replace(state, scenario=ODD, text=ODD))
    assert store.counters.count(ODD, [ODD]) == [1]
    (taken,) = (await store.claim({ODD: NOW}, lambda _: 9)).deliveries
    assert taken.body == b"\0"
    found = await store.flow(ODD)
    assert found is not None
    assert found.request == made.request
    await store.change(ODD, Change)
    assert [each.id for each in await store.alike(ODD, ODD)] == [found.id]
    conditions = (Filter("all", "contains", ODD),)
    assert (await store.search(Search(ODD))).total == 1
    assert (await store.search(Search(ODD, conditions=conditions))).total == 1
    assert len(await store.journal(JournalQuery(flow=ODD, application=ODD))) == 1
    assert len(await store.callbacks(CallbackQuery(flow=ODD, application=ODD))) == 1
    assert await store.callback(f"{ODD}1") is not None
    assert await store.waiting([ODD], f"http://{ODD}", f"http://a/{ODD}") == 1
    assert (await store.charged(ODD, NOW, lambda _: 1.0)).spent == 1.0
    await store.save_grant(Grant("t", ODD, ("sms",), NOW), 0)
    assert await store.put_contact(ODD, Contact(ODD, ODD))
    assert await store.contact(ODD, ODD) == await store.contact_of(ODD, ODD) == Contact(ODD, ODD)
    assert await store.define_labels(ODD, {ODD: "Text"}) is None
    await store.drop_contacts(ODD, [ODD])
    await store.reset(ODD, Entry(NOW, ODD, None, Reset()))
    assert await store.flow(ODD) is None


async def test_templates_have_ids_of_any_kind(store: Store) -> None:
    """As clients write them in a path."""
    assert await store.template("app", ODD) is None
    assert await store.templates(ODD) == list[Template]()


async def test_a_flow_lives_on_the_clock_that_its_application_gets_meanwhile(store: Store) -> None:
    """Whether it was written before the call that gives it one, or after."""

    def made(name: str) -> Change:
        return Change(
            replace(flow([sms()], name=name), agenda=()), (), (Post(name, "http://a/", "http://a", b"", NOW),)
        )

    before = store.add(made("before"), EVERYBODY)
    errors: list[Exception | None] = []
    store.add_soon(made("soon"), EVERYBODY, lambda _, error: errors.append(error))
    saved = store.save_clock("app", Clock(0, NOW, 0.0))
    tasks = [asyncio.ensure_future(each) for each in (before, saved)]
    await asyncio.sleep(0)
    await store.add(made("after"), EVERYBODY)
    await asyncio.gather(*tasks)
    assert errors == [None]
    assert (await store.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries == []
    taken = (await store.claim({"app": NOW}, lambda _: 9)).deliveries
    assert sorted(each.id for each in taken) == ["after", "before", "soon"]
