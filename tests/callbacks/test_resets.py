"""After a reset no post of what was reset begins, whoever had claimed it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.callbacks.courier import ROOM
from emulator.clock.clock import EVERYBODY
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.contract import Store
from emulator.store.stores import store_at
from tests.callbacks.bench import Bench, bench
from tests.support.running import PATIENCE, Receiver, receiver
from tests.support.samples import NOW

pytestmark = pytest.mark.anyio
FLOWS = [f"f{number}" for number in range(10)]


@pytest.fixture(params=["memory", "file", "postgresql", "another process"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    """The store whose callbacks are posted, and the one at which they are reset: the same, or another process's."""
    place = {"memory": "", "file": str(tmp_path / "store.db")}.get(request.param)
    if place is None:
        place = request.getfixturevalue("postgresql").schema()
    one = store_at(place)
    if request.param != "another process":
        yield one, one
        return
    other = store_at(place)
    await other.open()
    yield one, other
    await other.close()


async def claimed(made: Bench, hook: Receiver) -> None:
    """Have a callback of each flow claimed: one is at the receiver, the others wait for its connection."""
    for name in FLOWS:
        await made.told(name, f"{hook.url}/old")
    while True:
        if hook.count and made.courier.room(hook.url) == ROOM - len(FLOWS):
            return
        await asyncio.sleep(0)


@pytest.mark.parametrize("whose", [EVERYBODY, "app"])
async def test_what_was_claimed_is_posted_no_more(
    stores: tuple[Store, Store], whose: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer to the post that was under way counts for nothing, not for a later callback of the same id either."""
    held = threading.Event()
    with receiver() as hook:
        hook.answer = lambda count: 500 if count == 1 and held.wait(PATIENCE) else 200
        async with bench(stores[0], limit=PATIENCE, connections=1) as made:
            await claimed(made, hook)
            await stores[1].reset(whose, Entry(NOW, whose, None, Reset()))
            for name in FLOWS:
                await made.told(name, f"{hook.url}/new")
            held.set()
            attempts = await made.attempts(len(FLOWS))
            await made.courier.quiet(EVERYBODY)
            assert [(each["id"], each["outcome"], each["attempt"]) for each in attempts] == [
                (f"{name}0", "received", 1) for name in FLOWS
            ]
            assert await made.attempts(len(FLOWS)) == attempts
            assert made.courier.receivers.outcomes == {"received": len(FLOWS)}
        assert {path for path, *_ in hook.posts()} == {"/hook/new"}
        assert hook.count == 1 + len(FLOWS)
    assert not caplog.records


async def test_what_is_another_s_is_posted(stores: tuple[Store, Store]) -> None:
    """A reset of an application stops nothing of others."""
    held = threading.Event()
    with receiver() as hook:
        hook.answer = lambda _: 200 if held.wait(PATIENCE) else 500
        async with bench(stores[0], limit=PATIENCE, connections=1) as made:
            await claimed(made, hook)
            await stores[1].reset("another", Entry(NOW, "another", None, Reset()))
            held.set()
            assert {each["outcome"] for each in await made.attempts(len(FLOWS))} == {"received"}


async def test_what_was_claimed_and_not_begun_is_not_posted(stores: tuple[Store, Store]) -> None:
    """As when the reset comes between the claim and the post; who waits for the attempt waits no longer."""
    with receiver() as hook:
        async with bench(stores[0]) as made:
            taken = await made.taken("flow", hook.url)
            await stores[1].reset("app", Entry(NOW, "app", None, Reset()))
            await made.courier.attempt(taken)
            assert hook.count == 0
