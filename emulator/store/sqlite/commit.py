"""Group commit: many small writes of concurrent callers become one transaction.

A job is a function of the connection. Jobs that come in the same turns of the event loop are run together, in their
order, as soon as a turn has brought no more of them; so the busier the server, the less each write costs. A job that
raises spoils no other: the batch is then repeated one job at a time, and only that job's caller sees the error. So a
job may run twice and must depend on the database alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]
Done = Callable[[Any, Exception | None], None]
"""Is told a job's result once it is committed, or its error."""
BATCH: Final = 512
"""How many jobs one transaction has at most before it is committed."""


class Follower(Protocol):
    """State in memory that follows the transactions."""

    def begin(self) -> None:
        """A transaction begins."""

    def end(self) -> None:
        """It is about to be committed: the last chance to write."""

    def rollback(self) -> None:
        """It was rolled back."""


class Committer:
    """Runs the jobs of one connection on the running event loop."""

    def __init__(self, connection: sqlite3.Connection, *followers: Follower) -> None:
        self._connection = connection
        self._followers = followers
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Job[Any], Done]] = []
        self._seen = 0

    def run(self, job: Job[T], take_back: Callable[[], None] | None = None) -> asyncio.Future[T]:
        """Hand a job in; the future has its result once it is committed, or its error. `take_back` is called if it
        failed, even if nobody waits any more.
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
        """Hand a job in; `done` is told what became of it."""
        if not self._waiting:
            self._loop.call_soon(self._turn)
        self._waiting.append((job, done))

    def at_once(self, job: Job[T]) -> T:
        """Commit what was handed in, then this job in a transaction of its own. Raises what the job raises."""
        self._flush()
        result: T = self._together([job])[0]
        return result

    def stop(self) -> None:
        """Commit what was handed in, then close the connection."""
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
        """Commit jobs that failed together, each in a transaction of its own; `error` is that of a single one."""
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
        self._connection.execute("BEGIN IMMEDIATE")
        for follower in self._followers:
            follower.begin()
        try:
            results = [job(self._connection) for job in jobs]
            for follower in self._followers:
                follower.end()
            self._connection.execute("COMMIT")
        except BaseException:
            for follower in self._followers:
                follower.rollback()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return results


class Batch(Generic[T]):
    """Items of one kind that come before the same commit, written by one job. An item that can't be written spoils no
    other: they are then written one by one.
    """

    def __init__(self, committer: Committer, write: Callable[[list[T]], None]) -> None:
        self._committer = committer
        self._write = write
        self._open: list[tuple[T, Done]] | None = None

    def put(self, item: T, done: Done) -> None:
        """Have an item written; `done` is told when it is committed, or the error."""
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
