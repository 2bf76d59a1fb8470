"""A flow as the provider shows it: the answer to its creation, and the one shape that callbacks and tracking share.

Pure. Encoded JSON is compact; what is unknown is left out, except where a null is documented.
"""

from __future__ import annotations

from msgspec import Struct, json

from emulator.accounts.prices import Prices, cost
from emulator.channels.senders import sender_name
from emulator.channels.table import Channel
from emulator.clock import instants
from emulator.flow.request import ViberStep
from emulator.flow.state import Flow, FlowStatus, StatusCode
from emulator.provider.failover.elements import Element, elements, message_id

_encode = json.Encoder().encode


def created(flow: Flow) -> bytes:
    """The body that answers the creation of a flow: the request as understood, with its id and time."""
    return created_of(flow, _encode(flow.request))


def created_of(flow: Flow, request: bytes) -> bytes:
    """The same, of a flow whose request is encoded already."""
    at = instants.written(flow.created_at)
    return b'{"trackingId":"%b",%b,"createdAt":"%b"}' % (flow.id.encode(), request[1:-1], at.encode())


class Shown(Struct, frozen=True, rename="camel", gc=False):
    """A flow as callbacks and tracking carry it, with the JSON's members in the provider's order."""

    tracking_id: str
    messages: list[Element]
    termination_channel: Channel | None
    status: FlowStatus
    status_code: StatusCode | None
    total_price: float
    originating_service: str
    application_id: str
    created_at: str
    updated_at: str


def shown(flow: Flow, prices: Prices) -> Shown:
    """The flow as callbacks and tracking carry it."""
    shown_as: list[Element] = []
    total = 0.0
    for message in flow.messages:
        price = cost(flow, message, prices)
        total += price
        shown_as += elements(flow, message, price)
    return Shown(
        flow.id,
        shown_as,
        flow.termination_channel,
        flow.status,
        flow.status_code,
        round(total, 4),
        "Failover",
        flow.application,
        instants.written(flow.created_at),
        instants.written(flow.updated_at),
    )


def body(flow: Flow, prices: Prices) -> bytes:
    """The JSON body of a callback, and of the tracking of one flow."""
    return _encode(shown(flow, prices))


class Rendering(Struct, frozen=True):
    """What is posted about flows of POST /failover, at these prices."""

    prices: Prices

    def callback(self, flow: Flow) -> bytes:
        """The body of a callback."""
        return body(flow, self.prices)

    def reply(self, flow: Flow, step: ViberStep, index: int, text: str, at: int) -> bytes:
        """What the customer's `inboundUrl` gets when the recipient of a Viber message answers it."""
        return _encode(
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
