"""Whose turn it is to move a clock: one call after the other, in the order in which they came.

A webhook's handler that moves time, or resets, waits for its turn behind a call that waits for the handler's answer.
Nothing tells such a call from a parallel caller's: all that is known is which callbacks were under way when it came. So
every call waits, and is refused only if it is behind another call, and none of the callbacks that this one waits for
was answered for three quarters of the time that a receiver has. A parallel caller's turn has come by then, unless the
receiver is about to fail anyway; and a handler that is refused has the last quarter to answer in. Callbacks that begin
after a call came can't be its own: nobody is refused for them. Nor for callbacks that no other call waits for, as those
of a flow's acceptance: there the call of a test whose receiver hangs is far more usual than a handler's. So it moves
time once they have failed, a handler's own among them, and the log tells why it took so long.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from emulator.errors import EmulatorError

SLOW: Final = "a call to move time waits for a callback that is not answered; is it the handler's own?"
"""What is logged of a call that waits for callbacks for which no call waits but this one."""

log = logging.getLogger(__name__)


class Busy(EmulatorError):
    """A call's turn does not come; the message says why."""

    def __init__(self) -> None:
        super().__init__(
            "time is being moved by a call that waits for a callback which is not answered yet; if this call comes from"
            " the callback's handler, it has to come after the handler's answer"
        )


class _Wait:
    """The wait for some callbacks, and how many of them have been answered."""

    answers = 0

    def answered(self) -> None:
        """Count an answer."""
        self.answers += 1


class Turns:
    """The turns at one clock. A receiver has `timeout` real seconds to answer a callback."""

    def __init__(self, timeout: float) -> None:
        self._patience = timeout * 3 / 4
        self.lock = asyncio.Lock()
        self._called = False
        self._wait: _Wait | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A call's turn, from when it comes until the block ends. Raises Busy."""
        taken = asyncio.ensure_future(self.lock.acquire())
        try:
            await self._comes(taken)
            self._called = True
            yield
        finally:
            if not taken.cancel() and not taken.cancelled():
                self._called = False
                self.lock.release()

    async def _comes(self, taken: asyncio.Task[bool]) -> None:
        there = self._wait
        while there is not None and self._wait is there and not taken.done():
            answers = there.answers
            await asyncio.wait({taken}, timeout=self._patience)
            if self._wait is there and there.answers == answers and not taken.done():
                if self._called:
                    raise Busy
                log.warning(SLOW)
                break
        await taken

    @contextmanager
    def patient(self) -> Iterator[None]:
        """While a call that has its turn waits for callbacks that were under way before: the log tells if that takes as
        long as a call waits for its turn.
        """
        told = asyncio.get_running_loop().call_later(self._patience, log.warning, SLOW)
        try:
            yield
        finally:
            told.cancel()

    @contextmanager
    def waiting(self) -> Iterator[Callable[[], None]]:
        """While whoever has the turn waits for callbacks; to be told of each answer."""
        self._wait = _Wait()
        try:
            yield self._wait.answered
        finally:
            self._wait = None
