"""The store's contract, over every store there is."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY, Clock
from emulator.flow import machine
from emulator.flow.request import Step
from emulator.flow.state import Flow, FlowStatus, Report
from emulator.journal.entry import Entry, Kind
from emulator.journal.kinds import Deleted, Reset, Stranded, TokenRevoked
from emulator.seed import belonging
from emulator.store.contract import Decide, Store, StoreError
from emulator.store.records import (
    CallbackQuery,
    Change,
    Claimed,
    Delivery,
    Dropped,
    Filter,
    Grant,
    JournalEntry,
    JournalQuery,
    Post,
    Search,
    Settlement,
)
from emulator.store.sqlite.store import SqliteStore
from emulator.store.stores import store_at
from tests.support.samples import NOW, SECOND, flow, plan, sms, viber

pytestmark = pytest.mark.anyio
ALL = {EVERYBODY: NOW + 1000 * SECOND}


def due(name: str, at: int | None, **more: object) -> Flow:
    """A flow whose only timer is at `at`."""
    agenda = () if at is None else (Report(at, 0, "Sent"),)
    return replace(flow([sms()], name=name), agenda=agenda, **more)


def post(name: str, origin: str = "http://a", at: int = NOW) -> Post:
    """A callback to be delivered."""
    return Post(name, f"{origin}/hook", origin, b'{"n":1}', at)


def entry(error: str = "test", of: str | None = None, application: str = "app") -> Entry:
    """A journal entry, known by its error."""
    return Entry(NOW, application, of, Stranded(error))


def errors(found: list[JournalEntry]) -> list[str]:
    """What those entries are known by."""
    return [json.decode(each.data, type=Stranded).error for each in found]


def settled(delivery: Delivery, due_at: int | None = None, at: int = NOW) -> Settlement:
    """How an attempt ended: done, or to be repeated at `due_at`."""
    return Settlement(delivery, at, due_at, "received" if due_at is None else "refused", entry("attempt"))


def everything(_: str) -> int:
    """Room without end."""
    return 100


async def claim(store: Store, room: Callable[[str], int] = everything, now: int = NOW) -> list[str]:
    """The ids of the deliveries that a claim takes."""
    return [each.id for each in (await store.claim({EVERYBODY: now}, room)).deliveries]


async def step(store: Store, clock: str, now: int, limit: int, decide: Decide) -> int:
    """How many due flows are changed; no delivery is taken."""
    return (await store.carry(clock, now, limit, decide, lambda _: 0)).changed


async def settle(store: Store, settlements: list[Settlement]) -> None:
    """Write how attempts ended; no delivery is taken."""
    await store.claim({}, lambda _: 0, settlements)


async def test_a_flow_is_read_as_it_was_written(store: Store) -> None:
    """By its id; another id finds nothing."""
    written = flow([viber(), sms(2)], (plan((SECOND, "DELIVERED")), plan()))
    await store.add(Change(written), EVERYBODY)
    assert await store.flow(written.id) == written
    assert await store.flow("another") is None


async def test_flows_are_stepped_in_the_order_of_due_time_and_number(store: Store) -> None:
    """Only those that are due, at most as many as wanted."""
    for name, at in (("late", NOW + 9), ("b", NOW + 2), ("a", NOW + 2), ("first", NOW), ("never", None)):
        await store.add(Change(due(name, at)), EVERYBODY)
    seen: list[str] = []

    def decide(current: Flow) -> Change:
        seen.append(current.id)
        return Change(replace(current, agenda=()))

    assert await step(store, EVERYBODY, NOW + 5, 2, decide) == 2
    assert await step(store, EVERYBODY, NOW + 5, 2, decide) == 1
    assert await step(store, EVERYBODY, NOW + 5, 2, decide) == 0
    assert seen == ["first", "b", "a"]
    assert await store.next_due(EVERYBODY) == NOW + 9


async def test_a_clock_s_flows_are_not_stepped_by_another(store: Store) -> None:
    """Each application may have a time of its own."""
    await store.save_clock("app", Clock(0, NOW, 0.0))
    await store.add(Change(due("mine", NOW)), "app")
    assert await store.next_due(EVERYBODY) is None
    assert await store.next_due("app") == NOW
    assert await step(store, EVERYBODY, NOW + 5, 9, Change) == 0


async def test_a_decision_that_fails_strands_its_flow_and_holds_up_no_other(store: Store) -> None:
    """It stays as it is, is due no more, and the journal says why; what happens to it from outside moves it again."""
    for name in ("bad", "good"):
        await store.add(Change(due(name, NOW)), EVERYBODY)

    def decide(found: Flow) -> Change:
        if found.id == "bad":
            raise ValueError("no decision")
        return Change(replace(found, agenda=()))

    assert await step(store, EVERYBODY, NOW + 1, 9, decide) == 2
    assert await store.flow("bad") == due("bad", NOW)
    assert await store.next_due(EVERYBODY) is None
    (told,) = await store.journal(JournalQuery(flow="bad"))
    assert (told.kind, told.at, told.application) == ("stranded", NOW + 1, "app")
    assert b"no decision" in bytes(told.data)
    await store.change("bad", Change)
    assert await store.next_due(EVERYBODY) == NOW


async def test_a_change_that_fails_changes_nothing_and_harms_no_other_call(store: Store) -> None:
    """Only its caller sees the error, even when both were committed together."""
    await store.add(Change(due("bad", NOW)), EVERYBODY)

    def decide(_: Flow) -> Change:
        raise ValueError("no decision")

    failing = asyncio.ensure_future(store.change("bad", decide))
    adding = asyncio.ensure_future(store.add(Change(due("good", NOW + 1)), EVERYBODY))
    with pytest.raises(ValueError, match="no decision"):
        await failing
    await adding
    assert await store.flow("good") is not None
    assert await store.next_due(EVERYBODY) == NOW


async def test_changing_one_flow_answers_what_was_written(store: Store) -> None:
    """Due or not; a flow that does not exist gives None."""
    await store.add(Change(due("a", None)), EVERYBODY)
    changed = await store.change("a", lambda f: Change(replace(f, status=FlowStatus.FAILED), (entry(of="a"),)))
    assert changed is not None
    assert (changed.flow.status, changed.entries) == (FlowStatus.FAILED, (entry(of="a"),))
    assert await store.flow("a") == changed.flow
    assert errors(await store.journal(JournalQuery(flow="a"))) == ["test"]
    assert await store.change("b", Change) is None


async def test_within_a_flow_only_first_attempts_wait_for_one_another(store: Store) -> None:
    """The next one follows when the one before was tried once, whatever came of that; each is repeated by itself."""
    await store.add(Change(due("f", None), posts=(post("1"), post("2"))), EVERYBODY)
    first = await store.claim(ALL, everything)
    assert [each.id for each in first.deliveries] == ["1"]
    assert await claim(store) == []
    await settle(store, [settled(first.deliveries[0], due_at=NOW + SECOND)])
    second = await store.claim({EVERYBODY: NOW}, everything)
    assert [each.id for each in second.deliveries] == ["2"]
    await store.change("f", lambda f: Change(f, posts=(post("3"),)))
    assert await claim(store, now=NOW) == []
    await settle(store, [settled(second.deliveries[0], due_at=NOW + 2 * SECOND)])
    assert await claim(store, now=NOW) == ["3"]
    again = await store.claim({EVERYBODY: NOW + 2 * SECOND}, everything)
    assert [(each.id, each.attempts, each.first_at) for each in again.deliveries] == [("1", 1, NOW), ("2", 1, NOW)]


async def test_a_callback_made_while_all_others_are_repeated_waits_for_none(store: Store) -> None:
    """A receiver that is down for hours hears of what happens meanwhile as it comes up."""
    await store.add(Change(due("f", None), posts=(post("1"),)), EVERYBODY)
    (first,) = (await store.claim(ALL, everything)).deliveries
    await settle(store, [settled(first, due_at=NOW + SECOND)])
    await store.change("f", lambda f: Change(f, posts=(post("2"), post("3"))))
    assert await claim(store, now=NOW) == ["2"]


async def test_a_callback_made_while_another_is_under_way_waits_for_it(store: Store) -> None:
    """Order is kept across transitions too."""
    await store.add(Change(due("f", None), posts=(post("1"),)), EVERYBODY)
    (first,) = (await store.claim(ALL, everything)).deliveries
    await store.change("f", lambda f: Change(f, posts=(post("2"),)))
    assert await claim(store) == []
    await settle(store, [settled(first)])
    assert await claim(store) == ["2"]


async def test_a_claim_respects_each_origin_s_room(store: Store) -> None:
    """A full origin holds up no other, whatever waits for it."""
    for number in range(5):
        await store.add(Change(due(f"a{number}", None), posts=(post(f"a{number}", "http://a"),)), EVERYBODY)
    await store.add(Change(due("b", None), posts=(post("b", "http://b"),)), EVERYBODY)
    assert await claim(store, lambda origin: 2 if origin == "http://a" else 9) == ["a0", "a1", "b"]
    assert await claim(store, lambda origin: 0 if origin == "http://a" else 9) == []


async def test_a_claim_tells_when_the_next_delivery_is_due(store: Store) -> None:
    """By clock; what is due already needs no telling."""
    await store.add(Change(due("a", None), posts=(post("a", at=NOW + 5),)), EVERYBODY)
    await store.add(Change(due("b", None), posts=(post("b", at=NOW),)), EVERYBODY)
    claimed: Claimed = await store.claim({EVERYBODY: NOW}, everything)
    assert ([each.id for each in claimed.deliveries], claimed.next_due) == (["b"], {EVERYBODY: NOW + 5})


async def test_what_was_claimed_is_due_again_after_a_restart(place: str) -> None:
    """A crash loses no callback: it is sent once more."""
    first = store_at(place)
    await first.open()
    await first.add(Change(due("f", NOW), (entry(of="f"),), (post("1"),)), EVERYBODY)
    assert await claim(first) == ["1"]
    await first.close()
    second = store_at(place)
    await second.open()
    assert await claim(second) == ["1"]
    assert await second.next_due(EVERYBODY) == NOW
    assert [each.flow for each in await second.journal(JournalQuery())] == ["f"]
    await second.close()


async def test_a_file_is_held_by_one_emulator_at_a_time(tmp_path: Path) -> None:
    """The second one is told why."""
    place = str(tmp_path / "store.db")
    first = store_at(place)
    await first.open()
    with pytest.raises(StoreError, match="another emulator is using it"):
        await store_at(place).open()
    await first.close()


async def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    """So is one of another format."""
    (tmp_path / "text").write_text("no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        await SqliteStore(str(tmp_path / "text")).open()
    connection = sqlite3.connect(tmp_path / "old")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="format 99"):
        await SqliteStore(str(tmp_path / "old")).open()


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Filter("type", "is", "sms"), ["two"]),
        (Filter("type", "is_not", "Sms"), ["one"]),
        (Filter("to", "contains", "0000002"), ["two"]),
        (Filter("to", "is", "+306912345678"), ["two", "one"]),
        (Filter("to", "is", "306912345678"), []),
        (Filter("to", "starts_with", "+3069"), ["two", "one"]),
        (Filter("to", "ends_with", "2"), ["two"]),
        (Filter("to", "contains", "%"), []),
        (Filter("to", "contains", "_"), []),
        (Filter("status", "is", "FAILED"), ["two"]),
        (Filter("status", "is_not", "Failed"), ["one"]),
        (Filter("terminationChannel", "is", "sms"), ["two"]),
        (Filter("terminationChannel", "is_not", "Sms"), ["one"]),
        (Filter("flowKind", "is", "failover"), ["two", "one"]),
    ],
)
async def test_a_search_matches_its_conditions(store: Store, condition: Filter, found: list[str]) -> None:
    """Every field and operator; newest first; only the application's own."""
    one = machine.accept(flow([viber()], name="one")).flow
    steps: list[Step] = [viber(), sms(2, to="+306900000002", on=[])]
    two = machine.due(machine.accept(flow(steps, name="two")).flow, NOW + 10**9).flow
    assert two.status is FlowStatus.FAILED
    await store.add(Change(one), EVERYBODY)
    await store.add(Change(replace(two, created_at=NOW + 1)), EVERYBODY)
    await store.add(Change(machine.accept(flow([sms()], name="three", application="other")).flow), EVERYBODY)
    result = await store.search(Search("app", conditions=(condition,)))
    assert ([each.id for each in result.flows], result.total) == (found, len(found))


