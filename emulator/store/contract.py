"""What a store is: the one place where flows, callbacks, the journal, clocks and the state of applications live, and
the contacts, templates and scenarios that users keep.

Flows come in by what begins with `add`, and change by `carry` and `change`, each with a pure function that decides.
Everything that one call writes is written in one transaction, so a crash leaves nothing half done: a flow that was due
is still due, a callback that was being sent is sent again. A store knows no machine, no engine and no time of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from emulator.clock.clock import EVERYBODY, Clock
from emulator.errors import EmulatorError
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.store.blocks import Standing
from emulator.store.clocks import Clocks
from emulator.store.contacts import KeptContacts
from emulator.store.counters import Counters
from emulator.store.found import ApplicationCount, FlowPage, Group
from emulator.store.records import (
    ApplicationState,
    CallbackQuery,
    CallbackRecord,
    Carried,
    Change,
    Claimed,
    Delivery,
    Effects,
    Grant,
    JournalEntry,
    JournalQuery,
    Ledger,
    Search,
    Settlement,
)
from emulator.store.repeated import Bodies
from emulator.store.scenarios import Scenarios
from emulator.store.self_report import SelfReport
from emulator.store.sharing import Sharing
from emulator.store.templates import Templates


class StoreError(EmulatorError):
    """The store can't be opened or used; the message says which, and why."""


class Unavailable(StoreError):
    """The store can't do what is asked: its disk is full, its file is gone or damaged, or a flow can't be read from it.
    Nothing was written. The store itself logs when it can't be used, and when it can again.
    """


Decide = Callable[[Flow], Change]
"""A pure function from a flow as stored to what is to be written. It may be called more than once."""

Steer = Callable[[ApplicationState], ApplicationState]
"""A pure function from what is in force to what shall be. It may be called more than once. New overrides have the
number 0; the store gives them theirs.
"""

Tell = Callable[[ApplicationState], Sequence[Entry]]
"""A pure function from what is in force now to the journal entries that tell of it."""

Price = Callable[[Flow], float]
"""A pure function from a flow to what it comes to at its end. It may be called more than once."""

Done = Callable[[object, Exception | None], None]
"""Called when a write is committed, or with its error as the second argument if it failed."""


class Flows(Protocol):
    """The flows: adding, changing and finding them."""

    async def add(self, change: Change, clock: str) -> None:
        """Write a new flow, which lives on the named clock: its application's. If that gets or loses a clock of its own
        meanwhile, the flow lives on the one that it has then.
        """

    def add_soon(self, change: Change, clock: str, done: Done) -> None:
        """The same without waiting."""

    async def add_taking(self, change: Change, clock: str, now: int) -> list[Delivery]:
        """Write a new flow, and claim those of its callbacks that are due."""

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
        ended; change up to `limit` flows that are due, in the order (due time, number); claim the callbacks that are
        due. A flow whose `decide` raises is parked: it keeps its state, its timer is cleared, and the journal records
        it as stranded.
        """

    async def change(self, flow_id: str, decide: Decide) -> Change | None:
        """Change one flow, due or not; answer the change that was written, or None if the flow does not exist. Raises
        what `decide` raises, and writes nothing then. What is `settled` applies in the same transaction: to the state
        of the flow's application, if its balance is still the same, and to its ledger, if that has the flow.
        """

    async def drop(self, flow_id: str, entry: Entry) -> bool | None:
        """Drop a flow with its callbacks and journal entries, as a limit would; `entry` takes their place. Answer
        whether it may go: it is finished, and nobody waits for it; None if there is no such flow.
        """

    def spare(self, flow_id: str) -> AbstractContextManager[None]:
        """Keep this flow, whatever limit there is, until the block ends."""

    async def next_due(self, clock: str) -> int | None:
        """The time at which the next thing is due on this clock: a flow or a callback. None if nothing is."""

    async def flow(self, flow_id: str) -> Flow | None:
        """One flow by its id."""

    async def search(self, search: Search) -> FlowPage:
        """A page of one application's flows."""

    def every(self, search: Search) -> AsyncIterator[list[Flow]]:
        """All flows that a search finds, in its order, some at a time; its offset and size do not matter."""

    async def alike(self, name: str, application: str) -> list[Flow]:
        """An application's flows whose ids end like this one, as do the ids of what belongs to a flow (`seed`)."""

    async def grouped(self, wanted: Search) -> list[Group]:
        """The flows that a search finds, in groups, with the latest `size` of each; in no order, without empty groups.
        A group is named after the channel that its flows are on, or else their status: Queued, or that in which they
        ended.
        """

    async def blocks(self) -> dict[int, int]:
        """The blocks of flows by number, each with a mark that is new whenever a flow in it, or a callback, changes."""

    def block(self, number: int) -> AsyncIterator[list[Standing]]:
        """The flows of a block, some at a time."""

    async def applications(self) -> list[ApplicationCount]:
        """The applications that have flows, sorted by name."""

    async def scenarios(self) -> list[str]:
        """The names of the scenarios that the flows began under, sorted."""


