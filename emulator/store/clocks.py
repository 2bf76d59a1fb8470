"""What a store keeps of clocks, and what is due on them next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from emulator.clock.clock import Clock
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.store.records import CallbackRecord


class Clocks(Protocol):
    """The clocks. What this process knows of them, without waiting, is in `clock.clock.Clocks`."""

    async def clocks(self) -> dict[str, Clock]:
        """The clocks that were saved, by name."""

    async def save_clock(self, name: str, clock: Clock, entries: Sequence[Entry] = ()) -> None:
        """Save a clock, in one transaction with these journal entries. The first clock of an application's own takes
        everything of the application along.
        """

    async def share_clock(self, name: str, entries: Sequence[Entry]) -> None:
        """Forget an application's own clock, in one transaction with these journal entries; everything of the
        application goes by the clock that all share.
        """

    async def upcoming(self, clock: str, limit: int) -> tuple[list[Flow], list[CallbackRecord]]:
        """The flows, and the callbacks, that are due next on a clock, up to so many of each, in their order."""
