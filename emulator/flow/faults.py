"""What may go wrong with a flow's callbacks on their way: values, and the arithmetic of posting times.

Whoever posts obeys these; nothing here knows HTTP.
"""

from __future__ import annotations

from msgspec import Struct

from emulator.clock.delays import Delay, Draw


class Cut(Struct, frozen=True):
    """How much of a body is sent before it breaks off: a number of bytes, or else a share of it."""

    size: int | None = None
    share: float = 0.5

    def kept(self, body: bytes) -> bytes:
        """The part of the body that is sent."""
        return body[: round(len(body) * self.share) if self.size is None else self.size]


class CallbackFaults(Struct, frozen=True):
    """How a flow's callbacks fare on their way; numbers count a flow's callbacks from 1.

    `never` posts none. `drop` loses those of these numbers, `drop_share` that share of all. `delay` holds each back.
    `duplicate` posts each so many times, `duplicate_after` apart. `reorder` holds each back by a drawn part of so many
    milliseconds, so that they overtake one another, across flows too. `burst` gathers them and posts them together at
    each multiple of so many milliseconds. `early` has the first report come at once, and its callback posted before the
    request is answered. `truncate` breaks bodies off. `url` replaces the receiver's address. All times are emulated.
    """

    never: bool = False
    drop: tuple[int, ...] = ()
    drop_share: float = 0.0
    delay: Delay | None = None
    duplicate: int = 1
    duplicate_after: int = 0
    reorder: int = 0
    burst: int = 0
    early: bool = False
    truncate: Cut | None = None
    url: str = ""

    @property
    def reschedules(self) -> bool:
        """Whether callbacks are posted at times of their own, so that one no longer waits for the one before."""
        return bool(self.delay or self.duplicate > 1 or self.reorder or self.burst)

    def posts(self, number: int, now: int, draw: Draw) -> tuple[int, ...]:
        """The times at which the flow's callback of this number, due at `now`, is posted; empty if it is lost."""
        if self.never or number in self.drop or (self.drop_share and draw() < self.drop_share):
            return ()
        first = (
            now + (self.delay.pick(draw) if self.delay else 0) + (round(draw() * self.reorder) if self.reorder else 0)
        )
        if self.burst:
            first += -first % self.burst
        return tuple(first + index * self.duplicate_after for index in range(self.duplicate))