class Outbox(Protocol):
    """The callbacks: which are due, how attempts at them ended, how they stand."""

    async def claim(
        self, now: Mapping[str, int], room: Callable[[str], int], settlements: Sequence[Settlement] = ()
    ) -> Claimed:
        """Write how attempts ended, and in the same transaction claim the callbacks that are due on these clocks, by
        (due time, number), at most `room(origin)` of each origin. The first attempts at one flow's callbacks are in
        their order: one that isn't loose becomes due when the first attempt at the one before has ended, at that time.
        Repeated attempts hold up none.
        """

    def wanted(self, delivery: Delivery) -> bool:
        """Whether a claimed callback is still to be posted, and its end counts: no reset of its flow is known here."""

    async def overdue(self, now: Callable[[str], int | None]) -> dict[str, int]:
        """By clock, since when the oldest callback is due that is not claimed, if any is. `now` answers the time on a
        clock; None for one that is not wanted.
        """

    async def callbacks(self, wanted: CallbackQuery) -> list[CallbackRecord]:
        """Callbacks, oldest first; newest first if they are asked for before one."""

    async def waiting(self, clocks: Sequence[str], origin: str, url: str = "") -> int:
        """How many callbacks on these clocks wait to be posted to an origin, the due ones included; with a `url`, to
        that, with whatever query.
        """

    async def callback(self, callback_id: str) -> CallbackRecord | None:
        """One callback by its id."""


class Journal(Protocol):
    """The journal: what happened, numbered in the order of the commits."""

    async def record(self, entries: Sequence[Entry], effects: Effects | None = None) -> None:
        """Append entries that belong to no change of a flow. `effects` is what a request took that became no flow; it
        applies at once, like a new flow's.
        """

    async def journal(self, wanted: JournalQuery) -> list[JournalEntry]:
        """Journal entries, oldest first; newest first if they are asked for before one."""

    async def latest(self) -> int:
        """The number of the journal's last entry; 0 if there is none."""

    async def latest_times(self) -> dict[str, int]:
        """The latest time of each application's entries, among the last of the journal."""


class Applications(Protocol):
    """What belongs to an application: what is in force for it, how often it called, its tokens, its latest bodies.

    The application "" is everybody. The synchronous methods answer from this process's memory. If the store is not
    shared, that is all there is: what changes here applies as soon as the method is called, before the commit, so that
    the next request goes by it; if the commit fails, it is taken back. If it is shared, that is so in a turn, and else
    what changes applies when it is committed (`Sharing`).
    """

    @property
    def repeated(self) -> Bodies:
        """The bodies of accepted requests, and the flows that they became. A restart may forget them."""

    @property
    def counters(self) -> Counters:
        """How often each application called. Written with the next transaction that writes anything, at the latest when
        the store is closed.
        """

    def state(self, application: str) -> ApplicationState:
        """What is in force for one application, as this process knows it. As long as they do not change, `text` and
        `overrides` are the same objects, so what was made of them may be kept by their identity.
        """

    def in_force(self, application: str) -> tuple[ApplicationState, ApplicationState]:
        """The states of an application and of everybody, by which its requests are planned."""

    def states(self) -> dict[str, ApplicationState]:
        """The states that this process knows, by application; who never had one is missing."""

    async def steer(
        self, application: str, change: Steer, tell: Tell | None = None, *, rest: Steer | None = None
    ) -> ApplicationState:
        """Change what is in force for an application, in one transaction with the journal entries that `tell` makes;
        answer the new state. `rest` is how all other applications' states change with it, if they do.
        """

    async def charged(self, application: str, now: int, price: Price) -> Ledger:
        """Charge an application with those of its flows that were not charged yet, each once, and answer its ledger,
        which is opened at its first flow or at `now`. A flow that was dropped before it was charged, or can't be read,
        costs nothing.
        """

    def grant(self, token: str) -> Grant | None:
        """The grant of a token, ended or not; None if there is no such token."""

    def granted(self, application: str, scopes: tuple[str, ...]) -> Grant | None:
        """An application's latest grant of exactly these scopes, ended or not."""

    def grants(self, application: str = EVERYBODY) -> list[Grant]:
        """The grants of one application, or of everybody, the oldest first."""

    async def save_grant(self, grant: Grant, now: int, ended: Callable[[Grant], bool] | None = None) -> None:
        """Save a grant, and forget those of its application that have ended by `now`; also those among a few of others
        of which `ended` says so. The grant applies when this returns; nothing is awaited before.
        """

    async def revoke(self, token: str, entries: Sequence[Entry] = ()) -> Grant | None:
        """Forget a token and count it in its application's `revoked`, in one transaction with these journal entries;
        answer its grant, None if there was none. The entries are written only if there was one.
        """


class Store(
    Flows, Outbox, Journal, Clocks, Applications, KeptContacts, Templates, Scenarios, Sharing, SelfReport, Protocol
):
    """The whole contract. Every method may be called concurrently; each write is durable when its call returns, or when
    its `done` is called without an error.
    """

    async def open(self) -> None:
        """Make ready, and release what processes had claimed that have ended. Raises StoreError."""

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""

    async def reset(
        self,
        application: str,
        entry: Entry,
        clock: Clock | None = None,
        kept: Steer | None = None,
        still: Collection[str] | None = None,
    ) -> set[str]:
        """Forget everything of one application, or of everybody, but the scenarios that users keep. What stays of the
        journal is this entry; the numbers of flows, callbacks, entries and overrides go on. `clock` replaces the one
        that all share, if it is given; `kept` makes of what is in force what stays of it. With `still`, the names of
        clocks that nobody moves meanwhile, nothing is done if there are others, whose names are the answer.
        """

    async def fact(self, name: str, value: str) -> str:
        """The value remembered under this name: the given one the first time, the same ever after."""
