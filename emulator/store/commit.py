"""Group commit: many small writes of concurrent callers become one transaction.

A job is a function of the connection. Jobs that were handed in while the last batch ran go together into the next one,
in their order. In memory a batch runs on the event loop, for there is nothing to wait for; on a file it runs on one
thread of its own, so that a slow disk stops nobody. A job that raises spoils no other: the batch is then repeated one
job at a time, and only that job's caller sees the error. So a job may run twice and must depend on the database alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol

Job = Callable[[sqlite3.Connection], Any]
Outcome = tuple[Any, Exception | None]
BATCH = 512


def commit(connection: sqlite3.Connection, jobs: list[Job]) -> list[Outcome]:
    """Run the jobs in one transaction; if one fails, each in a transaction of its own."""
    try:
        return [(result, None) for result in _together(connection, jobs)]
    except Exception as error:
        return [(None, error)] if len(jobs) == 1 else [commit(connection, [job])[0] for job in jobs]


def _together(connection: sqlite3.Connection, jobs: list[Job]) -> list[Any]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [job(connection) for job in jobs]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results


def _settle(futures: list[asyncio.Future[Any]], outcomes: list[Outcome]) -> None:
    for future, (result, error) in zip(futures, outcomes, strict=True):
        if future.cancelled():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


class Committer(Protocol):
    """Runs jobs in batches; `run` answers when the job's transaction is committed."""

    def run(self, job: Job) -> asyncio.Future[Any]:
        """Hand a job in; the future has its result, or its error."""

    async def stop(self) -> None:
        """Run what was handed in, then close the connection."""


class Inline:
    """Runs each batch on the event loop, once per turn of the loop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Job, asyncio.Future[Any]]] = []

    def run(self, job: Job) -> asyncio.Future[Any]:
        """See `Committer`."""
        future: asyncio.Future[Any] = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append((job, future))
        return future

    def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        if batch:
            jobs, futures = zip(*batch, strict=True)
            _settle(list(futures), commit(self._connection, list(jobs)))

    async def stop(self) -> None:
        """See `Committer`."""
        self._flush()
        self._connection.close()


class Threaded:
    """Runs each batch on one thread, which takes all that came while it was busy."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[tuple[Job, asyncio.Future[Any]] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    def run(self, job: Job) -> asyncio.Future[Any]:
        """See `Committer`."""
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put((job, future))
        return future

    def _work(self) -> None:
        going_on = True
        while going_on:
            taken = [self._queue.get()]
            while not self._queue.empty() and len(taken) < BATCH:
                taken.append(self._queue.get())
            batch = [item for item in taken if item is not None]
            going_on = len(batch) == len(taken)
            if batch:
                outcomes = commit(self._connection, [job for job, _ in batch])
                self._loop.call_soon_threadsafe(_settle, [future for _, future in batch], outcomes)
        self._connection.close()

    async def stop(self) -> None:
        """See `Committer`."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
