"""How a scenario spoils the HTTP answer to a request: values, and the errors that it may name.

They are applied where answers are sent; nothing here sends anything.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from emulator.clock.delays import Delay
from emulator.flow.faults import Cut

BODILESS: Final = (204, 205, 304)
"""The HTTP statuses whose answers never have a body."""


class AnswerFault(Struct, frozen=True):
    """A fault of the answer to one request.

    `status` replaces the answer's own (None keeps it); from 400 on, the request is refused before anything happens.
    `code` and `message` fill the provider's error body, `error` and `message` that of an OAuth error; `body` replaces
    the whole body. `close` ends the connection without an answer: before the request is accepted, or after. `truncate`
    breaks the body off. `delay` holds the answer back in real time, whatever the clock's rate; what is accepted is
    accepted before the delay.
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
    def does(self) -> dict[str, str | bool]:
        """What it does to the answer beside its status and delay, by the words that journal and explanations use; what
        is empty or false it does not.
        """
        return {"closed": self.close, "truncated": self.truncate is not None}

    @property
    def refuses(self) -> bool:
        """Whether the request is refused, so that nothing else happens."""
        return self.close == "before" or (self.status or 200) >= 400


_HTML: Final = (
    "<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"
)

_VIBER_FILE: Final = (
    '{"code":"400019000","developerMessage":"Viber message contains invalid data",'
    '"errors":[{"errorCode":"019","developerMessage":"Provided viber file is not valid"}]}'
)
"""What POST /viber was seen to answer to files that keep all limits of the documentation."""
_TEMPLATE: Final = (
    '{"code":"400000000","developerMessage":"Validation Error!","entity":"TransactionalFailoverRequest",'
    '"properties":{"flow[0].templateId":"is no approved template of this sender"}}'
)

ERRORS: Final = MappingProxyType(
    {
        "no-balance": AnswerFault(400, "400001009", "Insufficient Balance"),
        "trial-account": AnswerFault(400, "400001012", "The account is a trial account"),
        "bad-sender": AnswerFault(400, "400005000", "The sms has no recipients or an invalid sender"),
        "bad-viber-file": AnswerFault(
            400,
            message="Provided viber file is not valid",
            headers=(("Content-Type", "application/json"),),
            body=_VIBER_FILE,
        ),
        "bad-template": AnswerFault(
            400, message="Validation Error!", headers=(("Content-Type", "application/json"),), body=_TEMPLATE
        ),
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
"""The errors that a scenario may name. All but bad-template, too-many-requests, server-error and unavailable are
documented by the provider; the last three any gateway in front of it may answer. One with an `error` has it as its
body.
"""
