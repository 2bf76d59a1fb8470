"""What the recipient's phone shows of a flow: each message that was sent, and whether it arrived. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType, field, to_builtins

from emulator.accounts.senders import ANY, Senders
from emulator.channels.table import Channel, Reason
from emulator.channels.text import analyse
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow import content
from emulator.flow.content import sent
from emulator.flow.request import SmsStep, ViberMessage, ViberStep, ViberTemplate, VoiceStep
from emulator.flow.state import Flow, Message, reason

_RANG: Final = ("Ringing", "InProgress", "Completed", "Busy", "NoAnswer", "Terminated")


class PhoneMessage(Struct, kw_only=True):
    """A message as the recipient has it: whether it `arrived`, whether it was `seen`, since when (`at`) it has its
    status, its sender's `picture`, if one is known, and what there is to see or hear.
    """

    step: int
    channel: Channel
    sender: str = field(name="from")
    to: str
    at: str
    status: str
    reason: Reason | None = None
    arrived: bool
    seen: bool
    picture: str | UnsetType = UNSET
    texts: list[str] | UnsetType = UNSET
    unicode: bool | UnsetType = UNSET
    flash: bool | UnsetType = UNSET
    message: ViberMessage | UnsetType = UNSET
    template: ViberTemplate | UnsetType = UNSET
    answerable: bool | UnsetType = UNSET
    verbs: list[Json] | UnsetType = UNSET


def messages(flow: Flow, senders: Senders = ANY) -> list[Json]:
    """The flow's messages in the order in which they were sent, by these senders. `arrived` says whether the recipient
    got the message, `seen` whether it was opened or the call answered, `at` since when it has its present status; the
    rest is what there is to see or hear.
    """
    return [_common(flow, message, senders) | _content(flow, message) for message in flow.messages]


def _common(flow: Flow, message: Message, senders: Senders) -> Json:
    """The members that the messages of all channels have."""
    step = flow.step(message)
    viber = step.sender_info_tracking_id if isinstance(step, ViberStep) else ""
    sender = senders.named(viber) if isinstance(step, ViberStep) else step.sender
    picture = senders.picture(viber)
    if isinstance(step, VoiceStep):
        arrived = message.status in _RANG or message.reached_at is not None
        seen = message.status == "Completed" or message.reached_at is not None
    else:
        arrived, seen = content.arrived(flow, message), message.status == "SEEN"
    return {
        "step": message.step + 1,
        "channel": step.channel,
        "from": sender,
        "to": str(step.to),
        "at": instants.written(message.updated_at),
        "status": message.status,
        "reason": to_builtins(reason(step.channel, message)),
        "arrived": arrived,
        "seen": seen,
    } | ({"picture": picture} if picture else {})


def _content(flow: Flow, message: Message) -> Json:
    """The members that only the messages of one channel have."""
    match step := flow.step(message):
        case SmsStep():
            parts = analyse(sent(flow, step))
            return {"texts": list(parts.texts), "unicode": parts.unicode, "flash": step.message.flash}
        case ViberStep():
            template = {} if step.template is UNSET else {"template": to_builtins(step.template)}
            return {"message": to_builtins(step.message), "answerable": step.inbound_url is not UNSET} | template
        case VoiceStep():
            planned = [verb for plan in step.dial_plans for verb in plan.verbs]
            return {"verbs": list(message.talk.verbs) if message.talk else planned}
