"""What several feeds watch is looked at once for all of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from emulator.control import watching
from emulator.control.board import BoardDoor
from emulator.control.watching import Watch
from emulator.store.contract import Unavailable
from emulator.store.found import Group
from emulator.store.records import Dropped, Search

pytestmark = pytest.mark.anyio


class Counted:
    """A store that counts how often it is asked, and can't be used if it is in `trouble`."""

    def __init__(self) -> None:
        self.number, self.looks, self.boards, self.trouble = 0, 0, 0, False

    async def latest(self) -> int:
        """As the contract says."""
        self.looks += 1
        if self.trouble:
            raise Unavailable("away")
        return self.number

    async def grouped(self, _: Search) -> list[Group]:
        """As the contract says."""
        self.boards += 1
        return []

    async def dropped(self) -> Dropped:
        """As the contract says."""
        return Dropped()


async def test_the_journal_s_end_is_asked_for_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a tick; an error is everybody's, and no longer than a tick."""
    store: Any = Counted()
    watch = Watch(store)
    assert await asyncio.gather(*(watch.latest() for _ in range(9))) == [0] * 9
    store.number, store.trouble = 5, True
    assert (await watch.latest(), store.looks) == (0, 1)
    monkeypatch.setattr(watching, "TICK", 0.0)
    watch = Watch(store)
    with pytest.raises(Unavailable):
        await watch.latest()
    store.trouble = False
    assert await watch.latest() == 5


async def test_a_board_is_read_once_for_all_feeds_that_watch_it() -> None:
    """Another board is another matter."""
    store: Any = Counted()
    door = BoardDoor(asyncio.Event(), Watch(store), store, None)  # type: ignore[arg-type]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    queries = [b"limit=1", b"limit=1", b"limit=1", b"limit=2"]
    streams: list[Any] = [await door.feed(Request(scope | {"query_string": query})) for query in queries]
    assert [await anext(each.body_iterator) for each in streams] == [b"retry: 1000\n\n"] * 4
    told = [await anext(each.body_iterator) for each in streams]
    assert told[0].startswith(b"id: 0\nevent: board\n")
    assert told == told[:1] * 4
    assert store.boards == 2
    for each in streams:
        await each.body_iterator.aclose()