async def test_a_search_has_dates_and_pages(store: Store) -> None:
    """Both ends of the dates are included."""
    for number in range(5):
        await store.add(Change(due(f"f{number}", None, created_at=NOW + number)), EVERYBODY)
    result = await store.search(Search("app", start=NOW + 1, end=NOW + 3, offset=1, size=1))
    assert ([each.id for each in result.flows], result.total) == (["f2"], 3)


async def test_a_search_may_be_for_one_kind_of_flow(store: Store) -> None:
    """Whether or not there are others, and after a restart too."""
    search = Search("app", kinds=("failover",))
    await store.add(Change(due("a", None)), EVERYBODY)
    assert [each.id for each in (await store.search(search)).flows] == ["a"]
    for name in ("b", "c"):
        await store.add(Change(due(name, None, kind="sms")), EVERYBODY)
    assert [each.id for each in (await store.search(search)).flows] == ["a"]
    page = await store.search(replace(search, kinds=("sms",), size=1))
    assert (page.total, [each.id for each in page.flows]) == (2, ["c"])
    assert (await store.search(Search("app"))).total == 3


async def test_a_search_finds_flows_by_what_became_of_their_callbacks(store: Store) -> None:
    """Those that fail or were given up, the oldest first if that is asked for."""
    for name in ("well", "failing", "given up", "waiting"):
        await store.add(Change(due(name, None), posts=(post(name),)), EVERYBODY)
    taken = {each.id: each for each in (await store.claim(ALL, everything)).deliveries}
    ends = (("well", "received", None), ("failing", "refused", NOW + SECOND), ("given up", "given up", None))
    await settle(store, [Settlement(taken[name], NOW, at, outcome, entry()) for name, outcome, at in ends])
    for term, found in (("failing", ["failing", "given up"]), ("well", ["well", "waiting"])):
        page = await store.search(Search(conditions=(Filter("webhooks", "is", term),), oldest=True))
        assert [each.id for each in page.flows] == found


