"""Real processes to measure: the emulator, a bare application, a webhook receiver, each on a free port."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from msgspec import Struct

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 30
"""Seconds that a process has to answer its first request."""


class Served(Struct, frozen=True):
    """A running process that serves HTTP: its port, its process id, and its seconds from start to first answer."""

    port: int
    pid: int
    started_in: float

    @property
    def kilobytes(self) -> int:
        """The memory that the process takes now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(port: int, path: str, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """The body that answers one request."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers or {})
        return connection.getresponse().read()
    finally:
        connection.close()


@contextmanager
def serving(arguments: list[str], port: int, path: str) -> Iterator[Served]:
    """Run `python arguments` until the block ends, from the moment that a GET of `path` is answered."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                fetch(port, path)
                break
            except (OSError, HTTPException):
                if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                    raise
        yield Served(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def emulator(*options: str) -> AbstractContextManager[Served]:
    """An emulator with these options of `serve`."""
    port = free_port()
    arguments = ["-m", "emulator", "serve", "--port", str(port), "--token-lifetime", "631139040", *options]
    return serving(arguments, port, "/_emulator/ready")


def bare() -> AbstractContextManager[Served]:
    """The bare application."""
    port = free_port()
    return serving(["-m", "tests.benchmarks.bare", str(port)], port, "/failover")


def receiver(refuse_every: int = 0) -> AbstractContextManager[Served]:
    """A receiver that refuses every n-th post, or none."""
    port = free_port()
    return serving(["-m", "tests.benchmarks.receiver", str(port), str(refuse_every)], port, "/")


def lateness() -> AbstractContextManager[Served]:
    """A receiver that measures how late callbacks are."""
    port = free_port()
    return serving(["-m", "tests.benchmarks.lateness", str(port)], port, "/")


@contextmanager
def browsing(url: str, longest: list[int]) -> Iterator[None]:
    """A browser that has the page at this URL open; the milliseconds of its longest task are put on the list."""
    command = [sys.executable, "-m", "tests.benchmarks.browsing", url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        if process.stdin is None or process.stdout is None or process.stdout.readline() != "open\n":
            raise RuntimeError("the page did not open")
        yield
        process.stdin.close()
        longest.append(int(process.stdout.readline()))


def accepted(port: int) -> int:
    """How many posts a receiver has accepted."""
    return int(fetch(port, "/").split()[0])


def token(port: int) -> str:
    """An access token of an emulator."""
    pair = base64.b64encode(b"benchmark:secret").decode()
    headers = {"Authorization": f"Basic {pair}"}
    found: str = json.loads(fetch(port, "/oauth/token?grant_type=client_credentials", "POST", b"", headers))[
        "access_token"
    ]
    return found
