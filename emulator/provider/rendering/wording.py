"""What every service renders alike of its flows. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, json

from emulator.accounts.prices import Prices
from emulator.callbacks.posts import Reply
from emulator.channels.senders import Named, sender_name
from emulator.channels.text import count
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.request import SmsStep, Step, ViberStep, VoiceStep
from emulator.flow.state import Ask, Flow
from emulator.provider.rendering.elements import conversation_id, message_id
from emulator.provider.rendering.shown import Shown, shown

INBOUND: Final = "Inbound"


class Wording(Struct, frozen=True):
    """What is shown and posted about flows, at these prices; `named` are the senders of Viber messages."""

    prices: Prices
    named: Named = sender_name

    def shown(self, flow: Flow) -> Shown:
        """The flow with its messages, as the emulator's own API shows it."""
        return shown(flow, self.prices, self.named)

    def asked(self, flow: Flow, ask: Ask) -> bytes:
        """The body of the post by which a call asks how it goes on. That it tells of a machine is not documented."""
        step = flow.request.flow[ask.step]
        told: Json = {
            "messageId": message_id(flow, ask.step),
            "conversationTrackingId": conversation_id(flow, ask.step),
            "from": "" if isinstance(step, ViberStep) else step.sender,
            "to": str(step.to),
        }
        told |= {} if ask.tones is None else {"collectedTones": ask.tones}
        return json.encode(told | ({"answeredBy": "MACHINE"} if ask.machine else {}))

    def reply(self, flow: Flow, step: Step, index: int, text: str, post: Reply) -> bytes:
        """The body of the post by which the recipient answers a message: to the `inboundUrl` of a Viber step, or to the
        URL of the number that an Sms came from. `index` is the step's, from 0.
        """
        match step:
            case SmsStep():
                return json.encode(_over_sms(step, text, post))
            case ViberStep():
                return json.encode(_over_viber(flow, step, index, self.named, text, post))
            case VoiceStep():
                raise ValueError("nobody answers a call with a text")


def _over_viber(  # noqa: PLR0913, PLR0917  # all that the post is made of
    flow: Flow, step: ViberStep, index: int, named: Named, text: str, post: Reply
) -> Json:
    """What only campaigns and files have is documented for campaigns alone; here it is left out."""
    return {
        "from": step.to,
        "to": named(step.sender_info_tracking_id),
        "message": text,
        "sentDate": instants.written(post.at),
        "referenceTrackingId": message_id(flow, index),
        "direction": INBOUND,
        "label": step.label or "",
    }


def _over_sms(step: SmsStep, text: str, post: Reply) -> Json:
    """What it costs to get an Sms is not documented; here it is free."""
    return {
        "from": step.to,
        "to": step.sender,
        "messageId": post.id,
        "message": text,
        "parts": count(text),
        "receivedDate": instants.written(post.at // 1000 * 1000),
        "direction": INBOUND,
        "originatingService": "Sms",
        "price": 0.0,
    }
