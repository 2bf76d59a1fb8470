"""Hostile load and broken machines: clients and receivers that do their worst, texts that do, names that never resolve,
disks, stores and clocks that break. What was accepted is kept, what can't be kept is refused in words, and what nobody
asks for any more costs nothing.
"""

from __future__ import annotations

import asyncio
import gc
import hmac
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
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from types import FunctionType
from typing import Any

import click
import pytest
from msgspec.structs import replace

from emulator.accounts.tokens import Account, Tokens
from emulator.app import Application
from emulator.callbacks.poster import Poster, resolver
from emulator.callbacks.poster.resolver import Found
from emulator.cli import clock
from emulator.client import Client
from emulator.clock import instants
from emulator.clock.clock import EVERYBODY
from emulator.control import verification
from emulator.emulation import Emulation
from emulator.flow.request import Request
from emulator.http.events import Stream
from emulator.http.protocol import HANG_UP, connection
from emulator.scenario import files
from emulator.settings import Settings
from emulator.store.contract import StoreError
from emulator.store.records import Change, Claimed, Search
from emulator.store.sqlite.store import SqliteStore
from emulator.testing.embedded import Emulator as Embedded
from tests.support.commands import run
from tests.support.machines import full_disk
from tests.support.running import PATIENCE, SMS, VIBER, Emulator, ca_folder, emulator, receiver
from tests.support.samples import NOW, callback, flow, sms
from tests.support.submitting import submitted
from tests.support.wire import OK, says, wire


def call(server: Emulator, method: str, path: str, body: object = None) -> Any:
    """A call of the emulator's own API that is answered well."""
    answer = server.call(method, f"/_emulator/{path}", None if body is None else json.dumps(body).encode())
    assert answer.status == 200, answer.body
    return answer.json()


def until_ready(server: Emulator) -> None:
    """Wait until the emulator says that it is ready."""
    while server.call("GET", "/_emulator/ready").status != 200:
        pass


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


class Names:
    """A look-up that knows `quick.test`, and never ends for any other name until it is released."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def look_up(self, name: str) -> Found:
        """See Resolver."""
        if name != "quick.test":
            self.released.wait(PATIENCE)
        return ((socket.AF_INET, ("127.0.0.1", 0)),)


@pytest.mark.anyio
async def test_i5_names_that_never_resolve_stop_no_callback_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither to localhost and addresses, nor to a name that was found before, however many names hang."""
    monkeypatch.setattr(resolver, "KEPT", 0)
    names = Names()
    async with wire(says(OK)) as receiver:
        poster = Poster(PATIENCE, 8, look_up=names.look_up)
        known = f"http://quick.test:{receiver.port}/"
        assert (await poster.exchange(known, b"1")).status == 200
        hung = [
            asyncio.create_task(poster.exchange(f"http://hung{number}.test:{receiver.port}/", b"1"))
            for number in range(resolver.THREADS * 2)
        ]
        await asyncio.sleep(0)
        for writer in receiver.writers:
            writer.transport.abort()
        await receiver.left()
        for url in (known, receiver.url, f"http://localhost:{receiver.port}/"):
            assert (await poster.exchange(url, b"1")).status == 200
        assert not any(each.done() for each in hung)
        names.released.set()
        assert {each.status for each in await asyncio.gather(*hung)} == {200}
        poster.close()


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
    """What it is sent would wait in memory for ever. It has left, as others do: nothing is raised."""
    monkeypatch.setattr("emulator.http.events.UNREAD", 0.0)
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
    await Stream(events())(scope, never, never)
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


