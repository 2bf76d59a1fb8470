"""What the recipient has: each message of a flow as it looks on the phone, if it got there. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, to_builtins

from emulator.channels.senders import sender_name
from emulator.channels.table import CHANNELS, Kind
from emulator.channels.text import analyse
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.content import sent
from emulator.flow.request import SmsStep, Step, ViberStep, VoiceStep, recipient
from emulator.flow.state import Flow, Message, reason

_RANG: Final = ("Ringing", "InProgress", "Completed", "Busy", "NoAnswer", "Terminated")


def messages(flow: Flow) -> list[Json]:
    """The flow's messages in the order of their steps: `arrived` says whether the recipient has it, `seen` whether
    it was opened or the call taken; then what there is to see or hear. `at` is when it took its present status.
    """
    return [_message(flow, message) for message in flow.messages]


def _message(flow: Flow, message: Message) -> Json:
    step = flow.step(message)
    shared = {
        "step": message.step + 1,
        "channel": step.channel,
        "from": _sender(step),
        "to": recipient(step),
        "at": instants.written(message.updated_at),
        "status": message.status,
        "reason": to_builtins(reason(step.channel, message)),
        "arrived": _arrived(step, message),
        "seen": message.status in ("SEEN", "Completed") or message.answered_at is not None,
    }
    return shared | _content(flow, step)


def _sender(step: Step) -> str:
    return sender_name(step.sender_info_tracking_id) if isinstance(step, ViberStep) else step.sender


def _arrived(step: Step, message: Message) -> bool:
    if isinstance(step, VoiceStep):
        return message.status in _RANG or message.answered_at is not None
    good = CHANNELS[step.channel].statuses[message.status] is Kind.SUCCESS
    return good or message.expired_on_delivery_at is not None


def _content(flow: Flow, step: Step) -> Json:
    match step:
        case SmsStep():
            parts = analyse(sent(flow, step))
            return {"texts": list(parts.texts), "unicode": parts.unicode, "flash": step.message.flash}
        case ViberStep():
            return {"message": to_builtins(step.message), "answerable": step.inbound_url is not UNSET}
        case VoiceStep():
            return {"verbs": [verb for plan in step.dial_plans for verb in plan.verbs]}
