"""How a scenario spoils the HTTP answer to a request: values, and the errors that it may name.

They are applied where answers are sent; nothing here sends anything.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from emulator.choices.table import TAKEN, Choices
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
    accepted before the delay. Of a `named` error, each service has the status and words that are its own. Its body may
    have an `entity` with what is wrong with its `properties`, or `errors` by their numbers.
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
    named: bool = False
    entity: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def effects(self) -> dict[str, str | bool]:
        """What it does to the answer beside its status and delay, by the words that journal and explanations use; what
        is empty or false it does not.
        """
        return {"closed": self.close, "truncated": self.truncate is not None, "replaced": self.replaces}

    def until(self, seconds: int) -> AnswerFault:
        """The same, with so many seconds in its Retry-After, if that is the one of an error that has it."""
        given = ERRORS["too-many-requests"].headers
        return replace(self, headers=(("Retry-After", str(seconds)),)) if self.headers == given else self

    @property
    def holds_back(self) -> bool:
        """Whether it is done before a request is looked at, so that nothing need be known of its answer."""
        return self.refuses or self == AnswerFault(delay=self.delay)

    @property
    def refuses(self) -> bool:
        """Whether the request is refused, so that nothing else happens."""
        return self.close == "before" or (self.status or 200) >= 400

    @property
    def replaces(self) -> bool:
        """Whether the client gets nothing of the body that it would get otherwise, but another one, or none."""
        return self.body is not None or self.status in BODILESS

    @property
    def error_code(self) -> str:
        """The code that the body of its error has, or the word of an OAuth error; empty if it has none."""
        if self.body is not None or self.close or not self.refuses:
            return ""
        return self.error or self.code or f"{self.status}000000"

    def http_status(self, endpoint: str, choices: Choices = TAKEN) -> int | None:
        """The HTTP status with which a service of this kind refuses a message by it under these choices; None if it
        answers nothing. Failover OTP has its own for what is wrong with a request, and where a bearer token is missing;
        what only its channels refuse is no error there, since nothing is sent.
        """
        if endpoint == "otp" and self.named and self.error == "Unauthorized":
            return int(choices.otp_without_bearer)
        if endpoint != "otp" and self.named and self.error == "invalid_token":
            return int(choices.refused_bearer)
        if endpoint != "otp" or self.status != 400:
            return self.status
        return 200 if self.code not in ("", INVALID) else 422 if self.named else 400


INVALID: Final = "400000000"
"""The code of errors about what is wrong with a request."""
_HTML: Final = (
    "<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"
)

_named: Final = partial(AnswerFault, named=True)
ERRORS: Final = MappingProxyType(
    {
        "no-balance": _named(400, "400001009", "Insufficient Balance"),
        "trial-account": _named(400, "400001012", "The account is a trial account"),
        "bad-sender": _named(400, "400005000", "The sms has no recipients or an invalid sender"),
        "bad-viber-file": _named(
            400,
            "400019000",
            "Viber message contains invalid data",
            errors=(("019", "Provided viber file is not valid"),),
        ),
        "bad-template": _named(
            400,
            INVALID,
            "Validation Error!",
            entity="TransactionalFailoverRequest",
            properties=(("flow[0].templateId", "is no approved template of this sender"),),
        ),
        "validation": _named(400, INVALID, "Validation Error!"),
        "bad-credentials": _named(401, error="Unauthorized", message="Bad credentials"),
        "token-expired": _named(401, error="invalid_token", message="Access token expired"),
        "forbidden": _named(403, "403000000", "Access is denied"),
        "account-not-found": _named(404, "404001001", "The account was not found"),
        "not-found": _named(404, "404000000", "Not found"),
        "too-many-requests": _named(429, "429000000", "Too many requests", headers=(("Retry-After", "1"),)),
        "server-error": _named(500, "500000000", "Internal server error"),
        "unavailable": _named(503, headers=(("Content-Type", "text/html"),), body=_HTML),
    }
)
"""The errors that a scenario may name. All but bad-template, too-many-requests, server-error and unavailable are
documented by the provider; the last three any gateway in front of it may answer. One with an `error` has it as its
body. That of bad-viber-file is what POST /viber was seen to answer to files that keep all documented limits.
"""
