"""What every service renders alike of its flows. Pure."""

from __future__ import annotations

from msgspec import Struct, json

from emulator.accounts.prices import Prices
from emulator.channels.senders import sender_name
from emulator.clock import instants
from emulator.flow.request import ViberStep
from emulator.flow.state import Flow
from emulator.provider.rendering.elements import message_id
from emulator.provider.rendering.shown import Shown, shown


class Wording(Struct, frozen=True):
    """What is shown and posted about flows, at these prices."""

    prices: Prices

    def shown(self, flow: Flow) -> Shown:
        """The flow with its messages, as the emulator's own API shows it."""
        return shown(flow, self.prices)

    def reply(self, flow: Flow, step: ViberStep, index: int, text: str, at: int) -> bytes:
        """The body that is posted to a step's `inboundUrl` when the recipient answers its Viber message with a text.
        `index` is the step's, from 0; `at` in milliseconds.
        """
        return json.encode(
            {
                "from": step.to,
                "to": sender_name(step.sender_info_tracking_id),
                "message": text,
                "sentDate": instants.written(at),
                "campaignName": "",
                "campaignTrackingId": "",
                "referenceTrackingId": message_id(flow, index),
                "direction": "Inbound",
                "media": "",
                "filename": "",
                "label": step.label or "",
            }
        )
