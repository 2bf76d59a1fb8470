"""The log of receivers that are down."""

from __future__ import annotations

import logging

import pytest

from emulator.callbacks.receivers import MOST, Receivers
from emulator.journal.entry import Entry
from emulator.journal.kinds import Attempt
from emulator.store.records import Delivery, Settlement
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW

pytestmark = pytest.mark.anyio
GOOD, BAD = 200, None


def ended(place: str, status: int | None, due_at: int | None = NOW) -> Settlement:
    """An attempt at a receiver, and the status of its answer."""
    outcome = "received" if status == 200 else "refused" if due_at else "given up"
    delivery = Delivery(1, "c", 1, "flow", "app", "", f"{place}/hook", place, b"", 0, NOW, None)
    entry = Entry(NOW, "app", "flow", Attempt("c", place, 1, outcome, status, 1, ""))
    return Settlement(delivery, NOW, due_at, outcome, entry)


async def lines(caplog: pytest.LogCaptureFixture, *attempts: Settlement) -> list[str]:
    """What is logged about these attempts, one after another."""
    caplog.set_level(logging.INFO)
    store = SqliteStore()
    await store.open()
    receivers = Receivers(store, lambda: NOW)
    for attempt in attempts:
        receivers.answered(attempt, "nothing listens")
        await receivers.tell()
    await store.close()
    return caplog.messages


async def test_a_receiver_that_is_up_is_not_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    """However much it receives."""
    assert await lines(caplog, *[ended("http://a", GOOD)] * 50) == []


async def test_the_lines_about_one_that_is_down_grow_rare(caplog: pytest.LogCaptureFixture) -> None:
    """At the 1st, 10th, 100th, 1000th refusal; then it is up again."""
    told = await lines(caplog, *[ended("http://a", BAD)] * 2000, ended("http://a", GOOD))
    assert ["down" in line for line in told] == [True] * 4 + [False]
    assert told[-1].startswith("http://a is up again; it refused 2000 attempts")


async def test_the_lines_about_one_that_comes_and_goes_grow_rare(caplog: pytest.LogCaptureFixture) -> None:
    """The first nine times it goes, then each tenth, each hundredth."""
    told = await lines(caplog, *[ended("http://a", BAD), ended("http://a", GOOD)] * 200)
    assert len(told) == 2 * (9 + 9 + 2)


async def test_callbacks_that_are_given_up_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """The first at once."""
    told = await lines(caplog, *[ended("http://a", BAD)] * 3, ended("http://a", BAD, None))
    assert told[-1].endswith(", 1 were given up")


async def test_countless_receivers_are_not_all_remembered(caplog: pytest.LogCaptureFixture) -> None:
    """Each request may name another one."""
    told = await lines(caplog, *[ended(f"http://{n}", BAD) for n in range(MOST + 100)])
    assert len(told) == MOST
