"""The door for POST /failover: how it reads requests, and which scopes they need."""

from __future__ import annotations

from functools import cache
from typing import Final

from emulator.channels.table import Channel
from emulator.flow.request import Request
from emulator.http.protocol import LARGEST
from emulator.provider.errors import read_or_refuse
from emulator.provider.failover import quick, rendering
from emulator.provider.sending import Sending, SendingDoor
from emulator.provider.service import Parts
from emulator.scenario.questions import Endpoint

KIND: Final[Endpoint] = "failover"
"""What flows of this service carry, and what rules match as `endpoint`."""
PATH: Final = "/failover"


def door(parts: Parts) -> SendingDoor:
    """The door."""
    return SendingDoor(parts, _SENDING)


def scopes(request: Request) -> tuple[str, ...]:
    """The scopes that a token needs for a request: failover, and each channel that the flow uses."""
    return _scopes(frozenset([step.channel for step in request.flow]))


@cache
def _scopes(channels: frozenset[Channel]) -> tuple[str, ...]:
    return "failover", *sorted(channel.lower() for channel in channels)


def _read(body: bytes, max_steps: int | None) -> tuple[Request, tuple[str, ...]]:
    """The request in any body, and remarks on it. Raises ApiError."""
    from emulator.provider.failover import reading  # takes 3 ms, which a start can do without

    read = read_or_refuse(reading.full if len(body) <= LARGEST else reading.read, body, max_steps)
    return read.request, read.remarks


_SENDING: Final = Sending(KIND, PATH, quick.read, _read, scopes, rendering.created)
