"""What of a step is charged and shown: the text that goes out, and how long a call was talked. Pure."""

from __future__ import annotations

from msgspec import UNSET

from emulator.channels.text import prepared, shortened
from emulator.flow.request import SmsStep
from emulator.flow.state import Flow, Message


def sent(flow: Flow, step: SmsStep) -> str:
    """The text that goes out: links shortened and letters transcoded, if the step asks for it."""
    asked = step.url_shortener is not UNSET or step.message.url_shortener is not UNSET
    return outgoing(step.message.body, flow.id if asked else None, step.message.transcode is True)


def outgoing(body: str, of: str | None, transcode: bool) -> str:  # noqa: FBT001
    """The text that goes out for a body; with short links that depend on the flow's id `of`, unless that is None."""
    return prepared(body if of is None else shortened(body, of), transcode)


def talked(message: Message) -> int:
    """The seconds from a call's answer to its end, rounded; 0 while it lasts, or if nobody answered."""
    if message.reached_at is None or message.live:
        return 0
    return round((message.updated_at - message.reached_at) / 1000)
