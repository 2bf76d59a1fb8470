"""The values that a store takes and gives: changes, callbacks to deliver, what is in force, queries and their results.

Times are integer milliseconds UTC, on the clock that a flow lives on.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Raw, Struct

from emulator.clock.clock import EVERYBODY
from emulator.flow.state import Flow
from emulator.journal.entry import Entry


class Post(Struct, frozen=True, gc=False):
    """A callback to be delivered: a stable id, the URL, the body, when it is due. `origin` is the URL's scheme, host
    and port. A `loose` one is due at its time; any other waits until its flow's earlier ones have been tried once.
    """

    id: str
    url: str
    origin: str
    body: bytes
    at: int
    loose: bool = False


class Effects(Struct, frozen=True, gc=False):
    """What one request takes from what is in force for its application: it `spent` so much of the balance, and `used`
    the overrides of these numbers, the application's own or everybody's, once each.
    """

    application: str
    spent: float = 0.0
    used: tuple[int, ...] = ()


class Settled(Struct, frozen=True, gc=False):
    """By how much a flow that goes on otherwise than it was planned costs more than before, or less: `spent` of the
    balance of this number, and `priced` by the prices, which the ledger has.
    """

    spent: float
    balance: int
    priced: float


class Change(Struct, frozen=True, gc=False):
    """What is written about one flow, together or not at all. `request` is for a new flow whose body was written as
    documented: its bytes, which the store then keeps once. `effects` is what it takes, `settled` is for an older flow.
    What recipients have `replied` is their number, when, and the text.
    """

    flow: Flow
    entries: tuple[Entry, ...] = ()
    posts: tuple[Post, ...] = ()
    request: bytes | None = None
    effects: Effects | None = None
    settled: Settled | None = None
    replied: tuple[tuple[str, int, str], ...] = ()


class Delivery(Struct, frozen=True):
    """A claimed callback. `flow_seq` is the number of its flow in the store, `flow` the id; `attempts` counts those
    that were made, `first_at` is the time of the first.
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
        """The time of the first attempt, which may be the coming one."""
        return self.due_at if self.first_at is None else self.first_at


class Settlement(Struct, frozen=True):
    """How one attempt ended, at the time `at`: `due_at` is the time of the next attempt; None if there is none, and
    then `outcome` says how the callback ended. `answer` is the whole answer to a post that asks something, empty if
    none came. That no connection was `reached` is for the log, and not kept.
    """

    delivery: Delivery
    at: int
    due_at: int | None
    outcome: str
    entry: Entry
    answer: str | None = None
    reached: bool = True


class Claimed(Struct, frozen=True):
    """The callbacks that were claimed, and by clock the time at which the next one is due. On clocks that are `held`
    more may be due, at receivers without room.
    """

    deliveries: list[Delivery]
    next_due: dict[str, int]
    held: frozenset[str] = frozenset()


class Carried(Struct, frozen=True):
    """What was carried on: how many flows were due, the callbacks that were claimed, and when the next flow and the
    next callback of this clock are due. If it is `held`, more callbacks may be due, at receivers without room.
    """

    changed: int
    deliveries: list[Delivery]
    next_flow: int | None
    next_delivery: int | None
    held: bool = False

    @property
    def next_due(self) -> int | None:
        """The time at which the next thing is due; None if nothing is."""
        return min((at for at in (self.next_flow, self.next_delivery) if at is not None), default=None)


class JournalEntry(Struct, frozen=True):
    """A stored journal entry: with its number, which grows with each entry, and its data as JSON."""

    seq: int
    at: int
    kind: str
    application: str
    flow: str | None
    data: Raw


class JournalQuery(Struct, frozen=True):
    """Which journal entries are wanted: numbered above `after`, oldest first, or below `before`, newest first; at most
    `limit`, and no more once their data has `size` bytes; where these are given: of one flow or of several, of one
    application, of some kinds, at times in [since, until], with a `text` in their words, data, flow or application.
    """

    after: int = 0
    limit: int = 1000
    flow: str | None = None
    application: str = EVERYBODY
    kinds: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    before: int | None = None
    flows: tuple[str, ...] = ()
    size: int | None = None
    text: str = ""

    def cut(self, found: Sequence[JournalEntry]) -> bool:
        """Whether there may be more than was found, beyond the limit or the size."""
        size = sum(len(memoryview(entry.data)) for entry in found)
        return len(found) >= self.limit or (self.size is not None and size >= self.size)