async def test_a_finished_flow_is_dropped_with_all_that_belongs_to_it(store: Store) -> None:
    """Unless somebody waits for it, or something is left to do; what was dropped is counted until a reset of all."""
    await store.add(Change(due("over", None), (entry(of="over"),)), EVERYBODY)
    await store.add(Change(due("live", NOW), (entry("live", of="live"),)), EVERYBODY)
    await store.add(Change(due("told", None), posts=(post("p"),)), EVERYBODY)
    with store.spare("over"):
        assert await store.drop("over", entry("dropped")) is False
    assert [await store.drop(name, entry("dropped")) for name in ("live", "told", "none")] == [False, False, None]
    assert await store.drop("over", entry("dropped", of="over")) is True
    assert await store.flow("over") is None
    assert errors(await store.journal(JournalQuery())) == ["live", "dropped"]
    assert await store.dropped() == Dropped(1, 1)
    await store.reset(EVERYBODY, Entry(NOW, "", None, Reset()))
    assert await store.dropped() == Dropped()


async def test_a_reset_forgets_what_is_told_of_flows_that_are_gone(store: Store) -> None:
    """The entry `deleted` outlives its flow; the reset deletes it too."""
    for name in ("app", "other"):
        await store.add(Change(due(name, None, application=name), (entry(of=name, application=name),)), EVERYBODY)
        assert await store.drop(name, Entry(NOW, name, None, Deleted(name))) is True
    await store.reset("app", Entry(NOW, "app", None, Reset()))
    told = await store.journal(JournalQuery())
    assert [(each.application, each.kind) for each in told] == [("other", "deleted"), ("app", "reset")]


