"""How a scenario spoils the HTTP answer to a request: values only.

Whoever answers obeys them; nothing here knows HTTP.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from emulator.clock.delays import Delay
from emulator.flow.faults import Cut

BODILESS: Final = (204, 205, 304)
"""The HTTP statuses whose answers have no body."""


class AnswerFault(Struct, frozen=True):
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
        "no-balance": AnswerFault(400, "400001009", "Insufficient Balance"),
        "trial-account": AnswerFault(400, "400001012", "The account is a trial account"),
        "bad-sender": AnswerFault(400, "400005000", "The sms has no recipients or an invalid sender"),
        "validation": AnswerFault(400, "400000000", "Validation Error!"),
        "bad-credentials": AnswerFault(401, error="Unauthorized", message="Bad credentials"),
        "token-expired": AnswerFault(401, error="invalid_token", message="Access token expired"),
        "forbidden": AnswerFault(403, "403000000", "Access is denied"),
        "account-not-found": AnswerFault(404, "404001001", "The account was not found"),
        "not-found": AnswerFault(404, "404000000", "Not found"),
        "too-many-requests": AnswerFault(429, "429000000", "Too many requests", headers=(("Retry-After", "1"),)),
        "server-error": AnswerFault(500, "500000000", "Internal server error"),
        "unavailable": AnswerFault(503, headers=(("Content-Type", "text/html"),), body=_HTML),
    }
)
"""The refusals that a scenario may name. The provider documents all but too-many-requests, server-error and
unavailable, which any gateway in front of it may give. Those with `error` have it and a text as their body."""
