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


GAP: Final = 1000
"""How far apart callbacks in an order of their own are at least, in emulated milliseconds."""


class CallbackFaults(Struct, frozen=True):
    """What goes wrong with a flow's callbacks, which are numbered from 1. Times are emulated milliseconds.

    `never`: none is posted. `drop`: those of these numbers are lost; `drop_share`: that share of all; `drop_last`:
    the last; `drop_status`: those that say one of these. `order`: these come first, in this order, then the others;
    `reverse`: all come in the reverse order; `late` is what `settled` makes of both. `delay`: each is late.
    `duplicate`: each is posted so many times, `duplicate_after` apart. `reorder`: each is late by a drawn part of
    this, so that they overtake one another, across flows too. `burst`: they are gathered, and posted together at
    each multiple of this. `early`: the first one, if it is due at once, is posted before the request is answered.
    `truncate`: bodies break off. `url`: they go there in place of the receiver's address.
    """

    never: bool = False
    drop: tuple[int, ...] = ()
    drop_share: float = 0.0
    drop_last: bool = False
    drop_status: tuple[str, ...] = ()
    delay: Delay | None = None
    duplicate: int = 1
    duplicate_after: int = 0
    reorder: int = 0
    burst: int = 0
    early: bool = False
    truncate: Cut | None = None
    url: str = ""
    order: tuple[int, ...] = ()
    reverse: bool = False
    late: tuple[int, ...] = ()

    @property
    def reschedules(self) -> bool:
        """Whether a callback is posted at a time of its own, without waiting for the flow's earlier ones."""
        return bool(self.delay or self.duplicate > 1 or self.reorder or self.burst or any(self.late))

    @property
    def looks_ahead(self) -> bool:
        """Whether it matters when all callbacks of the flow are due, so that `settled` must be told."""
        return bool(self.order or self.reverse or self.drop_last)

    def settled(self, due: Sequence[int]) -> CallbackFaults:
        """The faults of a flow whose callbacks will be due at these times, unless somebody intervenes."""
        numbers = range(1, len(due) + 1)
        wanted = reversed(numbers) if self.reverse else dict.fromkeys((*self.order, *numbers))
        drop = (*self.drop, len(due)) if self.drop_last else self.drop
        late, last = [0] * len(due), 0
        for number in wanted if self.order or self.reverse else ():
            if number in numbers and number not in drop:
                last = max(due[number - 1], last + GAP)
                late[number - 1] = last - due[number - 1]
        return replace(self, drop=drop, late=tuple(late) if any(late) else ())

    def posts(self, number: int, now: int, says: Collection[str], draw: Draw) -> tuple[int, ...]:
        """The times at which the flow's callback of this number, due at `now`, is posted; empty if it is lost. It says
        these statuses.
        """
        if self.never or number in self.drop or any(status in says for status in self.drop_status):
            return ()
        if self.drop_share and draw() < self.drop_share:
            return ()
        first = now + (self.late[number - 1] if number <= len(self.late) else 0)
        if self.delay:
            first += self.delay.pick(draw)
        if self.reorder:
            first += round(draw() * self.reorder)
        if self.burst:
            first += -first % self.burst
        return tuple(first + index * self.duplicate_after for index in range(self.duplicate))
