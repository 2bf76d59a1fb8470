"""Machines that break, and loads that nobody planned: what was accepted is kept, what can't be kept is refused in
words, and what nobody asks for any more costs nothing.

What is about the network (slow names, endless answers, connections) and about reading requests is tested elsewhere:
I5, I7 to I13, I19 and I22 to I24 of the list are not in this file.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.requests import ClientDisconnect

from emulator.accounts.tokens import Account
from emulator.app import Application
from emulator.client import Client
from emulator.clock.clock import EVERYBODY
from emulator.emulation import Emulation
from emulator.flow.request import Request
from emulator.http import messages
from emulator.http.protocol import HANG_UP
from emulator.scenario import files
from emulator.settings import Settings
from emulator.store.contract import StoreError
from emulator.store.records import Change, Claimed, Search
from emulator.store.sqlite.store import SqliteStore
from tests.support.machines import full_disk
from tests.support.running import SMS, Emulator, emulator, receiver
from tests.support.samples import NOW, callback, flow, sms
from tests.support.submitting import submitted


def call(server: Emulator, method: str, path: str, body: object = None) -> Any:
    """A call of the emulator's own API that is answered well."""
    answer = server.call(method, f"/_emulator/{path}", None if body is None else json.dumps(body).encode())
    assert answer.status == 200, answer.body
    return answer.json()


def until_ready(server: Emulator) -> None:
    """Wait until the emulator says that it is ready."""
    while server.call("GET", "/_emulator/ready").status != 200:
        pass


# --- I1: what is under way on a disk that is full ---------------------------------------------------------------


def test_i1_an_attempt_whose_end_can_t_be_written_is_written_when_it_can_be(tmp_path: Path) -> None:
    """The callback was received once, and is not held, nor posted again."""
    with receiver() as hook, emulator("--store", str(tmp_path / "s.db"), "--rate", "1000") as server:

        def answer(_: int) -> int:
            filling.__enter__()
            return 200

        filling = full_disk(server)
        hook.answer = answer
        name = server.send(SMS, callback=hook.url, strategy="OnCompletion")
        assert hook.next()["trackingId"] == name
        while server.call("GET", "/_emulator/ready").status != 503:
            pass
        hook.answer = lambda _: 200
        filling.__exit__(None, None, None)
        while server.journal(name)[-1]["kind"] != "attempt":
            pass
        assert (server.journal(name)[-1]["data"]["outcome"], hook.count) == ("received", 1)
        server.advance(by="1h")
        assert call(server, "GET", "ready")["pendingCallbacks"] == 0


def written(server: Emulator) -> int:
    """How many bytes an emulator has written to files and sockets."""
    lines = Path(f"/proc/{server.process.pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar"))


def test_i1_an_advance_waits_for_a_callback_that_is_under_way(tmp_path: Path) -> None:
    """It neither spins meanwhile nor returns without having moved."""
    came, go = threading.Event(), threading.Event()
    with receiver() as hook, emulator("--store", str(tmp_path / "s.db"), "--rate", "100") as server:

        def answer(_: int) -> int:
            came.set()
            go.wait()
            return 200

        hook.answer = answer
        name = server.send(SMS | {"to": "+306900000070"}, callback=hook.url)  # delivered at half of its ttl
        came.wait()
        with ThreadPoolExecutor() as pool:
            advancing = pool.submit(server.advance, until="idle")
            while server.clock()["now"] != server.clock()["now"]:
                pass  # until it stands still
            before = written(server)
            for _ in range(100):
                assert server.call("GET", "/_emulator/health").status == 200
            assert (advancing.done(), written(server) - before < 100_000) == (False, True)
            go.set()
            happened = advancing.result()["happened"]
        assert "completed" in [each["kind"] for each in happened]
        server.forget_token()
        assert server.api("GET", f"/failover/tracking/{name}").json()["status"] == "Succeeded"


# --- I2: ids are unique for ever ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [9, 15])
def test_i2_no_tracking_id_comes_twice_after_flows_were_dropped(tmp_path: Path, number: int) -> None:
    """However the process ended between."""
    options = ("--store", str(tmp_path / "s.db"), "--rate", "instant", "--keep", "20000", "--seed", "1")
    seen: list[str] = []
    for _ in range(3):
        with emulator(*options) as server:
            seen += [server.send(SMS) for _ in range(30)]
            server.stop(number)
    assert len(set(seen)) == len(seen) == 90


