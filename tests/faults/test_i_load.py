"""Hostile load and broken machines: clients and receivers that do their worst, texts that do, names that never resolve.

Stores, disks and clocks that break have a file of their own.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import ExitStack, closing, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import click
import pytest

from emulator.accounts.tokens import Account, Tokens
from emulator.callbacks.poster import Poster, resolver
from emulator.callbacks.poster.resolver import Found
from emulator.cli import clock
from emulator.clock import instants
from emulator.clock.clock import EVERYBODY
from emulator.control import verification
from emulator.http.protocol import connection
from emulator.scenario import files
from emulator.store.records import Change, Search
from emulator.store.sqlite.store import SqliteStore
from emulator.testing.embedded import Emulator as Embedded
from tests.support.commands import run
from tests.support.running import PATIENCE, SMS, VIBER, Emulator, emulator, receiver
from tests.support.samples import flow, sms
from tests.support.wire import OK, says, wire


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


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of open files")
def test_i10_neither_clients_nor_receivers_take_all_the_files(tmp_path: Path) -> None:
    """Each side has its share, and the log says once when that is used up."""
    limited = "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); os.execv(sys.executable, sys.argv[1:])"
    script = f"import os, resource, sys; {limited}"
    command = [sys.executable, "-c", script, sys.executable, "-m", "emulator", "serve", "--port", "0", "--rate", "0"]
    with (tmp_path / "log").open("wb") as log, ExitStack() as opened:
        command += ["--callback-timeout", "0.2"]
        process = opened.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True))
        opened.callback(process.kill)
        assert process.stdout is not None
        server = Emulator(process, int(process.stdout.readline().partition("127.0.0.1:")[2].split()[0]))
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
        assert [each["at"] for each in server.journal()] == sorted(each["at"] for each in server.journal())


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
