"""A database that is open, and what follows its transactions in memory: what all parts of the store are built on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from msgspec import MsgspecError

from emulator.journal.entry import Entry
from emulator.store.contract import StoreError, Unavailable
from emulator.store.records import Effects
from emulator.store.rows import Read, Rows, decoded
from emulator.store.sqlite import opening
from emulator.store.sqlite.commit import Committer
from emulator.store.sqlite.condition import Condition
from emulator.store.sqlite.counters import SqliteCounters
from emulator.store.sqlite.flows import Writer, entry_row
from emulator.store.sqlite.keeping import Keeper
from emulator.store.sqlite.states import SqliteStates
from emulator.store.sqlite.tally import Tally

T = TypeVar("T")


class Connected:
    """A database at `path` (None: in memory). `keep` is the limit in bytes, None for no limit; `read` makes the request
    of JSON that a `Change` brought as it came.
    """

    def __init__(self, path: str | None = None, keep: int | None = None, read: Read = decoded) -> None:
        self._path = path
        self._limit = keep
        self._rows = Rows(read)
        self._tally = Tally()
        self._opened: Committer | None = None

    async def open(self) -> None:
        connection = opening.connect(self._path)
        try:
            self._tally.load(connection)
            self.counters = SqliteCounters(connection, self._tally)
            self._states = SqliteStates(connection)
            self._writer = Writer(connection, self._rows, self._tally)
        except (sqlite3.Error, MsgspecError) as error:
            connection.close()
            raise StoreError(opening.unreadable(self._path, error)) from error
        self._keeper = Keeper(connection, self._tally, self._limit)
        self._condition = Condition(self._path)
        self._opened = Committer(connection, self._condition, self._tally, self.counters, self._states)

    async def close(self) -> None:
        if self._opened is not None:
            with suppress(sqlite3.Error, Unavailable):  # it is then counted anew
                self._opened.at_once(self._tally.save)
            self._opened.stop()
            self._opened = None

    @property
    def _committer(self) -> Committer:
        if self._opened is None:
            raise StoreError("the store is not open")
        return self._opened

    async def _run(self, job: Callable[[sqlite3.Connection], T], effects: Effects | None = None) -> T:
        """A job's result, once it is committed. What a request takes with it applies at once."""
        if effects is None:
            return await self._committer.run(job)
        return await self._committer.run(job, self._states.take(effects))

    def _at_once(self, job: Callable[[sqlite3.Connection], None]) -> None:
        """Run a job that changes states or counters in a transaction of its own, before this returns. If it fails, they
        are as they were before it.
        """

        def remembering(connection: sqlite3.Connection) -> None:
            self._states.remember()
            self.counters.remember()
            job(connection)

        try:
            self._committer.at_once(remembering)
        except Exception:
            self._states.put_back()
            self.counters.put_back()
            raise
        self._states.settle()
        self.counters.settle()

    def _note(self, entries: Sequence[Entry]) -> None:
        """Write journal entries that belong to no flow, on an open transaction."""
        self._writer.record([entry_row(entry) for entry in entries])
        self._keeper.keep()
