"""What may go wrong around a flow: its HTTP answer and its callbacks. Values only, and the arithmetic of posting times.

Whoever answers and posts obeys these; nothing here knows HTTP.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from emulator.clock.delays import Delay, Draw

BODILESS: Final = (204, 205, 304)
"""The HTTP statuses whose answers have no body."""


class Cut(Struct, frozen=True):
    """How much of a body is sent before it breaks off: a number of bytes, or else a share of it."""

    size: int | None = None
    share: float = 0.5

    def kept(self, body: bytes) -> bytes:
        """The part of the body that is sent."""
        return body[: round(len(body) * self.share) if self.size is None else self.size]


class Answer(Struct, frozen=True):
    """How a request is answered instead of well.

    `status` None keeps the answer's own; 400 or above refuses the request before anything happens. `code` and `message`
    fill the provider's error body; `body` replaces the whole body, but an answer of a status of BODILESS has none.
    `close` ends the connection without an answer: before the request was accepted, or after. `truncate` breaks the body
    off. `delay` holds the answer back, in real time as all that happens within one HTTP exchange; what is accepted is
    accepted before.
    """

    status: int | None = None
    code: str = ""
    message: str = ""
    error: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    delay: Delay | None = None
    close: Literal["", "before", "after"] = ""
    truncate: Cut | None = None

    @property
    def refuses(self) -> bool:
        """Whether nothing is accepted."""
        return self.close == "before" or (self.status or 200) >= 400


_HTML: Final = (
    "<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"
)

ERRORS: Final = MappingProxyType(
    {
        "no-balance": Answer(400, "400001009", "Insufficient Balance"),
        "trial-account": Answer(400, "400001012", "The account is a trial account"),
        "bad-sender": Answer(400, "400005000", "The sms has no recipients or an invalid sender"),
        "validation": Answer(400, "400000000", "Validation Error!"),
        "bad-credentials": Answer(401, error="Unauthorized", message="Bad credentials"),
        "token-expired": Answer(401, error="invalid_token", message="Access token expired"),
        "forbidden": Answer(403, "403000000", "Access is denied"),
        "account-not-found": Answer(404, "404001001", "The account was not found"),
        "not-found": Answer(404, "404000000", "Not found"),
        "too-many-requests": Answer(429, "429000000", "Too many requests", headers=(("Retry-After", "1"),)),
        "server-error": Answer(500, "500000000", "Internal server error"),
        "unavailable": Answer(503, headers=(("Content-Type", "text/html"),), body=_HTML),
    }
)
"""The refusals that a scenario may name. The provider documents all but too-many-requests, server-error and
unavailable, which any gateway in front of it may give. Those with `error` have it and a text as their body."""


class Callbacks(Struct, frozen=True):
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
