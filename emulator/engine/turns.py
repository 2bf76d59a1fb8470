"""Whose turn it is to move a clock: one call after the other, in the order in which they came.

The handler of a callback may call to move time, or to reset, before it answers the callback. If the call whose turn it
is waits for that very answer, each waits for the other. So the handler's call is refused; but nothing tells it from any
other caller's. All that is known is which callbacks were under way when it came. A call is refused if

- it is behind another call,
- which waits for callbacks that were under way when the refused call came (it can't be the handler of a later one),
- and none of these was answered for three quarters of the time that a receiver has.

By then the turn of another caller has come, unless the receiver is about to fail anyway; and a handler has the last
quarter to answer in. If no other call waits for the callbacks, as for those of a flow's acceptance, nobody is refused:
there a test whose receiver hangs is far more usual than a handler. The call goes on once they have failed, and the log
tells why it took so long.

Of several emulators that share a store, any may get the handler's call. So a call that hears nothing tells the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

from emulator.errors import EmulatorError

if TYPE_CHECKING:
    from emulator.store.sharing import Driving

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

    def __init__(self) -> None:
        self.answers = 0
        self.heard = asyncio.Event()

    def answered(self) -> None:
        """Count an answer."""
        self.answers += 1
        self.heard.set()


class Turns:
    """The turns at the clock of this name, which processes drive one after the other, by `driving`. A receiver has
    `timeout` real seconds to answer a callback; `patience` is for how many of them a call waits while none is answered.
    """

    def __init__(self, timeout: float, driving: Driving, clock: str) -> None:
        self.patience = timeout * 3 / 4
        self._driving = driving
        self._clock = clock
        self.lock = asyncio.Lock()
        self._called = False
        self._wait: _Wait | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A call's turn, from when it comes until the block ends. Raises Busy."""
        await self._take()
        try:
            async with self._driving.driving(self._clock, self):
                self._called = True
                yield
        finally:
            self._called = False
            self.lock.release()

    async def _take(self) -> None:
        """Take the lock, when it comes to this call. Raises Busy."""
        if not self.lock.locked():
            await self.lock.acquire()  # nobody waits for callbacks, who would have it
            return
        taken = asyncio.ensure_future(self.lock.acquire())
        try:
            await self._comes(taken)
        except BaseException:
            if not taken.cancel() and not taken.cancelled():
                self.lock.release()
            raise

    async def _comes(self, taken: asyncio.Task[bool]) -> None:
        there = self._wait
        while there is not None and self._wait is there and not taken.done():
            answers = there.answers
            await asyncio.wait({taken}, timeout=self.patience)
            if self._wait is there and there.answers == answers and not taken.done():
                self.unheard(called=self._called)
                break
        await taken

    def unheard(self, *, called: bool) -> None:
        """A call has waited its patience for somebody who waits for callbacks, none of which was answered: if that is a
        call too, this one has to give up. Raises Busy.
        """
        if called:
            raise Busy
        log.warning(SLOW)

    @contextmanager
    def patient(self) -> Iterator[None]:
        """While a call that has its turn waits for callbacks that were under way before: the log tells if that takes as
        long as a call waits for its turn.
        """
        told = asyncio.get_running_loop().call_later(self.patience, log.warning, SLOW)
        try:
            yield
        finally:
            told.cancel()

    @contextmanager
    def waiting(self) -> Iterator[Callable[[], None]]:
        """While whoever has the turn waits for callbacks; to be told of each answer."""
        wait = self._wait = _Wait()
        telling = asyncio.create_task(self._tell(wait)) if self._called and self._driving.shared else None
        try:
            yield wait.answered
        finally:
            self._wait = None
            if telling is not None:
                telling.cancel()

    async def _tell(self, wait: _Wait) -> None:
        """Tell other processes as long as a call hears nothing."""
        while True:
            wait.heard.clear()
            try:
                async with asyncio.timeout(self.patience):
                    await wait.heard.wait()
            except TimeoutError:
                async with self._driving.unheard(self._clock):
                    await wait.heard.wait()
