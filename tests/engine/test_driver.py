"""One clock's driver: what is due happens, however time passes, and the end is always the same."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from emulator.accounts.prices import Prices
from emulator.callbacks.courier import Courier
from emulator.callbacks.poster import Poster
from emulator.clock.clock import EVERYBODY, INSTANT, LATEST, Clock, Clocks
from emulator.emulation import Emulation
from emulator.engine import driver as driving
from emulator.engine.changes import Changes
from emulator.engine.driver import ClockDriver
from emulator.engine.goal import AdvanceError, Goal
from emulator.flow import machine
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.provider.failover import rendering
from emulator.settings import Settings
from emulator.store.contract import Decide
from emulator.store.records import Carried, Change, JournalQuery, Settlement
from emulator.store.sqlite.store import SqliteStore
from tests.support.running import PATIENCE
from tests.support.samples import HOUR, MINUTE, NOW, SECOND, flow, plan, sms, viber, voice
from tests.support.submitting import submitted

SCENARIO = """
purpose: Something of everything, drawn.
rules:
  - plan:
      Viber:
        choose:
          - { weight: 1, plan: [{ after: 1s..3h, status: DELIVERED }, { after: 1m, status: SEEN }] }
          - { weight: 1, plan: silence }
          - { weight: 1, plan: UNDELIVERED }
      Voice: { choose: [{ weight: 1, plan: Busy }, { weight: 1, plan: Completed }] }
      Sms: [{ after: 1s, status: Sent }, { after: 1m..2h, status: Delivered }]
"""
REQUEST = Request([viber(1, ttl=90), voice(2), sms(3, ttl=60)])

Operation = tuple[str, Any]
operations = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.integers(0, 2 * HOUR)),
        st.tuples(st.just("rate"), st.sampled_from([0.0, 1.0, 60_000.0, INSTANT])),
        st.tuples(st.just("restart"), st.none()),
        st.tuples(st.just("next"), st.none()),
    ),
    max_size=8,
)


async def carried(folder: Path, happening: list[Operation]) -> list[bytes]:
    """The final states of twelve flows, to which these things happen on the way."""
    (folder / "mixed.yaml").write_text(SCENARIO)
    options = Settings(scenario=str(folder / "mixed.yaml"), store=str(folder / "store.db"), seed="1", rate=0.0)
    emulation = await Emulation.start(options)
    sent = [await submitted(emulation, REQUEST) for _ in range(12)]
    for what, value in happening:
        if what == "advance":
            await emulation.engine.driver(EVERYBODY).advance(Goal(by=value))
        elif what == "next":
            await emulation.engine.driver(EVERYBODY).advance(Goal(events=1))
        elif what == "rate":
            await emulation.engine.driver(EVERYBODY).set_rate(value)
        else:
            await emulation.stop()
            emulation = await Emulation.start(options)
    await emulation.engine.driver(EVERYBODY).set_rate(0.0)
    await emulation.engine.driver(EVERYBODY).advance(Goal())
    flows = [await emulation.store.flow(each.id) for each in sent]
    prices = emulation.prices
    await emulation.stop()
    return [json.encode(flow) + rendering.body(flow, prices) for flow in flows if flow]


def run(happening: list[Operation]) -> list[bytes]:
    """The same, on a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(carried(Path(folder), happening))


@given(operations)
@settings(max_examples=25)
def test_any_mix_of_rates_advances_and_restarts_gives_the_same_end(happening: list[Operation]) -> None:
    """As one plain run does, byte for byte."""
    plain = run([])
    assert len(plain) == 12
    assert run(happening) == plain


def test_the_plain_run_has_every_kind_of_end() -> None:
    """So that the property says something."""
    text = b"".join(run([]))
    for expected in (b'"SEEN"', b'"EXPIRED"', b'"UNDELIVERED"', b'"Completed"', b'"Busy"', b'"Delivered"'):
        assert expected in text


class Failing(SqliteStore):
    """A store that cannot change what is due on one clock, so many times."""

    def __init__(self, clock: str = "", times: int = 0) -> None:
        super().__init__()
        self.clock = clock
        self.times = times

    async def carry(
        self,
        clock: str,
        now: int,
        limit: int,
        decide: Decide,
        room: Callable[[str], int],
        *,
        moved: Clock | None = None,
        settlements: Sequence[Settlement] = (),
    ) -> Carried:
        """See Store. Raises OSError."""
        if clock == self.clock and self.times:
            self.times -= 1
            raise OSError("no space left")
        return await super().carry(clock, now, limit, decide, room, moved=moved, settlements=settlements)