# --- I3: what was set comes back ---------------------------------------------------------------------------------


def test_i3_a_clock_that_was_killed_in_an_advance_runs_as_it_was_set(tmp_path: Path) -> None:
    """An application's own, and the one that all share."""
    options = ("--store", str(tmp_path / "s.db"))
    with receiver() as hook:
        with emulator(*options) as server:
            call(server, "PUT", "clock", {"rate": 30})
            call(server, "PUT", "clock", {"application": "app", "rate": 60})
            name = server.send(SMS, callback=hook.url)
            killed = []

            def answer(_: int) -> int:
                killed.append(server.clock("app")["rate"])
                server.process.kill()
                return 200

            hook.answer = answer
            with pytest.raises((ConnectionError, OSError)):
                server.advance("app", flow=name)
        assert killed == [60]
        hook.answer = lambda _: 200
        with emulator(*options) as server:
            assert (server.clock("app")["rate"], server.clock()["rate"]) == (60, 30)


def test_i3_a_rate_that_the_start_names_is_the_rate(tmp_path: Path) -> None:
    """Even if it is the usual one; it stays for the start after that, which names none."""
    options = ("--store", str(tmp_path / "s.db"))
    with emulator(*options, "--rate", "0") as server:
        assert server.clock()["rate"] == 0
    for more, expected in ((), 0), (("--rate", "1"), 1), ((), 1):
        with emulator(*options, *more) as server:
            assert server.clock()["rate"] == expected


# --- I4: what answers an error has not happened ------------------------------------------------------------------

MINE = {"rules": [{"name": "all fail", "plan": {"Sms": "Failed"}, "uses": 3}]}
MONEY = {"name": "money", "purpose": "Something to spend.", "balance": 1.0, "rules": []}
CALLS: tuple[tuple[str, str, object], ...] = (
    ("POST", "scenario", {"name": "all-fail"}),
    ("POST", "scenario", {"name": "all-fail", "application": "app"}),
    ("POST", "scenario", {"scenario": MONEY}),
    ("POST", "scenario/overrides", MINE),
    ("DELETE", "scenario", None),
    ("PUT", "clock", {"rate": 60}),
    ("PUT", "clock", {"rate": 60, "application": "other"}),
    ("POST", "clock/advance", {"by": "20h"}),
    ("POST", "clock/advance", {"by": "20h", "application": "other"}),
    ("PUT", "balance", {"application": "app", "balance": 0.5}),
    ("DELETE", "tokens/{token}", None),
    ("POST", "flows/{flow}/reports", {"status": "Failed"}),
    ("POST", "flows/{flow}/cancel", {}),
    ("POST", "reset", {}),
    ("POST", "reset", {"application": "app"}),
)


def seen(server: Emulator) -> Any:
    """All that a user sees of an emulator's state."""
    paths = ["clock", "clock?application=other", "tokens", "flows", "callbacks", "applications", "journal"]
    paths += [f"{path}?application={each}" for path in ("scenario", "balance") for each in ("app", "other", "")]
    return [call(server, "GET", path) for path in paths]


def test_i4_a_call_that_is_refused_on_a_full_disk_has_not_happened(tmp_path: Path) -> None:
    """None of what steers; it is so before and after the disk is free, and after a restart."""
    options = ("--store", str(tmp_path / "s.db"), "--rate", "0")
    with emulator(*options) as server:
        call(server, "POST", "scenario", {"scenario": MONEY, "application": "app"})
        call(server, "POST", "scenario/overrides", MINE | {"application": "app"})
        names = {"flow": server.send(SMS), "token": server.token()}
        before = seen(server)
        with full_disk(server):
            for method, path, body in CALLS:
                data = None if body is None else json.dumps(body).encode()
                answer = server.call(method, f"/_emulator/{path.format(**names)}", data)
                assert (answer.status, answer.headers["retry-after"]) == (503, "1"), (path, answer.body)
                assert seen(server) == before, path
            assert server.api("POST", "/failover", {"flow": [SMS]}).status == 503
        until_ready(server)
        assert seen(server) == before
        server.stop(9)
    with emulator(*options) as server:
        assert seen(server) == before