def megabytes(server: Emulator) -> int:
    """The memory of an emulator's process."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+([0-9]+) kB", status)[0]) // 1024


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory of another process in a file")
def test_i7_requests_that_wait_behind_another_are_not_all_read() -> None:
    """With enough of them waiting, reading stops: what a client sends stays in its own buffers."""
    with emulator("--rate", "0") as server:
        server.call("GET", "/_emulator/flows")
        before = megabytes(server)
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /_emulator/feed HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
            client.settimeout(0.2)
            with pytest.raises(TimeoutError):  # since nobody reads it
                client.sendall(b"GET /_emulator/health HTTP/1.1\r\nHost: x\r\n\r\n" * 600_000)
            assert server.call("GET", "/_emulator/health").status == 200
            assert megabytes(server) - before < 30


def read_on(client: socket.socket, end: bytes) -> bytes:
    """What comes on a connection, up to this end."""
    text = b""
    while not text.endswith(end):
        more = client.recv(4096)
        assert more, text
        text += more
    return text


@pytest.mark.parametrize("path", ["/_emulator/feed", "/_emulator/board/feed"])
def test_i8_head_on_a_feed_ends(path: str) -> None:
    """With the head that GET has; the connection goes on."""
    with emulator("--rate", "0") as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.settimeout(PATIENCE)
        client.sendall(
            f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\nGET /_emulator/health HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        )
        answers = read_on(client, b'{"status":"ok"}')
    assert answers.count(b"HTTP/1.1 200") == 2
    assert b"text/event-stream" in answers


def test_i9_clients_that_leave_in_their_body_leave_nothing_in_the_log(tmp_path: Path) -> None:
    """At no door."""
    doors = ("/failover", "/oauth/token", "/failover/tracking", "/_emulator/verify", "/_emulator/clock/advance")
    with emulator("--rate", "0", log=tmp_path / "log") as server:
        for door in doors:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(f"POST {door} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{".encode())
                assert server.call("GET", "/_emulator/health").status == 200
        assert server.call("GET", "/_emulator/health").status == 200
        assert server.stop() == 0
    assert (tmp_path / "log").read_text() == ""


def test_i10_who_does_not_go_on_with_a_request_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A head has so many seconds in all, each piece of a body as many; not who reads a feed, or asks again later."""
    monkeypatch.setattr(connection, "WAIT", 0.01)
    health = b"GET /_emulator/health HTTP/1.1\r\nHost: x\r\n\r\n"
    with Embedded() as server:
        port = int(server.url.rpartition(":")[2])
        opened = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in range(5)]
        idle, feed, *stuck = opened
        for client, sent in (
            (idle, health),
            (feed, b"GET /_emulator/feed HTTP/1.1\r\nHost: x\r\n\r\n"),
            (stuck[0], health[:-1]),
            (stuck[1], b"POST /failover HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"),
            (stuck[2], b""),
        ):
            client.sendall(sent)
        read_on(idle, b'{"status":"ok"}')
        assert feed.recv(1000).startswith(b"HTTP/1.1 200")
        for client in stuck:
            with suppress(ConnectionResetError):
                assert client.recv(1000) == b""
        idle.sendall(health)
        read_on(idle, b'{"status":"ok"}')
        for client in opened:
            client.close()


def healthy(server: Emulator) -> bool:
    """Whether an emulator takes a connection, and answers on it."""
    try:
        return server.call("GET", "/_emulator/health").status == 200
    except (OSError, HTTPException):
        return False


@contextmanager
def limited(log: Path, *options: str) -> Iterator[Emulator]:
    """An emulator that may have 64 files open."""
    limit = "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); os.execv(sys.executable, sys.argv[1:])"
    command = [sys.executable, "-c", f"import os, resource, sys; {limit}", sys.executable, "-m", "emulator", "serve"]
    command += ["--port", "0", "--rate", "0", *options]
    with log.open("wb") as told, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True) as process:
        try:
            assert process.stdout is not None
            ports = re.findall(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
            yield Emulator(process, *map(int, ports))
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of open files")
def test_i10_neither_clients_nor_receivers_take_all_the_files(tmp_path: Path) -> None:
    """Each side has its share, and the log says once when that is used up."""
    with limited(tmp_path / "log", "--callback-timeout", "0.2") as server, ExitStack() as opened:
        for _ in range(40):  # they are connected to, and never answer
            silent = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
            server.send(SMS, callback=f"http://127.0.0.1:{silent.getsockname()[1]}/", strategy="OnCompletion")
        server.advance(by="10s")
        clients = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) for _ in range(100)]
        ended = [client for client in clients[50:] if client.recv(10) == b""]
        assert len(ended) == 50
        for client in clients:
            client.close()
        while not healthy(server):
            pass
        assert server.stop() == 0
    told = (tmp_path / "log").read_text()
    assert told.count("connections to receivers are open, as many as there may be") == 1
    assert told.count("connections are open, as many as there may be: others are closed") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of open files")
