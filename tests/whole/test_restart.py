"""A server that is killed loses nothing that it accepted."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, VIBER, Emulator, emulator, receiver


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_flows_and_callbacks_go_on_after_a_restart(tmp_path: Path, number: int) -> None:
    """Timers, callbacks that wait for their turn, and tokens: all are in the file."""
    options = ("--store", str(tmp_path / "store.db"), "--seed", "1", "--token-lifetime", "631139040")
    with receiver() as hook:
        with emulator(*options, "--rate", "0") as server:
            token = server.token()
            names = [server.send(SMS, callback=hook.url, strategy="OnCompletion") for _ in range(50)]
            server.stop(number)
        with emulator(*options, "--rate", "1000") as server:
            told = [hook.next() for _ in names]
            assert sorted(flow["trackingId"] for flow in told) == sorted(names)
            assert {flow["status"] for flow in told} == {"Succeeded"}
            assert server.token() == token


def test_a_callback_that_was_refused_before_a_crash_is_repeated_after_it(tmp_path: Path) -> None:
    """Its ladder goes on where it was."""
    options = ("--store", str(tmp_path / "store.db"), "--token-lifetime", "631139040")
    with receiver() as hook:
        hook.answer = lambda _: 500
        with emulator(*options, "--rate", "600") as server:
            name = server.send(SMS, callback=hook.url, strategy="OnCompletion")
            while not any(entry["kind"] == "attempt" for entry in server.journal(name)):
                pass
            server.stop(signal.SIGKILL)
        hook.answer = lambda _: 200
        with emulator(*options, "--rate", "600"):
            assert hook.next()["trackingId"] == name


def test_a_second_server_on_the_same_file_is_refused(tmp_path: Path) -> None:
    """With a line that says why."""
    if "TEST_STORE" in os.environ:
        pytest.skip("several may share a store on PostgreSQL")
    store = str(tmp_path / "store.db")
    with emulator("--store", store), pytest.raises(AssertionError, match="not ready"), emulator("--store", store):
        pass


def test_sigterm_ends_the_server_within_a_second() -> None:
    """With flows live, callbacks under way and a connection open."""
    import time

    with emulator() as server:
        for _ in range(20):
            server.send(VIBER, SMS, callback="http://127.0.0.1:9/hook")
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 1


def test_a_stop_in_the_middle_of_a_request_is_nobody_s_error(capfd: pytest.CaptureFixture[str]) -> None:
    """The client has sent half of its body and waits; the emulator ends, and logs nothing of it."""
    with emulator() as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /_emulator/clock/advance HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert server.call("GET", "/_emulator/ready").status == 200  # what came before was read before this
        assert server.stop() == 0
        assert client.recv(100) == b""
    assert "ERROR" not in capfd.readouterr().err


RULES = {"rules": [{"name": "twice", "match": {"to": SMS["to"]}, "plan": {"Sms": "Failed"}, "uses": 2}]}
MONEY = {"name": "money", "purpose": "Something to spend.", "balance": 1.0, "rules": []}
SECOND = {
    "name": "second",
    "purpose": "The second token, and the third message to a number.",
    "rules": [
        {"name": "second token", "match": {"endpoint": "token", "request": 2}, "answer": "unavailable"},
        {"name": "third to it", "match": {"request_to": 3}, "answer": "unavailable"},
    ],
}


def call(server: Emulator, method: str, path: str, body: object = None) -> Any:
    """A call of the emulator's own API that is answered well."""
    answer = server.call(method, f"/_emulator/{path}", None if body is None else json.dumps(body).encode())
    assert answer.status == 200, answer.body
    return answer.json()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_chosen_and_spent_goes_on_after_a_restart(tmp_path: Path, number: int) -> None:
    """Choices by name and as a text, overrides with the uses that are left, balances, for one and for all."""
    options = ("--store", str(tmp_path / "store.db"), "--rate", "0")
    with emulator(*options) as server:
        call(server, "POST", "scenario", {"name": "abroad-undelivered"})
        call(server, "POST", "scenario", {"scenario": MONEY, "application": "app"})
        call(server, "POST", "scenario/overrides", RULES)
        server.send(SMS)
        server.send(SMS | {"to": "+306900000999"})
        before = [call(server, "GET", f"scenario?application={each}") for each in ("app", "other")]
        server.stop(number)
    with emulator(*options) as server:
        assert [call(server, "GET", f"scenario?application={each}") for each in ("app", "other")] == before
        assert (before[0]["scenario"], before[1]["scenario"]) == ("money", "abroad-undelivered")
        assert (before[0]["overrides"][0]["uses"], before[0]["balance"] < 1) == (1, True)
        assert call(server, "GET", f"flows/{server.send(SMS)}")["rules"] == ["override 1: twice"]
        assert call(server, "GET", f"flows/{server.send(SMS)}")["rules"] == ["happy"]
        call(server, "POST", "scenario/overrides", RULES)
        assert call(server, "GET", "scenario")["overrides"][0]["name"] == "override 2: twice"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_counts_go_on_after_a_restart(tmp_path: Path, number: int) -> None:
    """Of token requests, of messages to a number, of requests that were refused."""
    options = ("--store", str(tmp_path / "store.db"), "--rate", "0", "--seed", "1")
    with emulator(*options) as server:
        call(server, "POST", "scenario", {"scenario": SECOND})
        first = server.send(SMS)
        server.send(SMS)
        server.stop(number)
    with emulator(*options) as server:
        with pytest.raises(json.JSONDecodeError):  # an error page
            server.token("app", "failover")
        assert server.api("POST", "/failover", {"flow": [SMS]}).status == 503
        fourth = server.send(SMS)
        assert call(server, "GET", f"flows/{fourth}")["trackingId"] == fourth
    with emulator("--rate", "0", "--seed", "1") as server:
        names = [server.send(SMS) for _ in range(4)]
        assert (names[0], names[3]) == (first, fourth)


def test_a_choice_whose_file_is_gone_is_forgotten(tmp_path: Path) -> None:
    """The scenario of the command line is in force again, and the log says so."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "mine.yaml").write_text("name: mine\npurpose: Nothing.\nrules: []\n")
    options = ("--store", str(tmp_path / "store.db"), "--rate", "0")
    with emulator(*options, "--scenarios", str(folder)) as server:
        call(server, "POST", "scenario", {"name": "mine"})
    with emulator(*options, "--scenarios", str(folder)) as server:
        assert call(server, "GET", "scenario")["scenario"] == "mine"
    with emulator(*options) as server:
        assert call(server, "GET", "scenario")["scenario"] == "default"
