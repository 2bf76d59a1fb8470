"""One clock's driver: runs what is due on the clock, and moves the clock when it is told to.

Whatever falls due happens at its own time, in the order (due time, number). While a standing clock is moved, callbacks
have been answered, or have failed their attempt, before time goes on. A driver decides nothing about a flow (the
machine does) and keeps none (the store does).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Final

from emulator.callbacks import posts
from emulator.callbacks.courier import ROOM, Courier
from emulator.callbacks.posts import Renderings
from emulator.clock import instants
from emulator.clock.alarm import Alarm
from emulator.clock.clock import EVERYBODY, LATEST, Clock, Clocks
from emulator.engine import answers
from emulator.engine.changes import Changes
from emulator.engine.goal import AdvanceError, Goal
from emulator.engine.turns import Turns
from emulator.flow import machine
from emulator.flow.state import Flow
from emulator.journal.entry import Details, Entry
from emulator.journal.kinds import ClockChanged
from emulator.store.contract import Decide, Store, Unavailable
from emulator.store.records import Change, Settlement

LIMIT: Final = 200
"""How many due flows are changed in one transaction."""
TICK: Final = 0.005
"""How long a running clock's driver rests at least between two looks, in real seconds, so that flows due close together
are changed in one transaction.
"""
RETRY: Final = 1.0
"""How long a driver rests after an error, in real seconds."""

log = logging.getLogger(__name__)


class ClockDriver:
    """Drives the clock of this name. Its lock is held by whoever moves the clock or runs what is due on it, so advances
    of one clock follow one another, and none returns while another is still running what fell due.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # each is a part of the emulation
        self, name: str, clocks: Clocks, store: Store, courier: Courier, renderings: Renderings, changes: Changes
    ) -> None:
        self._name = name
        self._clocks = clocks
        self._store = store
        self._courier = courier
        self._renderings = renderings
        self._changes = changes
        self._turns = Turns(courier.timeout, store, name)
        self._alarm = Alarm()
        self._next_due: int | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to wait for the first thing to be due; whoever knows of some wakes the driver."""
        self._task = asyncio.create_task(self._drive(), name=f"clock {self._name}")

    async def stop(self) -> None:
        """Stop between two transactions."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """Look soon what is due."""
        self._alarm.ring()

    def wake_at(self, due_at: int | None) -> None:
        """Take note that something new is due at this time, if any, on a running clock; wake if the next look would be
        later than that.
        """
        if due_at is not None and (self._next_due is None or due_at < self._next_due):
            self._next_due = due_at
            self._alarm.ring()

    def written(self, change: Change, clock: Clock) -> None:
        """Take note of a new flow that was written: whoever carries on what is due of it is woken. `clock` is this
        driver's, as it is now.
        """
        if clock.standing:
            due_at = None if change.posts else change.flow.due_at
            if change.posts or (due_at is not None and (clock.instant or due_at <= clock.base_virtual)):
                self._alarm.ring()
            return
        self.wake_at(change.flow.due_at)
        if change.posts:
            self._courier.wake(self._name)

    async def advance(self, goal: Goal, *told: Details) -> None:
        """Move the clock to a goal; a clock that runs stands still meanwhile, and runs on from there. The journal gets
        what is `told`, at the end. Raises AdvanceError, and Busy as `Turns` says.
        """
        async with self._turns.turn():
            rate = self._clock.rate
            await self._check(goal)
            await self._replace(self._clock.hold(self._clocks.real()))
            try:
                with self._turns.patient():
                    await self._quiet()  # earlier callbacks that are under way
                with self._store.spare(goal.flow) if goal.flow else nullcontext():
                    await self._reach(goal)
                await self._replace(self._at_rate(rate), *told)
            finally:
                self._clocks.set(self._name, self._at_rate(rate))  # also if it could not be saved
                self.wake()

    async def set_rate(self, rate: float) -> None:
        """Have the clock run at another rate from now on; the journal is told. Raises Busy as `Turns` says."""
        async with self._turns.turn():
            clock = self._at_rate(rate)
            await self._replace(clock, ClockChanged(rate=clock.shown_rate))
        self.wake()

    async def share(self, shared: ClockDriver) -> None:
        """Run what falls due until it is as late here as on the shared clock, which stands still meanwhile, and give
        this clock up for that one. Raises AdvanceError if it is later here, since time only goes forward; and Busy.
        """
        async with shared.still(), self._turns.turn():
            if self._clocks.name(self._name) != self._name:
                return
            rate, at, now = self._clock.rate, self._clocks.now(EVERYBODY), self._clocks.now(self._name)
            if at < now:
                ahead, to = instants.written(now), instants.written(at)
                raise AdvanceError(
                    f"this clock shows {ahead}, the shared one {to}, and time only goes forward: move the shared clock"
                    " at least as far first"
                )
            await self._replace(self._clock.hold(self._clocks.real()))
            try:
                with self._turns.patient():
                    await self._quiet()
                await self._reach(Goal(at=at))
                told = Entry(at, self._name, None, ClockChanged(shared=True))
                await self._store.share_clock(self._name, [told])
                self._clocks.drop(self._name)
                self._courier.wake(EVERYBODY)
            finally:
                if self._clocks.name(self._name) == self._name:
                    self._clocks.set(self._name, self._at_rate(rate))
                self.wake()

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Have nothing happen on the clock, and nobody move it, until the block ends. Raises Busy as `Turns` says."""
        async with self._turns.turn():
            yield
        self.wake()

    async def next_due(self) -> int | None:
        """When the next thing happens: a change of a flow, or an attempt at a callback."""
        return await self._store.next_due(self._name)

    @property
    def _clock(self) -> Clock:
        return self._clocks.clock(self._name)

    async def _replace(self, clock: Clock, *details: Details) -> None:
        """Put another clock in place of this one, or the first one where there was none; the journal gets the
        details.
        """
        entries = [Entry(clock.base_virtual, self._name, None, each) for each in details]
        await self._store.save_clock(self._name, clock, entries)
        self._clocks.set(self._name, clock)

    def _at_rate(self, rate: float) -> Clock:
        return self._clock.at_rate(self._clocks.real(), rate)

    def _until(self, goal: Goal) -> int | None:
        return self._clocks.now(self._name) + goal.by if goal.by is not None else goal.at

    async def _check(self, goal: Goal) -> None:
        """Raises AdvanceError for a goal that can't be reached."""
        until = self._until(goal)
        if until is not None and until < self._clocks.now(self._name):
            raise AdvanceError("time only goes forward")
        if until is not None and until > LATEST:
            raise AdvanceError("time ends with the year 8999")
        await self._ended(goal.flow)

    async def _reach(self, goal: Goal) -> None:
        until = self._until(goal)
        latest = LATEST if until is None else until
        due_at = await self._run_due()
        passed = 0
        while passed != goal.events and not await self._ended(goal.flow):
            if due_at is None or due_at > latest:
                break
            due_at = await self._move(due_at)
            passed += 1
        if until is not None:
            await self._move(until)

    async def _ended(self, flow_id: str | None) -> bool:
        """Whether the flow that is waited for, if any, has ended. Raises AdvanceError if there is none of this id."""
        if flow_id is None:
            return False
        flow = await self._store.flow(flow_id)
        if flow is None:
            raise AdvanceError(f"there is no flow {flow_id}")
        return flow.status.final

    async def _drive(self) -> None:
        while True:
            due_at = self._next_due
            await self._alarm.sleep(None if due_at is None else self._clock.wait(self._clocks.real(), due_at))
            self._next_due = None  # from here on, whatever comes wakes
            try:
                async with self._turns.lock:
                    self._alarm.silence()  # whoever rang while the lock was held is served by this look
                    if self._clock.standing:
                        async with self._store.driving(self._name):
                            await self._run_standing()
                    else:
                        await self._run_running()
            except Exception as error:
                if not isinstance(error, Unavailable):  # which the store has logged
                    log.exception("what is due could not happen; trying again")
                await asyncio.sleep(RETRY)
                self.wake()
            if not self._clock.standing:
                await asyncio.sleep(TICK)

    async def _run_running(self) -> None:
        """Run what is due on a running clock. Its callbacks are only begun: their answers come while time goes on."""
        now, changed = self._clocks.now(self._name), LIMIT
        decide = self._decide(now)
        while changed == LIMIT:
            carried = await self._store.carry(self._name, now, LIMIT, decide, self._courier.room)
            self._courier.begin(self._name, carried)
            changed = carried.changed
            await asyncio.sleep(0)
        self._next_due = carried.next_flow  # of what came meanwhile, the alarm has rung

    async def _run_standing(self) -> None:
        """Run what is due on a standing clock, and on an instant one all that follows."""
        if not self._clock.standing:  # by now: another process has set its rate
            self.wake()
            return
        due_at = await self._run_due()
        while self._clock.instant and due_at is not None and due_at <= LATEST:
            due_at = await self._move(due_at)

    async def _move(self, to: int) -> int | None:
        """Set a standing clock and run what is due then; answers when the next thing is due. Time never goes back, even
        if attempts are under way that fell due before.
        """
        to = max(to, self._clocks.now(self._name))
        return await self._run_due(self._clock.moved(self._clocks.real(), to))

    async def _run_due(self, moved: Clock | None = None) -> int | None:
        """Run what is due on a standing clock, each change and then its callbacks, until nothing is left; answers when
        the next thing is due. Callbacks have been answered, or have failed their attempt, when this returns. `moved` is
        the clock as it is from now on, if it is to be set.
        """
        now = moved.base_virtual if moved else self._clocks.now(self._name)
        decide, full, posted = self._decide(now), lambda _: ROOM, False
        ended: list[Settlement] = []
        while True:
            carried = await self._store.carry(self._name, now, LIMIT, decide, full, moved=moved, settlements=ended)
            if moved is not None:
                self._clocks.set(self._name, moved)
            for settlement in ended:
                self._courier.written(settlement)
            asking, moved, ended = [each for each in ended if each.answer is not None], None, []
            for settlement in asking:
                await answers.go_on(settlement, self._changes, self._renderings, lambda _: now)
            if carried.deliveries:
                with self._turns.waiting() as heard:
                    ended, posted = await self._courier.attempt_due(carried.deliveries, heard), True
            elif not asking and carried.changed < LIMIT and not await self._quiet():
                break
        if posted:
            return carried.next_due
        await asyncio.sleep(0)  # time may move on for long without a callback: others have their turn
        return await self.next_due()

    async def _quiet(self) -> bool:
        with self._turns.waiting():
            waited = await self._courier.quiet(self._name)
            return await self._store.quiet(self._name) or waited

    def _decide(self, now: int) -> Decide:
        def decide(flow: Flow) -> Change:
            try:
                return posts.change(machine.due(flow, now), self._renderings)
            except Exception:
                log.exception("the flow %s can't go on", flow.id)
                raise

        return decide
