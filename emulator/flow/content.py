"""What of a step is charged and shown: the text that goes out, and how long a call was talked. Pure."""

from __future__ import annotations

from msgspec import UNSET

from emulator.channels.text import prepared, shortened
from emulator.flow.request import SmsStep
from emulator.flow.state import Flow, Message


def sent(flow: Flow, step: SmsStep) -> str:
    """The text that goes out: links shortened and letters transcoded, if the step asks for it."""
    asked = step.url_shortener is not UNSET or step.message.url_shortener is not UNSET
    body = shortened(step.message.body, flow.id) if asked else step.message.body
    return prepared(body, step.message.transcode is True)


def talked(message: Message) -> int:
    """The seconds from a call's answer to its end, rounded; 0 while it lasts, or if nobody answered."""
    if message.answered_at is None or message.live:
        return 0
    return round((message.updated_at - message.answered_at) / 1000)
