"""The door for POST /voice/conversation: how it reads requests, and what refuses them."""

from __future__ import annotations

from typing import Final

from emulator.flow.request import Request
from emulator.provider.errors import read_or_refuse
from emulator.provider.sending import SendingDoor
from emulator.provider.service import Parts, Sending
from emulator.provider.voice import rendering
from emulator.scenario.questions import Endpoint

KIND: Final[Endpoint] = "voice"
"""What flows of this service carry, and what rules match as `endpoint`."""
PATH: Final = "/voice/conversation"
SCOPE: Final = "voice"
"""The scope that a token needs."""


def door(parts: Parts) -> SendingDoor:
    """The door. It has no quick reader."""
    return SendingDoor(parts, Sending(KIND, PATH, lambda _: None, _read, SCOPE, lambda _: (SCOPE,), rendering.created))


def _read(body: bytes, _: int | None) -> tuple[Request, tuple[str, ...]]:
    """The request in any body, and remarks on it. Raises ApiError."""
    from emulator.provider.voice import reading  # a start can do without

    read = read_or_refuse(reading.read, body)
    return read.request, read.remarks
