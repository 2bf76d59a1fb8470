"""What a store is: the one place where flows, callbacks, the journal, clocks and tokens live.

One way in (`add`), one way to change (`step` and `change`, each with a pure function that decides), many readers.
Everything that one call writes is written in one transaction, so a crash leaves nothing half done: a flow that was due
is still due, a delivery that was being sent is sent again. A store knows no machine, no engine and no time of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Raw, Struct

from emulator.clock.clock import Clock
from emulator.flow.model import EmulatorError, Entry, Flow, Json

DEFAULT_CLOCK = ""
"""The name of the clock of every application that has none of its own."""


class StoreError(EmulatorError):
    """The store can't be opened or used; the message says which, and why."""


class Post(Struct, frozen=True):
    """A callback to be delivered: a stable id, where to, the body, when. `origin` is the URL's scheme, host and port. A
    `loose` one goes at its time; any other waits until its flow's earlier ones are through.
    """

    id: str
    url: str
    origin: str
    body: bytes
    at: int
    loose: bool = False


class Change(Struct, frozen=True):
    """What is written about one flow, together or not at all. `request` is the JSON of a new flow's request, as it came
    and in the documented form, in place of the `body` of its first entry.
    """

    flow: Flow
    entries: tuple[Entry, ...] = ()
    posts: tuple[Post, ...] = ()
    request: bytes | None = None


Decide = Callable[[Flow], Change]
"""A pure function from a flow as stored to what is to be written. It may be called more than once."""


class Delivery(Struct, frozen=True):
    """A claimed callback: who must be told what. `flow_seq` is the flow's number in the store; `attempts` counts those
    made, `first_at` is the time of the first.
    """

    number: int
    id: str
    flow_seq: int
    flow: str
    application: str
    clock: str
    url: str
    origin: str
    body: bytes
    attempts: int
    due_at: int
    first_at: int | None

    @property
    def began_at(self) -> int:
        """The time of the first attempt, which may be the one to be made now."""
        return self.due_at if self.first_at is None else self.first_at


class Settlement(Struct, frozen=True):
    """How one attempt ended: `due_at` is the next attempt's time, None if there is none. `outcome` then says how the
    delivery ended.
    """

    delivery: Delivery
    at: int
    due_at: int | None
    outcome: str
    entry: Entry


class Claimed(Struct, frozen=True):
    """The deliveries that a claim took, and when the next one of its clocks' is due, by clock."""

    deliveries: list[Delivery]
    next_due: dict[str, int]


class Carried(Struct, frozen=True):
    """What was carried on: how many flows were changed, the deliveries taken, and when the next flow and the next
    delivery of this clock are due.
    """

    changed: int
    deliveries: list[Delivery]
    next_flow: int | None
    next_delivery: int | None

    @property
    def next_due(self) -> int | None:
        """When the next thing is due, if any."""
        return min((at for at in (self.next_flow, self.next_delivery) if at is not None), default=None)


Done = Callable[[object, Exception | None], None]
"""Is told what became of a write: the error, if there is one, comes second."""


class Numbered(Struct, frozen=True):
    """A journal entry as it is read back: with its number, which only grows, and its data as JSON."""

    seq: int
    at: int
    kind: str
    application: str
    flow: str | None
    data: Raw


class Lines(Struct, frozen=True):
    """Which journal entries are wanted: numbered above `after`, oldest first, or below `before`, newest first; at most
    `limit`; of one flow or any of several, of one application, of some kinds, at times in [since, until], where these
    are given.
    """

    after: int = 0
    limit: int = 1000
    flow: str | None = None
    application: str | None = None
    kinds: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    before: int | None = None
    flows: tuple[str, ...] = ()


class Told(Struct, frozen=True):
    """A callback as it stands: the attempts made, when the next is due (None: it waits or is over), how it ended."""

    number: int
    id: str
    flow: str
    application: str
    url: str
    body: bytes
    attempts: int
    due_at: int | None
    outcome: str | None


class Tellings(Struct, frozen=True):
    """Which callbacks are wanted: numbered above `after`, oldest first, or below `before`, newest first; at most
    `limit`; of one flow or one application, where these are given.
    """

    flow: str | None = None
    application: str | None = None
    after: int = 0
    before: int | None = None
    limit: int = 1000


class Condition(Struct, frozen=True):
    """One filter of a search: `field` is type, to, status, terminationChannel, flowKind or scenario; `operator` is is,
    is_not, contains, starts_with or ends_with. Case does not count.
    """

    field: str
    operator: str
    term: str


class Search(Struct, frozen=True):
    """Which of an application's flows are wanted (None: of all): created in [start, end], matching every condition; a
    page of them.
    """

    application: str | None
    start: int | None = None
    end: int | None = None
    conditions: tuple[Condition, ...] = ()
    offset: int = 0
    size: int = 10


class Found(Struct, frozen=True):
    """A page of flows, newest first, and how many there are in all."""

    total: int
    flows: list[Flow]


QUEUED_MS = 1000
"""How long a flow counts as queued after it was accepted, unless its channel reports something before."""
LANES = ("Queued", "Viber", "Sms", "Voice", "Succeeded", "Failed")
"""Where a flow can be: just accepted, on one of the channels, ended."""


class Lane(Struct, frozen=True):
    """How many flows are in a lane, and the latest of them, the one that moved last first."""

    name: str
    count: int
    flows: list[Flow]


class Applied(Struct, frozen=True):
    """An application that sent flows, and how many of them there are."""

    application: str
    flows: int


class Grant(Struct, frozen=True):
    """An access token: whose it is, what it allows, until when (ms on the application's clock)."""

    token: str
    application: str
    scopes: tuple[str, ...]
    expires_at: int


class Dropped(Struct, frozen=True):
    """How many finished flows and journal entries were dropped to stay within the limit."""

    flows: int = 0
    entries: int = 0


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

    async def change(self, flow: str, decide: Decide) -> Flow | None:
        """Change one flow, due or not; answer its new state, or None if it does not exist."""

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

    async def search(self, search: Search) -> Found:
        """A page of one application's flows."""

    async def board(self, wanted: Search, now: Mapping[str, int]) -> list[Lane]:
        """The flows that a search finds, by lane, in the order of LANES, with `size` of them in each; `now` are the
        times on all clocks.
        """

    async def applications(self) -> list[Applied]:
        """The applications that flows are of, by name."""

    async def scenarios(self) -> list[str]:
        """The names of the scenarios that flows began under."""

    async def journal(self, wanted: Lines) -> list[Numbered]:
        """Journal entries, oldest first; newest first if they are asked for before one."""

    async def callbacks(self, wanted: Tellings) -> list[Told]:
        """Callbacks, oldest first; newest first if they are asked for before one."""

    async def callback(self, name: str) -> Told | None:
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