@pytest.mark.parametrize("sent", [b"CONNECT auth.routee.net:443 HTTP/1.1\r\nHost: x\r\n\r\n", b""])
def test_i10_handshakes_that_never_end_are_connections_like_others(tmp_path: Path, sent: bytes) -> None:
    """Those in a tunnel of the proxy, and those at the TLS port: as many are open as there may be, and no more."""
    with limited(tmp_path / "log", "--tls-port", "0", "--ca", str(ca_folder())) as server, ExitStack() as opened:
        opened_at = server.port if sent else server.tls_port
        held = []
        for _ in range(30):
            held.append(opened.enter_context(socket.create_connection(("127.0.0.1", opened_at), timeout=PATIENCE)))
            if sent:
                with suppress(ConnectionError):
                    held[-1].sendall(sent)
                    held[-1].recv(1000)
        for client in held[8:]:
            with suppress(ConnectionResetError):
                assert client.recv(10) == b""
        for client in held:
            client.close()
        while not healthy(server):
            pass
        assert server.stop() == 0
    assert (tmp_path / "log").read_text().count("8 connections are open, as many as there may be") == 1


def test_i11_a_step_may_name_60_000_statuses() -> None:
    """They are looked up, not compared with each other: all is said in the time that reading them takes."""
    with emulator("--rate", "0", "--max-body", "2000000") as server:
        named = {**VIBER, "failoverOnStatuses": ["UNDELIVERED", "FAILED"] * 30_000}
        assert server.api("POST", "/failover", {"flow": [named, SMS]}).status == 200
        wrong = {**VIBER, "failoverOnStatuses": [f"x{number}" for number in range(60_000)]}
        assert server.api("POST", "/failover", {"flow": [wrong, SMS]}).status == 400
        assert server.api("POST", "/failover", {"flow": [SMS] * 7000}).status == 200


def test_i11_a_scenario_may_have_tens_of_thousands_of_rules(tmp_path: Path) -> None:
    """Their names are looked up too."""
    rules = [{"name": f"r{number}", "plan": {"Sms": "Delivered"}} for number in range(30_000)]
    (tmp_path / "large.json").write_text(json.dumps({"purpose": "Large.", "rules": rules}))
    assert len(files.find(str(tmp_path / "large.json")).rules) == 30_000


def test_i11_the_answer_to_an_override_does_not_grow_with_their_number() -> None:
    """The first hundred are listed, the others counted."""
    rules = [{"name": f"r{number}", "plan": {"Sms": "Delivered"}} for number in range(1000)]
    with emulator("--rate", "0") as server:
        body = json.dumps({"rules": rules}).encode()
        answer = server.call("POST", "/_emulator/scenario/overrides", body).json()
        assert (len(answer["overrides"]), answer["moreOverrides"]) == (100, 900)
        one = json.dumps({"rules": rules[:1]}).encode()
        assert server.call("POST", "/_emulator/scenario/overrides", one).json()["moreOverrides"] == 901


@pytest.mark.anyio
async def test_i11_a_long_page_of_flows_is_read_in_slices() -> None:
    """Others get their turns in between, be it a verification's or one far back."""
    store = SqliteStore()
    await store.open()
    for number in range(3000):
        await store.add(Change(flow([sms()], name=f"{number:036}")), EVERYBODY)
    for wanted in (Search(EVERYBODY, size=3000), Search(EVERYBODY, offset=2990, size=10)):
        turns, done = 0, asyncio.create_task(store.search(wanted))
        while not done.done():
            turns += 1
            await asyncio.sleep(0)
        assert (await done).total == 3000
        assert turns > (20 if wanted.size > 10 else 0)
    await store.close()


