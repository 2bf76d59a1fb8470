"""What only the store on SQLite promises: its tally, files of older formats, reading in slices, a commit for many."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.clock.clock import EVERYBODY
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.state import Flow, FlowStatus, Report
from emulator.journal.entry import Entry, Kind
from emulator.journal.kinds import Accepted, Reset, Stranded
from emulator.provider.services import read_stored
from emulator.seed import callback_id, flow_id
from emulator.store.contract import StoreError
from emulator.store.records import CallbackQuery, Change, Filter, JournalQuery, Post, Search, Settlement
from emulator.store.rows import Read, decoded
from emulator.store.sqlite.queries import DEEP, WINDOW
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW, flow, sms, viber

pytestmark = pytest.mark.anyio
ALL = {EVERYBODY: NOW + 10**9}
"""No flow has this status."""
FORMATS = Path(__file__).parent / "formats"


@asynccontextmanager
async def opened(path: Path | None = None, keep: int | None = None, read: Read = decoded) -> AsyncIterator[SqliteStore]:
    """A store, closed in the end."""
    store = SqliteStore(None if path is None else str(path), keep, read)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def made(name: str, at: int | None = None, application: str = "app", ordinal: int = 1) -> Flow:
    """A flow whose only timer is at `at`."""
    agenda = () if at is None else (Report(at, 0, "Sent"),)
    begun = machine.accept(flow([sms()], name=name, application=application)).flow
    return replace(begun, agenda=agenda, ordinal=ordinal)


def posted(name: str, flow: Flow | None = None) -> Change:
    """A flow with a callback."""
    return Change(flow or made(name), (), (Post(f"{name}-1", "http://a/x", "http://a", b"{}", NOW),))


async def all_added(store: SqliteStore, flows: Iterable[Flow]) -> None:
    """Write many flows at once."""
    await asyncio.gather(*(store.add(Change(each), EVERYBODY) for each in flows))


def fail(_: Flow) -> Change:
    """A decision that fails."""
    raise ValueError("no decision")


# --- the tally ---------------------------------------------------------------------------------------------------


async def told(store: SqliteStore) -> Json:
    """What a store says that it holds."""
    groups = {each.name: each.count for each in await store.grouped(Search())}
    applications = {each.application: each.flows for each in await store.applications()}
    return await store.counts() | groups | applications | {"scenarios": await store.scenarios()}


async def held(store: SqliteStore) -> Json:
    """What a store does hold, found by reading all of it."""
    flows = (await store.search(Search(conditions=(Filter("to", "contains", "+"),), size=10**6))).flows
    callbacks = await store.callbacks(CallbackQuery(limit=10**6))
    pending = {each.flow for each in callbacks if each.outcome is None}
    live = sum(each.due_at is not None or each.id in pending for each in flows)
    groups = {each.name: each.count for each in await store.grouped(Search(start=0))}
    counts: Json = {"liveFlows": live, "finishedFlows": len(flows) - live}
    counts |= {"pendingCallbacks": sum(each.outcome is None for each in callbacks)}
    counts |= {"journalEntries": len(await store.journal(JournalQuery(limit=10**6)))}
    applications = {name: sum(each.application == name for each in flows) for name in {f.application for f in flows}}
    return counts | groups | applications | {"scenarios": sorted({each.scenario for each in flows})}


async def act(store: SqliteStore, act: str, number: int) -> None:
    """Do one of the things that a store can be asked to do."""
    name, application = f"f{number % 7}", f"app{number % 3}"
    match act:
        case "add":
            new = replace(made(f"f{number}", NOW, application), scenario=f"s{number % 2}", created_at=NOW + number)
            await store.add(posted(new.id, new), EVERYBODY)
        case "finish":
            status = FlowStatus.FAILED if number % 2 else FlowStatus.SUCCEEDED
            await store.change(name, lambda f: Change(replace(f, agenda=(), status=status)))
        case "post":
            await store.change(name, lambda f: posted(f"{f.id}-{number}", f))
        case "settle":
            taken = (await store.claim(ALL, lambda _: 2)).deliveries
            entry = Entry(NOW, "app", None, Stranded("x" * 50))
            await store.claim({}, lambda _: 0, [Settlement(each, NOW, None, "received", entry) for each in taken])
        case "fail":
            adding = store.add(posted(f"f{number}", made(f"f{number}", NOW, application)), EVERYBODY)
            await asyncio.gather(adding, store.change(name, fail), return_exceptions=True)
        case "reset":
            await store.reset(application, Entry(NOW, application, None, Reset()))


ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "finish", "post", "settle", "fail", "reset"]), st.integers(0, 20)),
    max_size=30,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, keep=st.sampled_from([None, 6000]))
def test_what_a_store_says_that_it_holds_is_what_it_holds(acts: list[tuple[str, int]], keep: int | None) -> None:
    """Whatever was written, dropped, reset, or failed beside other writes."""

    async def run() -> None:
        async with opened(keep=keep) as store:
            for number, (name, chosen) in enumerate(acts):
                await act(store, name, chosen if name != "add" else number)
            said, found = await told(store), await held(store)
        assert {key: value for key, value in said.items() if value} == {k: v for k, v in found.items() if v}

    asyncio.run(run())


@pytest.mark.parametrize("crash", [False, True])
async def test_what_a_file_holds_is_known_after_a_restart(tmp_path: Path, crash: bool) -> None:
    """Whether it was closed or the process was killed; then it is counted."""
    path = tmp_path / "store.db"
    async with opened(path) as store:
        for number in range(9):
            await act(store, "add", number)
        for name in ("finish", "settle", "post"):
            await act(store, name, 3)
        before = await told(store)
        if crash:
            (tmp_path / "killed.db").write_bytes(path.read_bytes())
            (tmp_path / "killed.db-wal").write_bytes((tmp_path / "store.db-wal").read_bytes())
            path = tmp_path / "killed.db"
    async with opened(path) as store:
        assert await told(store) == before
        assert [store.counters.count(f"app{number}", [""]) for number in range(3)] == [[2], [2], [2]]


# --- what is dropped ---------------------------------------------------------------------------------------------


async def test_a_dropped_flow_takes_its_journal_entries_with_it() -> None:
    """What is left tells of nothing that is gone; the last entry stays, since numbers go on from it."""
    async with opened(keep=8000) as store:
        for number in range(20):
            new = made(f"f{number}")
            await store.add(Change(new, (Entry(NOW, "app", new.id, Reset()),)), EVERYBODY)
        left = {each.id for each in (await store.search(Search(size=20))).flows}
        assert 0 < len(left) < 20
        assert {each.flow for each in await store.journal(JournalQuery())} == left
        dropped = await store.dropped()
        assert (dropped.flows, dropped.entries) == (20 - len(left), 20 - len(left))


async def test_the_body_of_an_acceptance_is_stored_once_and_told_with_its_entry() -> None:
    """It is kept with the flow."""
    body = json.encode(made("f0").request)
    async with opened() as store:
        entry = Entry(NOW, "app", "f0", Accepted("/failover", step=1, channel=Channel.VIBER, rule="happy"))
        await store.add(Change(made("f0"), (entry,), (), body), EVERYBODY)
        (told_of,) = await store.journal(JournalQuery())
        assert bytes(told_of.data) == (
            b'{"path":"/failover","step":1,"channel":"Viber","rule":"happy","body":%b}' % body
        )
        assert await store.flow("f0") == made("f0")


async def test_a_callback_is_found_by_its_id(tmp_path: Path) -> None:
    """Our own by what they have of their flow's, copies too; any other, as old files have them, by a look at all."""
    async with opened(file_of(tmp_path / "store.db", 2)) as store:
        (old, _) = await store.callbacks(CallbackQuery())
        assert await store.callback(old.id) == old
        name = flow_id("seed", "app", 77)
        own = callback_id(name, 3)
        posts = tuple(Post(each, "http://a/x", "http://a", b"{}", NOW) for each in (own, f"{own}-2"))
        await store.add(Change(made(name), (), posts), EVERYBODY)
        for post in posts:
            found = await store.callback(post.id)
            assert (found and found.id, found and found.flow) == (post.id, name)
        assert await store.callback(callback_id(name, 4)) is None


