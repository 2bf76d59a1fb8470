"""Real processes to measure: an emulator of some tree, a bare application, a webhook receiver, each on a free port.

What a process costs is read from Linux's /proc: the nanoseconds of all its threads, and its memory.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.benchmarks.values import Missing

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 30
"""Seconds that a process has to answer its first request, and to end."""
LONGEST: Final = 600
"""Seconds that any other request may take."""


class Served(Struct, frozen=True):
    """A running process that serves HTTP: its port, its process id, and its seconds from start to first answer."""

    port: int
    pid: int
    started_in: float

    @property
    def kilobytes(self) -> int:
        """The resident memory of the process."""
        try:
            return resident(Path(f"/proc/{self.pid}/status").read_text())
        except FileNotFoundError as error:
            raise Missing("Linux's /proc, for the memory of a process") from error

    @property
    def nanoseconds(self) -> int:
        """The CPU time that the process has used so far, all threads together."""
        try:
            return spent(each.read_text() for each in Path(f"/proc/{self.pid}/task").glob("*/schedstat"))
        except ValueError as error:
            raise Missing("a Linux that keeps /proc/PID/task/*/schedstat") from error


def spent(schedstats: Iterable[str]) -> int:
    """The CPU nanoseconds in the `schedstat` files of threads. Raises ValueError if there are none."""
    threads = [int(each.split()[0]) for each in schedstats]
    if not threads:
        raise ValueError("no thread tells its time")
    return sum(threads)


def family_nanoseconds(pid: int) -> int:
    """The CPU time of a process and its children, those included that have ended."""
    ticks = 0
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, parent, *rest = (each.parent.name, *each.read_text().rpartition(") ")[2].split()[1:])
            if str(pid) in {name, parent}:
                ticks += sum(int(part) for part in (rest[9:13] if name == str(pid) else rest[9:11]))
    return ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def resident(status: str) -> int:
    """The kilobytes of resident memory in the `status` file of a process."""
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(port: int, path: str, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """Make one request; the body of its answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        connection.request(method, path, body, headers or {})
        return connection.getresponse().read()
    finally:
        connection.close()


@contextmanager
def serving(arguments: list[str], port: int, path: str, tree: Path = ROOT) -> Iterator[Served]:
    """Run `python arguments` in a tree until the block ends, from the moment that a GET of `path` is answered. A tree
    that has a .venv is run by that, since what it needs may be of other versions.
    """
    unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONSAFEPATH", "PYTHONPATH")
    environment = {key: value for key, value in os.environ.items() if key not in unwanted}
    with tempfile.TemporaryFile("w+") as log:
        began = time.perf_counter()
        own = tree / ".venv" / "bin" / "python"
        python = str(own) if own.exists() else sys.executable
        process = subprocess.Popen([python, *arguments], cwd=tree, env=environment, stdout=log, stderr=log)
        try:
            while not _answers(port, path):
                if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                    log.seek(0)
                    raise RuntimeError(f"{' '.join(arguments)} does not answer: {log.read()[-1000:]}")
                time.sleep(0.0005)
            yield Served(port, process.pid, time.perf_counter() - began)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()


def _answers(port: int, path: str) -> bool:
    try:
        fetch(port, path)
    except (OSError, HTTPException):
        return False
    return True


def emulator(tree: Path, *options: str) -> AbstractContextManager[Served]:
    """A tree's emulator with these options of `serve`."""
    port = free_port()
    arguments = ["-m", "emulator", "serve", "--port", str(port), "--token-lifetime", "631139040", *options]
    return serving(arguments, port, "/_emulator/ready", tree)


def bare() -> AbstractContextManager[Served]:
    """The bare application."""
    port = free_port()
    return serving(["-m", "tests.benchmarks.bare", str(port)], port, "/failover")


def receiver(refuse_every: int = 0) -> AbstractContextManager[Served]:
    """A receiver that refuses every n-th post, or none."""
    port = free_port()
    return serving(["-m", "tests.benchmarks.receiver", str(port), str(refuse_every)], port, "/")


@contextmanager
def browsing(url: str, longest: list[int]) -> Iterator[int]:
    """Keep the page at this URL open in a browser. Gives the milliseconds of its longest task until it was open; at the
    end those of its longest since join the list.
    """
    command = [sys.executable, "-m", "tests.benchmarks.browsing", url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        state, _, what = process.stdout.readline().strip().partition(" ")
        if state == "missing":
            raise Missing(what)
        if state != "open":
            raise RuntimeError("the page did not open")
        yield int(what)
        process.stdin.close()
        longest.append(int(process.stdout.readline()))


def accepted(port: int) -> int:
    """How many posts a receiver has accepted."""
    return int(fetch(port, "/").split()[0])


def token(port: int, application: str = "benchmark") -> str:
    """An access token of an emulator."""
    pair = base64.b64encode(f"{application}:secret".encode()).decode()
    headers = {"Authorization": f"Basic {pair}"}
    answer = json.loads(fetch(port, "/oauth/token?grant_type=client_credentials", "POST", b"", headers))
    found: str = answer["access_token"]
    return found
