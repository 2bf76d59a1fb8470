"""The door for requests that send a one-time password: how it reads them, and what it answers where nothing is sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from emulator.clock import instants
from emulator.flow.request import Request
from emulator.provider.errors import ApiError, read_or_refuse
from emulator.provider.otp import rendering
from emulator.provider.otp.request import SEND
from emulator.provider.sending import SendingDoor
from emulator.provider.service import Parts, Sending
from emulator.provider.styles import Restyled
from emulator.scenario.questions import Endpoint

KIND: Final[Endpoint] = "otp"
"""What flows of this service carry, and what rules match as `endpoint`."""
SCOPE: Final = "failover"
_NO_BALANCE: Final = "400001009"
_INVALID: Final = "400000000"


def door(parts: Parts) -> SendingDoor:
    """The door. No body is quick: what is stored has the steps as they came."""
    return SendingDoor(parts, Sending(KIND, SEND, lambda _: None, _read, SCOPE, scopes, rendering.created, not_sent))


def _read(body: bytes, max_steps: int | None) -> tuple[Request, tuple[str, ...]]:
    """The request in a body, and remarks on it. Raises ApiError."""
    from emulator.provider.otp import reading  # a start can do without

    read = read_or_refuse(reading.read, body, max_steps)
    return read.request, read.remarks


def scopes(request: Request) -> tuple[str, ...]:
    """The scopes that a token needs: not documented, but those of a flow of these channels."""
    return SCOPE, *sorted({step.channel.lower() for step in request.flow})


def not_sent(error: ApiError, request: Request, now: int) -> ApiError:
    """What is answered in place of an error to a request that came at `now` and could be read. Where the channels'
    services refuse it, nothing is sent, which is no error here.
    """
    code = str(error.body.get("code", ""))
    if error.status != HTTPStatus.BAD_REQUEST or code == _INVALID:
        return error
    told = {
        "flowId": None,
        "status": "Failed",
        "type": None,
        "flow": rendering.asked(request, {}),
        "createdAt": instants.written(now),
        "error": error.body["developerMessage"],
        "statusCode": 1 if code == _NO_BALANCE else 0,
    }
    return Restyled(200, told, error)
