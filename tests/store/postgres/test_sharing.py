"""Several processes on one database: each a store of its own here, as it is in a process."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY, Clock, Clocks
from emulator.flow.state import Flow, Report
from emulator.journal.entry import Entry
from emulator.journal.kinds import Attempt, Reset, Stranded
from emulator.store.contract import Store, StoreError, Unavailable
from emulator.store.places import database
from emulator.store.postgres.presence import key
from emulator.store.postgres.stalled import IDLE, STALLED
from emulator.store.records import (
    ApplicationState,
    CallbackQuery,
    Change,
    Effects,
    Grant,
    JournalQuery,
    Override,
    Post,
    Settlement,
)
from emulator.store.stores import store_at
from tests.store.killed import killed_after
from tests.support import postgres
from tests.support.samples import NOW, SECOND, flow, sms

pytestmark = pytest.mark.anyio
REAL = 1_000_000


@pytest.fixture
async def pair(postgresql: postgres.Server) -> AsyncIterator[tuple[Store, Store]]:
    """Two stores at one empty place."""
    place = postgresql.schema()
    pair = store_at(place), store_at(place)
    for store in pair:
        await store.open()
    yield pair
    for store in pair:
        await store.close()


def made(number: int, due_at: int | None = None, *posts: Post, effects: Effects | None = None) -> Change:
    """A new flow of this number, with its journal entry."""
    agenda = () if due_at is None else (Report(due_at, 0, "Sent"),)
    new = replace(flow([sms()], name=f"f{number}"), ordinal=number, agenda=agenda)
    return Change(new, (Entry(NOW, "app", new.id, Stranded(str(number))),), posts, None, effects)


def posts(number: int, count: int = 1) -> tuple[Post, ...]:
    """Callbacks of a flow."""
    return tuple(Post(f"f{number}-{place}", "http://a/", "http://a", b"", NOW) for place in range(count))


def ended(taken: object) -> Settlement:
    """That a callback was received."""
    told = Attempt(taken.id, taken.url, taken.attempts + 1, "received", 200, 1, "")  # type: ignore[attr-defined]
    return Settlement(taken, NOW, None, "received", Entry(NOW, "app", taken.flow, told))  # type: ignore[attr-defined,arg-type]


async def test_each_knows_at_once_what_the_other_has_put_in_force(pair: tuple[Store, Store]) -> None:
    """States, counts, tokens, bodies, clocks; and that they are gone."""
    one, other = pair
    clocks = Clocks(lambda: REAL, {EVERYBODY: Clock(0, NOW)})
    other.follow(clocks)
    await one.steer("app", lambda state: replace(state, scenario="s", overrides=(Override(0, "r", "rule", 2),)))
    await one.save_grant(Grant("t", "app", ("sms",), NOW), 0)
    await one.save_clock("app", Clock(0, NOW, 0.0))
    await one.turn(lambda: counting(one, [1]))
    one.repeated.remember("app", b"body", NOW, "f1")
    await one.record([Entry(NOW, "app", None, Stranded("a"))])
    assert other.grant("t") is None
    await other.fresh()
    assert other.state("app") == one.state("app")
    assert other.grant("t") == one.grant("t")
    assert other.repeated.remember("app", b"body", NOW, "f2") == "f1"
    assert (clocks.name("app"), clocks.clock("app")) == ("app", Clock(0, NOW, 0.0))
    await other.turn(lambda: counting(other, [2]))
    await other.revoke("t")
    await other.share_clock("app", [])
    await one.fresh()
    assert one.grant("t") is None
    assert one.state("app").revoked == 1
    await one.steer("chosen", lambda state: replace(state, scenario="s"))
    await one.reset(EVERYBODY, Entry(NOW, EVERYBODY, None, Reset()), None, lambda state: replace(state, revoked=0))
    await other.fresh()
    assert other.states() == one.states()
    assert [other.state(name).scenario for name in ("app", "chosen")] == ["s", "s"]
    assert other.state("app").revoked == 0
    await one.save_clock("app", Clock(0, NOW, 2.0))
    await one.reset(EVERYBODY, Entry(NOW, EVERYBODY, None, Reset()), Clock(1, 2, 3.0))
    await other.fresh()
    assert other.states() == {}
    assert other.repeated.remember("app", b"body", NOW, "f3") is None
    assert (clocks.name("app"), clocks.clock(EVERYBODY)) == (EVERYBODY, Clock(1, 2, 3.0))
    await other.turn(lambda: counting(other, [1]))


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_what_a_reset_in_the_same_transaction_voids_is_counted_nowhere(
    pair: tuple[Store, Store], application: str
) -> None:
    """The number of a request is written with its flow, before the reset."""
    one, other = pair
    await asyncio.gather(one.add(made(5), "app"), one.reset(application, Entry(NOW, application, None, Reset())))
    await other.fresh()
    await other.turn(lambda: counting(other, [1]))
    await one.fresh()
    await one.turn(lambda: counting(one, [2]))


async def test_what_came_before_is_known_after_a_transaction_that_fails(pair: tuple[Store, Store]) -> None:
    """How many came within a period, and which bodies: also what the other has told meanwhile, but not what failed."""
    one, other = pair

    def fail(_: object) -> ApplicationState:
        one.repeated.remember("app", b"failed", NOW, "f0")
        raise ValueError("no")

    async def rated(store: Store, number: int) -> None:
        store.repeated.remember("app", b"%d" % number, NOW, f"f{number}")
        assert store.counters.within("app", "", 60_000, NOW) == number
        await store.record([Entry(NOW, "app", None, Stranded("rated"))])

    for number, store in enumerate((one, other, one, other), 1):
        await store.turn(lambda store=store, number=number: rated(store, number))  # type: ignore[misc]
        with pytest.raises(ValueError, match="no"):
            await one.steer("app", fail)
    assert [one.repeated.remember("app", b"%d" % number, NOW, "") for number in range(1, 5)] == ["f1", "f2", "f3", "f4"]
    assert one.repeated.remember("app", b"failed", NOW, "") is None


async def counting(store: Store, numbers: list[int]) -> None:
    """Count a request, which must get these numbers."""
    assert store.counters.count("app", [""]) == numbers


async def test_requests_at_both_are_numbered_without_a_gap_and_spend_a_balance_once(pair: tuple[Store, Store]) -> None:
    """However many there are at once."""
    spent = list[tuple[int, float]]()

    async def accept(store: Store) -> None:
        (number,) = store.counters.count("app", [""])
        spent.append((number, store.state("app").spent))
        await store.add(made(number, effects=Effects("app", 1.0)), EVERYBODY)

    stores = itertools.islice(itertools.cycle(pair), 400)
    await asyncio.gather(*[store.turn(lambda store=store: accept(store)) for store in stores])  # type: ignore[misc]
    assert sorted(spent) == [(number, float(number - 1)) for number in range(1, 401)]
    entries = await pair[0].journal(JournalQuery(limit=1000))
    assert len({each.flow for each in entries}) == len(entries) == 400
    assert [each.seq for each in entries] == sorted(each.seq for each in entries)


async def test_a_flow_that_is_due_is_carried_on_once(pair: tuple[Store, Store]) -> None:
    """And its callbacks are claimed by one of both, in their order, as each is settled."""
    one, other = pair
    for number in range(40):
        await one.add(made(number, NOW), EVERYBODY)

    def decide(found: Flow) -> Change:
        entry = Entry(NOW, "app", found.id, Stranded("due"))
        return Change(replace(found, agenda=()), (entry,), posts(int(found.id[1:]), 3))

    carried = await asyncio.gather(*[store.carry(EVERYBODY, NOW, 7, decide, lambda _: 9) for store in (one, other) * 6])
    assert sum(each.changed for each in carried) == 40
    seen, taken = list[str](), [(each, place % 2) for place, some in enumerate(carried) for each in some.deliveries]
    while taken:
        seen += [each.id for each, _ in taken]
        found = await asyncio.gather(
            *[
                store.claim({EVERYBODY: NOW}, lambda _: 50, [ended(each) for each, whose in taken if whose == place])
                for place, store in enumerate(pair)
            ]
        )
        taken = [(each, place) for place, some in enumerate(found) for each in some.deliveries]
    assert sorted(seen) == sorted(f"f{number}-{place}" for number in range(40) for place in range(3))
    order = [each for each in seen if each.startswith("f7-")]
    assert order == ["f7-0", "f7-1", "f7-2"]
    assert all(each.outcome == "received" for each in await one.callbacks(CallbackQuery(limit=1000)))


async def dying(store: Store) -> None:
    """Claim a callback, hold a clock, and die."""
    await store.save_clock(EVERYBODY, Clock(0, NOW, 60.0, held=True))
    (taken,) = (await store.claim({EVERYBODY: NOW}, lambda _: 1)).deliveries
    assert taken.id == "f1-0"


async def test_what_a_killed_process_had_claimed_is_taken_over(postgresql: postgres.Server) -> None:
    """By whoever is there, without a start; and a clock that it let stand runs on from where it stood."""
    place = postgresql.schema()
    store = store_at(place)
    await store.open()
    clocks = Clocks(lambda: REAL, {EVERYBODY: Clock(0, NOW)})
    store.follow(clocks)
    await store.add(made(1, None, *posts(1)), EVERYBODY)
    await asyncio.to_thread(killed_after, dying, place)
    while not (due := await store.left(lambda _: NOW)):
        pass  # until the server has noticed that the process is gone
    assert due == {EVERYBODY}
    assert clocks.clock(EVERYBODY) == Clock(REAL, NOW, 60.0)
    while not (claimed := (await store.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries):
        await store.left(lambda _: NOW)  # its end may have been noticed after the look for those that have ended
    assert [each.id for each in claimed] == ["f1-0"]
    await store.close()


async def test_what_a_living_process_has_claimed_stays_its_own(pair: tuple[Store, Store]) -> None:
    """The other one waits, if it must, until that is settled; an attempt that both have made is written once."""
    one, other = pair
    await one.add(made(1, None, *posts(1, 2)), EVERYBODY)
    (taken,) = (await one.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries
    assert (await other.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries == []
    assert await other.overdue(lambda _: NOW) == {}
    assert await other.left(lambda _: NOW) == set()
    assert not await one.quiet(EVERYBODY)
    waiting = asyncio.ensure_future(other.quiet(EVERYBODY))
    settled = await one.claim({}, lambda _: 0, [ended(taken)])
    assert settled.deliveries == []
    assert await waiting in {True, False}
    await other.claim({}, lambda _: 0, [ended(taken)])
    assert len(await one.journal(JournalQuery(kinds=("attempt",)))) == 1
    assert [each.id for each in (await other.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries] == ["f1-1"]


async def test_what_a_process_has_claimed_and_can_not_settle_is_given_back(pair: tuple[Store, Store]) -> None:
    """Whoever drives the clock meanwhile waits for it, and keeps the process from trying again."""
    one, other = pair
    await one.add(made(1, None, *posts(1)), EVERYBODY)
    (taken,) = (await one.carry(EVERYBODY, NOW, 9, Change, lambda _: 9)).deliveries
    with pytest.raises(OverflowError):
        await one.carry(EVERYBODY, NOW, 9, Change, lambda _: 9, settlements=[replace(ended(taken), due_at=2**70)])
    async with other.driving(EVERYBODY):
        waiting = asyncio.ensure_future(other.quiet(EVERYBODY))
        await one.left(lambda _: NOW)
        assert await waiting in {True, False}
        assert [each.id for each in (await other.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries] == ["f1-0"]


async def test_who_gives_up_waiting_for_a_clock_does_not_keep_it(pair: tuple[Store, Store]) -> None:
    """Whenever that is: before, while or after the server gives it away."""
    one, other = pair

    async def drive() -> None:
        async with one.driving("app"):
            pass

    for steps in range(30):
        task = asyncio.ensure_future(drive())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(20), other.driving("app"):
            pass


async def test_nothing_is_carried_on_by_a_clock_that_another_process_has_changed(pair: tuple[Store, Store]) -> None:
    """Who meant to must look again; and a clock that another one has moved is not moved back."""
    one, other = pair
    await one.save_clock(EVERYBODY, Clock(0, NOW, 1.0))
    await other.fresh()
    await other.add(made(1, NOW + SECOND, *posts(1)), EVERYBODY)
    await one.save_clock(EVERYBODY, Clock(0, NOW, 0.0))
    carried = await other.carry(EVERYBODY, NOW + SECOND, 9, Change, lambda _: 9)
    assert (carried.changed, carried.deliveries, carried.next_flow) == (0, [], NOW + SECOND)
    await one.save_clock(EVERYBODY, Clock(0, NOW, 2.0))
    claimed = await other.claim({EVERYBODY: NOW + SECOND}, lambda _: 9)
    assert (claimed.deliveries, claimed.next_due) == ([], {EVERYBODY: NOW + SECOND})
    await one.save_clock(EVERYBODY, Clock(0, NOW, 0.0))
    with pytest.raises(Unavailable, match="has moved this clock"):
        await other.carry(EVERYBODY, NOW, 9, Change, lambda _: 9, moved=Clock(0, NOW, 0.0))


async def test_one_process_drives_a_clock_at_a_time(pair: tuple[Store, Store]) -> None:
    """The others wait, and know the clock then as it was left; another clock is another matter."""
    one, other = pair
    clocks = Clocks(lambda: REAL, {EVERYBODY: Clock(0, NOW)})
    other.follow(clocks)
    seen = list[int]()

    async def drive() -> None:
        async with other.driving("app"):
            seen.append(clocks.now("app"))

    async with one.driving("app"):
        waiting = asyncio.ensure_future(drive())
        async with other.driving("b"):
            pass
        await one.save_clock("app", Clock(0, NOW + SECOND, 0.0))
        assert seen == []
    await waiting
    assert seen == [NOW + SECOND]


async def test_a_process_that_is_far_behind_reads_everything_anew(
    pair: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The news that it has missed are gone."""
    monkeypatch.setattr("emulator.store.postgres.memory.KEPT", 2)
    monkeypatch.setattr("emulator.store.postgres.memory.CHUNK", 1)
    one, other = pair
    for number in range(9):
        await one.steer("app", lambda state, number=number: replace(state, scenario=f"s{number}"))  # type: ignore[misc]
    await one.save_grant(Grant("t", "app", ("sms",), NOW), 0)
    await other.fresh()
    assert (other.state("app"), other.grants()) == (one.state("app"), one.grants())


