"""A real PostgreSQL for tests: in a folder of its own, run by another user where this one is root, as it must be."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pwd import struct_passwd

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
"""Where PostgreSQL's programs are, if they are not on the path."""
_SETTINGS = ("fsync=off", "full_page_writes=off", "listen_addresses=", "unix_socket_permissions=0777")
_NUMBERS = itertools.count(1)
PATIENCE = 40.0
"""How long a server may take to start or to stop, in real seconds: it is there in one, unless much else is running."""


@cache
def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest there are; None if there are none."""
    known = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    everywhere = (path for place in _PLACES for path in Path("/").glob(place.lstrip("/")))
    folders = [*sorted(everywhere, key=str, reverse=True), *known]
    return next((each for each in folders if (each / "postgres").exists() and (each / "initdb").exists()), None)


def wanted() -> Path:
    """The folder of PostgreSQL's programs. Without them, or without its driver, the test is skipped; in CI it fails."""
    try:
        import asyncpg  # noqa: F401
    except ModuleNotFoundError:
        missing = "no asyncpg is installed here: pip install -e '.[dev]'"
    else:
        found = programs()
        if found is not None:
            return found
        missing = "no PostgreSQL is installed here (Debian: apt-get install postgresql)"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


class Server:
    """A running PostgreSQL, on a socket in its folder: a new one, or a standby `of` another one, with its settings."""

    def __init__(self, folder: Path, *settings: str, of: Server | None = None) -> None:
        self.folder = folder
        self._settings = (*_SETTINGS, *settings)
        binaries, user = wanted(), _user()
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        self._as: dict[str, Any] = (
            {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        )
        self._binaries = binaries
        if of is None:
            self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        else:
            copy = (
                "-D",
                "data",
                "-h",
                str(of.folder),
                "-U",
                "postgres",
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "--no-sync",
            )
            self._run("pg_basebackup", *copy)
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server, and wait until it is ready."""
        options = [part for setting in self._settings for part in ("-c", setting)]
        command = [str(self._binaries / "postgres"), "-D", "data", "-k", str(self.folder), *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._as)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            if (self.folder / ".s.PGSQL.5432").exists() and self._ready():
                return self.process
            time.sleep(0.02)
        self.process.kill()  # or it would outlive the tests
        self.process.wait()
        raise AssertionError((self.folder / "log").read_text())

    def stop(self, *, crash: bool = False) -> None:
        """Stop it, as in a crash if that is wanted: at once, without a word to its clients."""
        self.process.send_signal(3 if crash else 2)  # SIGQUIT is an immediate shutdown, SIGINT a fast one
        self.process.wait(PATIENCE)

    def schema(self) -> str:
        """The URL of an empty store of its own."""
        return f"{self.url}&schema=test_{next(_NUMBERS)}"

    def restored(self, file: Path) -> str:
        """The URL of the store that a file of tests/store/postgres/formats has."""
        place = self.schema()
        self.sql(file.read_text().replace("old_store", place.rpartition("=")[2]))
        return place

    def sql(self, query: str) -> str:
        """What psql answers."""
        command = [str(self._binaries / "psql"), "-h", str(self.folder), "-U", "postgres", "-XAtq", "-c", query]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    @contextmanager
    def waiting(self, program: str) -> Iterator[None]:
        """A program of this name has a transaction open, until the block ends."""
        command = [str(self._binaries / "psql"), "-h", str(self.folder), "-U", "postgres", "-XAtq"]
        pipe, named = subprocess.PIPE, os.environ | {"PGAPPNAME": program}
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=named) as process:
            assert process.stdin
            assert process.stdout
            process.stdin.write("BEGIN; SELECT 1;\n")
            process.stdin.flush()
            assert process.stdout.readline() == "1\n"
            yield
            process.stdin.close()

    @property
    def url(self) -> str:
        """The URL of its database."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def _ready(self) -> bool:
        command = [str(self._binaries / "pg_isready"), "-h", str(self.folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **self._as)
        assert done.returncode == 0, done.stderr


@contextmanager
def server(*settings: str) -> Iterator[Server]:
    """A PostgreSQL with these settings beside ours, until the block ends. Skips or fails the test if there is none, see
    `wanted`.
    """
    wanted()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        running = Server(folder, *settings)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> struct_passwd | None:
    """The user as whom PostgreSQL runs: never root. None: this one."""
    import pwd  # which Windows has not

    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("PostgreSQL does not run as root, and there is no other user here")


if __name__ == "__main__":  # runs a command with $TEST_STORE
    with server() as running:
        sys.exit(subprocess.run(sys.argv[1:], env=os.environ | {"TEST_STORE": running.url}, check=False).returncode)
