"""Reads the bodies of POST /viber: a valid request, or all that is wrong with it. Pure.

A content whose only fault is its combination of elements, or its file, is refused by another code than anything else.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, convert

from emulator.channels.table import VIBER
from emulator.errors import EmulatorError, Json
from emulator.flow.request import Callback, Request, Strategy, ViberMessage, ViberStep
from emulator.provider.reading.leniency import Read
from emulator.provider.reading.respelling import Form, form
from emulator.validation.strict import Invalid, Malformed

__all__ = ["Invalid", "Malformed", "Read", "Refused", "read", "read_stored"]

ENTITY: Final = "ViberTracking"
"""What the provider calls a request for a Viber message in its errors: not documented."""
DEFAULT_TTL: Final = 14 * 24 * 3600
"""Seconds until a message expires; a step of a flow has minutes, and another default."""
STRATEGY: Final = Strategy.ON_CHANGE
"""When a `callbackUrl` is called: not documented. At each change, and when the message is QUEUED."""
BAD_LAYOUT: Final = "007"
"""What a forbidden combination of text, image, button, file and video has as its number within the module."""
BAD_FILE: Final = "019"
"""What a refused file has as its number within the module."""
LAYOUTS: Final = "text; image; text, button; text, image, button; file; video; video, text; video, text, button"
"""The combinations that are allowed, but for the carousel, whose members are not documented."""
_SPELLINGS: Final = {"imageURL": ("imageUrl",), "fileURL": ("fileUrl",), "videoURL": ("videoUrl",)}
_LAYOUT: Final = ("anyOf", "not")
"""The keywords by which the schema tells combinations."""


class Refused(EmulatorError):
    """All is well but the content; `number` tells what is wrong within the provider's module."""

    def __init__(self, number: str, why: str) -> None:
        super().__init__(why)
        self.number = number


def read_stored(body: bytes) -> Request:
    """The request of a body that was accepted before."""
    return read(body).request


def read(body: bytes) -> Read:
    """The request of a body. Raises Malformed, Invalid or Refused."""
    found = form(body, "viber", "senderInfoTrackingId, to and body", _SPELLINGS, frozenset(("body",)))
    if found.violations:
        raise _refusal(found)
    return Read(_request(found.value), found.remarks)


def _refusal(found: Form) -> Invalid | Refused:
    """The error that tells what is wrong."""
    why = "; ".join(f"{place} {each}" for place, each in found.told.items())
    if all(each.validator in _LAYOUT for each in found.violations):
        return Refused(BAD_LAYOUT, f"Invalid viber message type combination. Allowed: {LAYOUTS}. {why}")
    if all(
        each.absolute_path[:2] == ["body", "viberFile"] and each.validator != "required" for each in found.violations
    ):
        return Refused(BAD_FILE, f"Provided viber file is not valid. {why}")
    return Invalid(ENTITY, found.told)


def _request(value: Json) -> Request:
    """The request of a valid value, with its defaults filled in."""
    minutes = value.get("ttl", DEFAULT_TTL) / 60
    made = ViberStep(
        value["senderInfoTrackingId"],
        value["to"],
        int(minutes) if minutes.is_integer() else minutes,
        _message(value["body"]),
        1,
        list(VIBER.default_failover),
        inbound_url=value.get("inboundUrl", UNSET),
        label=value.get("label", UNSET),
        is_session_message=value.get("isSessionMessage", UNSET),
    )
    url = value.get("callbackUrl")
    return Request([made], Callback(STRATEGY, url) if url else UNSET)


def _message(body: Json) -> ViberMessage:
    """The content of a message, whose members are spelled otherwise in steps of flows."""
    own = {name: other for name, (other,) in _SPELLINGS.items()}
    content = {own.get(name, name): member for name, member in body.items()}
    for element in ("viberFile", "viberVideo"):
        if element in content:
            content[element] = {own.get(name, name): member for name, member in content[element].items()}
    return convert(content, ViberMessage)
