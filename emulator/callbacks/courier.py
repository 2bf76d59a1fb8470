"""The courier: claims callbacks that are due, posts them, and settles each attempt.

A receiver answers within the time limit, or the post is retried as its rule says, at times that count from the first
attempt on the application's clock. Delivery is at least once: a post that a crash cut off is made again under the
same id. Each origin has its own room, so a dead one never slows the others; a flow's first attempts are made in order,
one at a time, while each callback that was not received is repeated by a ladder of its own. The courier knows neither
what a body says nor why it is posted.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from emulator.callbacks import destination
from emulator.callbacks.agenda import Agenda
from emulator.callbacks.ended import judged
from emulator.callbacks.pace import QUICK, Pace
from emulator.callbacks.receivers import Receivers
from emulator.callbacks.reply import Forbidden, Reply
from emulator.callbacks.retries import Rule, rule
from emulator.clock.alarm import Alarm
from emulator.clock.clock import Clocks
from emulator.seed import EVENT
from emulator.store.contract import Store, Unavailable
from emulator.store.records import Carried, Claimed, Delivery, Settlement

if TYPE_CHECKING:
    from emulator.callbacks.poster import Poster

ROOM: Final = 64
"""How many posts to one origin may be under way; those that find no connection wait in the poster, in their order."""
TICK: Final = 0.003
"""How long the courier rests at least between two claims, in real seconds, so that one claim takes many callbacks."""
RETRY: Final = 1.0
"""How long the courier rests after an error of the store, in real seconds."""
GRACE: Final = 0.3
"""How long posts under way may take to finish when the courier stops, in real seconds."""

log = logging.getLogger(__name__)


class Ended(Struct, frozen=True):
    """An attempt that has ended and is to be settled, and how many real seconds `late` it began; None if its clock
    stood then. `settled`, if any, is set when that is written.
    """

    settlement: Settlement
    late: float | None
    settled: asyncio.Future[None] | None


class Courier:
    """Delivers the callbacks of one store. A receiver has `timeout` real seconds to answer. `hosts` are those that
    callbacks may go to; see `destination.allowed`.
    """

    def __init__(
        self, store: Store, clocks: Clocks, poster: Callable[[], Poster], timeout: float, hosts: tuple[str, ...] = ()
    ) -> None:
        self._hosts = hosts
        self._store = store
        self._clocks = clocks
        self.poster = cache(poster)  # made for the first callback
        self.timeout = timeout
        self.post: Callable[[Delivery, Callable[[Reply], None]], None] = self._post
        self.rule: Callable[[Delivery], Rule] = lambda delivery: rule(delivery.id)
        self.receivers = Receivers(store, clocks, lambda delivery: self.rule(delivery))  # noqa: PLW0108  # it is set later
        self._alarm = Alarm()
        self._under_way: Counter[str] = Counter()
        self._awaited: set[asyncio.Future[None]] = set()
        self._on_clock: Counter[str] = Counter()
        self._ended: list[Ended] = []
        self._one_settled = asyncio.Event()
        self._agenda = Agenda(clocks)
        self.pace = Pace()
        self._behind = 0.0
        self._stopping = False
        self._answers: list[Settlement] = []
        self.on_answer: Callable[[Settlement], Awaitable[None]] | None = None
        self._loop: asyncio.Task[None] | None = None

    def wake(self, clock: str) -> None:
        """Look soon for callbacks that are due on a clock."""
        self._agenda.add(clock)
        self._alarm.ring()

    async def attempt(self, taken: list[Delivery]) -> None:
        """Make an attempt at each of these deliveries now; returns when they are settled, or the courier stops."""
        if taken:
            loop = asyncio.get_running_loop()
            settled = [loop.create_future() for _ in taken]
            for delivery, future in zip(taken, settled, strict=True):
                self._begin(delivery, future)
            await asyncio.wait(settled)

    def start(self) -> None:
        """Start delivering."""
        self._agenda.add(*self._clocks.names())
        self._loop = asyncio.create_task(self._deliver(), name="courier")

    async def stop(self) -> None:
        """Give posts under way GRACE to finish and cut off the others, which stay in the store. Takes no more work."""
        self._stopping = True
        self.pace.open()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                for clock in list(self._on_clock):
                    await self.quiet(clock)
        if self.poster.cache_info().currsize:
            self.poster().close()
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        await self.receivers.tell(last=True)
        for future in self._awaited:
            future.cancel()

    async def attempt_due(self, taken: list[Delivery], heard: Callable[[], None]) -> list[Settlement]:
        """Make an attempt at each of these deliveries, all of one standing clock; answers how they ended, which the
        caller has to write. Each answer is `heard` as it comes.
        """
        answers = await self._posted(taken, heard)
        began = self._clocks.now(taken[0].clock)
        return list(map(self._settlement, taken, answers, itertools.repeat(began)))

    def written(self, settlement: Settlement, late: float | None = None) -> None:
        """Tell the log of receivers how an attempt ended, now that it is written, and how `late` it began, if time ran
        then; unless its flow was reset.
        """
        if self._store.wanted(settlement.delivery) and self.receivers.ended(settlement, late):
            self._alarm.ring()

    def begin(self, clock: str, carried: Carried) -> None:
        """Begin an attempt at each delivery that was taken on a running clock, and note when the next one is due."""
        for delivery in carried.deliveries:
            self._begin(delivery)
        if carried.held:
            self._agenda.hold(clock)
        if carried.next_delivery is not None and self._agenda.expect(clock, carried.next_delivery):
            self._alarm.ring()

    async def quiet(self, clock: str) -> bool:
        """Wait until no attempt is under way on a clock; answers whether it had to wait."""
        waited = False
        while self._on_clock[clock]:
            waited = True
            self._one_settled.clear()
            await self._one_settled.wait()
        return waited

    async def _posted(self, deliveries: list[Delivery], heard: Callable[[], None]) -> list[Reply]:
        """Post all at once, and wait for every reply."""
        answers: list[Reply | None] = [None] * len(deliveries)
        all_in = asyncio.get_running_loop().create_future()
        left = len(deliveries)

        def answered(position: int, answer: Reply) -> None:
            nonlocal left
            heard()
            answers[position] = answer
            left -= 1
            if not left and not all_in.done():
                all_in.set_result(None)

        for position, delivery in enumerate(deliveries):
            self.post(delivery, partial(answered, position))
        await all_in
        return [answer for answer in answers if answer is not None]

    async def _deliver(self) -> None:
        while True:
            now = self._agenda.due()
            try:
                claimed = await self._settled_and_claimed(now)
            except Exception as error:
                if not isinstance(error, Unavailable):  # which the store has logged
                    log.exception("callbacks could not be taken or settled; trying again")
                self._agenda.add(*now)
                await asyncio.sleep(RETRY)
                continue
            for delivery in claimed.deliveries:
                self._begin(delivery)
            await self._pass_on()
            await self.receivers.tell()
            for clock in claimed.held:
                self._agenda.hold(clock)
            for clock, due_at in claimed.next_due.items():
                self._agenda.expect(clock, due_at)
            time = asyncio.get_running_loop().time
            began = time()
            await asyncio.sleep(TICK)
            self._behind = time() - began - TICK
            await self._alarm.sleep(self.receivers.wait(self._agenda.wait()))

    async def _settled_and_claimed(self, now: Mapping[str, int]) -> Claimed:
        """Settle the attempts that have ended, and claim what is due on these clocks. A settlement that can't be
        written is tried again later, and holds up no other.
        """
        ended, self._ended = self._ended, []
        free = Counter(each.settlement.delivery.origin for each in ended)
        try:
            claimed = await self._store.claim(
                now, lambda origin: self.room(origin) + free[origin], [each.settlement for each in ended]
            )
        except Exception as error:
            if not isinstance(error, Unavailable):
                log.exception("the ends of attempts could not be written together; now each by itself")
            for each in ended:
                await self._settle(each)
            return await self._store.claim(now, self.room)
        for each in ended:
            self._forget(each)
        return claimed

    async def _settle(self, attempt: Ended) -> None:
        try:
            await self._store.claim({}, self.room, [attempt.settlement])
        except Exception:
            asyncio.get_running_loop().call_later(RETRY, self._settle_soon, attempt)
        else:
            self._forget(attempt)

    async def _pass_on(self) -> None:
        """Pass on the answers to posts that ask something, now that their ends are written."""
        answers, self._answers = self._answers, []
        for settlement in answers:
            if self.on_answer is not None:
                try:
                    await self.on_answer(settlement)
                except Exception:
                    log.exception("an answer to %s could not be passed on", settlement.delivery.id)

    def room(self, origin: str) -> int:
        """How many more posts to an origin may be claimed."""
        return 0 if self._stopping else ROOM - self._under_way[origin]

    def _begin(self, delivery: Delivery, settled: asyncio.Future[None] | None = None) -> None:
        self._under_way[delivery.origin] += 1
        self._on_clock[delivery.clock] += 1
        if settled is not None:
            self._awaited.add(settled)
            settled.add_done_callback(self._awaited.discard)
        clock = self._clocks.clock(delivery.clock)
        began = clock.now(self._clocks.real())
        late = None if clock.standing else clock.seconds(max(0, began - delivery.due_at))

        def answered(answer: Reply) -> None:
            if answer.status == 200 and answer.ms <= QUICK:
                self.pace.told(late or 0, self._behind)
            self._settle_soon(Ended(self._settlement(delivery, answer, began), late, settled))

        self.post(delivery, answered)

    def _settle_soon(self, attempt: Ended) -> None:
        self._ended.append(attempt)
        self._agenda.room()
        self.wake(attempt.settlement.delivery.clock)

    def _forget(self, attempt: Ended) -> None:
        """Count an attempt that is settled no longer as under way, and tell who waits for it."""
        delivery = attempt.settlement.delivery
        if attempt.settlement.answer is not None:
            self._answers.append(attempt.settlement)
        for counter, name in ((self._under_way, delivery.origin), (self._on_clock, delivery.clock)):
            counter[name] -= 1
            if not counter[name]:
                del counter[name]
        if attempt.settled is not None and not attempt.settled.done():
            attempt.settled.set_result(None)
        self._one_settled.set()
        self.written(attempt.settlement, attempt.late)

    def _settlement(self, delivery: Delivery, answer: Reply, began: int) -> Settlement:
        clock = self._clocks.clock(delivery.clock)
        ruled = None if answer.status == 200 else self.rule(delivery)
        return judged(delivery, answer, ruled, began, clock.now(self._clocks.real()), timed=not clock.standing)

    def _post(self, delivery: Delivery, done: Callable[[Reply], None]) -> None:
        if destination.allowed(delivery.url, self._hosts):
            whole, wanted = delivery.id.endswith(EVENT), partial(self._store.wanted, delivery)
            self.poster().post(delivery.url, delivery.body, done, whole=whole, wanted=wanted)
        else:
            done(Forbidden(0, f"callbacks may only go to {', '.join(self._hosts)}", 0, reached=False))