def test_i11_a_verification_compares_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many flows there are, requests are answered meanwhile."""
    answered = threading.Event()
    with Embedded(rate=0) as server:
        port = int(server.url.rpartition(":")[2])

        def compare(*_: object) -> verification.Verdict:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
                client.sendall(b"GET /_emulator/health HTTP/1.1\r\nHost: x\r\n\r\n")
                read_on(client, b'{"status":"ok"}')
            answered.set()
            return verification.Verdict(verified=True, detail="")

        monkeypatch.setattr(verification, "count", compare)
        server.client().control("POST", "/verify", {"wanted": [{}]})
    assert answered.is_set()


def test_i12_a_receiver_whose_interim_answers_never_end_is_left() -> None:
    """After as many bytes as an answer may have."""
    with socket.create_server(("127.0.0.1", 0)) as listening, emulator("--rate", "0") as server:

        def receive() -> None:
            taken, _ = listening.accept()
            with taken, suppress(OSError):
                while True:
                    taken.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

        thread = threading.Thread(target=receive)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        flow = server.send(SMS, callback=url, strategy="OnCompletion")
        server.advance(by="5s")
        thread.join()
        (attempt,) = [each["data"] for each in server.journal(flow) if each["kind"] == "attempt"]
    assert (attempt["outcome"], attempt["answer"]) == ("refused", "no answer within 1,048,576 bytes")


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
        app.add("failover")
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


ESCAPES = "[/] \x1b[31m :smile: \x9b"


SHOWN = "[/] \\x1b[31m :smile: \\x9b"


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A scenario whose texts would colour a terminal, and end a program that reads them as markup."""
    rules = [
        {
            "name": ESCAPES.replace("\x9b", ""),
            "match": {"text": {"regex": "^[a-z]{1,3}$"}},
            "plan": {"Sms": "Delivered"},
        },
        {"plan": {"Sms": [{"after": "1s", "status": "Undelivered", "reason": ESCAPES}]}},
    ]
    file = tmp_path / "odd.yaml"
    file.write_text(json.dumps({"purpose": ESCAPES, "rules": rules}))
    return file


def test_i19_explain_shows_texts_as_they_stand(odd: Path, tmp_path: Path) -> None:
    """Brackets are no markup, and what a terminal would obey is an escape."""
    (tmp_path / "flow.json").write_text(json.dumps({"flow": [SMS]}))
    done = run("explain", str(tmp_path / "flow.json"), "--scenario", str(odd), COLUMNS="400")
    assert done.exit_code == 0, done.output
    assert "^[a-z]{1,3}$" in done.output
    assert f"Undelivered ({SHOWN})" in done.output
    assert all(sign.isprintable() for sign in done.output.replace("\n", ""))


@pytest.mark.parametrize("arguments", ["check ODD", "check GONE", "explain FLOW --json --scenario ODD"])
def test_i19_no_command_prints_what_a_terminal_obeys(arguments: str, odd: Path, tmp_path: Path) -> None:
    """Neither its result nor its errors; JSON says the same as before."""
    (tmp_path / "flow.json").write_text(json.dumps({"flow": [SMS]}))
    files = {"ODD": str(odd), "GONE": str(tmp_path / ESCAPES), "FLOW": str(tmp_path / "flow.json")}
    done = run(*[files.get(each, each) for each in arguments.split()])
    assert all(sign.isprintable() for sign in done.output.replace("\n", ""))
    if "--json" in arguments:
        assert json.loads(done.output)["purpose"] == ESCAPES


