"""Faults of a flow's callbacks: what a scenario may have go wrong, and the times at which callbacks are then posted.

Values and arithmetic. Who posts applies them; nothing here knows HTTP.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from emulator.clock.delays import Delay, Draw


class Cut(Struct, frozen=True):
    """How much of a body is sent before it breaks off: `size` in bytes, or without it a `share` of the body."""

    size: int | None = None
    share: float = 0.5

    def kept(self, body: bytes) -> bytes:
        """The part of the body that is sent."""
        return body[: round(len(body) * self.share) if self.size is None else self.size]


class Which(Struct, frozen=True):
    """Which of a flow's callbacks: those of these `numbers`, that `share` of all, the `last`, and those that say one of
    these `statuses`.
    """

    numbers: tuple[int, ...] = ()
    share: float = 0.0
    last: bool = False
    statuses: tuple[str, ...] = ()

    def has(self, number: int, says: Collection[str], draw: Draw) -> bool:
        """Whether the callback of this number, which says these statuses, is one of them. The `last` is, once its
        number is known.
        """
        if number in self.numbers or any(status in says for status in self.statuses):
            return True
        return bool(self.share) and draw() < self.share

    def of(self, count: int) -> Which:
        """The same of a flow that has so many callbacks: the last one's number is known."""
        return replace(self, numbers=(*self.numbers, count)) if self.last else self


GAP: Final = 1000
"""How far apart callbacks in an order of their own are at least, in emulated milliseconds."""


class CallbackFaults(Struct, frozen=True):
    """What goes wrong with a flow's callbacks, which are numbered from 1. Times are emulated milliseconds.

    `never`: none is posted. `drop` and what begins so: which are lost (see `lost`). `order`: these come first, in this
    order, then the others; `reverse`: all come in the reverse order; `late` is what `resolved` makes of both. `delay`:
    each is late. `duplicate`: each is posted so many times, `duplicate_after` apart; if only some are, these are
    `duplicate_only`. `reorder`: each is late by a drawn part of this, so that they overtake one another, across flows
    too. `burst`: they are gathered, and posted together at each multiple of this. `early`: the first one, if it is due
    at once, is posted before the request is answered. `truncate`: bodies break off. `url`: they go there in place of
    the receiver's address.

    A field has the name of a key of `callbacks` in a scenario's file, or begins with it and _ (see `key`). Stores keep
    these names: a new field needs a default, and none is renamed.
    """

    never: bool = False
    drop: tuple[int, ...] = ()
    drop_share: float = 0.0
    drop_last: bool = False
    drop_status: tuple[str, ...] = ()
    delay: Delay | None = None
    duplicate: int = 1
    duplicate_after: int = 0
    duplicate_only: Which | None = None
    reorder: int = 0
    burst: int = 0
    early: bool = False
    truncate: Cut | None = None
    url: str = ""
    order: tuple[int, ...] = ()
    reverse: bool = False
    late: tuple[int, ...] = ()

    @staticmethod
    def key(field: str) -> str:
        """The key of a scenario's file that a field comes from."""
        return field.partition("_")[0]

    @property
    def lost(self) -> Which:
        """Those that are dropped."""
        return Which(self.drop, self.drop_share, self.drop_last, self.drop_status)

    @property
    def reschedules(self) -> bool:
        """Whether a callback is posted at a time of its own, without waiting for the flow's earlier ones."""
        return bool(self.delay or self.duplicate > 1 or self.reorder or self.burst or any(self.late))

    @property
    def looks_ahead(self) -> bool:
        """Whether it matters when all callbacks of the flow are due, so that `resolved` must be told."""
        only = self.duplicate_only
        return bool(self.order or self.reverse or self.drop_last or (only and only.last))

    def resolved(self, due: Sequence[int]) -> CallbackFaults:
        """The faults of a flow whose callbacks will be due at these times, unless somebody intervenes."""
        numbers = range(1, len(due) + 1)
        wanted = reversed(numbers) if self.reverse else dict.fromkeys((*self.order, *numbers))
        drop, only = self.lost.of(len(due)).numbers, self.duplicate_only and self.duplicate_only.of(len(due))
        late, last = [0] * len(due), 0
        for number in wanted if self.order or self.reverse else ():
            if number in numbers and number not in drop:
                last = max(due[number - 1], last + GAP)
                late[number - 1] = last - due[number - 1]
        return replace(self, drop=drop, duplicate_only=only, late=tuple(late) if any(late) else ())

    def post_times(self, number: int, now: int, says: Collection[str], draw: Draw) -> tuple[int, ...]:
        """The times at which the flow's callback of this number, due at `now`, is posted; empty if it is lost. It says
        these statuses.
        """
        if self.never or self.lost.has(number, says, draw):
            return ()
        first = now + (self.late[number - 1] if number <= len(self.late) else 0)
        if self.delay:
            first += self.delay.pick(draw)
        if self.reorder:
            first += round(draw() * self.reorder)
        if self.burst:
            first += -first % self.burst
        only = self.duplicate_only
        copies = self.duplicate if only is None or only.has(number, says, draw) else 1
        return tuple(first + index * self.duplicate_after for index in range(copies))
