"""What a store tells of itself: whether it can be used, how much is in it, how fast it is."""

from __future__ import annotations

from typing import Protocol

from emulator.clock.timings import Timings
from emulator.errors import Json
from emulator.store.records import Dropped


class SelfReport(Protocol):
    """A store's condition, size and speed."""

    async def trouble(self) -> str:
        """Look whether the store can be used; answer what is wrong, in words, "" if nothing is."""

    async def counts(self) -> Json:
        """How many flows are live and finished, how many callbacks wait, how many journal entries there are."""

    async def dropped(self) -> Dropped:
        """How much was dropped to stay within the limit."""

    def commits(self) -> Timings:
        """How long each transaction took that this process has committed since this was first asked."""
