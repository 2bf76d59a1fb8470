"""The door for POST /viber: how it reads requests, and what refuses them."""

from __future__ import annotations

from typing import Final

from emulator.flow.request import Request, Step, ViberStep
from emulator.provider.errors import ApiError, listed, no_sender, read_or_refuse
from emulator.provider.sending import SendingDoor
from emulator.provider.service import Parts, Sending
from emulator.provider.viber.rendering import Rendering
from emulator.scenario.questions import Endpoint

KIND: Final[Endpoint] = "viber"
"""What flows of this service carry, and what rules match as `endpoint`."""
PATH: Final = "/viber"
SCOPE: Final = "viber"
"""The scope that a token needs."""
INVALID: Final = "400019000"
"""The code of a refused content: not documented, but made as the one of a refused Sms is."""
REFUSED: Final = "Viber message contains invalid data"
"""What that code says: not documented either."""


def door(parts: Parts) -> SendingDoor:
    """The door. It has no quick reader."""
    created = Rendering(parts.prices, parts.senders.named).created
    sending = Sending(KIND, PATH, lambda _: None, _read, SCOPE, lambda _: (SCOPE,), created, not_taken=_unknown)
    return SendingDoor(parts, sending)


def _unknown(step: Step, why: str) -> ApiError:
    """The error for a message whose sender is none of the account's, or may not send."""
    assert isinstance(step, ViberStep)
    return no_sender(step.sender_info_tracking_id, why)


def _read(body: bytes, _: int | None) -> tuple[Request, tuple[str, ...]]:
    """The request in any body, and remarks on it. Raises ApiError."""
    from emulator.provider.viber import reading  # a start can do without

    try:
        read = read_or_refuse(reading.read, body)
    except reading.Refused as error:
        raise listed(400, INVALID, REFUSED, {error.number: str(error)}) from error
    return read.request, read.remarks