async def test_request_numbers_go_on_after_flows_were_dropped(tmp_path: Path) -> None:
    """So that no later flow gets the id of a former one; whether the file was closed or not."""
    path = tmp_path / "store.db"
    async with opened(path, keep=8000) as store:
        for number in range(20):
            await store.add(Change(made(f"f{number}", ordinal=20 - number)), EVERYBODY)
        assert await store.flow("f0") is None
        (tmp_path / "killed.db").write_bytes(path.read_bytes())
        (tmp_path / "killed.db-wal").write_bytes((tmp_path / "store.db-wal").read_bytes())
        assert store.counters.count("app", [""]) == [21]
    for name, number in (("store.db", 22), ("killed.db", 21)):
        async with opened(tmp_path / name, keep=8000) as store:
            assert store.counters.count("app", [""]) == [number]
            await store.reset("app", Entry(NOW, "app", None, Reset()))
            assert store.counters.count("app", [""]) == [1]


# --- reading in slices -------------------------------------------------------------------------------------------


async def test_a_search_through_many_flows_lets_others_write_meanwhile() -> None:
    """Also where a write fails and is rolled back; the search finds what was there when it began."""
    async with opened() as store:
        await all_added(store, (made(f"f{number}") for number in range(2 * WINDOW + 5)))
        done: list[str] = []

        async def write() -> None:
            await asyncio.gather(store.change("f1", fail), return_exceptions=True)
            await store.add(Change(made("new")), EVERYBODY)
            done.append("write")

        writing = asyncio.create_task(write())
        found = await store.search(Search("app", conditions=(Filter("to", "starts_with", "+"),), offset=5, size=2))
        done.append("search")
        await writing
    assert done == ["write", "search"]
    assert found.total in {2 * WINDOW + 5, 2 * WINDOW + 6}
    assert len(found.flows) == 2


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_pages_far_back_are_as_those_in_front(application: str) -> None:
    """The newest come first, and each flow is on one page."""
    async with opened() as store:
        await all_added(store, (made(f"f{number}") for number in range(DEEP + 20)))
        for offset in (0, DEEP, DEEP + 1, DEEP + 15):
            found = await store.search(Search(application, offset=offset, size=7))
            there = range(DEEP + 19 - offset, max(DEEP + 19 - offset - 7, -1), -1)
            assert (found.total, [each.id for each in found.flows]) == (DEEP + 20, [f"f{number}" for number in there])


