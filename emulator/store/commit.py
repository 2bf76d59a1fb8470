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
from typing import Any, Final

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


def _settle(futures: list[asyncio.Future[Any]], outcomes: list[Outcome]) -> None:
    for future, (result, error) in zip(futures, outcomes, strict=True):
        if future.cancelled():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


class Committer:
    """Runs the jobs of one connection on the running event loop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Job, asyncio.Future[Any]]] = []
        self._seen = 0

    def run(self, job: Job) -> asyncio.Future[Any]:
        """Hand a job in; the future has its result once it is committed, or its error."""
        future: asyncio.Future[Any] = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._turn)
        self._waiting.append((job, future))
        return future

    def _turn(self) -> None:
        if self._seen < len(self._waiting) < BATCH:
            self._seen = len(self._waiting)
            self._loop.call_soon(self._turn)
        else:
            self._flush()

    def _flush(self) -> None:
        batch, self._waiting, self._seen = self._waiting, [], 0
        if batch:
            jobs, futures = zip(*batch, strict=True)
            _settle(list(futures), commit(self._connection, list(jobs)))

    async def stop(self) -> None:
        """Run what was handed in, then close the connection."""
        self._flush()
        self._connection.close()
