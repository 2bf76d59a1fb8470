"""Several processes on one port: run, killed, stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.running import PATIENCE, SMS, Emulator, emulator, receiver


def workers(server: Emulator) -> list[int]:
    """The processes of the workers."""
    number = server.process.pid
    return [int(each) for each in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def test_a_worker_that_is_killed_is_started_again_and_nothing_is_refused(postgresql: postgres.Server) -> None:
    """Connections that come to its socket wait for the next one; what it had accepted goes on meanwhile."""
    with emulator("--store", postgresql.schema(), "--rate", "60", "--workers", "2") as server, receiver() as hook:
        before = workers(server)
        names = [server.send(SMS, callback=hook.url, strategy="OnCompletion") for _ in range(6)]
        for each in before:
            os.kill(each, signal.SIGKILL)
            names += [server.send(SMS, callback=hook.url, strategy="OnCompletion") for _ in range(6)]
        told = set[str]()
        while told != set(names):  # one whose answer was lost with its process comes twice
            told.add(hook.next()["trackingId"])
        while len(set(workers(server)) - set(before)) < 2:
            pass  # until the last one is started again


def test_all_workers_end_with_the_one_that_started_them(postgresql: postgres.Server) -> None:
    """By SIGTERM, with status 0."""
    with emulator("--store", postgresql.schema(), "--workers", "2") as server:
        there = workers(server)
        assert server.stop() == 0
    assert not [each for each in there if Path(f"/proc/{each}").exists()]


def test_workers_that_can_t_start_end_with_why(postgresql: postgres.Server) -> None:
    """It is said by the worker, in a line."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--workers", "2"]
    command += ["--store", f"postgresql://nobody@/nothing?host={postgresql.folder}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    assert "can't be used" in done.stderr
    assert "a worker could not start" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("kind", "said"), [("text", "WARNING worker [12]: .*{}"), ("json", '{}.*"worker": [12]')])
def test_the_log_says_which_worker_a_line_is_of(
    postgresql: postgres.Server, tmp_path: Path, kind: str, said: str
) -> None:
    """As of a receiver that one of them finds to be down."""
    log, down = tmp_path / "log", "http://127.0.0.1:1"
    with emulator("--store", postgresql.schema(), "--workers", "2", "--log-format", kind, log=log) as server:
        server.send(SMS, callback=down)
        server.advance(by="1m")
        server.stop()
    assert re.search(said.format(f"{down} is down"), log.read_text())


def test_a_port_that_other_workers_have_is_taken(postgresql: postgres.Server) -> None:
    """Though sockets of one user may share one."""
    store = ("--store", postgresql.schema(), "--workers", "2")
    with emulator(*store) as server:
        command = [sys.executable, "-m", "emulator", "serve", "--port", str(server.port), *store]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert f"can't listen on 127.0.0.1 port {server.port}" in done.stderr