async def test_who_is_set_otherwise_than_those_that_are_there_is_refused(postgresql: postgres.Server) -> None:
    """By the first of them that differs; what only one of both knows does not matter."""
    place = postgresql.schema()
    one, other, third = (store_at(place) for _ in range(3))
    for store in (one, other, third):
        await store.open()
    assert await one.agree({"--a": "1", "--b": "x"})
    assert not await other.agree({"--a": "1", "--b": "x"})
    with pytest.raises(StoreError, match=r"is set otherwise.*\. --b: there x, here y\. Start this one"):
        await third.agree({"--b": "y", "--c": "z"})
    assert await one.agree({"--a": "1", "--b": "y"}, anew=True)
    assert not await other.agree({"--a": "1", "--b": "y"}, anew=True)
    assert await third.agree({"--b": "y", "--c": "z"})
    for store in (one, other, third):
        await store.close()


async def test_whoever_finds_nobody_there_is_set_as_it_likes(postgresql: postgres.Server) -> None:
    """Those that have not told how they are set do not count, nor do those that have ended."""
    place = postgresql.schema()
    one, other = store_at(place), store_at(place)
    await one.open()
    await one.agree({"--a": "1"})
    await one.close()
    await other.open()
    await one.open()
    assert await other.agree({"--a": "2"})
    with pytest.raises(StoreError, match="--a: there 2, here 1"):
        await one.agree({"--a": "1"})
    await one.close()
    await other.close()