class Bench:
    """A store, clocks whose real time a test moves, and drivers of them."""

    def __init__(self, store: SqliteStore, rates: dict[str, float]) -> None:
        self.real = NOW
        self.store = store
        self.clocks = Clocks(lambda: self.real, {name: Clock(NOW, NOW, rate) for name, rate in rates.items()})
        self.courier = Courier(store, self.clocks, lambda: Poster(0.5, 8), 0.5)
        self.drivers = {
            name: ClockDriver(name, self.clocks, store, self.courier, {}, Changes(store, Prices)) for name in rates
        }
        self.driver = self.drivers[EVERYBODY]

    async def add(self, name: str, after: int, clock: str = EVERYBODY) -> None:
        """Add a flow that is delivered so many milliseconds from NOW."""
        started = machine.accept(flow([sms()], (plan((after, "Delivered")),), name=name)).flow
        await self.store.add(Change(started), clock)
        self.drivers[clock].wake_at(started.due_at)

    async def status(self, name: str) -> str:
        """The status of a flow."""
        found = await self.store.flow(name)
        assert found
        return found.status

    async def ended(self, name: str) -> Flow:
        """A flow, once it has ended."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.store.flow(name)
                if found and found.status.final:
                    return found
                await asyncio.sleep(0)


@asynccontextmanager
async def bench(rate: float, *, store: SqliteStore | None = None, **others: float) -> AsyncIterator[Bench]:
    """Running drivers of the shared clock and of others, at these rates."""
    made = Bench(store or SqliteStore(), {EVERYBODY: rate} | others)
    await made.store.open()
    for driver in made.drivers.values():
        driver.start()
    try:
        yield made
    finally:
        for driver in made.drivers.values():
            await driver.stop()
        await made.courier.stop()
        await made.store.close()


@pytest.mark.anyio
async def test_on_a_running_clock_a_flow_ends_when_its_time_has_come() -> None:
    """Not a millisecond earlier; the driver sleeps until then, or until something is due before."""
    async with bench(1.0) as made:
        for name, after in (("late", HOUR), ("soon", MINUTE), ("sooner", MINUTE - 1)):
            await made.add(name, after)
        made.real += MINUTE - 1
        made.driver.wake()
        await made.ended("sooner")
        assert await made.status("soon") == "InProgress"
        made.real += 1
        made.driver.wake()
        assert (await made.ended("soon")).updated_at == NOW + MINUTE
        assert await made.status("late") == "InProgress"


@pytest.mark.anyio
async def test_what_is_due_before_all_else_wakes_a_running_clock() -> None:
    """The driver slept until the later flow."""
    async with bench(1.0) as made:
        await made.add("late", HOUR)
        await made.add("sooner", 0)
        await made.ended("sooner")
        await made.add("now", 1)
        made.real += 1
        assert (await made.ended("now")).status == "Succeeded"


@pytest.mark.anyio
async def test_a_standing_clock_waits_until_it_is_moved_and_events_keep_their_times() -> None:
    """However far it is moved at once."""
    async with bench(0.0) as made:
        await made.add("a", MINUTE)
        await made.add("b", SECOND)
        await made.driver.advance(Goal(by=SECOND - 1))
        assert await made.status("b") == "InProgress"
        assert await made.driver.next_due() == NOW + SECOND
        await made.driver.advance(Goal(at=NOW + HOUR))
        entries = await made.store.journal(JournalQuery(kinds=("completed",)))
        assert [(each.flow, each.at - NOW) for each in entries] == [("b", SECOND), ("a", MINUTE)]
        assert made.clocks.now(EVERYBODY) == NOW + HOUR
        assert (await made.store.clocks())[EVERYBODY].base_virtual == NOW + HOUR


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("goal", "now", "ended"),
    [
        (Goal(events=1), SECOND, ["b"]),
        (Goal(flow="a"), MINUTE, ["b", "a"]),
        (Goal(flow="b"), SECOND, ["b"]),
        (Goal(at=NOW + 2 * SECOND), 2 * SECOND, ["b"]),
        (Goal(), HOUR, ["b", "a", "c"]),
    ],
)
async def test_a_clock_is_advanced_to_a_goal_and_no_further(goal: Goal, now: int, ended: list[str]) -> None:
    """The next event, the end of a flow, a time, until nothing is left."""
    async with bench(0.0) as made:
        for name, after in (("a", MINUTE), ("b", SECOND), ("c", HOUR)):
            await made.add(name, after)
        await made.driver.advance(goal)
        entries = await made.store.journal(JournalQuery(kinds=("completed",)))
        assert [each.flow for each in entries] == ended
        assert made.clocks.now(EVERYBODY) == NOW + now


@pytest.mark.anyio
@pytest.mark.parametrize("goal", [Goal(at=NOW - 1), Goal(by=LATEST), Goal(flow="nothing")])
async def test_an_advance_that_is_refused_leaves_a_running_clock_running(goal: Goal) -> None:
    """And its driver awake: a flow that came meanwhile is not forgotten."""
    async with bench(2.0) as made:
        with pytest.raises(AdvanceError):
            await made.driver.advance(goal)
        assert made.clocks.clock(EVERYBODY).rate == 2.0
        await made.add("flow", SECOND)
        made.real += SECOND
        made.driver.wake()
        await made.ended("flow")


@pytest.mark.anyio
async def test_an_instant_clock_runs_on_by_itself() -> None:
    """From event to event, each at its own time."""
    async with bench(INSTANT) as made:
        await made.add("a", HOUR)
        await made.add("b", 2 * HOUR)
        await made.ended("b")
        assert made.clocks.now(EVERYBODY) == NOW + 2 * HOUR
        assert (await made.ended("a")).updated_at == NOW + HOUR


@pytest.mark.anyio
@pytest.mark.parametrize("rate", [1.0, INSTANT])
async def test_an_error_is_logged_and_what_is_due_tried_again_while_other_clocks_go_on(
    rate: float, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flow on the failing clock is late, that on the other one is not."""
    monkeypatch.setattr(driving, "RETRY", 0.0)
    async with bench(1.0, store=Failing("bad", 3), bad=rate) as made:
        await made.add("good", 0)
        await made.add("late", 0, "bad")
        await made.ended("good")
        await made.ended("late")
    assert caplog.text.count("no space left") >= 3


@pytest.mark.anyio
async def test_a_stopped_driver_changes_nothing_more() -> None:
    """What is due is still due."""
    async with bench(1.0) as made:
        await made.add("flow", SECOND)
        await made.driver.stop()
        made.real += HOUR
        made.driver.wake()
        await made.driver.stop()
        assert await made.driver.next_due() == NOW + SECOND
