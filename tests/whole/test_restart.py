"""A server that is killed loses nothing that it accepted."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest

from tests.support.running import SMS, VIBER, emulator, receiver


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