async def test_the_journal_and_the_callbacks_are_searched_to_their_end() -> None:
    """From either end, however many entries and callbacks of others lie between."""
    async with opened() as store:
        for end in ("first", "last"):
            told = Entry(NOW, "mine", end, Stranded("it failed"))
            await store.add(Change(made(end, application="mine"), (told,)), EVERYBODY)
            await store.change(end, lambda f: posted(f.id, f))
            if end == "first":
                await store.record([Entry(NOW, "other", None, Reset())] * (2 * WINDOW))
                await asyncio.gather(*(store.add(posted(f"f{n}"), EVERYBODY) for n in range(2 * WINDOW)))
        oldest = [each.flow for each in await store.journal(JournalQuery(application="mine"))]
        newest = [each.flow for each in await store.journal(JournalQuery(kinds=(Kind.STRANDED,), before=10**9))]
        calls = [each.flow for each in await store.callbacks(CallbackQuery(application="mine"))]
        last = [each.flow for each in await store.callbacks(CallbackQuery(application="mine", before=10**9, limit=1))]
    assert (oldest, newest) == (["first", "last"], ["last", "first"])
    assert (calls, last) == (["first", "last"], ["last"])


async def test_the_groups_of_many_applications_are_as_those_of_few() -> None:
    """There the latest flows are looked for among all."""
    async with opened() as store:
        for number in range(150):
            await store.add(Change(made(f"f{number}", application=f"app{number}")), EVERYBODY)
        await store.change("f7", Change)
        (group,) = await store.grouped(Search(size=3))
        (mine,) = await store.grouped(Search("app7", size=3))
    assert (group.name, group.count) == ("Sms", 150)
    assert [each.id for each in group.flows] == ["f7", "f149", "f148"]
    assert (mine.name, mine.count) == ("Sms", 1)


# --- files -------------------------------------------------------------------------------------------------------


def file_of(path: Path, version: int) -> Path:
    """A file of an older format, made of its dump."""
    connection = sqlite3.connect(path)
    connection.executescript((FORMATS / f"{version}.sql").read_text())
    connection.close()
    return path


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
async def test_an_entry_of_an_older_file_whose_flow_was_dropped_is_forgotten_by_a_reset(
    tmp_path: Path, version: int
) -> None:
    """It had its flow's number still."""
    path = file_of(tmp_path / "store.db", version)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO entry VALUES(99, 0, 'stranded', 'shop', 'gone', 77, '{}')")
    async with opened(path, read=read_stored) as store:
        await store.reset("shop", Entry(NOW, "shop", None, Reset()))
        assert [each.kind for each in await store.journal(JournalQuery(application="shop"))] == ["reset"]


