"""The engine: takes requests in, and lets what is due happen, on every clock.

It holds no flow: flows are in the store, decisions in the machine. What it does hold is the count of each
application's requests and the loop that sleeps until the store's next due time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from emulator.callbacks import posts
from emulator.callbacks.courier import ROOM, Courier
from emulator.callbacks.posts import Renderings
from emulator.clock.alarm import Alarm
from emulator.clock.clock import LATEST, Clock
from emulator.clock.clocks import Clocks
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.state import Flow, Transition
from emulator.journal.entry import Entry
from emulator.store.contract import Decide, Store
from emulator.store.records import Change, Settlement

LIMIT: Final = 200
"""How many due flows are changed in one transaction."""
TICK: Final = 0.005
"""How long the loop rests at least, in real seconds, so that flows due close together are changed together."""

log = logging.getLogger(__name__)


def _room(_: str) -> int:
    return ROOM


class Engine:
    """Carries the flows of one store."""

    def __init__(self, store: Store, clocks: Clocks, renderings: Renderings, courier: Courier) -> None:
        self._store = store
        self._renderings = renderings
        self._clocks = clocks
        self._courier = courier
        self._alarm = Alarm()
        self._asleep_until: dict[str, int] = {}
        self._stirred: set[str] = set()
        self._calming: dict[str, asyncio.Task[None]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to let things happen, on every clock."""
        self._loop = asyncio.create_task(self._drive(), name="engine")
        for clock in self._clocks.names():
            self.stir(clock)

    async def stop(self) -> None:
        """Stop between two transactions."""
        tasks = [*self._calming.values(), *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def now(self, application: str) -> int:
        """The time on the application's clock."""
        return self._clocks.now(self._clocks.name(application))

    async def begin_now(self, begun: Transition, clock: str, now: int) -> Flow:
        """Store a new flow with what happens to it at once, and attempt its callbacks that are due. The holder of the
        clock's lock must not make these attempts: it may itself be waiting for the receiver that sent this request, and
        both would wait for ever.
        """
        after = machine.due(begun.flow, now)
        made = posts.change(replace(after, entries=begun.entries + after.entries), self._renderings)
        taken = await self._store.add_taking(made, clock, now)
        if not self._clocks.clock(clock).standing:
            self.expect(clock, after.flow.due_at)
        await self._courier.attempt(taken)
        self._courier.wake()
        self.stir(clock)
        return after.flow

    async def change(self, name: str, decide: Callable[[Flow, int], Change]) -> Flow | None:
        """Let something happen to a flow from outside, at its application's time; None if there is no such flow."""
        found = await self._store.flow(name)
        if found is None:
            return None
        clock = self._clocks.name(found.application)
        now = self._clocks.now(clock)
        changed = await self._store.change(name, lambda flow: decide(flow, now))
        if changed is not None:
            self.expect(clock, changed.due_at)
        self.stir(clock)
        self._courier.wake()
        return changed

    async def forget(self, application: str | None, entry: Entry) -> None:
        """Forget all of one application, or everything; the entry is what stays of the journal."""
        names = [name for name in self._clocks.names() if application in (None, name)]
        for name in names:
            async with self.lock(name):
                self._clocks.drop(name)
        await self._store.reset(application, entry)

    async def note(self, kind: str, application: str, data: Json) -> None:
        """Write something that belongs to no flow into the journal, at the application's time."""
        await self._store.record([Entry(self.now(application), kind, application, None, data)])

    def stir(self, clock: str) -> None:
        """Look soon what is due on a clock."""
        if not self._clocks.clock(clock).standing:
            self._alarm.ring()
            return
        self._stirred.add(clock)
        if clock not in self._calming:
            self._calming[clock] = asyncio.create_task(self._calm(clock))

    async def _calm(self, clock: str) -> None:
        try:
            while clock in self._stirred:
                self._stirred.discard(clock)
                async with self.lock(clock):
                    if not self._clocks.clock(clock).standing:
                        break
                    due_at = await self.settle(clock)
                    while self._clocks.clock(clock).instant and due_at is not None and due_at <= LATEST:
                        due_at = await self.move(clock, due_at)
        except Exception:
            log.exception("what is due on a standing clock could not happen")
        finally:
            del self._calming[clock]

    def lock(self, clock: str) -> asyncio.Lock:
        """Held by whoever moves a standing clock, or lets happen what is due on it."""
        return self._locks.setdefault(clock, asyncio.Lock())

    async def settle(self, clock: str, moved: Clock | None = None) -> int | None:
        """Let everything happen that is due on a standing clock now: each change, then its callbacks, until nothing is
        left; answers when the next thing is due. Callbacks have been answered, or have failed their attempt, when this
        returns. `moved` is the clock as it is to be from now on, if it was moved.
        """
        now = moved.base_virtual if moved else self._clocks.now(clock)
        decide, ended = self._decide(now), list[Settlement]()
        made = False
        while True:
            carried = await self._store.carry(clock, now, LIMIT, decide, _room, moved=moved, settlements=ended)
            if moved is not None:
                self._clocks.set(clock, moved)
            moved, ended = None, []
            if carried.deliveries:
                ended, made = await self._courier.make(carried.deliveries), True
            elif carried.changed < LIMIT and not await self._courier.quiet(clock):
                break
        if made:
            return carried.next_due
        await asyncio.sleep(0)  # time may move on for long without a callback: others have their turn
        return await self.next_due(clock)

    async def next_due(self, clock: str) -> int | None:
        """When the next thing happens on a clock: a change, or an attempt at a callback."""
        return await self._store.next_due(clock)

    async def move(self, clock: str, to: int) -> int | None:
        """Set a standing clock, and let everything happen that is due then; answers when the next thing is due. Time
        never goes back, even if callbacks are under way that fell due before.
        """
        to = max(to, self._clocks.now(clock))
        return await self.settle(clock, self._clocks.clock(clock).moved(self._clocks.real(), to))

    async def set_clock(self, name: str, clock: Clock) -> None:
        """Replace a clock, for good."""
        await self._store.save_clock(name, clock)
        self._clocks.set(name, clock)

    def expect(self, clock: str, due_at: int | None) -> None:
        """Take note that something falls due on a clock at this time, if at any."""
        if due_at is None:
            return
        known = self._clocks.clock(clock)
        if known.standing:
            if known.instant or due_at <= self._clocks.now(clock):
                self.stir(clock)
        elif due_at < self._asleep_until.get(clock, due_at + 1):
            self._asleep_until[clock] = due_at
            self._alarm.ring()

    async def _drive(self) -> None:
        while True:
            self._asleep_until = {}  # from here on, whatever is submitted rings
            try:
                self._asleep_until = await self._caught_up()
            except Exception:
                log.exception("a due flow could not be changed; trying again")
                await asyncio.sleep(1)
                self._alarm.ring()
            await asyncio.sleep(TICK)
            await self._alarm.sleep(self._clocks.wait(self._asleep_until))

    async def _caught_up(self) -> dict[str, int]:
        """Let everything due happen on each running clock; answers when the next is due, by clock."""
        following: dict[str, int] = {}
        for clock, now in self._clocks.running().items():
            decide, changed = self._decide(now), LIMIT
            while changed == LIMIT:
                carried = await self._store.carry(clock, now, LIMIT, decide, self._courier.room)
                self._courier.begin(clock, carried)
                changed = carried.changed
                await asyncio.sleep(0)
            if carried.next_flow is not None:
                following[clock] = carried.next_flow
        return following

    def _decide(self, now: int) -> Decide:
        def decide(flow: Flow) -> Change:
            try:
                return posts.change(machine.due(flow, now), self._renderings)
            except Exception:
                log.exception("the flow %s can't go on", flow.id)
                raise

        return decide
