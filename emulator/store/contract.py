"""What a store is: the one place where flows, callbacks, the journal, clocks and tokens live.

One way in (`add`), one way to change (`step` and `change`, each with a pure function that decides), many readers.
Everything that one call writes is written in one transaction, so a crash leaves nothing half done: a flow that was due
is still due, a delivery that was being sent is sent again. A store knows no machine, no engine and no time of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from emulator.clock.clock import Clock
from emulator.errors import EmulatorError, Json
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.store.records import (
    ApplicationCount,
    CallbackQuery,
    CallbackRecord,
    Carried,
    Change,
    Claimed,
    Delivery,
    Dropped,
    FlowPage,
    Grant,
    JournalEntry,
    JournalQuery,
    Lane,
    Search,
    Settlement,
)


class StoreError(EmulatorError):
    """The store can't be opened or used; the message says which, and why."""


Decide = Callable[[Flow], Change]
"""A pure function from a flow as stored to what is to be written. It may be called more than once."""


Done = Callable[[object, Exception | None], None]
"""Is told what became of a write: the error, if there is one, comes second."""


class Store(Protocol):
    """The contract. Every method may be called concurrently; each write is durable when its call returns, or when its
    `done` is called without an error.
    """

    async def open(self) -> None:
        """Make ready, and release what an earlier process had claimed. Raises StoreError."""

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""

    async def add(self, change: Change, clock: str) -> None:
        """Write a new flow, which lives on the named clock."""

    def add_soon(self, change: Change, clock: str, done: Done) -> None:
        """The same without waiting."""

    async def add_taking(self, change: Change, clock: str, now: int) -> list[Delivery]:
        """Write a new flow, and take those of its deliveries that are due."""

    async def carry(  # noqa: PLR0913  # they are one transaction's
        self,
        clock: str,
        now: int,
        limit: int,
        decide: Decide,
        room: Callable[[str], int],
        *,
        moved: Clock | None = None,
        settlements: Sequence[Settlement] = (),
    ) -> Carried:
        """Carry on what is due on one clock, in one transaction: save the clock, if it was `moved`; write how attempts
        ended; change up to `limit` flows that are due, in the order (due time, number); take the deliveries that are
        due. A flow about which `decide` fails stays as it is, and is due no more: the journal says that it is stranded.
        """

    async def change(self, flow: str, decide: Decide) -> Change | None:
        """Change one flow, due or not; answer the change that was written, or None if the flow does not exist. Raises
        what `decide` raises, and writes nothing then.
        """

    async def next_due(self, clock: str) -> int | None:
        """When the next thing is due on this clock: a flow or a callback."""

    async def rehome(self, application: str, clock: str) -> None:
        """Have everything of an application live on the named clock from now on."""

    async def claim(
        self, now: Mapping[str, int], room: Callable[[str], int], settlements: Sequence[Settlement] = ()
    ) -> Claimed:
        """Write how attempts ended, in one transaction with this: take the deliveries that are due on these clocks, by
        (due time, number), at most `room(origin)` of each origin. Of one flow only the oldest unfinished delivery can
        be due, and those that are loose; one that is done makes its flow's next one due at that time.
        """

    async def record(self, entries: Sequence[Entry]) -> None:
        """Write journal entries that change nothing else."""

    async def flow(self, flow: str) -> Flow | None:
        """One flow by its id."""

    async def search(self, search: Search) -> FlowPage:
        """A page of one application's flows."""

    async def board(self, wanted: Search, now: Mapping[str, int]) -> list[Lane]:
        """The flows that a search finds, by lane, in the order of LANES, with `size` of them in each; `now` are the
        times on all clocks.
        """

    async def applications(self) -> list[ApplicationCount]:
        """The applications that flows are of, by name."""

    async def scenarios(self) -> list[str]:
        """The names of the scenarios that flows began under."""

    async def journal(self, wanted: JournalQuery) -> list[JournalEntry]:
        """Journal entries, oldest first; newest first if they are asked for before one."""

    async def callbacks(self, wanted: CallbackQuery) -> list[CallbackRecord]:
        """Callbacks, oldest first; newest first if they are asked for before one."""

    async def callback(self, name: str) -> CallbackRecord | None:
        """One callback by its id."""

    async def latest(self) -> int:
        """The number of the journal's last entry; 0 if there is none."""

    async def dropped(self) -> Dropped:
        """What was dropped to stay within the limit."""

    async def counts(self) -> Json:
        """How many flows are live and finished, how many deliveries wait, how many journal entries there are."""

    async def ordinals(self) -> dict[str, int]:
        """The last request number of each application."""

    async def clocks(self) -> dict[str, Clock]:
        """The clocks that were saved, by name."""

    async def save_clock(self, name: str, clock: Clock) -> None:
        """Save a clock."""

    async def grants(self) -> list[Grant]:
        """The tokens that were saved."""

    async def save_grant(self, grant: Grant, now: int) -> None:
        """Save a token, forgetting the application's tokens that have ended by `now`."""

    async def revoke(self, token: str) -> None:
        """Forget a token."""

    async def reset(self, application: str | None, entry: Entry) -> None:
        """Forget everything of one application, or of all: flows, callbacks, journal, tokens, clocks of their own. What
        stays of the journal is this entry; numbers go on.
        """

    async def fact(self, name: str, value: str) -> str:
        """The value remembered under this name: the given one the first time, the same ever after."""
