"""The doors for POST /failover and its transactional twin: how they read requests, and which scopes these need."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import Final

from emulator.channels.table import Channel
from emulator.flow.request import Request
from emulator.http.protocol import LARGEST
from emulator.provider.errors import ApiError, listed, read_or_refuse
from emulator.provider.failover import quick, rendering
from emulator.provider.sending import SendingDoor
from emulator.provider.service import Parts, Sending
from emulator.scenario.questions import Endpoint

KIND: Final[Endpoint] = "failover"
"""What flows of this service carry, and what rules match as `endpoint`."""
SCOPE: Final = "failover"
"""The scope that a token needs for any of these calls."""
PATH: Final = "/failover"
TRANSACTIONAL: Final[Endpoint] = "transactional"
"""The same of flows whose Viber messages are templates."""
INVALID: Final = "Viber message contains invalid data"
COMBINATION: Final = "Invalid viber message type combination"
ALLOWED: Final = (
    "; allowed are text, image, file, text + button, text + image + button, video, video + text, video + text + button"
)
FILE: Final = "Provided viber file is not valid"
_MESSAGE: Final = r"flow\[[0-9]+\]\.message"
_FILE: Final = rf"{_MESSAGE}\.viberFile\.file(Name|Type)"
_LAYOUT: Final = ("can't have a", "must have a text, an image")
"""How the schema's words about a layout begin."""


def door(parts: Parts) -> SendingDoor:
    """The door."""
    return SendingDoor(parts, _SENDING)


def transactional(parts: Parts) -> SendingDoor:
    """The door for flows with templates. It has no quick reader."""
    return SendingDoor(parts, _TRANSACTIONAL)


def scopes(request: Request) -> tuple[str, ...]:
    """The scopes that a token needs for a request: failover, and each channel that the flow uses."""
    return _scopes(frozenset([step.channel for step in request.flow]))


@cache
def _scopes(channels: frozenset[Channel]) -> tuple[str, ...]:
    return SCOPE, *sorted(channel.lower() for channel in channels)


def _read(kind: str, body: bytes, max_steps: int | None) -> tuple[Request, tuple[str, ...]]:
    """The request in any body for a flow of this kind, and remarks on it. Raises ApiError."""
    from emulator.provider.failover import reading  # takes 3 ms, which a start can do without

    try:
        read = reading.full if len(body) <= LARGEST else reading.read
        found = read_or_refuse(read, body, max_steps, reading.FORMS[kind])
    except ApiError as error:
        if wrong := _content(error.body.get("properties") or {}):
            raise listed(400, "400019000", INVALID, wrong) from error
        raise
    return found.request, found.remarks


def _content(properties: dict[str, str]) -> dict[str, str]:
    """What is wrong with the content of Viber messages, by the provider's numbers: layouts that there are not, and
    files that are not valid. Empty if anything else is wrong too, which is told first.
    """
    layouts: list[str] = []
    files: list[str] = []
    for at, why in properties.items():
        if ".message" not in at:
            return {}
        if why.startswith(_LAYOUT) and re.fullmatch(_MESSAGE, at):
            layouts.append(f"{at} {why}")
        elif why != "is required" and re.fullmatch(_FILE, at):
            files.append(f"{at} {why}")
        else:
            return {}
    told = {"007": f"{COMBINATION}: {'; '.join(layouts)}{ALLOWED}", "019": f"{FILE}: {'; '.join(files)}"}
    return {number: told[number] for number, wrong in (("007", layouts), ("019", files)) if wrong}


_SENDING: Final = Sending(KIND, PATH, quick.read, partial(_read, KIND), SCOPE, scopes, rendering.created)
_TRANSACTIONAL: Final = Sending(
    TRANSACTIONAL,
    f"{PATH}/{TRANSACTIONAL}",
    lambda _: None,
    partial(_read, TRANSACTIONAL),
    SCOPE,
    scopes,
    rendering.created_transactional,
)