async def test_every_flow_of_a_search_is_read_some_at_a_time(store: Store) -> None:
    """Whatever page is asked for."""
    for number in range(300):
        await store.add(Change(due(f"f{number}", None, created_at=NOW + number)), EVERYBODY)
    found = [flows async for flows in store.every(Search("app", conditions=(Filter("type", "is", "Viber"),)))]
    assert found == []
    chunks = [flows async for flows in store.every(Search("app", offset=10, size=1))]
    assert [each.id for flows in chunks for each in flows] == [f"f{number}" for number in range(299, -1, -1)]
    assert max(map(len, chunks)) < 300


async def test_flows_are_found_by_the_end_of_an_id(store: Store) -> None:
    """As that of their messages; only an application's own."""
    name = "7b1f0c62-9a0d-4e55-8d5e-00000000000{}"
    await store.add(Change(due(name.format(1), None)), EVERYBODY)
    await store.add(Change(due(name.format(2), None)), EVERYBODY)
    await store.add(Change(due(name.format(1), None, application="other")), EVERYBODY)
    message = belonging(name.format(1), "message", 0)
    assert [each.id for each in await store.alike(message, "app")] == [name.format(1)]
    assert [each.application for each in await store.alike(message, "other")] == ["other"]
    assert await store.alike("no id at all", "app") == []


@pytest.mark.parametrize(
    ("operator", "term", "found"),
    [
        ("ends_with", "AB00000000c1", 1),
        ("is", "7b1f0c62-9a0d-4e55-8d5e-ab00000000c1", 1),
        ("ends_with", "b00000000c1", 1),
        ("ends_with", "8d5e-ab00000000c1", 1),
        ("ends_with", "00000000c1-x", 1),
        ("ends_with", "ab00000000c2", 0),
        ("is", "ab00000000c1", 0),
    ],
)
async def test_a_search_finds_flows_by_the_end_of_an_id(store: Store, operator: str, term: str, found: int) -> None:
    """Of whatever length and case, whether it is one of ours or not."""
    for name in ("7b1f0c62-9a0d-4e55-8d5e-ab00000000c1", "7b1f0c62-9a0d-4e55-8d5e-ab00000000c1-x"):
        await store.add(Change(due(name, None)), EVERYBODY)
    page = await store.search(Search(conditions=(Filter("id", operator, term),)))
    assert (page.total, len(page.flows)) == (found, found)


async def test_the_journal_is_numbered_and_can_be_read_on(store: Store) -> None:
    """After a number; of one flow or one application."""
    await store.record([entry("one"), entry("two", of="f")])
    await store.record([entry("three", application="other")])
    seen = await store.journal(JournalQuery(limit=2))
    assert errors(seen) == ["one", "two"]
    assert errors(await store.journal(JournalQuery(seen[-1].seq))) == ["three"]
    assert errors(await store.journal(JournalQuery(application="other"))) == ["three"]


async def test_clocks_grants_facts_and_request_numbers_are_remembered(store: Store) -> None:
    """What else a restart must find again."""
    await store.save_clock("app", Clock(1, 2, 0.0))
    assert await store.clocks() == {"app": Clock(1, 2, 0.0)}
    old, new = Grant("t1", "app", ("sms",), NOW), Grant("t2", "app", ("sms", "viber"), NOW + 5)
    await store.save_grant(old, NOW - 1)
    await store.save_grant(new, NOW)
    assert store.grants() == [new]
    assert [await store.fact("seed", each) for each in ("a", "b")] == ["a", "a"]
    await store.add(Change(due("f", None, ordinal=7)), EVERYBODY)
    assert store.counters.count("app", [""]) == [8]


