"""Group commit: the writes that come while a transaction is under way become the next one.

A transaction holds the schema's lock from its beginning to its commit, so those of all processes come one after the
other, and it begins by reading what others have written: what a process has in memory is right, then, until it has
written. A job is a function of the `Transaction`. Jobs run in their order, on one connection. If one raises, the
transaction is rolled back and each job is run again in one of its own, so that only its own caller sees the error; if
the connection is lost, all are run again, unless they were committed. So a job may run several times, and must depend
on the database and on what is in memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import groupby
from typing import Any, Final, TypeVar

import asyncpg

from emulator.clock.clock import precise
from emulator.clock.timings import Timings
from emulator.store.contract import Done, StoreError
from emulator.store.postgres.connecting import GRACE, PATIENCE, Away, Connections, is_lost, words
from emulator.store.postgres.stalled import IDLE
from emulator.store.postgres.transaction import UNKNOWN, Job, Memory, Transaction
from emulator.store.postgres.turns import Again, Turn, Waiting

T = TypeVar("T")
BATCH: Final = 512
"""How many jobs one transaction has at most."""

log = logging.getLogger(__name__)


class Committer:
    """Runs the jobs that write, and keeps `memory` as the database is. `commits`, if it is set, is told how
    long each transaction took.
    """

    def __init__(self, connections: Connections, memory: Memory) -> None:
        self._connections = connections
        self._memory = memory
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Waiting] = []
        self._turns: dict[asyncio.Task[Any] | None, Turn] = {}
        self._more = asyncio.Event()
        self.commits: Timings | None = None
        self._task = self._loop.create_task(self._work(), name="committer")

    @property
    def in_turn(self) -> bool:
        """Whether this is the step of somebody's turn."""
        turn = self._turns.get(asyncio.current_task())
        return turn is not None and turn.open

    async def turn(self, act: Callable[[], Awaitable[T]]) -> T:
        """The result of an act that has its turn, see `store.sharing`."""
        if self.in_turn:
            return await act()
        task, turn = asyncio.current_task(), Turn(self._loop)
        before = self._turns.get(task)
        self._turns[task] = turn
        self._post(Waiting(turn.run, turn.over, self._loop.time() + PATIENCE))
        try:
            while True:
                await turn.began()
                with suppress(Again):
                    result = await act()
                    if not turn.asked:  # it has counted at most
                        await self.run(_nothing) if turn.open else await turn.began()
                    return result
        finally:
            turn.leave()
            if before is None:
                del self._turns[task]
            else:
                self._turns[task] = before

    def post(self, job: Job[Any], done: Done, *, lazy: bool = False) -> None:
        """Run a job soon; `done` is called with its result once it is committed, or with its error."""
        waiting = Waiting(job, done, self._loop.time() + PATIENCE, lazy)
        turn = self._turns.get(asyncio.current_task()) if self._turns else None
        if turn is not None and turn.open:
            turn.ask(waiting)
        else:
            self._post(waiting)

    def run(self, job: Job[T], take_back: Callable[[], None] | None = None, *, lazy: bool = False) -> asyncio.Future[T]:
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

        self.post(job, done, lazy=lazy)
        return future

    async def stop(self) -> None:
        """Commit what waits, and what has changed in memory; nothing, if the database is away."""
        if not self._connections.trouble:
            with suppress(Exception):
                async with asyncio.timeout(GRACE):
                    await self.run(_nothing)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        for each in self._waiting:
            each.done(None, StoreError("the store is closed"))
        self._waiting.clear()

    def _post(self, waiting: Waiting) -> None:
        self._waiting.append(waiting)
        self._more.set()

    async def _work(self) -> None:
        while True:
            await self._more.wait()
            try:
                await self._answered(self._taken(BATCH))
            except Exception:
                log.exception("a write could not be answered")

    async def _answered(self, batch: list[Waiting], *, growing: bool = True) -> None:
        """Run jobs, together or else each alone, and answer them. Those that come while a `growing` batch waits for the
        schema's lock join it.
        """
        try:
            results = await self._committed(batch, growing=growing)
        except Exception as error:
            alone = len(batch) == 1 or isinstance(error, Away)
            for each in batch:
                if alone:
                    each.done(None, error)
                else:
                    await self._answered([each], growing=False)
        else:
            for each, result in zip(batch, results, strict=True):
                each.done(result, None)

    async def _committed(self, batch: list[Waiting], *, growing: bool) -> list[Any]:
        """The results of jobs that were committed together; again if the connection was lost before that."""
        until = min(each.until for each in batch)
        while True:
            begun = Transaction(self._connections, await self._connections.writer(until), self._memory)
            began = precise()
            try:
                results = await _together(batch, begun, self._taken if growing else None)
            except Exception as error:
                if not is_lost(error):
                    raise self._connections.meant(error) from error
                self._connections.drop()
                if begun.version and await self._connections.told(begun.version, until):
                    begun.committed()
                    return begun.results
                if begun.changes_memory:
                    self._memory.version = UNKNOWN
                if self._loop.time() > until:
                    raise Away(f"the store did not take a write in time: {words(error)}") from error
            else:
                if self.commits is not None:
                    self.commits.add(precise() - began)
                return results

    def _taken(self, most: int) -> list[Waiting]:
        """The jobs that have come, at most so many, which wait no more."""
        taken, self._waiting = self._waiting[:most], self._waiting[most:]
        if not self._waiting:
            self._more.clear()
        return taken


async def _together(
    batch: list[Waiting], transaction: Transaction, more: Callable[[int], list[Waiting]] | None
) -> list[Any]:
    """Run jobs in one transaction, and commit it. Once that has begun, the batch grows by `more` jobs."""
    try:
        if more is not None and not batch[0].lazy:
            await transaction.begin()
            batch += more(BATCH - len(batch))
        for turns, some in groupby(batch, lambda each: getattr(each.job, "__func__", None) is Turn.run):
            waiting = list(some)
            if turns:
                await transaction.begin()
                transaction.changes_memory = True
                steps = [each.job.__self__.enter() for each in waiting]  # type: ignore[attr-defined]
                async with asyncio.timeout(IDLE):
                    await asyncio.wait(steps)
            for each in waiting:
                if not each.lazy:
                    await transaction.begin()
                transaction.results.append(await each.job(transaction))
        await transaction.commit()
    except BaseException as error:
        if not is_lost(error):
            await transaction.roll_back()
        if isinstance(error, asyncpg.NumericValueOutOfRangeError):
            raise OverflowError(str(error)) from None  # as the driver says of what it encodes, and SQLite of all
        if isinstance(error, asyncpg.DataError):
            raise error.__cause__ or error from None
        raise
    return transaction.results


async def _nothing(_: Transaction) -> None:
    """Do nothing, so that only what has changed in memory is written."""
