"""The courier: takes callbacks that are due, posts them, and settles each attempt.

A receiver answers 200 within the time limit, or the post is repeated after the times of the ladder, counted from the
first attempt on the application's clock. At least once: a post that a crash cut off is made again under the same id.
Each origin has its own room, so a dead one never slows the others; within a flow the store hands out one at a time.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from emulator import road, times
from emulator.alarm import Alarm
from emulator.clocks import Clocks
from emulator.durations import parse
from emulator.model import Entry
from emulator.store import Delivery, Settlement, Store

if TYPE_CHECKING:
    import aiohttp

LADDER: Final = tuple(map(parse, ["30s", "1m", "2m", "5m", "10m", "15m", "30m", "1h", "2h", "4h", "8h", "24h"]))
"""When a refused callback is repeated, in milliseconds after its first attempt."""
ROOM: Final = 64
"""How many posts to one origin are under way at once."""
TICK: Final = 0.001
"""How long the courier rests at least between two claims, in real seconds, so that one claim serves many posts."""
ANSWER_LIMIT: Final = 65_536
"""How much of an answer is read, in bytes; a longer one costs the connection."""
ANSWER_SHOWN: Final = 200
"""How much of an answer the journal keeps, in characters."""
FORBIDDEN: Final = 0
"""The status of a post that was not made, since its host is not allowed; it is not repeated."""
GRACE: Final = 0.3
"""How long posts under way may take to finish when the courier stops, in real seconds."""
_HEADERS: Final = {"Content-Type": "application/json"}

log = logging.getLogger(__name__)


class Answer(Struct, frozen=True):
    """What came of one post: the HTTP status, or None and the reason that there is none; real milliseconds."""

    status: int | None
    text: str
    ms: int


def next_attempt(first_at: int, attempts: int, now: int) -> int | None:
    """When the attempt after `attempts` of them is due; None when the ladder is at its end."""
    return max(first_at + LADDER[attempts - 1], now) if attempts <= len(LADDER) else None


class Courier:
    """Posts the callbacks of one store. `timeout` in real seconds is a receiver's time to answer; `hosts` are those
    that callbacks may go to, empty for all.
    """

    def __init__(self, store: Store, clocks: Clocks, timeout: float, hosts: tuple[str, ...] = ()) -> None:
        self._hosts = hosts
        self._store = store
        self._clocks = clocks
        self._timeout = timeout
        self._alarm = Alarm()
        self._under_way: Counter[str] = Counter()
        self._posts: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look for work now."""
        self._alarm.ring()

    async def attempt(self, taken: list[Delivery]) -> None:
        """Make an attempt at each of these deliveries now; this returns when they are settled, or the courier stops."""
        if taken:
            await asyncio.wait([self._begin(delivery) for delivery in taken])

    def start(self) -> None:
        """Begin to deliver."""
        self._loop = asyncio.create_task(self._deliver(), name="courier")

    async def stop(self) -> None:
        """Let what is under way finish for a moment, cut off the rest; nothing is lost, it is still in the store."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        if self._posts:
            await asyncio.wait(self._posts, timeout=GRACE)
        for post in self._posts:
            post.cancel()
        await asyncio.gather(*self._posts, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def drain(self, clock: str) -> int:
        """Make every attempt that is due on a clock that stands still, and settle them in the order (due time, number);
        answers how many there were.
        """
        claimed = await self._store.claim({clock: self._clocks.now(clock)}, lambda _: ROOM)
        answers = await asyncio.gather(*(self._post(delivery) for delivery in claimed.deliveries))
        began = self._clocks.now(clock)
        settlements = map(self._settlement, claimed.deliveries, answers, itertools.repeat(began))
        await self._store.settle(list(settlements))
        return len(claimed.deliveries)

    async def _deliver(self) -> None:
        while True:
            due: dict[str, int] = {}
            try:
                claimed = await self._store.claim(self._clocks.running(), self._room)
                due = claimed.next_due
                for delivery in claimed.deliveries:
                    self._begin(delivery)
                await asyncio.sleep(TICK)
            except Exception:
                log.exception("due callbacks could not be taken; trying again")
                await asyncio.sleep(1)
                self.wake()
            await self._alarm.sleep(self._clocks.wait(due))

    def _room(self, origin: str) -> int:
        return ROOM - self._under_way[origin]

    def _begin(self, delivery: Delivery) -> asyncio.Task[None]:
        self._under_way[delivery.origin] += 1
        post = asyncio.create_task(self._attempt(delivery))
        self._posts.add(post)
        post.add_done_callback(lambda done: self._over(done, delivery.origin))
        return post

    def _over(self, post: asyncio.Task[None], origin: str) -> None:
        self._posts.discard(post)
        if not post.cancelled() and post.exception() is not None:
            log.error("an attempt could not be settled", exc_info=post.exception())
        self._under_way[origin] -= 1
        if not self._under_way[origin]:
            del self._under_way[origin]
        self.wake()

    async def _attempt(self, delivery: Delivery) -> None:
        began = self._clocks.now(delivery.clock)
        answer = await self._post(delivery)
        await self._store.settle([self._settlement(delivery, answer, began)])

    def _settlement(self, delivery: Delivery, answer: Answer, began: int) -> Settlement:
        attempt = delivery.attempts + 1
        received = answer.status == 200
        now = self._clocks.now(delivery.clock)
        over = received or answer.status == FORBIDDEN
        due_at = None if over else next_attempt(delivery.began_at, attempt, now)
        outcome = "received" if received else "given up" if due_at is None else "refused"
        if not received:
            following = f"tried again at {times.written(due_at)}" if due_at is not None else "given up"
            log.warning("callback to %s: %s; %s", delivery.url, answer.status or answer.text, following)
        ms = 0 if self._clocks.clock(delivery.clock).standing else answer.ms
        data = {"id": delivery.id, "url": delivery.url, "attempt": attempt, "outcome": outcome, "status": answer.status}
        data |= {"ms": ms, "answer": answer.text} | ({"next": times.written(due_at)} if due_at is not None else {})
        entry = Entry(began, "attempt", delivery.application, delivery.flow, data)
        return Settlement(delivery, now, due_at, outcome, entry)

    async def _post(self, delivery: Delivery) -> Answer:
        if not road.allowed(delivery.url, self._hosts):
            return Answer(FORBIDDEN, f"callbacks may only go to {', '.join(self._hosts)}", 0)
        began = asyncio.get_running_loop().time()
        try:
            status, text = await self._exchange(delivery)
        except TimeoutError:
            status, text = None, f"no answer within {self._timeout:g} s"
        except Exception as error:  # of a URL that no client can read, any
            advice = road.advice(delivery.url, getattr(error, "os_error", error))
            status, text = None, f"{type(error).__name__}: {error}" + (f": {advice}" if advice else "")
        return Answer(status, text, round((asyncio.get_running_loop().time() - began) * 1000))

    async def _exchange(self, delivery: Delivery) -> tuple[int | None, str]:
        session = self._session or await self._connected()
        async with session.post(delivery.url, data=delivery.body, headers=_HEADERS, allow_redirects=False) as response:
            text = await response.content.read(ANSWER_LIMIT)
            return response.status, text[: ANSWER_SHOWN * 4].decode(errors="replace")[:ANSWER_SHOWN]

    async def _connected(self) -> aiohttp.ClientSession:
        module: Any = await asyncio.to_thread(importlib.import_module, "aiohttp")
        if self._session is None:
            self._session = module.ClientSession(
                connector=module.TCPConnector(limit=0),
                timeout=module.ClientTimeout(total=self._timeout),
                cookie_jar=module.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
                auto_decompress=False,
            )
        return self._session
