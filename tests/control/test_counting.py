"""Flows are counted block by block, and a count is never out of date; counting gives way to requests."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.clock.clock import EVERYBODY
from emulator.control.counting import REST, Counting, Pace
from emulator.control.totals import Counts
from emulator.flow import machine
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.records import Change
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW, flow, sms

PIECE = 0.002
"""The seconds that a piece of counting takes."""
ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "end", "ask", "reset", "reset one"]), st.integers(0, 40)), min_size=1, max_size=40
)


@pytest.mark.anyio
@settings(max_examples=30, deadline=None)
@given(ACTS)
async def test_what_is_kept_is_what_a_count_of_all_finds(acts: list[tuple[str, int]]) -> None:
    """After any acts, however often it was asked in between; in a store that drops what is old."""
    store = SqliteStore(keep=60_000)
    await store.open()
    try:
        asked = Counting(store)
        for number, (act, of) in enumerate(acts):
            if act == "add":
                for each in range(of):
                    await store.add(
                        Change(flow([sms()], name=f"{number}-{each}", application=f"app{each % 3}")), EVERYBODY
                    )
            elif act == "end":
                for each in range(of):
                    await store.change(f"{of % (number + 1)}-{each}", ended)
            elif act == "reset":
                await store.reset(EVERYBODY, Entry(NOW, EVERYBODY, None, Reset()))
            elif act == "reset one":
                await store.reset("app1", Entry(NOW, "app1", None, Reset()))
            else:
                await asked.counts("")
            for name in ("", "app1"):
                anew = await Counting(store).counts(name)
                assert plain(await asked.counts(name)) == plain(anew)
    finally:
        await store.close()


def ended(given: Flow) -> Change:
    """A flow at its end."""
    return Change(machine.run_out(given).flow)


def plain(counts: Counts) -> dict[str, object]:
    """The counts, to be compared."""
    found = {name: dict(+value) if isinstance(value, Counter) else value for name, value in vars(counts).items()}
    return found | {"began": None, "receivers": {name: vars(each) for name, each in counts.receivers.items()}}


class Machine:
    """A machine on which something is counted, and other work comes for `part` of the time, all of it `every` so many
    seconds. Each turn of the event loop does what has come.
    """

    def __init__(self, part: float, every: float) -> None:
        self.now = self.worked = self.counted = 0.0
        self._part, self._every, self._due = part, every, every
        self._pace = Pace(lambda: self.now, lambda: self.worked, self._sleep)

    async def count(self, seconds: float) -> None:
        """Count for so many seconds."""
        while self.now < seconds:
            self._pace.begin()
            self._work(PIECE)
            self.counted += PIECE
            await self._pace.rest()

    async def _sleep(self, seconds: float) -> None:
        over = self.now + seconds
        while self._due <= max(over, self.now):
            self.now, self._due = max(self.now, self._due), self._due + self._every
            self._work(self._part * self._every)
        self.now = max(self.now, over)

    def _work(self, seconds: float) -> None:
        self.now += seconds
        self.worked += seconds


@pytest.mark.anyio
@pytest.mark.parametrize(("part", "every"), [(0.0, 1), (0.002, 0.2), (0.02, 1)])
async def test_what_a_page_asks_for_hardly_holds_up_counting(part: float, every: float) -> None:
    """It asks a few times in a second how things stand, which takes little."""
    machine = Machine(part, every)
    await machine.count(20)
    assert machine.counted > 0.9 * 20


@pytest.mark.anyio
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
async def test_counting_takes_a_small_part_of_what_requests_take(part: float) -> None:
    """However much of the time they take, from the first of them on."""
    machine = Machine(part, 0.0005)
    await machine.count(20)
    assert 0 < machine.counted <= 1.05 * part * 20 / REST
