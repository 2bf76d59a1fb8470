"""Moving time: to a moment, to the next event, until a flow has ended, or until nothing is left to happen.

Whatever falls due on the way happens at its own time, in the order (due time, number), and its callbacks have been
answered or have failed their attempt before time goes on. A clock that runs stands still meanwhile and runs on after.
"""

from __future__ import annotations

from msgspec import Struct

from emulator.clock.clock import LATEST
from emulator.clock.clocks import Clocks
from emulator.engine.engine import Engine
from emulator.errors import EmulatorError
from emulator.store.contract import Store


class AdvanceError(EmulatorError):
    """Time can't be moved like this; the message says why."""


class Goal(Struct, frozen=True):
    """Where to: `by` so many milliseconds, `at` a time, `flow` one whose end is waited for, `events` at most so many
    due times. A goal without any of them is reached when nothing is left to happen.
    """

    by: int | None = None
    at: int | None = None
    flow: str | None = None
    events: int | None = None


class Advancer:
    """Moves the clocks of one engine."""

    def __init__(self, store: Store, clocks: Clocks, engine: Engine) -> None:
        self._store = store
        self._clocks = clocks
        self._engine = engine

    async def advance(self, name: str, goal: Goal) -> None:
        """Move the named clock. Several calls for one clock follow one another. Raises AdvanceError."""
        async with self._engine.lock(name):
            rate = self._clocks.clock(name).rate
            await self._set_rate(name, 0)
            try:
                await self._reach(name, goal)
            finally:
                await self._set_rate(name, rate)
        self._engine.stir(name)

    async def set(self, name: str, rate: float) -> None:
        """Have the named clock run at another rate from now on."""
        async with self._engine.lock(name):
            await self._set_rate(name, rate)
        self._engine.stir(name)

    async def own(self, application: str) -> None:
        """Give an application a clock of its own, which goes on from the one that it shared."""
        if self._clocks.name(application) != application:
            shared = self._clocks.clock(self._clocks.name(application))
            await self._engine.set_clock(application, shared)
            await self._store.rehome(application, application)

    async def _set_rate(self, name: str, rate: float) -> None:
        await self._engine.set_clock(name, self._clocks.clock(name).at_rate(self._clocks.real(), rate))

    async def _reach(self, name: str, goal: Goal) -> None:
        if goal.by is not None:
            goal = Goal(at=self._clocks.now(name) + goal.by)
        if goal.at is not None and goal.at < self._clocks.now(name):
            raise AdvanceError("time only goes forward")
        if goal.at is not None and goal.at > LATEST:
            raise AdvanceError("time ends with the year 8999")
        due = await self._engine.settle(name)
        passed = 0
        while passed != goal.events and not await self._ended(goal):
            if due is None or due > LATEST or (goal.at is not None and due > goal.at):
                break
            due = await self._engine.move(name, due)
            passed += 1
        if goal.at is not None:
            await self._engine.move(name, goal.at)

    async def _ended(self, goal: Goal) -> bool:
        if goal.flow is None:
            return False
        flow = await self._store.flow(goal.flow)
        if flow is None:
            raise AdvanceError(f"there is no flow {goal.flow}")
        return flow.status.final