class Waiting:
    """A call that waits for a clock, and gives up when it is behind another call. `told` has whether it was."""

    patience = 0.0

    def __init__(self) -> None:
        self.told = list[bool]()
        self.once = asyncio.Event()

    def unheard(self, *, called: bool) -> None:
        """As `Call` says."""
        self.told.append(called)
        self.once.set()
        if called:
            raise LookupError


async def taking(store: Store, call: Waiting) -> None:
    """Drive the shared clock for a moment."""
    async with store.driving(EVERYBODY, call):
        pass


async def test_a_call_is_told_when_it_waits_for_another_process_that_hears_nothing(pair: tuple[Store, Store]) -> None:
    """Whether that is a call too; whose callbacks are under way does not matter."""
    for driver, waiter in (pair, pair[::-1]):
        for claimer in pair:
            await claimer.add(made(len(await driver.journal(JournalQuery())) + 1, None, *posts(1)), EVERYBODY)
            (taken,) = (await claimer.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries
            async with driver.driving(EVERYBODY):
                call = Waiting()
                waiting = asyncio.ensure_future(taking(waiter, call))
                await call.once.wait()
                async with driver.unheard(EVERYBODY):
                    with pytest.raises(LookupError):
                        await waiting
            assert not call.told[0]
            await claimer.claim({}, lambda _: 0, [ended(taken)])
            await taking(waiter, call)


async def test_nobody_is_told_of_callbacks_that_another_process_begins_later(pair: tuple[Store, Store]) -> None:
    """They can't be waiting for a call that was there before them; nor is anybody told of a long way without any."""
    one, other = pair
    call = Waiting()
    async with one.driving(EVERYBODY), one.unheard(EVERYBODY):
        waiting = asyncio.ensure_future(taking(other, call))
        for _ in range(30):
            await other.fresh()
        await one.add(made(1, None, *posts(1)), EVERYBODY)
        (taken,) = (await one.claim({EVERYBODY: NOW}, lambda _: 9)).deliveries
        for _ in range(30):
            await other.fresh()
    await waiting
    assert call.told == []
    await one.claim({}, lambda _: 0, [ended(taken)])


@asynccontextmanager
async def holding(postgresql: postgres.Server, place: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection in a transaction that has the lock by which the emulators at a place write one after the other."""
    connection = await asyncpg.connect(postgresql.url)
    await connection.execute("BEGIN")
    await connection.execute(f"SELECT pg_advisory_xact_lock({key(database(place).schema, 'writing')})")
    yield connection
    connection.terminate()


async def test_a_process_that_stalls_within_a_statement_is_disconnected(postgresql: postgres.Server) -> None:
    """The server waits for the rest of the statement, which none of its timeouts counts; others are not held up."""
    store, ended = store_at(place := postgresql.schema()), asyncio.Event()
    await store.open()
    async with holding(postgresql, place) as stalled:
        stalled.add_termination_listener(lambda _: ended.set())
        await stalled.prepare("SELECT 7")  # of which the server has no end yet
        await store.add(made(1), EVERYBODY)
        await ended.wait()
    assert await store.flow("f1")
    await store.close()


async def test_a_process_that_works_is_waited_for(postgresql: postgres.Server) -> None:
    """However long its statement takes."""
    store = store_at(place := postgresql.schema())
    await store.open()
    async with holding(postgresql, place) as working:
        adding = asyncio.create_task(store.add(made(1), EVERYBODY))
        await working.execute(f"SELECT pg_sleep({IDLE + 2 * STALLED})")
        assert not adding.done()
        await working.execute("COMMIT")
        await adding
    assert await store.flow("f1")
    await store.close()