async def test_the_first_clock_of_its_own_takes_an_application_s_flows_and_callbacks_along(store: Store) -> None:
    """In one transaction with what the journal says of it."""
    await store.add(Change(due("mine", NOW + SECOND), (), (post("a"),)), EVERYBODY)
    await store.add(Change(due("theirs", NOW + SECOND, application="other"), (), (post("b"),)), EVERYBODY)
    await store.save_clock("app", Clock(0, NOW, 0.0), [entry("own")])
    assert errors(await store.journal(JournalQuery())) == ["own"]
    assert [await store.next_due(clock) for clock in ("app", EVERYBODY)] == [NOW, NOW]
    assert [each.id for each in (await store.claim({"app": NOW}, lambda _: 9)).deliveries] == ["a"]


async def test_only_what_is_finished_is_dropped_and_the_oldest_first() -> None:
    """Beyond the limit; live flows and pending callbacks stay, whatever they take."""
    store = SqliteStore(None, keep=600_000)
    await store.open()
    await store.add(Change(due("live", NOW)), EVERYBODY)
    await store.add(Change(due("pending", None), posts=(post("p"),)), EVERYBODY)
    for number in range(600):
        await store.add(Change(due(f"f{number}", None), (entry(),)), EVERYBODY)
    dropped = await store.dropped()
    assert dropped.flows > 0
    assert await store.flow("f0") is None
    for name in ("live", "pending", "f599"):
        assert await store.flow(name) is not None
    counts = await store.counts()
    assert counts["finishedFlows"] + dropped.flows == 600
    (delivery,) = (await store.claim(ALL, everything)).deliveries
    await settle(store, [settled(delivery)])
    assert (await store.counts())["finishedFlows"] + (await store.dropped()).flows == 601
    await store.close()


async def test_a_flow_that_somebody_waits_for_is_kept_and_so_is_the_last_one() -> None:
    """However small the limit is; afterwards it goes like others."""
    store = SqliteStore(None, keep=1)
    await store.open()
    with store.spare("awaited"):
        for name in ("awaited", "other", "last"):
            await store.add(Change(due(name, None)), EVERYBODY)
        assert [await store.flow(name) is not None for name in ("awaited", "other", "last")] == [True, False, True]
    await store.add(Change(due("later", None)), EVERYBODY)
    assert [await store.flow(name) is not None for name in ("awaited", "last", "later")] == [False, False, True]
    await store.close()


async def test_an_entry_that_outlives_its_flow_is_forgotten_by_a_reset() -> None:
    """The journal's last entry stays when its flow is dropped."""
    store = SqliteStore(None, keep=1)
    await store.open()
    await store.add(Change(due("first", None), (entry(of="first"),)), EVERYBODY)
    await store.add(Change(due("last", None)), EVERYBODY)
    assert await store.flow("first") is None
    assert [each.flow for each in await store.journal(JournalQuery())] == ["first"]
    await store.reset("app", Entry(NOW, "app", None, Reset()))
    assert [each.kind for each in await store.journal(JournalQuery())] == ["reset"]
    await store.close()


async def test_the_journal_drops_its_oldest_entries() -> None:
    """And says how many."""
    store = SqliteStore(None, keep=200_000)
    await store.open()
    for _ in range(10):
        await store.record([entry()] * 100)
    dropped = await store.dropped()
    assert dropped.entries > 0
    seen = await store.journal(JournalQuery(limit=2000))
    assert (seen[0].seq, len(seen)) == (dropped.entries + 1, 1000 - dropped.entries)
    await store.close()


async def test_large_entries_drop_only_what_they_must_and_the_last_one_stays() -> None:
    """However few fit; the journal's numbers go on from it."""
    store = SqliteStore(keep=100_000)
    await store.open()
    for number in range(20):
        await store.record([entry(f"large {number}" + "x" * 10_000)])
    left = errors(await store.journal(JournalQuery()))
    assert [error.rstrip("x") for error in left] == [f"large {number}" for number in range(16, 20)]
    await store.record([entry("huge" + "x" * 100_000)])
    assert [error.rstrip("x") for error in errors(await store.journal(JournalQuery()))] == ["huge"]
    assert await store.latest() == 21
    await store.reset(EVERYBODY, entry("reset"))
    assert await store.dropped() == Dropped()
    await store.close()


async def test_without_a_limit_nothing_is_dropped(store: Store) -> None:
    """As on a file by default."""
    for _ in range(10):
        await store.record([entry()] * 100)
    assert await store.dropped() == Dropped()


