"""The log of receivers: when one is down or refuses callbacks, what becomes of these, and when it takes them again.

A line for each refused attempt would flood the log: a day of a dead receiver has thousands. So a line is due when it
begins, when a callback has come further up the ladder of retries than any before, when ten times as many were given up,
when none waits any more, and when the receiver takes callbacks again; lines of one receiver have GAP between them, and
say how things stand when they are written. A receiver that can't be reached is known by its origin, one that answers by
its URL without query. Each attempt is in the journal, and is counted. Times on the application's clock are called
emulated.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Final, cast

from emulator.callbacks.destination import shown
from emulator.callbacks.retries import Rule, rule
from emulator.clock import instants
from emulator.clock.clock import Clocks
from emulator.clock.timings import Timings
from emulator.errors import plural
from emulator.journal.kinds import Attempt
from emulator.store.contract import Outbox
from emulator.store.records import Delivery, Settlement

MOST: Final = 1000
"""Of how many receivers that are down at once the log tells."""
PATHS: Final = 5
"""Of how many URLs of one origin that refuse callbacks at once the log tells; it tells of further ones together."""
GAP: Final = 1000
"""Real milliseconds between two lines about one receiver that is down."""

log = logging.getLogger(__name__)


class Down:
    """A receiver that takes no callbacks: its `url`, empty for all of its `origin`; how many attempts were `refused`,
    how many callbacks `given_up`, and the attempt that is `furthest` up the ladder; whether it is `logged`. A line may
    be `due`, the last callback may be `ending`, all may be `over`. The last line was logged `at` a real time in
    milliseconds, and had `told` how many were given up.
    """

    def __init__(self, origin: str, url: str, name: str, furthest: Settlement, *, logged: bool) -> None:
        self.origin, self.url, self.name, self.furthest, self.logged = origin, url, name, furthest, logged
        self.does = (
            "refuses callbacks" if furthest.reached else "is not called" if _answer(furthest).status == 0 else "is down"
        )
        self.due, self.ending, self.over = True, False, False
        self.refused = self.given_up = self.told = self.at = self.emptied = 0
        self.why = ""

    def failed(self, settlement: Settlement) -> bool:
        """Note an attempt that was refused; answers whether there may be something to tell."""
        self.refused += 1
        if settlement.due_at is None:
            self.given_up += 1
            self.ending = True
            self.due |= str(self.given_up).rstrip("0") == "1"
        if settlement.delivery.attempts > self.furthest.delivery.attempts:
            self.furthest, self.due = settlement, True
        return self.due or self.ending


class Receivers:
    """Which receivers are down. Attempts are noted when it is written how they ended, so that the store agrees. `ruled`
    answers by which rule a callback is repeated. `outcomes` counts all attempts by their outcome, `lateness` from when
    those on running clocks were due to when they began.
    """

    def __init__(
        self, outbox: Outbox, clocks: Clocks, ruled: Callable[[Delivery], Rule] = lambda delivery: rule(delivery.id)
    ) -> None:
        self._ruled = ruled
        self._outbox = outbox
        self._clocks = clocks
        self._down: dict[str, Down] = {}
        self._times: Counter[str] = Counter()
        self._untold: list[Down] = []
        self.outcomes: defaultdict[str, int] = defaultdict(int)
        self.lateness = Timings()

    def ended(self, settlement: Settlement, late: float | None = None) -> bool:
        """Note how an attempt ended, and how many real seconds `late` it began, if its clock ran then; answers whether
        `tell` has more.
        """
        self.outcomes[settlement.outcome] += 1
        if late is not None:
            self.lateness.add(late)
        if settlement.outcome == "received" and not self._down:
            return False
        known = len(self._untold)
        delivery = settlement.delivery
        url = delivery.url.partition("#")[0].partition("?")[0]
        if settlement.outcome != "received":
            if settlement.reached:
                self._over(delivery.origin)
            down = self._failing(settlement, url if settlement.reached else "")
            if down is not None and down.failed(settlement):
                self._tell_of(down)
        else:
            for place in (delivery.origin, url, f"{delivery.origin}/…"):
                self._over(place)
        return len(self._untold) > known

    def wait(self, other: float | None) -> float | None:
        """Real seconds until `tell` has something to log, or until something `other`; None if neither will come."""
        if not self._untold:
            return other
        seconds = max(0, min(map(_next, self._untold)) - self._clocks.real()) / 1000
        return seconds if other is None else min(seconds, other)

    async def tell(self, *, last: bool = False) -> None:
        """Log what is to be told by now; all of it if this is the `last` time. Raises nothing."""
        real = self._clocks.real()
        now = [down for down in self._untold if last or _next(down) <= real]
        self._untold = [down for down in self._untold if down not in now]
        try:
            for down in now:
                await self._tell(down, real)
        except Exception:
            log.exception("the log of receivers failed")

    async def _tell(self, down: Down, real: int) -> None:
        due, ending, down.due, down.ending = down.due, down.ending, False, False
        if down.over:
            due, ending = not down.at or down.told != down.given_up, False
        count = await self._outbox.waiting(tuple(self._clocks.names()), down.origin, down.url) if due or ending else 0
        if ending and not count:
            down.emptied += 1
            due |= _rare(down.emptied)
        delivery = down.furthest.delivery
        fields = {"receiver": down.name, "refused": down.refused}
        if due:
            first, answer = not down.at, _answer(down.furthest)
            why = (
                f"answered {answer.status}; {self._ruled(down.furthest.delivery).words} counts"
                if answer.status
                else answer.answer
            )
            down.at, down.told = real, down.given_up
            begun = (
                f"{down.name} {down.does}"
                if first
                else f"{down.name} still {down.does}, {plural(down.refused, 'attempt')} failed"
            )
            told, down.why = (why if why != down.why else ""), why
            more = {"why": why, "waiting": count, "flow": delivery.flow, "application": delivery.application}
            stands = self._stands(down, count)
            log.warning("%s: %s", begun, "; ".join(filter(None, (told, stands))), extra={"fields": fields | more})
        if down.over:
            again = "is up again" if down.does == "is down" else "takes callbacks again"
            log.info("%s %s; %d attempts had failed", down.name, again, down.refused, extra={"fields": fields})

    def _stands(self, down: Down, count: int) -> str:
        """What becomes of the callbacks of which so many wait, with the emulated time that it is."""
        now = self._clocks.now(down.furthest.delivery.clock)
        wait = f"{count} {'callback waits' if count == 1 else 'callbacks wait'}" if count else "no callback waits"
        gone = f", {down.given_up} {'was' if down.given_up == 1 else 'were'} given up" if down.given_up else ""
        again, number = down.furthest.due_at, down.furthest.delivery.attempts + 2
        coming = f", attempt {number} is at {instants.written(again)}" if count and again and again > now else ""
        return f"{wait}{gone}{coming} (emulated time, now {instants.written(now)})"

    def _failing(self, settlement: Settlement, url: str) -> Down | None:
        """The receiver that refused an attempt; None if there are too many. The first nine times that it goes down are
        logged, then each tenth, and so on.
        """
        origin = settlement.delivery.origin
        place = url or origin
        if place not in self._down and url and sum(each.origin == origin for each in self._down.values()) >= PATHS:
            place, url = f"{origin}/…", ""
        if place in self._down or len(self._down) >= MOST:
            return self._down.get(place)
        if len(self._times) >= MOST:
            self._times.clear()
        self._times[place] += 1
        logged = _rare(self._times[place])
        down = self._down[place] = Down(origin, url, shown(place), settlement, logged=logged)
        return down

    def _over(self, place: str) -> None:
        """A receiver takes callbacks, or at least answers."""
        down = self._down.pop(place, None)
        if down is not None:
            down.over = True
            self._tell_of(down)

    def _tell_of(self, down: Down) -> None:
        if down.logged and down not in self._untold:
            self._untold.append(down)


def _next(down: Down) -> int:
    """When the next line about a receiver may be logged, in real milliseconds."""
    return down.at if down.over or not down.at else down.at + GAP


def _rare(number: int) -> bool:
    """Whether a number is 1 to 9, 10, 20 to 90, 100 and so on."""
    return not str(number)[1:].strip("0")


def _answer(settlement: Settlement) -> Attempt:
    return cast(Attempt, settlement.entry.data)
