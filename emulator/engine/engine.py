"""The engine: has a driver for each clock, and passes on what is done to a flow from outside.

It holds no flow: flows are in the store, decisions in the machine, due times with the drivers. It knows neither HTTP
nor the shape of JSON answers.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from msgspec.structs import replace

from emulator.callbacks import posts
from emulator.callbacks.courier import Courier
from emulator.callbacks.posts import Renderings
from emulator.clock.clock import EVERYBODY, Clock, Clocks
from emulator.engine import answers
from emulator.engine.changes import Changes
from emulator.engine.driver import ClockDriver
from emulator.flow import machine
from emulator.flow.state import Flow, Transition
from emulator.journal.entry import Details, Entry
from emulator.store.contract import Steer, Store
from emulator.store.records import Change, Delivery, Effects, Settlement


class Engine:
    """Carries the flows of one store. Applications have their clocks' names from `clocks`, see `Clocks.name`."""

    def __init__(
        self, store: Store, clocks: Clocks, renderings: Renderings, courier: Courier, changes: Changes
    ) -> None:
        self._store = store
        self._renderings = renderings
        self._clocks = clocks
        self._courier = courier
        self._changes = changes
        courier.on_answer = self._go_on
        self._drivers: dict[str, ClockDriver] = {}
        self._used: Counter[str] = Counter()

    def start(self) -> None:
        """Start driving every clock, with what is due now."""
        for clock in self._clocks.names():
            self.driver(clock).wake()

    async def stop(self) -> None:
        """Stop every driver between two transactions."""
        await asyncio.gather(*(driver.stop() for driver in self._drivers.values()))

    def driver(self, clock: str) -> ClockDriver:
        """The driver of the clock of this name, an application's own or the default one. A new one starts at once."""
        driver = self._drivers.get(clock)
        if driver is None:
            driver = ClockDriver(clock, self._clocks, self._store, self._courier, self._renderings, self._changes)
            self._drivers[clock] = driver
            driver.start()
        return driver

    @asynccontextmanager
    async def driving(self, application: str) -> AsyncIterator[ClockDriver]:
        """The driver of an application's own clock, or of the shared one, to be used until the block ends. An
        application that has gone by the shared clock gets its own, which goes on from there, when its driver sets the
        rate or advances. A driver that nobody uses any more goes when it has no clock.
        """
        self._used[application] += 1
        try:
            yield self.driver(application)
        finally:
            self._used[application] -= 1
            if not self._used[application]:
                del self._used[application]
                if self._clocks.name(application) != application:
                    await self._drivers.pop(application).stop()

    def written(self, change: Change) -> None:
        """Take note of a new flow that was written. Its application may have got a clock of its own meanwhile."""
        name, clock = self._clocks.of(change.flow.application)
        self.driver(name).written(change, clock)

    def wake(self, clock: str) -> None:
        """Look soon what is due on a clock."""
        self.driver(clock).wake()
        self._courier.wake(clock)

    def now(self, application: str) -> int:
        """The time on the application's clock."""
        return self._clocks.time(application)

    async def lateness(self) -> float:
        """For how many real seconds the oldest callback on a running clock has been due and has not begun."""

        def running(clock: str) -> int | None:
            return None if self._clocks.clock(clock).standing else self._clocks.now(clock)

        times = await self._store.overdue(running)
        since = (self._clocks.clock(clock).seconds(self._clocks.now(clock) - at) for clock, at in times.items())
        return max(since, default=0.0)

    async def overdue(self) -> float:
        """For how many real seconds the oldest flow on a running clock has been due and was not carried on."""
        longest = 0.0
        for name in self._clocks.names():
            if not self._clocks.clock(name).standing:
                flows, _ = await self._store.upcoming(name, 1)
                due = [flow.due_at for flow in flows if flow.due_at is not None]
                clock, now = self._clocks.clock(name), self._clocks.now(name)
                longest = max(longest, *(clock.seconds(now - at) for at in due), 0.0)
        return longest

    async def begin_now(self, new: Sequence[tuple[Transition, Effects | None]], clock: str, now: int) -> list[Flow]:
        """Store flows with all that happens to them at once; return when the callbacks that are due have been tried.

        The holder of the clock's lock must not make these attempts: it may itself be waiting for the receiver that sent
        this request, and both would wait for ever.
        """
        flows, taken = list[Flow](), list[Delivery]()
        for begun, effects in new:
            done = begun.then(machine.due(begun.flow, now))
            change = replace(posts.change(done, self._renderings), effects=effects)
            taken += await self._store.add_taking(change, clock, now)
            if not self._clocks.clock(clock).standing:
                self.driver(clock).wake_at(done.flow.due_at)
            flows.append(done.flow)
        await self._courier.attempt(taken)
        self.wake(clock)
        return flows

    async def change(self, flow_id: str, decide: Callable[[Flow, int], Change]) -> Change | None:
        """Change a flow from outside, at its application's time. `decide` is pure; the change that it made of the
        stored flow is returned when it is written, None if there is no flow of this id. Raises what `decide` raises;
        nothing is written then.
        """
        change = await self._changes.make(flow_id, lambda flow: decide(flow, self._time_of(flow)))
        if change is not None:
            self.wake(self._clocks.name(change.flow.application))
        return change

    async def _go_on(self, settlement: Settlement) -> None:
        """Have a call go on with the answer to what it asked."""
        await answers.go_on(settlement, self._changes, self._renderings, self._time_of)
        self.wake(settlement.delivery.clock)

    def _time_of(self, flow: Flow) -> int:
        """The time of a change from outside, when it is written: while it waited for that, another process may have
        moved the clock, and what this one knows of the clock may be older than what has happened to the flow.
        """
        return max(self.now(flow.application), flow.updated_at)

    async def forget(
        self, application: str, entry: Entry, clock: Clock | None = None, kept: Steer | None = None
    ) -> None:
        """Forget everything of one application, or of everybody, and their own clocks, between two advances. `entry` is
        what the journal has afterwards; `clock` takes the place of the default one, if it is given; `kept` makes of
        what is in force what stays of it.
        """
        every = application == EVERYBODY
        names, still = {*self._clocks.names()} if every else {application}, set[str]()
        async with AsyncExitStack() as stack:
            while names:
                for name in sorted(names):
                    await stack.enter_async_context((await stack.enter_async_context(self.driving(name))).still())
                still |= names
                names = await self._store.reset(application, entry, clock, kept, still if every else None)
            for name in self._clocks.names() if every else still:
                self._clocks.drop(name)
            if clock is not None:
                self._clocks.set(EVERYBODY, clock)

    async def note(self, application: str, told: Details) -> None:
        """Write a journal entry that belongs to no flow, at the application's time when it is written."""

        async def act() -> None:
            await self._store.record([Entry(self.now(application), application, None, told)])

        await self._store.turn(act)