def test_i4_a_token_that_could_not_be_saved_is_never_handed_out(tmp_path: Path) -> None:
    """What is handed out afterwards is in the file."""
    options = ("--store", str(tmp_path / "s.db"))
    basic = {"Authorization": "Basic YTpi"}  # a:b
    with emulator(*options) as server:
        with full_disk(server):
            refused = server.call("POST", "/oauth/token?grant_type=client_credentials", b"", basic)
            assert (refused.status, "can't be written" in refused.json()["developerMessage"]) == (503, True)
            assert call(server, "GET", "tokens")["tokens"] == []
        until_ready(server)
        token = server.token("a")
        server.stop(9)
    with emulator(*options) as server:
        assert server.token("a") == token


# --- I6: memory that nothing limited -----------------------------------------------------------------------------


def test_i6_a_page_of_the_journal_ends_when_it_is_large() -> None:
    """And says that there is more; all pages together have everything, in the client too."""
    with emulator("--rate", "0", "--keep", "0") as server:
        large = {"flow": [SMS | {"message": {"body": "a"}, "note": "x" * 500_000}]}
        names = [server.api("POST", "/failover", large).json()["trackingId"] for _ in range(20)]
        page = call(server, "GET", "journal?kind=accepted")
        assert (page["more"], 0 < len(page["entries"]) < 20) == (True, True)
        newest = call(server, "GET", f"journal?kind=accepted&before={10**6}")
        assert (newest["more"], newest["entries"][0]["flow"]) == (True, names[-1])
        assert [each["flow"] for each in newest["entries"]] == names[: -len(newest["entries"]) - 1 : -1]
        with Client(f"http://127.0.0.1:{server.port}") as client:
            assert [each["flow"] for each in client.journal(kind="accepted")] == names


def test_i6_memory_stays_small_beside_feeds_that_nobody_reads() -> None:
    """Each holds a part of what it is to tell, however much that is."""
    with emulator("--rate", "0", "--keep", "0") as server:
        large = {"flow": [SMS | {"message": {"body": "a"}, "note": "x" * 500_000}]}
        for _ in range(60):
            assert server.api("POST", "/failover", large).status == 200
        before = memory(server)
        with ExitStack() as stack:
            for _ in range(10):
                feed = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                feed.sendall(b"GET /_emulator/feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert b"200 OK" in feed.recv(100)
            for _ in range(50):
                call(server, "GET", "health")
            assert memory(server) - before < 60 * 2**20


def memory(server: Emulator) -> int:
    """How many bytes of memory an emulator has."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024


@pytest.mark.anyio
async def test_i6_a_reader_of_a_stream_that_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is sent would wait in memory for ever."""
    monkeypatch.setattr(messages, "UNREAD", 0.0)
    ended: list[str] = []

    async def events() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"data: x\n\n"
        finally:
            ended.append("events")

    async def never(*_: object) -> Any:
        await asyncio.Event().wait()

    scope: dict[str, Any] = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.4"}}
    scope["extensions"] = {HANG_UP: {"abort": lambda: ended.append("connection")}}
    with pytest.raises(ClientDisconnect):
        await messages.Stream(events())(scope, never, never)
    assert "connection" in ended


@pytest.mark.anyio
async def test_i6_nothing_is_kept_of_applications_that_were_reset() -> None:
    """Neither what was in force, nor counts, nor tokens, nor what was parsed."""
    emulation = await Emulation.start(Settings(rate=0.0))
    try:
        scenario = files.load_text("{purpose: p, balance: 9}", "mine")
        for number in range(20):
            name = f"app{number}"
            await emulation.steering.choose(name, scenario, "{purpose: p, balance: 9}")
            await submitted(emulation, Request([sms()]), name)
            await emulation.tokens.issue(name, Account("secret"), "", NOW)
            await emulation.reset(name)
        store = emulation.store
        assert (store.states(), store.grants(), await store.applications()) == ({}, [], [])
        await emulation.steering.choose("another", scenario)
        await submitted(emulation, Request([sms()]), "another")
        for part in (store, emulation.selection, emulation.engine, emulation.courier, emulation.clocks):
            assert not [each for each in reachable(part) if re.fullmatch(r"app\d+", each)]
    finally:
        await emulation.stop()


def reachable(part: object) -> Iterator[str]:
    """The texts that a part of an emulator holds, however deep."""
    left, known = [part], set[int]()
    while left:
        each = left.pop()
        if id(each) in known:
            continue
        known.add(id(each))
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict | list | tuple | set | frozenset | deque) or type(each).__module__.startswith(
            "emul"
        ):
            left += [found for found in gc.get_referents(each) if not isinstance(found, type | FunctionType)]