async def test_a_finished_flow_that_is_given_work_is_live_again() -> None:
    """A report from outside may come long after the end."""
    store = SqliteStore(None, keep=600_000)
    await store.open()
    await store.add(Change(due("f", None)), EVERYBODY)
    await store.change("f", lambda f: Change(f, posts=(post("p"),)))
    assert (await store.counts())["liveFlows"] == 1
    (delivery,) = (await store.claim(ALL, everything)).deliveries
    await settle(store, [settled(delivery)])
    assert (await store.counts())["liveFlows"] == 0
    await store.close()


async def test_many_callers_at_once_all_get_their_answer(store: Store) -> None:
    """Group commit mixes nobody up."""
    await asyncio.gather(*(store.add(Change(due(f"f{n}", NOW + n)), EVERYBODY) for n in range(500)))
    found = await asyncio.gather(*(store.flow(f"f{n}") for n in range(500)))
    assert [each.id for each in found if each] == [f"f{n}" for n in range(500)]


async def test_callbacks_are_told_with_their_bodies_and_how_they_stand(store: Store) -> None:
    """By flow, by application, from a number on; one by its id."""
    await store.add(Change(due("a", None), (), (post("a1"), post("a2"))), EVERYBODY)
    await store.add(Change(due("b", None, application="other"), (), (post("b1"),)), EVERYBODY)
    all_of = [each.id for each in await store.callbacks(CallbackQuery())]
    assert all_of == ["a1", "a2", "b1"]
    assert [each.id for each in await store.callbacks(CallbackQuery("a"))] == ["a1", "a2"]
    assert [each.id for each in await store.callbacks(CallbackQuery(application="other"))] == ["b1"]
    first = await store.callback("a1")
    assert first is not None
    assert (first.flow, first.application, first.body, first.attempts, first.due_at) == ("a", "app", b'{"n":1}', 0, NOW)
    assert [each.id for each in await store.callbacks(CallbackQuery(after=first.number, limit=1))] == ["a2"]
    newest = await store.callbacks(CallbackQuery(before=10**9, limit=2))
    assert [each.id for each in newest] == ["b1", "a2"]
    assert [each.id for each in await store.callbacks(CallbackQuery(before=newest[-1].number))] == ["a1"]
    assert await store.callback("nobody") is None


async def test_the_journal_is_narrowed_by_kind_and_time(store: Store) -> None:
    """Both ends of a time are included."""
    told = (TokenRevoked("a"), Stranded("b"), Reset(), TokenRevoked("a"))
    entries = [Entry(NOW + second * SECOND, "app", None, each) for second, each in enumerate(told)]
    await store.record(entries)
    assert [each.at for each in await store.journal(JournalQuery(kinds=(Kind.TOKEN_REVOKED, Kind.RESET)))] == [
        NOW,
        NOW + 2 * SECOND,
        NOW + 3 * SECOND,
    ]
    between = JournalQuery(since=NOW + SECOND, until=NOW + 2 * SECOND)
    assert [each.kind for each in await store.journal(between)] == ["stranded", "reset"]


async def test_the_journal_is_read_from_its_end(store: Store) -> None:
    """Newest first, below a number; of several flows at once."""
    await store.add(Change(due("a", None), (entry("a1", "a"), entry("a2", "a"))), EVERYBODY)
    await store.add(Change(due("b", None), (entry("b1", "b"),)), EVERYBODY)
    await store.add(Change(due("c", None), (entry("c1", "c"),)), EVERYBODY)
    newest = await store.journal(JournalQuery(before=10**9, limit=2))
    assert errors(newest) == ["c1", "b1"]
    assert errors(await store.journal(JournalQuery(before=newest[-1].seq))) == ["a2", "a1"]
    assert errors(await store.journal(JournalQuery(flows=("a", "c")))) == ["a1", "a2", "c1"]


async def test_a_text_is_found_wherever_an_entry_or_a_callback_has_it(store: Store) -> None:
    """In an entry's words and data, in a callback's URL and body, in the flow's id and application; in any case."""
    await store.add(Change(due("a", None), (entry("Ärger", "a"),), (post("a1", origin="http://receiver"),)), EVERYBODY)
    await store.add(Change(due("b", None), (entry("other", "b"),), (post("b1"),)), EVERYBODY)
    for text in ("ÄRGER", "deciding about it failed: ärger"):
        assert errors(await store.journal(JournalQuery(text=text, limit=1))) == ["Ärger"]
    assert errors(await store.journal(JournalQuery(text="stranded", before=10**9, limit=1))) == ["other"]
    assert await store.journal(JournalQuery(text="nobody")) == []
    for text in ("RECEIVER", "a1"):
        assert [each.id for each in await store.callbacks(CallbackQuery(text=text))] == ["a1"]
    assert [each.id for each in await store.callbacks(CallbackQuery(text='"N":1', before=10**9, limit=1))] == ["b1"]