class CallbackRecord(Struct, frozen=True):
    """A stored callback: how many attempts were made, when the next one is due (None: it waits for the first attempt
    at an earlier callback, or is finished), its `outcome` if it is finished.
    """

    number: int
    id: str
    flow: str
    application: str
    url: str
    body: bytes
    attempts: int
    due_at: int | None
    outcome: str | None


class CallbackQuery(Struct, frozen=True):
    """Which callbacks are wanted: numbered above `after`, oldest first, or below `before`, newest first; at most
    `limit`; where these are given: of one flow, of one application, with one outcome ("pending": not finished;
    "failing" or "waiting": of those, after failed attempts, or before any), with a `text` in their URL, body, id, flow
    or application.
    """

    flow: str | None = None
    application: str = EVERYBODY
    after: int = 0
    before: int | None = None
    limit: int = 1000
    outcome: str | None = None
    text: str = ""


class Filter(Struct, frozen=True):
    """One condition of a search: `field` is type, to, status, terminationChannel, flowKind, scenario, id, all (the id,
    the recipients and the request), rescued (the channel that reached whom the first did not; else empty) or webhooks
    (failing: a callback fails or was given up; else well); `operator` is is, is_not, contains, starts_with or
    ends_with. Case is ignored.
    """

    field: str
    operator: str
    term: str

    @property
    def part(self) -> str:
        """What is looked for in a field whose values are lines, each between two ends of lines."""
        start = "\n" if self.operator in {"is", "is_not", "starts_with"} else ""
        return start + self.term + ("\n" if self.operator in {"is", "is_not", "ends_with"} else "")


class Search(Struct, frozen=True):
    """Which flows are wanted: of one application, or everybody's; of these `kinds`, or of any; created in [start, end],
    matching every condition; `size` of them from `offset` on, the newest first unless the `oldest` are to be.
    """

    application: str = EVERYBODY
    start: int | None = None
    end: int | None = None
    conditions: tuple[Filter, ...] = ()
    offset: int = 0
    size: int = 10
    kinds: tuple[str, ...] = ()
    oldest: bool = False


class Override(Struct, frozen=True):
    """A rule on top of the scenario in force: the `rule` as it was put (text of a scenario file), its `name` in that
    text, how many more `uses` it has (None: any number). The store gives the `number`; 0 asks for one.
    """

    number: int
    name: str
    rule: str
    uses: int | None = None


class TopUp(Struct, frozen=True):
    """A change of a balance that no message made, at the time `at`: what was left `before` it, and `after`."""

    at: int
    before: float
    after: float


class Ledger(Struct, frozen=True):
    """What an application's messages have cost since its account was `opened_at`, whatever was in force: those of its
    flows up to this `number` in the store came to the amount `spent`.
    """

    opened_at: int
    number: int = 0
    spent: float = 0.0


class ApplicationState(Struct, frozen=True):
    """What is in force for one application, or for everybody: the name of its `scenario` and, if it was given inline,
    its `text` (both None: nothing was chosen); the `overrides` in the order in which they are asked; the amount `spent`
    of the balance; the number of tokens `revoked`; the `top_ups` of the balance since the scenario was chosen; the
    number of the present `balance`, which grows whenever one is chosen or set.
    """

    scenario: str | None = None
    text: str | None = None
    overrides: tuple[Override, ...] = ()
    spent: float = 0.0
    revoked: int = 0
    top_ups: tuple[TopUp, ...] = ()
    balance: int = 0


class Grant(Struct, frozen=True):
    """An access token: its application, its scopes, and when it ends (ms, on the application's clock)."""

    token: str
    application: str
    scopes: tuple[str, ...]
    expires_at: int


class Dropped(Struct, frozen=True):
    """How many finished flows and journal entries were dropped to stay within the limit."""

    flows: int = 0
    entries: int = 0