def test_i19_send_and_advance_show_what_a_scenario_says(odd: Path) -> None:
    """The reason of a status, in the table and in the journal's words."""
    with emulator("--rate", "0", "--scenario", str(odd)) as server:
        url = f"http://127.0.0.1:{server.port}"
        server.send(SMS)
        moved = run("advance", "1m", "--url", url)
    assert moved.exit_code == 0, moved.output
    assert SHOWN in moved.output
    with emulator("--rate", "instant", "--scenario", str(odd)) as server:
        sent = run("send", "--url", f"http://127.0.0.1:{server.port}", "--channels", "Sms", COLUMNS="400")
    assert sent.exit_code == 0, sent.output
    assert SHOWN in sent.output


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


def test_i22_with_names_set_the_provider_s_doors_are_closed_to_a_rebound_name() -> None:
    """Without, the API ignores the Host header, as before; the provider's own names, made to lead here, are good."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic YTpi"}
    flow = {"Content-Type": "application/json", "Authorization": "Bearer x"}

    def statuses(server: Emulator, host: str) -> list[int]:
        token = server.call("POST", "/oauth/token", b"grant_type=client_credentials", form | {"Host": host})
        return [token.status, server.call("POST", "/failover", b"{}", flow | {"Host": host}).status]

    with emulator("--rate", "0", "--allowed-hosts", "emulator.shop.test") as server:
        assert statuses(server, "rebound.test") == [403, 403]
        for host in ("emulator.shop.test", "127.0.0.1", "localhost:8080", "connect.routee.net", "emulator"):
            assert statuses(server, host) == [200, 401]
        assert server.send(SMS)
    with emulator("--rate", "0") as server:
        assert statuses(server, "rebound.test") == [200, 401]


def test_i22_where_the_port_is_taken_no_callback_is_posted(tmp_path: Path) -> None:
    """What was due in a store waits for a start that succeeds."""
    options = ("--store", str(tmp_path / "store.db"), "--rate", "0")
    with receiver() as hook:
        with emulator(*options) as server:
            server.send(SMS, callback=hook.url, strategy="OnCompletion")
            assert server.stop() == 0
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            command = [sys.executable, "-m", "emulator", "serve", "--port", port, *options, "--rate", "instant"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert (done.returncode, hook.count) == (1, 0)
        assert "can't listen on" in done.stderr
        with emulator(*options, "--rate", "instant"):
            assert hook.next()["status"] == "Succeeded"


def test_i23_what_is_secret_stands_whole_in_neither_journal_nor_log(tmp_path: Path) -> None:
    """Neither a bearer that is refused, nor a password or key in a callback's URL; the client itself is told."""
    bearer = "0f1e2d3c-bearer-that-nobody-gave"
    with receiver() as hook, emulator("--rate", "0", log=tmp_path / "log") as server:
        place = hook.url.removeprefix("http://")
        refused = server.api("POST", "/failover", {}, token=bearer)
        assert bearer in refused.json()["error_description"]
        server.api("GET", "/failover/tracking/1", token=bearer)
        server.send(SMS, callback=f"http://me:passw0rd@{place}?id=7&api_key=k3y#x", strategy="OnCompletion")
        server.advance(by="1m")
        assert hook.next_post()[0] == "/hook?id=7&api_key=k3y"
        journal = [entry for entry in server.journal() if entry["kind"] != "accepted"]  # that is the request as it came
        assert server.stop() == 0
    told = json.dumps(journal, ensure_ascii=False) + (tmp_path / "log").read_text(encoding="utf-8")
    assert not [secret for secret in (bearer, "passw0rd", "k3y") if secret in told]
    assert "Invalid access token: 0f1e…" in told
    assert f"http://…@{place}?id=7&api_key=…" in told


def test_i23_a_store_is_its_owner_s_alone(tmp_path: Path) -> None:
    """It has tokens and texts in it. A file that is there already keeps its permissions."""
    (tmp_path / "shared.db").touch(mode=0o644)
    for name, mode in (("new.db", 0o600), ("shared.db", 0o644)):
        with emulator("--store", str(tmp_path / name)) as server:
            server.send(SMS)
            assert {path.stat().st_mode & 0o777 for path in tmp_path.glob(f"{name}*")} == {mode}


