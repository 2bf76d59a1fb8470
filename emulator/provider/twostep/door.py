"""The door for POST /2step: how it reads requests, and what refuses them."""

from __future__ import annotations

from functools import partial
from typing import Final

from emulator.accounts.tokens import Account
from emulator.flow.request import Callback, Request, Strategy
from emulator.provider.errors import bad_sender, coded, read_or_refuse
from emulator.provider.sending import SendingDoor
from emulator.provider.service import Parts, Sending
from emulator.provider.twostep import reading, rendering
from emulator.scenario.questions import Endpoint

KIND: Final[Endpoint] = "2step"
"""What flows of this service carry, and what rules match as `endpoint`."""
PATH: Final = "/2step"
SCOPE: Final = "2step"
NO_PIN: Final = "400011001"


def door(parts: Parts) -> SendingDoor:
    """The door. No body is quick: what is stored has the code, which no body has."""
    sending = Sending(
        KIND,
        PATH,
        lambda _: None,
        _read,
        SCOPE,
        lambda _: (SCOPE,),
        rendering.created,
        not_taken=lambda _, why: bad_sender(f"originator {why}"),
        callback=partial(_callback, parts.settings.two_step_callback),
    )
    return SendingDoor(parts, sending)


def _callback(default: str, account: Account) -> Callback | None:
    """What is told of an account's verifications: no request names it."""
    url = account.two_step_callback or default
    return Callback(Strategy.ON_CHANGE, url) if url else None


def _read(body: bytes, _: int | None) -> tuple[Request, tuple[str, ...]]:
    """The request in a body, and remarks on it. Raises ApiError."""
    try:
        read = read_or_refuse(reading.read, body)
    except reading.BadSender as error:
        raise bad_sender(f"originator {error}") from error
    except reading.NoPin as error:
        raise coded(NO_PIN, "The template has no @@pin, which stands for the code") from error
    return read.request, read.remarks
