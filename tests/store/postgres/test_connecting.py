"""Connections that are lost, and databases that are not ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY, RealTime
from emulator.journal.entry import Entry
from emulator.journal.kinds import Stranded
from emulator.store.contract import StoreError, Unavailable
from emulator.store.found import ApplicationCount
from emulator.store.places import database
from emulator.store.postgres.connecting import PATIENCE, Connections
from emulator.store.postgres.opening import compare_clocks
from emulator.store.postgres.presence import key
from emulator.store.records import Change, Effects, JournalQuery, Search
from emulator.store.stores import store_at
from tests.support import postgres
from tests.support.relay import relay
from tests.support.samples import NOW, flow, sms

pytestmark = pytest.mark.anyio
FORMATS = Path(__file__).parent / "formats"
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'failover-emulator'"
"""Ends the connections of all emulators."""


@pytest.fixture
def own() -> Iterator[postgres.Server]:
    """A server that a test may stop."""
    with postgres.server() as running:
        yield running


def sent(number: int) -> Change:
    """A new flow, which costs 1, with its journal entry."""
    made = replace(flow([sms()], name=f"f{number}"), ordinal=number)
    return Change(made, (Entry(NOW, "app", made.id, Stranded(str(number))),), (), None, Effects("app", 1.0))


async def test_what_is_written_while_the_server_crashes_is_written_once(own: postgres.Server) -> None:
    """Again and again: each call waits until the server is back, and nothing is lost or written twice."""
    store = store_at(own.schema())
    await store.open()
    numbers = iter(range(1, 100_000))
    ended, more = asyncio.Event(), asyncio.Semaphore(0)
    written = list[int]()

    async def client() -> None:
        while not ended.is_set():
            number = next(numbers)
            await store.add(sent(number), EVERYBODY)
            written.append(number)
            more.release()

    clients = [asyncio.create_task(client()) for _ in range(8)]
    for _ in range(3):
        for _ in range(100):
            await more.acquire()
        await asyncio.to_thread(own.stop, crash=True)
        await asyncio.to_thread(own.start)
    ended.set()
    await asyncio.gather(*clients)
    entries = await store.journal(JournalQuery(limit=100_000))
    assert sorted(str(each.flow) for each in entries) == sorted(f"f{number}" for number in written)
    assert store.state("app").spent == len(written)
    await store.close()


async def test_a_server_that_stays_away_is_told_and_nothing_is_written(
    own: postgres.Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller gets Unavailable, what its request took is taken back, and the log says it once; later all is well."""
    monkeypatch.setattr("emulator.store.postgres.commit.PATIENCE", 0.2)
    monkeypatch.setattr("emulator.store.postgres.connecting.PATIENCE", 0.2)
    store = store_at(own.schema())
    await store.open()
    assert await store.trouble() == ""
    await asyncio.to_thread(own.stop)
    with pytest.raises(Unavailable, match="can't be reached"):
        await store.add(sent(1), EVERYBODY)
    with pytest.raises(Unavailable, match="can't be reached"):
        await store.flow("f1")
    assert store.state("app").spent == 0.0
    assert "can't be reached" in await store.trouble()
    await asyncio.to_thread(own.start)
    assert await store.trouble() == ""
    await store.add(sent(1), EVERYBODY)
    assert store.state("app").spent == 1.0
    levels = [each.levelno for each in caplog.records if each.name == "emulator.store.postgres.connecting"]
    assert levels == [logging.ERROR, logging.WARNING]
    await store.close()


async def test_a_server_that_is_only_starting_is_waited_for(
    own: postgres.Server, caplog: pytest.LogCaptureFixture
) -> None:
    """As when both are started together; the log says at once what is waited for."""
    await asyncio.to_thread(own.stop)
    told, log = asyncio.Event(), logging.getLogger("emulator.store.postgres.connecting")

    def heard(_: logging.LogRecord) -> bool:
        told.set()
        return True

    log.addFilter(heard)
    store = store_at(own.schema())
    opening = asyncio.ensure_future(store.open())
    await told.wait()
    await asyncio.to_thread(own.start)
    await opening
    log.removeFilter(heard)
    await store.add(sent(1), EVERYBODY)
    await store.close()
    first, last = (each.getMessage() for each in caplog.records if each.name == log.name)
    assert "can't be reached" in first
    assert first.endswith("; waiting up to 10 s")
    assert last.endswith("can be used now")


