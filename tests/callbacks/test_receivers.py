"""The log of receivers that are down."""

from __future__ import annotations

import logging

import pytest

from emulator.callbacks.receivers import GAP, MOST, PATHS, Receivers
from emulator.clock.clock import Clock, Clocks
from emulator.journal.entry import Entry
from emulator.journal.kinds import Attempt
from emulator.store.records import Delivery, Settlement
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW

pytestmark = pytest.mark.anyio
GOOD, BAD, DEAD = 200, 500, None
LAST = 13
"""The number of the last attempt at a callback."""


def ended(url: str, status: int | None, number: int = 1, due_at: int | None = NOW + 30_000) -> Settlement:
    """An attempt at a receiver, and the status of its answer."""
    due_at = None if number == LAST else due_at
    outcome = "received" if status == 200 else "refused" if due_at else "given up"
    origin = "/".join(url.split("/")[:3])
    delivery = Delivery(1, "c", 1, "flow", "app", "", url, origin, b"", number - 1, NOW, None)
    entry = Entry(NOW, "app", "flow", Attempt("c", url, number, outcome, status, 1, "nothing listens"))
    return Settlement(delivery, NOW, due_at, outcome, entry, reached=status is not None)


async def lines(caplog: pytest.LogCaptureFixture, *attempts: Settlement, step: int = GAP) -> list[str]:
    """What is logged about these attempts, one after another, so many real milliseconds apart."""
    caplog.set_level(logging.INFO)
    store = SqliteStore()
    await store.open()
    time = [NOW]
    receivers = Receivers(store, Clocks(lambda: time[0], {"": Clock(NOW, NOW, 0)}))
    for attempt in attempts:
        receivers.ended(attempt)
        await receivers.tell()
        time[0] += step
    await receivers.tell(last=True)
    await store.close()
    return caplog.messages


async def test_a_receiver_that_is_up_is_not_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    """However much it receives."""
    assert await lines(caplog, *[ended("http://a/", GOOD)] * 50) == []


async def test_one_that_is_down_has_a_line_for_each_step_of_the_ladder(caplog: pytest.LogCaptureFixture) -> None:
    """However many callbacks are refused on it; the reason is not repeated; then it is up again."""
    rounds = [ended("http://a/", DEAD, number) for number in range(1, LAST + 1) for _ in range(20)]
    told = await lines(caplog, *rounds, ended("http://a/", GOOD))
    assert told[0].startswith("http://a is down: nothing listens; no callback waits")
    assert told[1].startswith("http://a still is down, 21 attempts failed: no callback waits")
    assert told[-1] == "http://a is up again; 260 attempts had failed"
    assert LAST < len(told) < 30


async def test_lines_come_slowly_and_the_last_one_says_how_all_ended(caplog: pytest.LogCaptureFixture) -> None:
    """A day may pass in no time."""
    rounds = [ended("http://a/", DEAD, number) for number in range(1, LAST + 1) for _ in range(100)]
    told = await lines(caplog, *rounds, step=0)
    assert len(told) == 2
    assert "1300 attempts failed: no callback waits, 100 were given up (emulated time, now 2" in told[-1]


async def test_one_that_answers_is_not_down(caplog: pytest.LogCaptureFixture) -> None:
    """It is known by its URL; a path beside it that takes callbacks changes nothing, nor does a secret show."""
    refusing = ended("http://me:secret@a/bad?key=1", 204)
    told = await lines(
        caplog, refusing, ended("http://a/good", GOOD), refusing, ended("http://me:secret@a/bad?x", GOOD)
    )
    assert told[0].startswith("http://a/bad refuses callbacks: answered 204; only 200 counts; ")
    assert told[1:] == ["http://a/bad takes callbacks again; 2 attempts had failed"]


async def test_a_host_is_up_again_as_soon_as_it_answers(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it answers."""
    told = await lines(caplog, ended("http://a/x", DEAD), ended("http://a/x", BAD))
    assert [each.split(":")[1].split(";")[0] for each in told] == [
        "//a is down",
        "//a is up again",
        "//a/x refuses callbacks",
    ]


async def test_countless_paths_of_a_host_are_told_together(caplog: pytest.LogCaptureFixture) -> None:
    """Each flow may have its own."""
    told = await lines(caplog, *[ended(f"http://a/{number}", BAD) for number in range(100)])
    assert len(told) == PATHS + 1
    assert told[-1].startswith("http://a/… refuses callbacks: ")


async def test_the_lines_about_one_that_comes_and_goes_grow_rare(caplog: pytest.LogCaptureFixture) -> None:
    """The first nine times it goes, then each tenth, each hundredth."""
    told = await lines(caplog, *[ended("http://a/", BAD), ended("http://a/", GOOD)] * 200)
    assert len(told) == 2 * (9 + 9 + 2)


async def test_lines_about_callbacks_that_are_given_up_grow_rare(caplog: pytest.LogCaptureFixture) -> None:
    """Where each is given up at once, as on hosts that none may go to."""
    told = await lines(caplog, *[ended("http://a/", 0, LAST)] * 1000)
    assert len(told) < 40


async def test_countless_receivers_are_not_all_remembered(caplog: pytest.LogCaptureFixture) -> None:
    """Each request may name another one."""
    told = await lines(caplog, *[ended(f"http://{n}/", BAD) for n in range(MOST + 100)])
    assert len(told) == MOST


async def test_attempts_are_counted_with_their_lateness_where_time_runs() -> None:
    """One on a clock that stands is not late."""
    receivers = Receivers(SqliteStore(), Clocks(lambda: NOW, {"": Clock(NOW, NOW)}))
    good = ended("http://a/", GOOD)
    for attempt, late in ((good, 0.1), (ended("http://a/", BAD), 0.0), (ended("http://a/", BAD, LAST), 0.0)):
        receivers.ended(attempt, late)
    receivers.ended(good)
    assert receivers.outcomes == {"received": 2, "refused": 1, "given up": 1}
    assert (sum(receivers.lateness.counts), receivers.lateness.total) == (3, 0.1)
