"""The engine: takes requests in, and lets what is due happen, on every clock.

It holds no flow: flows are in the store, decisions in the machine. What it does hold is the count of each
application's requests and the loop that sleeps until the store's next due time.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final
from urllib.parse import urlsplit

from msgspec import UNSET
from msgspec.structs import replace

from emulator import machine, views
from emulator.alarm import Alarm
from emulator.clocks import Clocks
from emulator.delivery import Courier
from emulator.draws import callback_id
from emulator.model import Cancelled, Event, Flow, Json, Report, Reported, Request, Transition
from emulator.planning import Planner
from emulator.prices import Prices
from emulator.store import Change, Decide, Post, Store

LIMIT: Final = 200
"""How many due flows are changed in one transaction."""
TICK: Final = 0.005
"""How long the loop rests at least, in real seconds, so that flows due close together are changed together."""

log = logging.getLogger(__name__)


class Engine:
    """Carries the flows of one store."""

    def __init__(  # it is where the rooms meet
        self,
        store: Store,
        clocks: Clocks,
        planner: Planner,
        prices: Prices,
        courier: Courier,
    ) -> None:
        self._store = store
        self._prices = prices
        self._clocks = clocks
        self._planner = planner
        self._courier = courier
        self._alarm = Alarm()
        self._asleep_until: dict[str, int] = {}
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to let things happen."""
        self._loop = asyncio.create_task(self._drive(), name="engine")

    async def stop(self) -> None:
        """Stop between two transactions."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    def now(self, application: str) -> int:
        """The time on the application's clock."""
        return self._clocks.now(self._clocks.name(application))

    async def submit(self, application: str, request: Request, received: Json) -> Flow:
        """Accept a valid request: plan it, start its first step, store it. `received` goes into the journal, in one
        entry with the start of the first step.
        """
        clock = self._clocks.name(application)
        now = self._clocks.now(clock)
        planned = self._planner.flow(application, request, now)
        begun = machine.accept(planned)
        (started,) = begun.entries
        accepted = replace(started, kind="accepted", data=received | started.data)
        await self._store.add(Change(begun.flow, (accepted,)), clock)
        self._expect(clock, begun.flow.due_at)
        return begun.flow

    async def report(self, flow: str, report: Report) -> Flow | None:
        """Let a channel report on a flow now, whatever its plan says; None if there is no such flow."""
        return await self._happen(flow, Reported(report))

    async def cancel(self, flow: str, why: str) -> Flow | None:
        """End a live flow; None if there is no such flow."""
        return await self._happen(flow, Cancelled(why))

    async def _happen(self, flow: str, event: Event) -> Flow | None:
        changed = await self._store.change(
            flow, lambda current: self._change(machine.handle(current, event, self.now(current.application)))
        )
        self._alarm.ring()
        self._courier.wake()
        return changed

    def _expect(self, clock: str, due_at: int | None) -> None:
        asleep_until = self._asleep_until.get(clock)
        if due_at is not None and (asleep_until is None or due_at < asleep_until):
            self._asleep_until[clock] = due_at
            self._alarm.ring()

    async def _drive(self) -> None:
        while True:
            try:
                self._asleep_until = await self._caught_up()
            except Exception:
                log.exception("a due flow could not be changed; trying again")
                self._asleep_until = {}
                await asyncio.sleep(1)
            await asyncio.sleep(TICK)
            await self._alarm.sleep(self._clocks.wait(self._asleep_until))

    async def _caught_up(self) -> dict[str, int]:
        """Let everything due happen on each clock; answers when the next is due, by clock."""
        following: dict[str, int] = {}
        for clock in self._clocks.names():
            now = self._clocks.now(clock)
            while await self._store.step(clock, now, LIMIT, self._decide(now)):
                self._courier.wake()
            due_at = await self._store.next_due(clock)
            if due_at is not None:
                following[clock] = due_at
        return following

    def _decide(self, now: int) -> Decide:
        return lambda flow: self._change(machine.due(flow, now))

    def _change(self, transition: Transition) -> Change:
        """A transition with its callbacks rendered and addressed."""
        if not transition.callbacks:
            return Change(transition.flow, transition.entries)
        return Change(transition.flow, transition.entries, tuple(self._post(told) for told in transition.callbacks))

    def _post(self, told: Flow) -> Post:
        callback = told.request.callback
        if callback is UNSET:
            raise ValueError("a flow without a callback has nobody to tell")
        url = urlsplit(callback.url)
        origin = f"{url.scheme}://{url.netloc}".lower()
        name = callback_id(told.id, told.told)
        return Post(name, callback.url, origin, views.body(told, self._prices), told.updated_at)
