"""A process that listens: how signals end it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest

from emulator.http.listener import SIGNALS, run, until_signal

ENDED = """
import asyncio, os, signal, socket, sys
from emulator.__main__ import main
sys.argv = ["failover-emulator", "--version"]
try:
    main()  # which has signals raise SystemExit
except SystemExit:
    pass
from emulator.http.listener import run

class Receiving(asyncio.Protocol):
    def data_received(self, data):
        os.kill(os.getpid(), int(sys.stdin.readline()))

async def starting():
    here, there = socket.socketpair()
    await asyncio.get_running_loop().create_connection(Receiving, sock=here)
    there.send(b"x")
    await asyncio.sleep(60)

run(starting())
"""
"""A server that starts, as while its store is opened, and gets a signal within what its loop calls."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_a_start_ends_the_process_without_a_word(number: signal.Signals) -> None:
    """No library logs it as an error of its own."""
    done = subprocess.run(
        [sys.executable, "-c", ENDED], input=f"{int(number)}\n", capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (128 + number, "")


def test_signals_do_after_a_run_what_they_did_before() -> None:
    """So that a command that is run within another program, as by tests, does not let the next Ctrl-C end that."""

    async def main() -> None:
        until_signal(lambda: None)

    before = [signal.getsignal(number) for number in SIGNALS]
    run(main())
    assert [signal.getsignal(number) for number in SIGNALS] == before
    run(asyncio.sleep(0))
    assert [signal.getsignal(number) for number in SIGNALS] == before