async def test_a_turn_that_waits_for_something_else_is_given_up(
    postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may not hold up all others for ever."""
    monkeypatch.setattr("emulator.store.postgres.commit.IDLE", 0.05)
    monkeypatch.setattr("emulator.store.postgres.commit.PATIENCE", 0.2)
    store = store_at(postgresql.schema())
    await store.open()
    waiting = asyncio.Event()
    turn = asyncio.ensure_future(store.turn(waiting.wait))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="did not take a write in time"):
        await store.add(sent(1), EVERYBODY)
    waiting.set()
    with pytest.raises(Unavailable):
        await turn
    monkeypatch.undo()
    await store.add(sent(2), EVERYBODY)
    assert [each.flow for each in await store.journal(JournalQuery())] == ["f2"]
    await store.close()


async def test_connections_that_the_server_ends_are_made_anew(postgresql: postgres.Server) -> None:
    """Also if the server's word has come, and the connection's end has not; nobody gets an error, or waits for long."""
    with relay(postgresql.folder) as way:
        store = store_at(postgresql.schema().replace(str(postgresql.folder), str(way.folder)))
        await store.open()
        await store.add(sent(1), EVERYBODY)
        way.keep()
        for _ in postgresql.sql(_END).split():
            await asyncio.to_thread(way.kept.acquire, timeout=PATIENCE)
        assert "the server has ended the connection" in await store.trouble()
        async with asyncio.timeout(PATIENCE / 2):
            await store.fresh()
            async with store.driving("app"):
                pass
            await store.add(sent(2), EVERYBODY)
            assert [each.flow for each in await store.journal(JournalQuery())] == ["f1", "f2"]
        assert await store.trouble() == ""
        way.release()
        await store.close()


async def test_who_is_cut_off_waits_no_longer_than_for_a_database_that_is_away(
    postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the connections seem to be well: reads, writes and the look whether it can be used. Then all goes on."""
    for module in ("connecting", "connected", "commit"):
        monkeypatch.setattr(f"emulator.store.postgres.{module}.PATIENCE", 1.5)
    with relay(postgresql.folder) as way:
        store = store_at(postgresql.schema().replace(str(postgresql.folder), str(way.folder)))
        await store.open()
        await store.add(sent(1), EVERYBODY)
        way.hold()
        with pytest.raises(Unavailable):
            await store.fresh()
        with pytest.raises(Unavailable):
            await store.add(sent(2), EVERYBODY)
        assert (await store.trouble()).endswith("can't be reached: it does not answer")
        way.release()
        monkeypatch.undo()
        await store.add(sent(3), EVERYBODY)
        await store.fresh()
        assert await store.trouble() == ""
        assert [each.flow for each in await store.journal(JournalQuery())] == ["f1", "f3"]
        await store.close()


@pytest.mark.parametrize("file", sorted(FORMATS.iterdir()), ids=lambda file: file.stem)
async def test_a_store_of_an_older_format_is_brought_to_the_present_one(
    postgresql: postgres.Server, file: Path
) -> None:
    """What is in it stays, and is counted."""
    store = store_at(postgresql.restored(file))
    await store.open()
    assert await store.flow("f1") is not None
    assert store.state("app").spent == 3.0
    await store.add(sent(9), EVERYBODY)
    assert await store.applications() == [ApplicationCount("app", 4), ApplicationCount("b", 1)]
    assert await store.scenarios() == ["other", "test"]
    assert (await store.search(Search("app", kinds=("viber",)))).total == 1
    groups = {each.name: (each.count, [one.id for one in each.flows]) for each in await store.grouped(Search(size=1))}
    assert groups == {"Sms": (2, ["f4"]), "Viber": (1, ["f2"]), "Failed": (1, ["f3"]), "Queued": (1, ["f9"])}
    assert await store.counts() == {"liveFlows": 4, "finishedFlows": 1, "pendingCallbacks": 2, "journalEntries": 5}
    await store.close()


async def test_a_store_of_an_older_format_is_left_to_the_emulators_that_use_it(
    postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would go on writing as it was."""
    monkeypatch.setattr("emulator.store.postgres.opening.TAKING", 0.0)
    place = postgresql.restored(FORMATS / "2.sql")
    old = await asyncpg.connect(database(place).url)
    await old.execute("SELECT pg_advisory_lock($1)", key(database(place).schema, "process", 1))
    with pytest.raises(StoreError, match="an emulator of format 2 is using it"):
        await store_at(place).open()
    await old.close()


async def test_a_schema_that_is_no_store_is_refused(postgresql: postgres.Server) -> None:
    """Nothing is written into it."""
    place = postgresql.schema()
    schema = place.rpartition("=")[2]
    postgresql.sql(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.fact(name text)")
    with pytest.raises(StoreError, match=f"the schema {schema} of .* is no store of this emulator"):
        await store_at(place).open()


async def test_who_owns_the_schema_needs_no_right_to_make_one(postgresql: postgres.Server) -> None:
    """A schema that an administrator has made for the emulator is enough."""
    place = postgresql.schema()
    schema = place.rpartition("=")[2]
    postgresql.sql(f"CREATE ROLE {schema} LOGIN")
    postgresql.sql(f"CREATE SCHEMA {schema} AUTHORIZATION {schema}")
    store = store_at(place.replace("//postgres@", f"//{schema}@"))
    await store.open()
    await store.add(sent(1), EVERYBODY)
    await store.close()


async def test_a_user_without_rights_to_the_schema_is_told_which(postgresql: postgres.Server) -> None:
    """Its tables seem not to be there."""
    place = postgresql.schema()
    schema = place.rpartition("=")[2]
    postgresql.sql(f"CREATE ROLE {schema} LOGIN")
    store = store_at(place)
    await store.open()
    await store.close()
    with pytest.raises(StoreError, match=f"the user has no right to the schema {schema}. Grant it USAGE"):
        await store_at(place.replace("//postgres@", f"//{schema}@")).open()


async def test_a_store_that_is_removed_is_told_and_not_used_again(
    postgresql: postgres.Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Though another emulator makes its tables again: that knows nothing of this one."""
    place = postgresql.schema()
    store = store_at(place)
    await store.open()
    await store.add(sent(1), EVERYBODY)
    postgresql.sql(f"DROP SCHEMA {place.rpartition('=')[2]} CASCADE")
    for _ in range(2):
        with pytest.raises(Unavailable, match="has lost its tables: end all its emulators and start them anew"):
            await store.add(sent(2), EVERYBODY)
    again = store_at(place)
    await again.open()
    with pytest.raises(Unavailable, match="has lost its tables"):
        await store.journal(JournalQuery())
    assert "has lost its tables" in await store.trouble()
    await again.close()
    await store.close()
    assert caplog.text.count("has lost its tables") == 1


@pytest.mark.parametrize(("off", "words"), [(0, ""), (7_000, "s ahead of that of"), (-7_000, "s behind that of")])
async def test_a_host_whose_clock_is_not_the_server_s_is_told(
    postgresql: postgres.Server, caplog: pytest.LogCaptureFixture, off: int, words: str
) -> None:
    """Emulators on such hosts would tell different times."""
    real, place = RealTime(), database(postgresql.url)
    connection = await asyncpg.connect(place.url)
    await compare_clocks(connection, place, lambda: real() + off)
    await connection.close()
    assert (words in caplog.text) if words else caplog.text == ""


async def test_a_store_of_another_format_is_refused(postgresql: postgres.Server) -> None:
    """With what to do."""
    place = postgresql.schema()
    store = store_at(place)
    await store.open()
    await store.close()
    postgresql.sql(f"UPDATE {place.rpartition('=')[2]}.fact SET value = '99' WHERE name = 'format'")
    with pytest.raises(StoreError, match="has format 99, of another emulator; this one reads format 6"):
        await store_at(place).open()


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("postgresql://u:secret@/db?host=/nowhere", "No such file"),
        ("postgresql://u:secret@127.0.0.1:1/db", "Connect call failed|refused"),
        ("postgresql://u:secret@/nobody?host={folder}", "does not exist"),
        ("postgresql://postgres:secret@/postgres?host={folder}&nonsense=1", "nonsense"),
    ],
)
async def test_a_database_that_can_t_be_used_is_told_without_its_password(
    postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch, place: str, why: str
) -> None:
    """Before anything is served."""
    monkeypatch.setattr("emulator.store.postgres.connecting.PATIENCE", 0.2)
    with pytest.raises(StoreError, match=why) as refused:
        await store_at(place.format(folder=postgresql.folder)).open()
    assert "secret" not in str(refused.value)


async def test_what_writes_plans_each_statement_once_and_compresses_quickly(postgresql: postgres.Server) -> None:
    """Also on the connection that is made in place of a lost one."""
    connections = Connections(database(postgresql.schema()))
    await connections.open()
    for _ in range(2):
        writer = await connections.writer(asyncio.get_running_loop().time() + PATIENCE)
        for length in range(8):
            await writer.fetch("SELECT callback FROM delivery WHERE callback = ANY($1::bigint[])", [1] * length)
        assert await writer.fetchval("SELECT sum(custom_plans) FROM pg_prepared_statements") == 0
        quick = "setting = CASE WHEN 'lz4' = ANY(enumvals) THEN 'lz4' ELSE 'pglz' END"
        assert await writer.fetchval(f"SELECT {quick} FROM pg_settings WHERE name = 'default_toast_compression'")
        connections.drop()
    await connections.close()
