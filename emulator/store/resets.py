"""Which callbacks are no longer wanted, since their flows were reset after somebody had claimed them.

Numbers of flows go on after a reset, so the highest one of those that it forgets tells them from all later ones.
"""

from __future__ import annotations

from typing import Final

from emulator.clock.clock import EVERYBODY
from emulator.store.records import Delivery

MOST: Final = 10_000
"""Of how many applications the latest reset is known; of others nothing can still be claimed from before theirs."""


class Resets:
    """The resets that this process knows of."""

    def __init__(self) -> None:
        self._all = 0
        self._of: dict[str, int] = {}

    def note(self, application: str, last: int) -> None:
        """An application was reset, or everybody: the flows up to this number."""
        if application == EVERYBODY:
            self._all = max(self._all, last)
        else:
            self._of[application] = max(self._of.pop(application, 0), last)
            if len(self._of) > MOST:
                del self._of[next(iter(self._of))]

    def wanted(self, delivery: Delivery) -> bool:
        """Whether none of them has forgotten the flow of a callback that was claimed."""
        return delivery.flow_seq > self._all and delivery.flow_seq > self._of.get(delivery.application, 0)