# --- I14: what is kept -------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_i14_a_write_that_fails_beside_others_changes_no_count() -> None:
    """What the store says that it holds is what it holds, so as much is kept as was promised."""
    store = SqliteStore(keep=100_000)
    await store.open()
    try:
        ended = flow([sms()])
        for number in range(300):
            good = replace(ended, id=f"good{number}", ordinal=number + 1)
            bad = replace(ended, id=f"bad{number}", created_at=2**70)
            adding = (store.add(Change(each), EVERYBODY) for each in (good, bad))
            assert [type(each) for each in await asyncio.gather(*adding, return_exceptions=True)][1] is OverflowError
        found, dropped = await store.search(Search(size=1000)), await store.dropped()
        assert found.total == len(found.flows) == (await store.counts())["finishedFlows"] == 300 - dropped.flows
        assert (await store.search(Search(start=0, size=1))).total == found.total
    finally:
        await store.close()


# --- I15: a file that is gone, or damaged ------------------------------------------------------------------------


@pytest.mark.parametrize("away", ["removed", "moved", "replaced"])
def test_i15_a_store_whose_file_is_gone_takes_nothing_and_says_so(
    tmp_path: Path, away: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A restart would not find it. What is there can be read; with the file, all is well again."""
    path, elsewhere = tmp_path / "s.db", tmp_path / "elsewhere.db"
    with emulator("--store", str(path), "--rate", "0") as server:
        name = server.send(SMS)
        if away == "removed":
            path.unlink()
        else:
            path.rename(elsewhere)
        if away == "replaced":
            path.write_bytes(b"")
        answer = server.call("GET", "/_emulator/ready")
        assert (answer.status, "was removed or moved" in answer.json()["detail"]) == (503, True)
        assert server.call("GET", "/_emulator/health").status == 200
        assert server.api("POST", "/failover", {"flow": [SMS]}).status == 503
        assert server.api("GET", f"/failover/tracking/{name}").status == 200
        if away == "moved":
            elsewhere.rename(path)
            assert server.call("GET", "/_emulator/ready").status == 200
            server.send(SMS)
    log = capfd.readouterr().err
    assert (log.count("until then requests are answered 503"), "Traceback" in log) == (1, False)


PAGE = 16_384
"""Bytes of a page of a store."""


@pytest.mark.anyio
async def test_i15_a_damaged_file_is_told_in_words(tmp_path: Path) -> None:
    """At the start, whatever part of it is damaged: one line, no traceback."""
    path = tmp_path / "s.db"
    store = SqliteStore(str(path))
    await store.open()
    for number in range(20):
        await store.add(Change(replace(flow([sms()]), id=f"f{number}")), EVERYBODY)
    await store.close()
    good = path.read_bytes()
    refused = []
    for number in range(len(good) // PAGE):
        begin = number * PAGE + (100 if number == 0 else 0)
        path.write_bytes(good[:begin] + b"\xa5" * 3900 + good[begin + 3900 :])
        store = SqliteStore(str(path))
        try:
            await store.open()
            await store.close()
        except StoreError as error:
            refused.append((number, str(error)))
    assert len(refused) > 5
    assert all("is damaged" in why for _, why in refused), refused
    path.write_bytes(good[: refused[0][0] * PAGE] + b"\xa5" * PAGE + good[(refused[0][0] + 1) * PAGE :])
    told = start(path)
    assert ("is damaged" in told, "Traceback" in told) == (True, False)
    path.write_bytes(b"no database at all" * 100)
    assert "the store" in start(path)


def start(path: Path) -> str:
    """What an emulator says that is started on this file and stopped at once."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--store", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if "is ready" in line:
                process.terminate()
        return "".join(lines)


def test_i15_a_row_that_can_t_be_read_is_shown_as_such(tmp_path: Path) -> None:
    """A flow, and a journal entry: lists have them beside all others, and nothing else is held up by them."""
    path = tmp_path / "s.db"
    options = ("--store", str(path), "--rate", "0")
    with emulator(*options) as server:
        good, bad = [server.send(SMS) for _ in range(2)]
        assert server.stop() == 0
    connection = sqlite3.connect(path)
    connection.execute("UPDATE flow SET state = x'ff00ff' WHERE id = ?", (bad,))
    connection.execute("UPDATE entry SET data = CAST(x'7bff' AS TEXT) WHERE flow = ? AND kind = 'accepted'", (bad,))
    connection.commit()
    connection.close()
    with emulator(*options) as server:
        flows = call(server, "GET", "flows")["flows"]
        assert [each["trackingId"] for each in flows] == [bad, good]
        shown = json.dumps(call(server, "GET", f"flows/{bad}"))
        assert "can't be read from the store" in shown
        for path_of in ("board", "requests", "callbacks", f"journal?flow={good}"):
            call(server, "GET", path_of)
        texts = [each["text"] for each in server.journal() if each["flow"] == bad]
        assert "can't be read from the store" in texts[0]
        assert server.api("GET", f"/failover/tracking/{bad}").status == 200
        found = server.api("POST", "/failover/tracking", {})
        assert (found.status, len(found.json()["content"])) == (200, 2)
        refused = server.call("POST", f"/_emulator/flows/{bad}/cancel", b"{}")
        assert (refused.status, "can't be read" in refused.json()["detail"]) == (503, True)
        server.advance(flow=good)
        server.advance(until="idle")


# --- I16: files of others ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "pragmas", "why"),
    [
        ("flow(seq)", "user_version = 99", "of a newer emulator"),
        ("person(name)", "user_version = 0", "no store"),
        ("person(name)", "user_version = 3", "no store"),
        ("person(name)", "application_id = 77", "no store"),
    ],
)
def test_i16_a_file_of_another_program_or_a_newer_emulator_is_not_touched(
    tmp_path: Path, tables: str, pragmas: str, why: str
) -> None:
    """It is refused in words, and every byte stays."""
    path = tmp_path / "s.db"
    connection = sqlite3.connect(path)
    connection.executescript(f"CREATE TABLE {tables}; PRAGMA {pragmas}")
    connection.close()
    before = path.read_bytes()
    assert why in start(path)
    assert (path.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (before, ["s.db"])


# --- I17: a full disk is told ------------------------------------------------------------------------------------


def test_i17_a_full_disk_is_a_503_in_words_and_two_lines_in_the_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One when it begins and one when it ends, however many requests came; nobody need write for its end to be seen."""
    with receiver() as hook, emulator("--store", str(tmp_path / "s.db"), "--rate", "100") as server:
        server.send(SMS, callback=hook.url)
        with full_disk(server):
            answers = [server.api("POST", "/failover", {"flow": [step]}) for step in [SMS, SMS, {"type": "Fax"}] * 5]
            assert {answer.status for answer in answers} == {503}
            assert all("can't be written" in answer.json()["developerMessage"] for answer in answers)
            ready = server.call("GET", "/_emulator/ready")
            assert (ready.status, "can't be written" in ready.json()["detail"]) == (503, True)
            assert server.call("GET", "/_emulator/journal").status == 200
        until_ready(server)
        server.send(SMS)
    log = capfd.readouterr().err
    assert (log.count("until then requests are answered 503"), log.count("can be used again"), "Traceback" in log) == (
        1,
        1,
        False,
    )


# --- I18: overload -----------------------------------------------------------------------------------------------


def test_i18_ready_tells_how_late_callbacks_are() -> None:
    """Those that are due and have not begun, since their receiver takes no more."""
    go = threading.Event()
    with receiver() as hook, emulator("--rate", "1000", "--callback-timeout", "20") as server:
        assert call(server, "GET", "ready")["lateness"] == 0

        def answer(_: int) -> int:
            go.wait()
            return 200

        hook.answer = answer
        for _ in range(100):
            server.send(SMS, callback=hook.url, strategy="OnCompletion")
        while call(server, "GET", "ready")["lateness"] == 0:
            pass
        go.set()
        while call(server, "GET", "ready")["pendingCallbacks"]:
            pass
        assert call(server, "GET", "ready")["lateness"] == 0


@pytest.mark.anyio
async def test_i18_new_requests_wait_while_callbacks_are_late() -> None:
    """On both ways in; they go on when callbacks are in time again."""
    emulation = await Emulation.start(Settings())
    try:
        app, sent = Application(emulation), list[Any]()
        scope = {"type": "http", "method": "POST", "path": "/failover", "headers": [], "query_string": b""}

        async def receive() -> Any:
            return {"type": "http.request", "body": b"{}"}

        async def send(message: Any) -> None:
            sent.append(message)

        emulation.courier.pace.told(late=2.0, behind=1.0)
        assert app.accepting[b"/failover"]([], b"{}", lambda *_: None) is False
        asking = asyncio.create_task(app(scope, receive, send))
        for _ in range(100):
            await asyncio.sleep(0)
        assert sent == []
        emulation.courier.pace.told(late=0.5, behind=1.0)
        await asking
        assert sent[0]["status"] == 401
    finally:
        await emulation.stop()


# --- I20: many clocks --------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_i20_clocks_on_which_nothing_is_due_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The courier asks for those of the flow's application only; a clock's driver goes when the clock is reset."""
    asked: set[str] = set()
    claim = SqliteStore.claim

    async def noted(store: SqliteStore, now: Mapping[str, int], *more: Any) -> Claimed:
        asked.update(now)
        return await claim(store, now, *more)

    emulation = await Emulation.start(Settings(rate=1.0))
    try:
        before = len(asyncio.all_tasks())
        for number in range(200):
            async with emulation.engine.driving(f"app{number}") as driver:
                await driver.set_rate(1000.0)
        monkeypatch.setattr(SqliteStore, "claim", noted)
        with receiver() as hook:
            flow = await submitted(emulation, Request([sms()], callback(url=hook.url)), "app7")
            while True:
                counts = await emulation.store.counts()
                if hook.accepted and not counts["pendingCallbacks"]:
                    break
                await asyncio.sleep(0)
        assert asked - {EVERYBODY} == {"app7"}
        await emulation.reset(EVERYBODY)
        assert (await emulation.store.flow(flow.id), len(asyncio.all_tasks())) == (None, before)
    finally:
        await emulation.stop()


# --- I21: tokens and the seed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "equal"), [("1", False), ("60", False), ("0", True), ("instant", True)])
def test_i21_tokens_follow_from_the_seed_only_where_time_stands_still(rate: str, equal: bool) -> None:
    """There a test gets the same bytes each time; where time runs, nobody can guess them."""
    options = ("--seed", "1", "--rate", rate, "--start-at", "2026-01-01T00:00Z")
    tokens = []
    for _ in range(2):
        with emulator(*options) as server:
            tokens.append(server.token())
            assert server.token() == tokens[-1]
    assert (tokens[0] == tokens[1]) is equal


@pytest.mark.parametrize("rate", ["0", "1"])
def test_i21_a_revoked_token_stays_revoked_after_a_restart(tmp_path: Path, rate: str) -> None:
    """The next one is another."""
    options = ("--store", str(tmp_path / "s.db"), "--seed", "1", "--rate", rate)
    with emulator(*options) as server:
        revoked = server.token()
        call(server, "DELETE", f"tokens/{revoked}")
        server.stop(9)
    with emulator(*options) as server:
        assert server.token() != revoked
        assert server.api("POST", "/failover", {"flow": [SMS]}, revoked).status == 401


def test_i21_the_seed_is_told_to_bearers_of_the_control_token_only() -> None:
    """Without such a token it is told to nobody."""
    with emulator("--seed", "short") as server:
        assert "seed" not in call(server, "GET", "settings")
    with emulator("--seed", "short", "--control-token", "t0p") as server:
        assert server.call("GET", "/_emulator/settings").status == 401
        told = server.call("GET", "/_emulator/settings", None, {"Authorization": "Bearer t0p"})
        assert told.json()["seed"] == "short"
