"""The door for POST /sms: how it reads requests, and what refuses them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from emulator.accounts.tokens import Account
from emulator.flow.request import Callback, Request, Step, Strategy
from emulator.provider.errors import ApiError, bad_sender, read_or_refuse
from emulator.provider.sending import SendingDoor
from emulator.provider.service import Parts, Sending
from emulator.provider.sms import reading, rendering
from emulator.provider.sms.request import STRATEGY
from emulator.scenario.questions import Endpoint
from emulator.settings import Settings

T = TypeVar("T")
KIND: Final[Endpoint] = "sms"
"""What flows of this service carry, and what rules match as `endpoint`."""
PATH: Final = "/sms"
SCOPE: Final = "sms"
"""The scope that a token needs."""
BAD_NUMBER: Final = "Invalid mobile number"
MISSING: Final = "is required"
"""How the words about a member that is not there begin."""


def door(parts: Parts) -> SendingDoor:
    """The door."""
    default = partial(default_callback, parts.settings)
    sending = Sending(
        KIND,
        PATH,
        reading.quick,
        _read,
        SCOPE,
        lambda _: (SCOPE,),
        rendering.created,
        not_taken=not_taken,
        callback=default,
    )
    return SendingDoor(parts, sending)


def not_taken(_: Step, why: str) -> ApiError:
    """The error for a message whose sender is none of the account's, or may not send."""
    return bad_sender(f"from {why}")


def default_callback(settings: Settings, account: Account) -> Callback | None:
    """The callback of an account's messages that name none."""
    if account.callback is not None:
        return Callback(Strategy(account.callback.strategy), account.callback.url, each_part=True)
    url = settings.default_callback
    return Callback(STRATEGY, url, each_part=True) if url else None


def _read(body: bytes, _: int | None) -> tuple[Request, tuple[str, ...]]:
    """The request in any body, and remarks on it. Raises ApiError."""
    read = read_as_told(reading.read, body)
    return read.request, read.remarks


def read_as_told(read: Callable[[bytes], T], body: bytes) -> T:
    """What `read` makes of a body with one recipient. Raises ApiError where it refuses the body or its sender: a number
    that is none as the provider was seen to word it; what it should be, only journal and log tell.
    """
    try:
        return read_with_sender(read, body)
    except ApiError as error:
        told = error.body.get("properties", {})
        if not told.get("to", MISSING).startswith(MISSING):
            error.note = f"to {told['to']}"
            told["to"] = BAD_NUMBER
        raise


def read_with_sender(read: Callable[[bytes], T], body: bytes) -> T:
    """What `read` makes of a body. Raises ApiError where it refuses the body or its sender."""
    try:
        return read_or_refuse(read, body)
    except reading.BadSender as error:
        raise bad_sender(f"from {error}") from error
