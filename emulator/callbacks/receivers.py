"""The log of receivers: when one goes down, how many callbacks wait for it meanwhile, and when it is up again.

A line for each refused attempt would flood the log: a day of a dead receiver has thousands. So a receiver has one when
it goes down, one whenever ten times as many attempts as at the last were refused, and one when it is up again. Each
attempt is in the journal. Times on the application's clock are called emulated; all others are the machine's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from emulator.callbacks.destination import shown
from emulator.clock import instants
from emulator.store.contract import Outbox
from emulator.store.records import Settlement

MOST: Final = 1000
"""Of how many receivers that are down at once the log tells."""

log = logging.getLogger(__name__)


class Down:
    """A receiver that is down: since when, in real milliseconds; how many attempts were `refused` and callbacks
    `given_up` since; whether the log says so.
    """

    def __init__(self, since: int, *, logged: bool) -> None:
        self.since = since
        self.logged = logged
        self.refused = 0
        self.given_up = 0


class Receivers:
    """Which receivers are down. `real` is the machine's time in milliseconds."""

    def __init__(self, outbox: Outbox, real: Callable[[], int]) -> None:
        self._outbox = outbox
        self._real = real
        self._down: dict[str, Down] = {}
        self._times: dict[str, int] = {}
        self._untold: dict[str, tuple[Down, Settlement, str]] = {}

    @property
    def untold(self) -> bool:
        """Whether there is something that `tell` would log."""
        return bool(self._untold)

    def answered(self, settlement: Settlement, why: str) -> None:
        """Note how an attempt ended; `why` it was refused, in words."""
        place = settlement.delivery.origin
        if settlement.outcome == "received":
            if self._down and (down := self._down.pop(place, None)) is not None and down.logged:
                told = "%s is up again; it refused %d attempts since %s"
                fields = {"receiver": shown(place), "refused": down.refused}
                log.info(told, shown(place), down.refused, instants.written(down.since), extra={"fields": fields})
            return
        down = self._down.get(place) or self._begun(place)
        down.refused += 1
        down.given_up += settlement.due_at is None
        if down.logged and (_power(down.refused) or (settlement.due_at is None and _power(down.given_up))):
            self._untold[place] = down, settlement, why

    async def tell(self) -> None:
        """Log what is to be told. How many callbacks wait is read from the store. Raises nothing."""
        untold, self._untold = self._untold, {}
        try:
            for down, settlement, why in untold.values():
                delivery, place = settlement.delivery, shown(settlement.delivery.origin)
                count, due_at = await self._outbox.waiting(delivery.clock, delivery.origin, settlement.at)
                following = f", next try {instants.written(due_at)} (emulated)" if due_at is not None else ""
                gone = f", {down.given_up} were given up" if down.given_up else ""
                wait = f"{count} {'callback waits' if count == 1 else 'callbacks wait'}{following}{gone}"
                fields = {"receiver": place, "why": why, "waiting": count, "refused": down.refused}
                fields |= {"flow": delivery.flow, "application": delivery.application}
                since = instants.written(down.since)
                log.warning("%s is down since %s: %s; %s", place, since, why, wait, extra={"fields": fields})
        except Exception:
            log.exception("the log of receivers failed")

    def _begun(self, place: str) -> Down:
        """A receiver has gone down. The first nine times it does are logged, then each tenth time, and so on."""
        if len(self._down) >= MOST:
            return Down(self._real(), logged=False)
        if len(self._times) >= MOST:
            self._times.clear()
        times = self._times[place] = self._times.get(place, 0) + 1
        down = self._down[place] = Down(self._real(), logged=str(times)[1:].strip("0") == "")
        return down


def _power(number: int) -> bool:
    """Whether a number is 1, 10, 100 and so on."""
    return str(number).rstrip("0") == "1"
