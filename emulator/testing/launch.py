"""Starts an emulator in a process of its own, for tests. It reads its standard input and ends when that does: however
the process that holds the other end comes to its end, its emulator does not outlive it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from emulator.errors import EmulatorError

PATIENCE: Final = 10.0
"""Real seconds that an emulator has to stop; then it is killed."""
_READY: Final = re.compile(r'http://[^\s"]+:[0-9]+')


class NotStarted(EmulatorError):
    """An emulator did not start; the message has its log."""


@contextmanager
def alone(options: Sequence[str]) -> Iterator[str]:
    """The URL of an emulator with these options of `serve`, which ends with the block. Raises NotStarted."""
    process, url = _started(options, subprocess.PIPE)
    assert process.stdin is not None
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=process.stdin.close)  # a copy of this process holds no emulator
    try:
        yield url
    finally:
        process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def shared(folder: Path, options: Sequence[str]) -> str:
    """The URL of the one emulator of all processes that name this folder; the first one starts it. It ends when nobody
    holds the named pipe `alive` in the folder open for writing, and so do they, as by Ctrl-C: a worker of pytest-xdist
    would outlive its controller by five seconds. Raises NotStarted.
    """
    import fcntl

    alive = os.open(folder / "alive", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(alive, True)
    threading.Thread(target=_end_with, args=(alive, folder), name="failover-emulator-end", daemon=True).start()
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        written = folder / "url"
        if written.exists():
            return written.read_text()
        process, url = _started(options, alive)
        threading.Thread(target=process.wait, name="failover-emulator", daemon=True).start()  # it outlives this process
        written.write_text(url)
        return url


def _end_with(alive: int, folder: Path) -> None:
    """Wait until nobody holds the other end of this pipe, tidy up in that one's place, and end this process."""
    os.read(alive, 1)
    shutil.rmtree(folder, ignore_errors=True)
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # as in a shell's background
    os.kill(os.getpid(), signal.SIGTERM if ignored else signal.SIGINT)


def _started(options: Sequence[str], stdin: int) -> tuple[subprocess.Popen[str], str]:
    """A new emulator and its URL. It has a session of its own, so that Ctrl-C is not for it, and nothing of this
    process's output; `-P` keeps a folder `emulator` in the current one from taking the place of the package.
    """
    given = ["--until-stdin-ends", "--log-level", "error", "--port", "0", "--rate", "0", "--seed", "pytest", *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EMULATOR_")}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-P", "-m", "emulator", "serve", *given],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
            start_new_session=True,
        )
        assert process.stdout is not None
        with process.stdout as output:
            ready = _READY.search(output.readline())
        if ready is None:
            process.kill()
            process.communicate()
            log.seek(0)
            raise NotStarted(f"the emulator did not start:\n{log.read().decode(errors='replace')}")
    return process, ready[0]
