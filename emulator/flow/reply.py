"""What a recipient writes back: plain values, of a plan and of what is posted."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

REPLY: Final = "reply"
"""The `status` of an agenda item at which a planned reply comes; its `detailed` has the number of the reply, from 0."""


class Reply(Struct, frozen=True, array_like=True):
    """A text, or a picture or file that is at the URL `media`, maybe with a `filename`, or both. One to an Sms goes to
    the `url` of the number that it came from; one to a Viber message to the step's `inboundUrl`.
    """

    text: str = ""
    media: str = ""
    filename: str = ""
    url: str = ""


class PlannedReply(Struct, frozen=True, array_like=True):
    """A reply to come, so many milliseconds after the message has arrived."""

    after: int
    reply: Reply


class Replied(Struct, frozen=True):
    """A reply that was written at a time, to the message of the step of this index: it is posted to `url` under an id
    of its own; nowhere, if both are empty.
    """

    id: str
    step: int
    at: int
    url: str
    reply: Reply
