"""What of a step is charged and shown: its text, what goes out of it, if it arrived, how long a call lasted. Pure."""

from __future__ import annotations

from msgspec import UNSET

from emulator.channels.table import CHANNELS, Kind
from emulator.channels.text import prepared, shortened
from emulator.flow.request import SmsStep, Step, ViberStep, VoiceStep
from emulator.flow.state import Flow, Message


def text(step: Step) -> str:
    """What a step sends; of a call, what it says."""
    match step:
        case SmsStep():
            return step.message.body
        case ViberStep():
            return step.message.text or ""
        case VoiceStep():
            verbs = (verb for plan in step.dial_plans for verb in plan.verbs)
            return " ".join(verb["message"]["text"] for verb in verbs if verb["type"] == "SAY")


def sent(flow: Flow, step: SmsStep) -> str:
    """The text that goes out: links shortened and letters transcoded, if the step asks for it."""
    asked = step.url_shortener is not UNSET or step.message.url_shortener is not UNSET
    return outgoing(step.message.body, flow.id if asked else None, step.message.transcode is True)


def outgoing(body: str, of: str | None, transcode: bool) -> str:  # noqa: FBT001
    """The text that goes out for a body; with short links that depend on the flow's id `of`, unless that is None."""
    return prepared(body if of is None else shortened(body, of), transcode)


def arrived(flow: Flow, message: Message) -> bool:
    """Whether an Sms or a Viber message is on its recipient's phone."""
    good = CHANNELS[flow.step(message).channel].statuses[message.status] is Kind.SUCCESS
    return good or message.expired_on_delivery_at is not None


def talked(message: Message) -> int:
    """The seconds from a call's answer to its end, rounded; 0 while it lasts, or if nobody answered."""
    if message.reached_at is None or message.live:
        return 0
    return round((message.updated_at - message.reached_at) / 1000)
