"""How often each application called, by name; kept in memory, written with the next transaction that writes anything.

The number of an application's last request is the tally's, where a flow has it. Only that of a request which became no
flow is written here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from emulator.clock.clock import EVERYBODY
from emulator.store.sqlite.tally import Tally

REQUESTS: Final = ""
"""The name under which an application's requests are counted."""
Name = tuple[str, str]
"""An application, and what is counted of it."""
_SAVE: Final = (
    "INSERT INTO counter VALUES(?, ?, ?) ON CONFLICT(application, name) DO UPDATE SET last = MAX(last, excluded.last)"
)


class Counters:
    """The last number of each name. It follows the transactions."""

    def __init__(self, connection: sqlite3.Connection, tally: Tally) -> None:
        self._last: dict[str, dict[str, int]] = {}
        for application, name, last in connection.execute("SELECT application, name, last FROM counter"):
            self._last.setdefault(application, {})[name] = last
        self._tally = tally
        self.unwritten: set[Name] = set()
        self._writing: set[Name] = set()
        self._forgotten: dict[str, dict[str, int]] = {}
        self._connection = connection

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        """Count one more of each name; answers the numbers, from 1."""
        counts = self._last.setdefault(application, {})
        numbers = []
        for name in names:
            number = counts.get(name, 0) + 1
            if name == REQUESTS and number <= (ordinal := self._tally.ordinals.get(application, 0)):
                number = ordinal + 1
            counts[name] = number
            self.unwritten.add((application, name))
            numbers.append(number)
        return numbers

    def forget(self, application: str) -> None:
        """Begin to count an application's calls anew, or everybody's; their rows are the caller's to delete."""
        if application == EVERYBODY:
            self._forgotten, self._last = self._last, {}
        else:
            self._forgotten = {application: self._last.pop(application, {})}

    def remember(self) -> None:
        """From now on, remember what is forgotten."""
        self._forgotten = {}

    def put_back(self) -> None:
        """Take back what was forgotten since `remember`."""
        self._last |= self._forgotten
        self._forgotten = {}

    def settle(self) -> None:
        """What was forgotten since `remember` stays forgotten."""
        self._forgotten = {}

    def write(self, changes: int) -> None:
        """Write what is not written yet, unless the transaction only read: counting must not make readers write."""
        if not changes:
            self._writing = set()
            return
        self._writing, self.unwritten = self.unwritten, set()
        rows = [
            (application, name, last)
            for application, name in self._writing
            if (last := self._last.get(application, {}).get(name, 0))
            and (name != REQUESTS or last > self._tally.ordinals.get(application, 0))
        ]
        if rows:
            self._connection.executemany(_SAVE, rows)

    def rollback(self) -> None:
        """It was rolled back: what it wrote must be written again."""
        self.unwritten |= self._writing
