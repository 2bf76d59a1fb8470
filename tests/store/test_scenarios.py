"""The scenarios that users keep, in the store's contract."""

from __future__ import annotations

import pytest

from emulator.clock.clock import EVERYBODY
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.contract import Store
from emulator.store.stores import store_at
from tests.support.samples import NOW

pytestmark = pytest.mark.anyio


async def test_texts_are_kept_changed_renamed_and_dropped(store: Store) -> None:
    """By their names, in that order."""
    await store.fact("scenarios", "no text")
    await store.keep_scenario("b", "purpose: b")
    await store.keep_scenario("a", "purpose: ä")
    await store.keep_scenario("b", "purpose: other")
    assert list((await store.kept_scenarios()).items()) == [("a", "purpose: ä"), ("b", "purpose: other")]
    await store.keep_scenario("c", "purpose: c", "b")
    assert await store.kept_scenarios() == {"a": "purpose: ä", "c": "purpose: c"}
    assert (await store.drop_scenario("b"), await store.drop_scenario("a")) == (False, True)
    assert await store.kept_scenarios() == {"c": "purpose: c"}


async def test_a_text_takes_the_place_of_one_that_is_there_alone(store: Store) -> None:
    """Nor of another one that has its name; then nothing is done."""
    assert not await store.keep_scenario("a", "purpose: a", "none")
    assert await store.keep_scenario("a", "purpose: a")
    assert await store.keep_scenario("a", "purpose: other", "a")
    assert await store.keep_scenario("b", "purpose: b")
    assert not await store.keep_scenario("b", "purpose: a", "a")
    assert await store.kept_scenarios() == {"a": "purpose: other", "b": "purpose: b"}


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_no_reset_forgets_a_text(store: Store, application: str) -> None:
    """Somebody has written it."""
    await store.keep_scenario("mine", "purpose: x")
    await store.reset(application, Entry(NOW, application, None, Reset()))
    assert await store.kept_scenarios() == {"mine": "purpose: x"}


async def test_texts_outlast_their_process(place: str) -> None:
    """On a file and in a database."""
    for _ in range(2):
        store = store_at(place)
        await store.open()
        await store.keep_scenario("mine", "purpose: x")
        await store.close()
    await store.open()
    assert await store.kept_scenarios() == {"mine": "purpose: x"}
    await store.close()
