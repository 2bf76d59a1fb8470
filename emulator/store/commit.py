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
from typing import Any, Final, TypeVar

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], Any]
Outcome = tuple[Any, Exception | None]
BATCH: Final = 512
"""How many jobs one transaction has at most before it is committed."""


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


Done = Callable[[Any, Exception | None], None]
"""Is told a job's result once it is committed, or its error."""


class Committer:
    """Runs the jobs of one connection on the running event loop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Job, Done]] = []
        self._seen = 0

    def run(self, job: Job) -> asyncio.Future[Any]:
        """Hand a job in; the future has its result once it is committed, or its error."""
        future: asyncio.Future[Any] = self._loop.create_future()

        def done(result: Any, error: Exception | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self.post(job, done)
        return future

    def post(self, job: Job, done: Done) -> None:
        """Hand a job in; `done` is told what became of it."""
        if not self._waiting:
            self._loop.call_soon(self._turn)
        self._waiting.append((job, done))

    def at_once(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run what was handed in, then this job in a transaction of its own; its result, or its error."""
        self._flush()
        result: T = _together(self._connection, [job])[0]
        return result

    def _turn(self) -> None:
        if self._seen < len(self._waiting) < BATCH:
            self._seen = len(self._waiting)
            self._loop.call_soon(self._turn)
        else:
            self._flush()

    def _flush(self) -> None:
        batch, self._waiting, self._seen = self._waiting, [], 0
        if batch:
            for (_, done), outcome in zip(batch, commit(self._connection, [job for job, _ in batch]), strict=True):
                done(*outcome)

    async def stop(self) -> None:
        """Run what was handed in, then close the connection."""
        self._flush()
        self._connection.close()
