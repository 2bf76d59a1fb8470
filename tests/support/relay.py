"""A way to a PostgreSQL that can be cut: no byte passes, and nobody is told."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = ".s.PGSQL.5432"
"""The name of PostgreSQL's socket in its folder."""


class Relay:
    """A socket in this folder that leads to the one in another, unless it is held."""

    def __init__(self, folder: Path, to: Path) -> None:
        self.folder = folder
        self._to = to
        self._passing = threading.Event()
        self._passing.set()
        self._ending = threading.Event()
        self._ending.set()
        self.kept = threading.Semaphore(0)
        """Has one more for each connection that was kept, once all that was sent before its end has passed."""
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / NAME))
        self._listening.listen(64)
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def hold(self) -> None:
        """Let nothing pass."""
        self._passing.clear()

    def keep(self) -> None:
        """Let no connection end, though all else passes."""
        self._ending.clear()

    def release(self) -> None:
        """Let all pass that has come meanwhile."""
        self._ending.set()
        self._passing.set()

    def close(self) -> None:
        """Take no more connections."""
        self.release()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                threading.Thread(target=self._lead, args=(here,)).start()

    def _lead(self, here: socket.socket) -> None:
        self._passing.wait()
        with here, socket.socket(socket.AF_UNIX) as there, suppress(OSError):
            there.connect(str(self._to / NAME))
            back = threading.Thread(target=self._pass, args=(there, here))
            back.start()
            self._pass(here, there)
            back.join()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                self._passing.wait()
                other.sendall(data)
        if not self._ending.is_set():
            self.kept.release()
            self._ending.wait()
        self._passing.wait()
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def relay(to: Path) -> Iterator[Relay]:
    """A relay to the PostgreSQL whose socket is in this folder."""
    with tempfile.TemporaryDirectory(prefix="relay-") as folder:
        made = Relay(Path(folder), to)
        try:
            yield made
        finally:
            made.close()
