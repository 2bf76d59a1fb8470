"""Group commit: the writes that come while a transaction is under way become the next one.

A job is a function of the `Transaction`, which begins with its first write: what only reads costs no commit. Jobs run
in their order, on one connection. If one raises, the transaction is rolled back and each job is run again in one of its
own, so that only its own caller sees the error; if the connection is lost, all are run again, unless they were
committed. Therefore a job may run several times and must depend on the database alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

import asyncpg
from msgspec import Struct

from emulator.store.contract import Done, StoreError
from emulator.store.postgres.connecting import GRACE, PATIENCE, Away, Connections, is_lost

T = TypeVar("T")
BATCH: Final = 512
"""How many jobs one transaction has at most."""


log = logging.getLogger(__name__)


class Transaction:
    """A transaction that begins with its first write."""

    def __init__(self, connections: Connections, connection: asyncpg.Connection) -> None:
        self._connections = connections
        self._connection = connection
        self.begun = False
        self.late = False
        """Whether a job has changed what followers have."""
        self.results: list[Any] = []
        """What the jobs answered, once all have."""
        self.after: list[Callable[[], None]] = []
        """What is called once it is committed."""

    async def read(self, query: str, *values: Any) -> list[Any]:
        """The rows of a query that writes nothing."""
        found: list[Any] = await self._connection.fetch(query, *values)
        return found

    async def one(self, query: str, *values: Any) -> Any:
        """The first row of a query that writes nothing; None if there is none."""
        return await self._connection.fetchrow(query, *values)

    async def write(self, query: str, *values: Any) -> list[Any]:
        """The rows that a statement answers which writes."""
        if not self.begun:
            await self._connections.begin(self._connection)
            self.begun = True
        return await self.read(query, *values)

    async def end(self, how: str) -> None:
        """Commit it, or roll it back, if it has begun."""
        if self.begun:
            await self._connection.execute(how)
            self.begun = False


Job = Callable[[Transaction], Awaitable[T]]


class Follower(Protocol):
    """State in memory that each transaction writes."""

    def changed(self, *, more: bool = False) -> Any:
        """What is not written yet; from now on it counts as written. With `more`, by the same transaction as that of
        the call before.
        """

    async def write(self, transaction: Transaction, changed: Any) -> None:
        """Write what has changed."""

    def rollback(self) -> None:
        """What counts as written since `changed` was rolled back."""


class Waiting(Struct):
    """A job that waits, until a time of the event loop."""

    job: Job[Any]
    done: Done
    until: float
    taken: Callable[[], None] | None = None


class Committer:
    """Runs the jobs that write. The `followers` are written by the transaction of the jobs that changed them."""

    def __init__(self, connections: Connections, *followers: Follower) -> None:
        self._connections = connections
        self._followers = followers
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Waiting] = []
        self._more = asyncio.Event()
        self._task = self._loop.create_task(self._work(), name="committer")

    def post(self, job: Job[Any], done: Done, taken: Callable[[], None] | None = None) -> None:
        """Run a job soon; `done` is called with its result once it is committed, or with its error; `taken` when its
        turn comes.
        """
        self._waiting.append(Waiting(job, done, self._loop.time() + PATIENCE, taken))
        self._more.set()

    def run(self, job: Job[T], take_back: Callable[[], None] | None = None) -> asyncio.Future[T]:
        """The same; the future gets the result or the error. `take_back` is called if the job fails, even if the future
        was cancelled.
        """
        future: asyncio.Future[T] = self._loop.create_future()

        def done(result: Any, error: Exception | None) -> None:
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

    async def stop(self) -> None:
        """Commit what waits, and what followers have left to write; nothing, if the database is away."""
        if not self._connections.trouble:
            with suppress(Exception):
                async with asyncio.timeout(GRACE):
                    await self.run(_nothing)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        for each in self._waiting:
            each.done(None, StoreError("the store is closed"))
        self._waiting.clear()

    async def _work(self) -> None:
        while True:
            await self._more.wait()
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if not self._waiting:
                self._more.clear()
            for each in batch:
                if each.taken is not None:
                    each.taken()
            try:
                await self._answered(batch)
            except Exception:
                log.exception("a write could not be answered")

    async def _answered(self, batch: list[Waiting]) -> None:
        """Run jobs, together or else each alone, and answer them."""
        try:
            results = await self._committed(batch)
        except Exception as error:
            alone = len(batch) == 1 or isinstance(error, Away)
            for each in batch:
                if alone:
                    each.done(None, error)
                else:
                    await self._answered([each])
        else:
            for each, result in zip(batch, results, strict=True):
                each.done(result, None)

    async def _committed(self, batch: list[Waiting]) -> list[Any]:
        """The results of jobs that were committed together; again if the connection was lost before that."""
        until, transaction = min(each.until for each in batch), None
        while transaction is None:
            try:
                begun = Transaction(self._connections, await self._connections.writer(until))
                try:
                    await self._together(batch, begun)
                except Exception as error:
                    if not is_lost(error):
                        raise
                    self._connections.drop()
                    if begun.results and await self._connections.committed(until):
                        transaction = begun
                else:
                    transaction = begun
            finally:
                if transaction is None:
                    for each in self._followers:
                        each.rollback()
        for call in transaction.after:
            call()
        return transaction.results

    async def _together(self, batch: list[Waiting], transaction: Transaction) -> None:
        """Run jobs in one transaction, and commit it."""
        changed = [(each, each.changed()) for each in self._followers]
        try:
            results = [await each.job(transaction) for each in batch]
            if transaction.late:
                changed += [(each, each.changed(more=True)) for each in self._followers]
            for follower, rows in changed:
                if rows:
                    await follower.write(transaction, rows)
        except BaseException as error:
            if not is_lost(error):
                await transaction.end("ROLLBACK")
            if isinstance(error, asyncpg.DataError):
                raise error.__cause__ or error from None
            raise
        transaction.results = results
        await transaction.end("COMMIT")


async def _nothing(_: Transaction) -> None:
    """Do nothing, so that only what followers have is written."""


class Batch(Generic[T]):
    """Writes all items that come before a transaction by one job. If that fails, each item is written by a job of its
    own, so that only the owner of a bad item sees the error.
    """

    def __init__(self, committer: Committer, write: Callable[[Transaction, list[T]], Awaitable[None]]) -> None:
        self._committer = committer
        self._write = write
        self._open: list[tuple[T, Done]] | None = None

    def put(self, item: T, done: Done) -> None:
        """Write an item soon; `done` is called then, or with the error."""
        if self._open is None:
            items: list[tuple[T, Done]] = []
            self._open = items
            self._committer.post(
                lambda transaction: self._write(transaction, [item for item, _ in items]),
                lambda _, error: self._over(items, error),
                self._close,
            )
        self._open.append((item, done))

    def _close(self) -> None:
        self._open = None

    def _over(self, items: list[tuple[T, Done]], error: Exception | None) -> None:
        for item, done in items:
            if error is None or len(items) == 1 or isinstance(error, Away):
                done(None, error)
            else:
                self._committer.post(partial(self._alone, item), done)

    async def _alone(self, item: T, transaction: Transaction) -> None:
        await self._write(transaction, [item])