@pytest.mark.parametrize(("version", "entries"), [(1, 15), (2, 16), (3, 22), (4, 22), (5, 22)])
async def test_a_file_of_an_older_format_is_brought_up(tmp_path: Path, version: int, entries: int) -> None:
    """With its flows, callbacks, journal, clocks and tokens; what was due is still due."""
    async with opened(file_of(tmp_path / "store.db", version), read=read_stored) as store:
        flows = (await store.search(Search(size=10))).flows
        assert [(each.application, each.status, len(each.messages)) for each in flows] == [
            ("shop", FlowStatus.QUEUED, 1),
            ("bank", FlowStatus.QUEUED, 1),
            ("shop", FlowStatus.SUCCEEDED, 1),
            ("shop", FlowStatus.IN_PROGRESS, 2),
        ]
        for each in flows:
            assert await store.flow(each.id) == each
        assert await store.counts() == {
            "liveFlows": 3,
            "finishedFlows": 1,
            "pendingCallbacks": 1,
            "journalEntries": entries,
        }
        (_, waiting) = await store.callbacks(CallbackQuery())
        assert (waiting.attempts, waiting.flow, waiting.due_at) == (1, flows[-1].id, 1767225633000)
        accepted = [json.decode(each.data) for each in await store.journal(JournalQuery(kinds=("accepted",)))]
        assert all(each["body"]["flow"] for each in accepted)
        assert set(await store.clocks()) == {EVERYBODY, "bank"}
        assert {each.application for each in store.grants()} == {"shop", "bank"}
        assert store.counters.count("shop", [""]) + store.counters.count("bank", [""]) == [4, 2]
        assert await store.next_due(EVERYBODY) is not None
        groups = await store.grouped(Search())
        assert {each.name: each.count for each in groups} == {"Viber": 1, "Sms": 2, "Succeeded": 1}
    async with opened(tmp_path / "store.db", read=read_stored) as store:
        assert (await store.search(Search(size=10))).flows == flows


async def test_the_request_numbers_of_dropped_flows_are_brought_up(tmp_path: Path) -> None:
    """Those of a file of format 3, whose emulator was killed."""
    path = file_of(tmp_path / "store.db", 3)
    connection = sqlite3.connect(path)
    connection.executescript("INSERT INTO ordinal VALUES('shop', 9); DELETE FROM fact WHERE name = 'tally'")
    connection.close()
    async with opened(path) as store:
        assert store.counters.count("shop", [""]) + store.counters.count("bank", [""]) == [10, 2]


@pytest.mark.parametrize(
    ("tables", "version", "why"),
    [("flow(seq)", 99, "of a newer emulator"), ("person(name)", 0, "no store"), ("flow(seq)", 1, "no store")],
)
async def test_a_file_that_can_t_be_read_is_left_as_it_is(tmp_path: Path, tables: str, version: int, why: str) -> None:
    """One of a newer emulator, of another program, or of a format that is too old."""
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.executescript(f"CREATE TABLE {tables}; PRAGMA user_version = {version}")
    connection.close()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(StoreError, match=why):
        await SqliteStore(str(path)).open()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


# --- many writes in one commit -----------------------------------------------------------------------------------


async def test_a_flow_that_can_t_be_written_spoils_no_other_of_its_commit() -> None:
    """Each is told of its own."""
    told: dict[str, Exception | None] = {}
    all_told = asyncio.Event()

    def tell(name: str, _: object, error: Exception | None) -> None:
        told[name] = error
        if len(told) == 3:
            all_told.set()

    async with opened() as store:
        for name in ("a", "bad", "b"):
            new = replace(made(name), created_at=2**70) if name == "bad" else made(name)
            store.add_soon(Change(new), EVERYBODY, partial(tell, name))
        await all_told.wait()
        assert [name for name, error in told.items() if error] == ["bad"]
        assert (await store.counts())["finishedFlows"] == 2
        assert [(await store.flow(name)) is not None for name in ("a", "bad", "b")] == [True, False, True]


async def test_a_settlement_with_a_move_of_the_clock_is_one_transaction() -> None:
    """What was claimed is free again, even if it can't be written."""
    async with opened() as store:
        await store.add(Change(replace(flow([viber()]), agenda=()), (), posted("f").posts), EVERYBODY)
        taken = (await store.carry(EVERYBODY, NOW, 9, Change, lambda _: 9)).deliveries
        assert (await store.carry(EVERYBODY, NOW, 9, Change, lambda _: 9)).deliveries == []
        bad = Settlement(taken[0], 2**70, None, "received", Entry(2**70, "app", None, Reset()))
        with pytest.raises(OverflowError):
            await store.carry(EVERYBODY, NOW, 9, Change, lambda _: 9, settlements=[bad])
        again = (await store.carry(EVERYBODY, NOW, 9, Change, lambda _: 9)).deliveries
        assert [each.id for each in again] == [each.id for each in taken]
        good = Settlement(again[0], NOW, None, "received", Entry(NOW, "app", None, Reset()))
        carried = await store.carry(EVERYBODY, NOW, 9, Change, lambda _: 9, settlements=[good])
        assert (carried.deliveries, carried.next_due) == ([], None)
        assert (await store.counts())["pendingCallbacks"] == 0
