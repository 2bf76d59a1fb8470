"""What every service renders alike of its flows. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, json

from emulator.accounts.prices import Prices
from emulator.channels.senders import Named, sender_name
from emulator.channels.text import count
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.reply import Replied
from emulator.flow.request import SmsStep, ViberStep, VoiceStep
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

    def reply(self, flow: Flow, replied: Replied) -> bytes:
        """The body of the post by which the recipient answers a message: to the `inboundUrl` of a Viber step, or to the
        URL of the number that an Sms came from.
        """
        match step := flow.request.flow[replied.step]:
            case SmsStep():
                return json.encode(_over_sms(step, replied))
            case ViberStep():
                return json.encode(_over_viber(flow, step, self.named(step.sender_info_tracking_id), replied))
            case VoiceStep():
                raise ValueError("nobody answers a call with a text")


def _over_viber(flow: Flow, step: ViberStep, sender: str, replied: Replied) -> Json:
    """The answer to a message of this sender. What only campaigns have is documented for campaigns alone; here it is
    left out, as are `media` and `filename` of a text.
    """
    given = {"media": replied.reply.media, "filename": replied.reply.filename}
    return {
        "from": step.to,
        "to": sender,
        "message": replied.reply.text,
        "sentDate": instants.written(replied.at),
        "referenceTrackingId": message_id(flow, replied.step),
        "direction": INBOUND,
        **{name: value for name, value in given.items() if value},
        "label": step.label or "",
    }


def _over_sms(step: SmsStep, replied: Replied) -> Json:
    """What it costs to get an Sms is not documented; here it is free."""
    return {
        "from": step.to,
        "to": step.sender,
        "messageId": replied.id,
        "message": replied.reply.text,
        "parts": count(replied.reply.text),
        "receivedDate": instants.written(replied.at // 1000 * 1000),
        "direction": INBOUND,
        "originatingService": "Sms",
        "price": 0.0,
    }
