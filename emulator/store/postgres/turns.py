"""The turn of a caller that looks at memory and then writes, within a transaction."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec import Struct

from emulator.store.contract import Done
from emulator.store.postgres.transaction import Job, Transaction


class Waiting(Struct):
    """A job that waits, until a time of the event loop. It runs in a transaction that has begun, unless it is `lazy`
    and may do without.
    """

    job: Job[Any]
    done: Done
    until: float
    lazy: bool = False


class Again(Exception):
    """The transaction of a turn was rolled back: its act is to be done again."""


class Turn:
    """A caller's turn: the step of its task in which it looks at memory and asks for writes, within a transaction."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._began: asyncio.Future[None] = loop.create_future()
        self._left = False
        self._failed: Exception | None = None
        self._entered = self._acting = 0
        self._step: asyncio.Future[None] = loop.create_future()
        self._asked: list[Waiting] = []
        self.open = False
        self.asked = False
        """Whether the caller has asked for a write since it has begun."""

    def enter(self) -> asyncio.Future[None]:
        """Let the caller begin; the future is set when its step has ended. What it asked for before is void."""
        self._entered += 1
        asked, self._asked = self._asked, []
        for each in asked:
            each.done(None, Again())
        self._step = self._loop.create_future()
        if self._left:
            self._step.set_result(None)
            return self._step
        if self._began.done():
            self._began = self._loop.create_future()
        self._began.set_result(None)
        self.open = True
        return self._step

    async def began(self) -> None:
        """Wait until the caller may begin. Raises what kept it from that."""
        if self._failed is None:
            await self._began
        if self._failed is not None:
            raise self._failed
        self._began = self._loop.create_future()
        self.asked = False
        self._acting = self._entered

    def ask(self, waiting: Waiting) -> None:
        """Have a job run in the turn's transaction. The step ends when the caller's task next waits. Raises Again if
        the transaction is another one by now.
        """
        if self._acting != self._entered:
            raise Again
        self.asked = True
        if not self._asked:
            self._loop.call_soon(self._end)
        self._asked.append(waiting)

    def leave(self) -> None:
        """The caller asks for nothing any more."""
        self._left = True
        self._end()

    def _end(self) -> None:
        self.open = False
        if not self._step.done():
            self._step.set_result(None)

    async def run(self, transaction: Transaction) -> list[Any]:
        """The results of all that was asked for."""
        return [await each.job(transaction) for each in self._asked]

    def over(self, results: Any, error: Exception | None) -> None:
        """Answer what was asked for. The caller gets an error when it begins, if it ever does."""
        self.open, self._failed = False, error
        if not self._began.done():
            self._began.set_result(None)
        asked, self._asked = self._asked, []
        for each, result in zip(asked, results or [None] * len(asked), strict=True):
            each.done(result, error)