@pytest.mark.parametrize("token", ["geheim", "γειά-κλειδί"])
def test_i23_a_control_token_may_have_any_letters(token: str) -> None:
    """Its bytes are compared as they came."""
    with emulator("--control-token", token) as server:

        def status(given: str) -> int:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(
                    b"GET /_emulator/flows HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n\r\n" % given.encode()
                )
                return int(client.recv(100).split()[1])

        assert (status(token), status(token + "x"), status("")) == (200, 401, 401)


def test_i23_secrets_of_clients_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever letters they have."""
    asked: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        asked.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    tokens = Tokens(lambda *_: "", 1, {"app": Account("κλειδί")}, SqliteStore(), int)
    assert tokens.account("app", "κλειδί")
    assert tokens.account("app", "\ud800") is None
    assert len(asked) == 2


def test_i23_a_scenario_s_file_is_told_by_its_name(tmp_path: Path) -> None:
    """Not where it lies on the machine."""
    (tmp_path / "mine.yaml").write_text("purpose: Mine.\n")
    with emulator("--scenarios", str(tmp_path)) as server:
        found = [server.call("GET", f"/_emulator/scenarios/{name}").json()["file"] for name in ("mine", "happy")]
    assert found[0] == "mine.yaml"
    assert not [file for file in found if "/" in file]


def test_i24_emulated_time_never_goes_back_with_the_machine_s(tmp_path: Path) -> None:
    """Where that was set back an hour between two starts, time goes on from the journal's end."""
    file, hour = tmp_path / "store.db", 3_600_000
    with emulator("--store", str(file)) as server:
        server.token("one")
        assert server.stop() == 0
    with closing(sqlite3.connect(file)) as store, store:  # as if the machine had been an hour ahead until now
        store.execute("UPDATE clock SET base_real = base_real + ?, base_virtual = base_virtual + ?", (hour, hour))
        store.execute("UPDATE entry SET at = at + ?", (hour,))
    with emulator("--store", str(file)) as server:
        last = server.journal()[-1]["at"]
        assert instants.read(server.clock()["now"]) >= instants.read(last)
        server.token("two")
        times = [instants.read(each["at"]) for each in server.journal()]
        assert times == sorted(times)


def test_i24_junk_after_a_good_request_is_refused_after_its_answer() -> None:
    """Not in its place."""
    with emulator("--rate", "0") as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.settimeout(PATIENCE)
        client.sendall(b"GET /_emulator/health HTTP/1.1\r\nHost: x\r\n\r\n\x00nonsense\r\n\r\n")
        answers = b""
        while more := client.recv(4096):
            answers += more
    assert answers.index(b'{"status":"ok"}') < answers.index(b"HTTP/1.1 400")


def test_i24_two_host_headers_are_refused() -> None:
    """Who checks one of them would not know which the other took."""
    with emulator("--rate", "0") as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /_emulator/health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 400")


def test_i24_advance_waits_as_long_as_it_takes_and_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here as long as a callback's receiver takes to answer."""
    monkeypatch.setattr(clock, "EVERY", 0.01)
    told = threading.Event()
    echo = click.echo

    def heard(message: object = None, *given: Any, **named: Any) -> None:
        echo(message, *given, **named)
        if str(message).startswith("on the way: 2026-01-01T00:00:0"):
            told.set()

    monkeypatch.setattr(click, "echo", heard)
    with receiver() as hook, emulator("--rate", "0", "--callback-timeout", str(PATIENCE)) as server:
        hook.answer = lambda _: 200 if told.wait(PATIENCE) else 500
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        done = run("advance", "1h", "--url", f"http://127.0.0.1:{server.port}")
    assert done.exit_code == 0, done.output
    assert "2026-01-01T01:00:00Z" in done.stdout