async def test_a_flow_is_found_by_its_id_its_recipient_and_its_request(store: Store) -> None:
    """By a part of any; by the beginning of its id alone, if that is asked for."""
    await store.add(Change(machine.accept(flow([sms()], name="abc")).flow), EVERYBODY)
    await store.add(Change(machine.accept(flow([viber()], name="xab")).flow), EVERYBODY)
    for term, found in (("AB", ["xab", "abc"]), (sms().to, ["xab", "abc"]), ('"body"', ["abc"]), ("zzz", [])):
        page = await store.search(Search(conditions=(Filter("all", "contains", str(term)),)))
        assert [each.id for each in page.flows] == found, term
    begun = await store.search(Search(conditions=(Filter("id", "starts_with", "ab"),)))
    assert [each.id for each in begun.flows] == ["abc"]


async def test_flows_are_grouped_by_stage_the_last_that_changed_first(store: Store) -> None:
    """Held back, on a channel, or ended."""
    for number in range(3):
        await store.add(Change(machine.accept(flow([sms()], name=f"sms-{number}")).flow), EVERYBODY)
    await store.add(Change(machine.accept(flow([viber()], name="viber", application="other")).flow), EVERYBODY)
    ended = replace(machine.accept(flow([sms()], name="ended")).flow, status=FlowStatus.FAILED)
    await store.add(Change(ended), "own")
    await store.add(Change(flow([sms()], name="held")), EVERYBODY)

    async def groups(wanted: Search) -> dict[str, tuple[int, list[str]]]:
        return {each.name: (each.count, [f.id for f in each.flows]) for each in await store.grouped(wanted)}

    await store.change("sms-0", Change)
    assert await groups(Search(size=2)) == {
        "Queued": (1, ["held"]),
        "Viber": (1, ["viber"]),
        "Sms": (3, ["sms-0", "sms-2"]),
        "Failed": (1, ["ended"]),
    }
    assert await groups(Search("other", size=9)) == {"Viber": (1, ["viber"])}
    counts = {"Queued": 1, "Viber": 1, "Sms": 3, "Failed": 1}
    assert await groups(Search(size=0)) == {name: (count, []) for name, count in counts.items()}
    assert await groups(Search(size=9, start=0)) == await groups(Search(size=9))
    assert [(each.application, each.flows) for each in await store.applications()] == [("app", 5), ("other", 1)]
    assert await store.scenarios() == [ended.scenario]


async def test_a_reset_forgets_an_application_and_nothing_of_others(store: Store) -> None:
    """Flows, callbacks, journal, tokens, its clock; numbers go on, so that nothing is taken for what was before."""
    for name in ("app", "other"):
        flow_of = due(f"flow-{name}", NOW, application=name)
        told = entry(of=flow_of.id, application=name)
        await store.add(Change(flow_of, (told,), (post(f"post-{name}"),)), EVERYBODY)
        await store.record([entry(application=name)])
        await store.save_grant(Grant(f"token-{name}", name, (), NOW), 0)
        await store.save_clock(name, Clock(0, NOW, 0))
    (delivery, _) = (await store.claim({"app": NOW, "other": NOW}, lambda _: 9)).deliveries
    before = await store.latest()
    await store.reset("app", Entry(NOW, "app", None, Reset()))
    assert [await store.flow(f"flow-{name}") is None for name in ("app", "other")] == [True, False]
    assert [each.application for each in await store.callbacks(CallbackQuery())] == ["other"]
    assert [each.token for each in store.grants()] == ["token-other"]
    assert set(await store.clocks()) == {"other"}
    (left,) = await store.journal(JournalQuery(application="app"))
    assert (left.kind, left.seq > before) == ("reset", True)
    assert len(await store.journal(JournalQuery(application="other"))) == 2
    assert (await store.counts())["journalEntries"] == 3
    await settle(store, [Settlement(delivery, NOW, None, "received", entry())])
    await store.add(Change(due("new", None), (), (post("fresh"),)), EVERYBODY)
    (fresh,) = await store.callbacks(CallbackQuery("new"))
    assert (fresh.outcome, fresh.number > delivery.number) == (None, True)
    assert [each.kind for each in await store.journal(JournalQuery(application="app"))] == ["reset"]


async def test_a_reset_tells_of_clocks_that_may_be_moved_meanwhile(store: Store) -> None:
    """Then it does nothing."""
    for name in (EVERYBODY, "app", "other"):
        await store.save_clock(name, Clock(0, NOW, 0.0))
    assert await store.reset(EVERYBODY, entry("reset"), None, None, {EVERYBODY, "app"}) == {"other"}
    assert (await store.clocks()).keys() == {EVERYBODY, "app", "other"}
    assert await store.journal(JournalQuery()) == []
    assert await store.reset(EVERYBODY, entry("reset"), None, None, {EVERYBODY, "app", "other"}) == set()
    assert (await store.clocks()).keys() == {EVERYBODY}


