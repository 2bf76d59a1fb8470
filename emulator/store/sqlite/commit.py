"""Group commit: many small writes of concurrent callers become one transaction.

A job is a function of the connection. Jobs are collected until a turn of the event loop brings no more, and are then
run together in their order; so the busier the server, the less each write costs. If one raises, the batch is rolled
back and each job is run again in a transaction of its own, so that only its own caller sees the error. Therefore a job
may run twice and must depend on the database alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

from emulator.clock.clock import precise
from emulator.clock.timings import Timings
from emulator.store.contract import Unavailable
from emulator.store.sqlite.condition import Condition

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]
Done = Callable[[Any, Exception | None], None]
"""Called with a job's result once it is committed, or with its error as the second argument."""
BATCH: Final = 512
"""At this number of jobs, a transaction is committed without waiting for more."""


class Counting(Protocol):
    """Counts in memory that follow the transactions."""

    def begin(self) -> None:
        """A transaction begins."""

    def rollback(self) -> None:
        """It was rolled back: nothing of it counts."""


class Follower(Protocol):
    """State in memory that is written by the next transaction."""

    @property
    def unwritten(self) -> Collection[Any]:
        """What is not written yet."""

    def write(self, changes: int) -> None:
        """Write it, as the last thing in a transaction, which has made so many changes before."""

    def rollback(self) -> None:
        """The transaction in which it was written was rolled back."""


class Committer:
    """Runs the jobs of one connection on the running event loop. Callers get Unavailable for an error of SQLite that is
    about the condition of the database. `commits`, if it is set, is told how long each
    transaction took.
    """

    def __init__(
        self, connection: sqlite3.Connection, condition: Condition, counting: Counting, *followers: Follower
    ) -> None:
        self._connection = connection
        self._condition = condition
        self._counting = counting
        self._followers = followers
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Job[Any], Done]] = []
        self._seen = 0
        self.commits: Timings | None = None

    def run(self, job: Job[T], take_back: Callable[[], None] | None = None) -> asyncio.Future[T]:
        """Run a job soon; the future gets its result once it is committed, or its error. `take_back` is called if the
        job fails, even if the future was cancelled.
        """
        future: asyncio.Future[T] = self._loop.create_future()

        def done(result: T, error: Exception | None) -> None:
            if error is not None and take_back is not None:
                take_back()
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self.post(job, done)
        return future

    def post(self, job: Job[Any], done: Done) -> None:
        """Run a job soon; `done` is called with its result or error."""
        if not self._waiting:
            self._loop.call_soon(self._turn)
        self._waiting.append((job, done))

    def at_once(self, job: Job[T]) -> T:
        """Commit the jobs that wait, then run this one in a transaction of its own. Raises what the job raises."""
        self._flush()
        result: T = self._together([job])[0]
        return result

    def look(self, job: Job[T]) -> T:
        """Commit the jobs that wait, then run this one, which only reads: nobody else writes meanwhile."""
        self._flush()
        return self.read(job)

    def fetched(self, cursor: sqlite3.Cursor, size: int) -> list[Any]:
        """The next rows of a cursor, up to so many."""
        return self.read(lambda _: cursor.fetchmany(size))

    def read(self, job: Job[T]) -> T:
        """Run a job at once that only reads, and may see what is not the state after any one transaction."""
        try:
            return job(self._connection)
        except sqlite3.Error as error:
            self._condition.failed(error)
            raise

    def stop(self) -> None:
        """Commit the jobs that wait, then close the connection."""
        self._flush()
        self._connection.close()

    def _turn(self) -> None:
        if self._seen < len(self._waiting) < BATCH:
            self._seen = len(self._waiting)
            self._loop.call_soon(self._turn)
        else:
            self._flush()

    def _flush(self) -> None:
        batch, self._waiting, self._seen = self._waiting, [], 0
        if not batch:
            return
        try:
            results = self._together([job for job, _ in batch])
        except Exception as error:
            self._one_by_one(batch, error)
        else:
            for (_, done), result in zip(batch, results, strict=True):
                done(result, None)

    def _one_by_one(self, batch: list[tuple[Job[Any], Done]], error: Exception) -> None:
        """Run jobs that failed together again, each in a transaction of its own; `error` is how they failed."""
        for job, done in batch:
            try:
                if len(batch) == 1:
                    raise error
                (result,) = self._together([job])
            except Exception as own:
                done(None, own)
            else:
                done(result, None)

    def _together(self, jobs: list[Job[Any]]) -> list[Any]:
        try:
            return self._transaction(jobs)
        except sqlite3.Error as error:
            self._condition.failed(error)
            raise

    def _transaction(self, jobs: list[Job[Any]]) -> list[Any]:
        timed = self.commits
        began = precise() if timed is not None else 0.0
        self._connection.execute("BEGIN IMMEDIATE")
        self._counting.begin()
        before = self._connection.total_changes
        written: list[Follower] = []
        try:
            results = [job(self._connection) for job in jobs]
            written += [follower for follower in self._followers if follower.unwritten]
            for follower in written:
                follower.write(self._connection.total_changes - before)
            if self._condition.gone and self._connection.total_changes != before:
                raise Unavailable(self._condition.gone)
            self._connection.execute("COMMIT")
        except BaseException:
            self._counting.rollback()
            for follower in written:
                follower.rollback()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        if self._condition.unwritable and self._connection.total_changes != before:
            self._condition.written()
        if timed is not None:
            timed.add(precise() - began)
        return results


class Batch(Generic[T]):
    """Writes all items that come before a commit by one job. If that fails, each item is written by a job of its own,
    so that only the owner of a bad item sees the error.
    """

    def __init__(self, committer: Committer, write: Callable[[list[T]], None]) -> None:
        self._committer = committer
        self._write = write
        self._open: list[tuple[T, Done]] | None = None

    def put(self, item: T, done: Done) -> None:
        """Write an item with the next commit; `done` is called then, or with the error."""
        if self._open is None:
            items: list[tuple[T, Done]] = []
            self._open = items
            self._committer.post(lambda _: self._written(items), lambda _, error: self._over(items, error))
        self._open.append((item, done))

    def _written(self, items: list[tuple[T, Done]]) -> None:
        if self._open is items:
            self._open = None
        self._write([item for item, _ in items])

    def _over(self, items: list[tuple[T, Done]], error: Exception | None) -> None:
        for item, done in items:
            if error is None or len(items) == 1:
                done(None, error)
            else:
                self._committer.post(partial(self._alone, item), done)

    def _alone(self, item: T, _: sqlite3.Connection) -> None:
        self._write([item])
