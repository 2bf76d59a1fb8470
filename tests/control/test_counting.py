"""Flows are counted block by block, and a count is never out of date."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.clock.clock import EVERYBODY
from emulator.control.counting import Counting
from emulator.control.totals import Counts
from emulator.flow import machine
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.records import Change
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW, flow, sms

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