async def test_a_reset_of_all_leaves_an_empty_store(store: Store) -> None:
    """But for the clock that all share, and the entry that says so."""
    await store.add(Change(due("a", NOW), (entry(of="a"),), (post("a1"),)), EVERYBODY)
    await store.save_clock(EVERYBODY, Clock(0, NOW, 0))
    await store.reset(EVERYBODY, Entry(NOW, "", None, Reset()))
    counts = await store.counts()
    assert (counts["liveFlows"], counts["finishedFlows"], counts["pendingCallbacks"]) == (0, 0, 0)
    assert [each.kind for each in await store.journal(JournalQuery())] == ["reset"]
    assert set(await store.clocks()) == {EVERYBODY}


async def test_a_revoked_token_is_forgotten(store: Store) -> None:
    """Also by the next process."""
    await store.save_grant(Grant("t", "app", (), NOW), 0)
    await store.revoke("t")
    assert store.grants() == []


async def test_a_loose_callback_waits_for_no_other(store: Store) -> None:
    """It is due at its own time, though an earlier one of its flow is not through."""
    loose = replace(post("late", at=NOW + SECOND), loose=True)
    await store.add(Change(due("a", None), (), (post("first"), loose, post("second"))), EVERYBODY)
    claimed = (await store.claim({EVERYBODY: NOW + SECOND}, lambda _: 9)).deliveries
    assert [each.id for each in claimed] == ["first", "late"]
    await settle(store, [Settlement(claimed[0], NOW, None, "received", entry())])
    assert (await store.claim({EVERYBODY: NOW + SECOND}, lambda _: 9)).deliveries == []
    await settle(store, [Settlement(claimed[1], NOW, None, "received", entry())])
    assert [each.id for each in (await store.claim(ALL, lambda _: 9)).deliveries] == ["second"]


async def test_callbacks_that_wait_fail_and_are_over_are_apart(store: Store) -> None:
    """Those that wait or fail are pending."""
    for name in ("waits", "fails", "over"):
        await store.add(Change(due(name, None), posts=(post(f"{name}-1", f"http://{name}"),)), EVERYBODY)
    claimed = {each.flow: each for each in (await store.claim(ALL, everything)).deliveries}
    await settle(store, [settled(claimed["fails"], due_at=NOW + SECOND), settled(claimed["over"])])
    for outcome, names in (
        ("waiting", ["waits"]),
        ("failing", ["fails"]),
        ("pending", ["waits", "fails"]),
        ("received", ["over"]),
        ("given up", []),
    ):
        found = await store.callbacks(CallbackQuery(outcome=outcome))
        assert [each.flow for each in found] == names, outcome


async def test_what_is_due_next_on_a_clock_is_told_in_its_order(store: Store) -> None:
    """Flows and callbacks, those that are claimed too; up to so many; of no other clock."""
    for name, at in (("late", NOW + 9), ("b", NOW + 2), ("a", NOW + 2), ("never", None)):
        await store.add(Change(due(name, at), posts=(post(f"{name}-1", f"http://{name}", at or NOW + 5),)), EVERYBODY)
    await store.save_clock("other", Clock(NOW, NOW, 0.0))
    await store.add(Change(due("other", NOW, application="other")), "other")
    await claim(store, now=NOW + 2)
    flows, posts = await store.upcoming(EVERYBODY, 3)
    assert [each.id for each in flows] == ["b", "a", "late"]
    assert [each.id for each in posts] == ["b-1", "a-1", "never-1"]
    flows, posts = await store.upcoming("other", 3)
    assert ([each.id for each in flows], posts) == (["other"], [])


async def test_an_own_clock_is_given_up_with_all_that_is_on_it(store: Store) -> None:
    """What is due is due on the shared clock; other clocks stay."""
    for name in ("app", "other"):
        await store.save_clock(name, Clock(NOW, NOW, 0.0))
        await store.add(Change(due(name, NOW, application=name), posts=(post(f"{name}-1"),)), name)
    await store.share_clock("app", [entry("given up")])
    assert set(await store.clocks()) == {"other"}
    flows, posts = await store.upcoming(EVERYBODY, 9)
    assert ([each.id for each in flows], [each.id for each in posts]) == (["app"], ["app-1"])
    assert errors(await store.journal(JournalQuery()))[-1] == "given up"
    assert await claim(store) == ["app-1"]
    assert [each.id for each in (await store.upcoming("other", 9))[0]] == ["other"]


async def test_transactions_are_timed_once_they_are_committed(store: Store) -> None:
    """Those that fail are not."""
    await store.record([entry()])
    assert (before := sum(store.commits().counts)) == 0
    await store.record([entry()])
    assert sum(store.commits().counts) > before
    assert store.commits().total > 0

    def fails(_: Flow) -> Change:
        raise ValueError("no")

    await store.add(Change(due("a", None)), EVERYBODY)
    counted = sum(store.commits().counts)
    with pytest.raises(ValueError, match="no"):
        await store.change("a", fails)
    assert sum(store.commits().counts) == counted
