"""A user's project with tests, run by a pytest of its own; the plugin is that of this environment, or of a wheel."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.running import PATIENCE

ROOT = Path(__file__).parents[2]
UNUSED = ("-p", "no:hypothesispytest", "-p", "no:faker")
"""Plugins of this environment that no project needs, and that take a second to import."""
MEETING = """
import os, socket
from urllib.parse import urlsplit

def meet(url):
    '''Tell the url to whoever runs this project, and wait for a word.'''
    with socket.create_connection(("127.0.0.1", int(os.environ["MEETING"]))) as meeting:
        meeting.sendall(url.encode())
        return meeting.recv(64).decode()
"""


class Project:
    """A folder with a file of tests. `python` has options for its interpreter; `environment` is added to this one's."""

    def __init__(self, folder: Path, tests: str, *python: str) -> None:
        self.folder = folder
        self.python = python
        self.environment: dict[str, str] = {}
        self.write("tests/test_users.py", tests)

    def write(self, name: str, text: str) -> None:
        """Write one of its files."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *options: str) -> tuple[str, int]:
        """The output of its tests, and the exit status."""
        with self.started(*options) as process:
            output, _ = process.communicate(timeout=3 * PATIENCE)
            return output, process.returncode

    @contextmanager
    def started(self, *options: str, output: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
        """Its tests, under way in a session of their own; killed if they still are at the end of the block."""
        command = [sys.executable, *self.python, "-m", "pytest", "-p", "no:cacheprovider", *UNUSED, "-q", *options]
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PYTEST_") and name not in ("CI", "BUILD_NUMBER")  # with these pytest says more
        }
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output == subprocess.PIPE else output,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def meeting(self) -> Iterator[socket.socket]:
        """Where its tests come to when they `meet`."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.settimeout(3 * PATIENCE)
            self.environment["MEETING"] = str(listening.getsockname()[1])
            yield listening

    @contextmanager
    def waiting(self, *options: str, output: int = subprocess.PIPE) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """Its tests, under way and with one of them at the meeting, and the URL that this one told."""
        with (
            self.meeting() as meeting,
            self.started(*options, output=output) as process,
            met(meeting) as (_, url),
        ):
            yield process, url


@contextmanager
def met(listening: socket.socket) -> Iterator[tuple[socket.socket, str]]:
    """The next test that comes to the meeting, and the URL that it tells."""
    peer, _ = listening.accept()
    with peer:
        peer.settimeout(3 * PATIENCE)
        yield peer, peer.recv(200).decode()


def gone(url: str) -> bool:
    """Wait until the server at a URL has ended. Raises TimeoutError."""
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname or "", address.port or 0)) as watching:
            watching.settimeout(PATIENCE)
            return watching.recv(1) == b""
    except ConnectionError:
        return True


def wheel(folder: Path) -> Path:
    """A folder with what a wheel would install, as pyproject.toml says, to be put on PYTHONPATH."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    target = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    left_out = [Path(each).name for each in target["exclude"]]
    for package in target["packages"]:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", *left_out))
    for source, name in target["force-include"].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / name)
        else:
            shutil.copy(ROOT / source, folder / name)
    about = folder / "failover_emulator-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: failover-emulator\nVersion: 0\n")
    points = project["project"]["entry-points"]["pytest11"]
    (about / "entry_points.txt").write_text("[pytest11]\n" + "".join(f"{name} = {points[name]}\n" for name in points))
    return folder
