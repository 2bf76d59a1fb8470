"""The engine: requests come in, flows are changed from outside, applications get clocks and are forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.emulation import Emulation
from emulator.engine.goal import AdvanceError, Goal
from emulator.flow.request import Request
from emulator.flow.state import Flow, Report
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset, TokenRevoked
from emulator.settings import Settings
from emulator.store.records import Change, Grant, JournalQuery, Search
from tests.support import postgres
from tests.support.running import PATIENCE
from tests.support.samples import HOUR, MINUTE, flow, sms, viber
from tests.support.submitting import submitted

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def emulation(rate: float = 0.0) -> AsyncIterator[Emulation]:
    """An emulation on which every message is silent until its ttl."""
    made = await Emulation.start(Settings(scenario="silence-until-ttl", seed="1", rate=rate))
    try:
        yield made
    finally:
        await made.stop()


async def sent(made: Emulation, application: str = "app") -> Flow:
    """A flow of one Sms that ends after two hours."""
    return await submitted(made, Request([sms(ttl=120)]), application)


async def test_an_accepted_request_is_one_entry_with_the_start_of_its_first_step() -> None:
    """And is stored when `submit` returns."""
    async with emulation() as made:
        flow = await sent(made)
        assert await made.store.flow(flow.id) == flow
        (entry,) = await made.store.journal(JournalQuery(flow=flow.id))
        assert entry.kind == "accepted"
        for expected in (b'"path":"/failover"', b'"step":1', b'"channel":"Sms"'):
            assert expected in bytes(entry.data)


async def test_an_own_clock_goes_on_from_the_shared_one_and_takes_the_application_s_flows_along() -> None:
    """Its flows go by it alone."""
    async with emulation() as made:
        flow = await sent(made)
        await made.engine.driver(EVERYBODY).advance(Goal(by=MINUTE))
        await made.engine.driver("app").set_rate(0)
        assert made.engine.now("app") == made.engine.now("other") == flow.created_at + MINUTE
        await made.engine.driver("app").advance(Goal())
        ended = await made.store.flow(flow.id)
        assert ended
        assert (ended.status, made.engine.now("app")) == ("Failed", flow.created_at + 2 * HOUR)
        assert made.engine.now("other") == flow.created_at + MINUTE


async def test_a_change_from_outside_is_made_at_the_time_that_another_process_has_set(
    postgresql: postgres.Server,
) -> None:
    """Or at that of what has happened to the flow, if that is later than what is known of the clock."""
    settings, times = Settings(store=postgresql.schema(), rate=0.0), list[int]()
    one, other = [await Emulation.start(settings) for _ in range(2)]

    def decide(flow: Flow, now: int) -> Change:
        times.append(now)
        return Change(replace(flow, updated_at=now + HOUR))

    flow = await sent(one)
    await one.engine.driver(EVERYBODY).advance(Goal(by=MINUTE))
    for _ in range(2):
        await other.engine.change(flow.id, decide)
    assert times == [flow.created_at + MINUTE, flow.created_at + MINUTE + HOUR]
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: other.engine.note("app", Reset()),
        lambda: other.steering.clear_overrides("app"),
        lambda: other.steering.revoke("token"),
    ]
    await one.store.save_grant(Grant("token", "app", (), 9 * HOUR), 0)
    for act in acts:
        await one.engine.driver(EVERYBODY).advance(Goal(by=MINUTE))
        await act()
        (entry,) = await one.store.journal(JournalQuery(application="app", before=1000, limit=1))
        assert entry.at == one.engine.now("app")
    for each in (one, other):
        await each.stop()


async def test_a_reset_of_everything_waits_for_a_clock_that_has_come_meanwhile(postgresql: postgres.Server) -> None:
    """Another process has made it, and moves it: that call is not disturbed."""
    settings = Settings(store=postgresql.schema(), rate=0.0)
    one, other = [await Emulation.start(settings) for _ in range(2)]
    await other.engine.driver("app").set_rate(0)
    async with other.engine.driver("app").still():
        resetting = asyncio.create_task(one.reset(EVERYBODY))
        for _ in range(200):  # a reset that does not wait is done by then
            await other.store.fresh()
        assert "app" in await other.store.clocks()
        assert not resetting.done()
    await resetting
    assert await other.store.clocks() == {EVERYBODY: one.clocks.clock(EVERYBODY)}
    for each in (one, other):
        await each.stop()


async def test_flows_that_come_along_to_a_running_clock_go_on_there() -> None:
    """Nobody has to move it."""
    async with emulation(rate=100_000.0) as made:
        flow = await sent(made)
        await made.engine.driver("app").set_rate(100_000.0)
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await made.store.flow(flow.id)
                if found and found.status.final:
                    break
                await asyncio.sleep(0)


async def test_a_change_from_outside_is_written_or_refused_as_a_whole() -> None:
    """It comes back as written; what is raised about the flow comes through, and nothing is written."""

    def refuse(*_: object) -> Change:
        raise ValueError("does not fit")

    async with emulation() as made:
        flow = await sent(made)
        entry = Entry(made.engine.now("app"), "app", flow.id, Reset())
        change = await made.engine.change(flow.id, lambda found, _: Change(found, (entry,)))
        assert change == Change(flow, (entry,))
        with pytest.raises(ValueError, match="does not fit"):
            await made.engine.change(flow.id, refuse)
        assert [each.kind for each in await made.store.journal(JournalQuery(flow=flow.id))] == ["accepted", "reset"]
        assert await made.engine.change("nothing", refuse) is None


async def test_one_application_is_forgotten_with_its_clock_and_may_have_another() -> None:
    """What others have stays; whoever uses its driver keeps it, so that its users exclude each other."""
    async with emulation() as made:
        await sent(made, "mine")
        kept = await sent(made, "other")
        async with made.engine.driving("mine") as driver:
            await driver.advance(Goal(by=HOUR))
            await made.engine.forget("mine", Entry(0, "mine", None, Reset()))
            assert made.engine.now("mine") == made.engine.now("other")
            assert [flow.id for flow in (await made.store.search(Search(EVERYBODY))).flows] == [kept.id]
            assert made.engine.driver("mine") is driver
            again = await sent(made, "mine")
            await driver.advance(Goal(flow=again.id))
            assert made.engine.now("mine") == again.created_at + 2 * HOUR


async def test_a_driver_goes_with_its_clock() -> None:
    """After a reset, and after an advance that was refused to an application without a clock; its task too."""
    async with emulation() as made:
        before = len(asyncio.all_tasks())
        for number in range(5):
            async with made.engine.driving(f"app{number}") as driver:
                await driver.set_rate(0)
        assert len(asyncio.all_tasks()) == before + 5
        for number in range(5):
            await made.engine.forget(f"app{number}", Entry(0, "", None, Reset()))
        async with made.engine.driving("refused") as driver:
            with pytest.raises(AdvanceError):
                await driver.advance(Goal(flow="nothing"))
        assert made.clocks.name("refused") == EVERYBODY
        assert len(asyncio.all_tasks()) == before


async def test_a_note_has_the_time_of_its_application() -> None:
    """And belongs to no flow."""
    async with emulation() as made:
        await made.engine.driver("app").advance(Goal(by=HOUR))
        await made.engine.note("app", TokenRevoked("a"))
        (entry,) = await made.store.journal(JournalQuery(kinds=("token revoked",)))
        assert (entry.at, entry.flow, bytes(entry.data)) == (made.engine.now("app"), None, b'{"token":"a"}')


async def test_a_request_that_falls_over_goes_on_to_its_next_step() -> None:
    """The whole way: planner, machine, store and driver."""
    async with emulation() as made:
        flow = await submitted(made, Request([viber(1, ttl=1), sms(2, ttl=1)]))
        await made.engine.driver(EVERYBODY).advance(Goal())
        ended = await made.store.flow(flow.id)
        assert ended
        assert [message.status for message in ended.messages] == ["EXPIRED", "Undelivered"]


@pytest.mark.parametrize("rate", [0.0, 1.0])
async def test_a_flow_that_nobody_carries_on_is_overdue_where_time_runs(rate: float) -> None:
    """Since it was due; on a standing clock, nothing is due before time is moved."""
    made = await Emulation.opened(Settings(rate=rate))
    try:
        assert await made.engine.overdue() == 0
        late = replace(flow([sms()], name="late"), agenda=(Report(made.engine.now("app") - MINUTE, 0, "Sent"),))
        await made.store.add(Change(late), EVERYBODY)
        assert (await made.engine.overdue() >= 60) is bool(rate)
    finally:
        await made.stop()
