"""Renders a flow: the answer to its creation, and the one shape that callbacks and tracking share. Pure.

The JSON is compact; unknown values are left out, except where a null is documented. A message's own JSON is made in
`elements`.
"""

from __future__ import annotations

from msgspec import Struct, json

from emulator.accounts.prices import FREE, Prices, cost
from emulator.channels.senders import sender_name
from emulator.channels.table import Channel
from emulator.clock import instants
from emulator.flow.request import ViberStep
from emulator.flow.state import Flow, FlowStatus, StatusCode
from emulator.provider.failover.elements import Element, elements, message_id

_encode = json.Encoder().encode


def created(flow: Flow) -> bytes:
    """The body that answers the creation of a flow: the request with its defaults, the flow's id, and its creation."""
    return created_of(flow, _encode(flow.request))


def created_of(flow: Flow, request: bytes) -> bytes:
    """The same for a flow whose request is already encoded, as JSON."""
    at = instants.written(flow.created_at)
    return b'{"trackingId":"%b",%b,"createdAt":"%b"}' % (flow.id.encode(), request[1:-1], at.encode())


class Shown(Struct, frozen=True, rename="camel", gc=False):
    """A flow as callbacks and tracking carry it; the fields are the JSON's members in the provider's order."""

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
    """The flow as callbacks and tracking carry it, before it is encoded."""
    shown_as: list[Element] = []
    total = FREE
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
        float(total),
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

    def created(self, flow: Flow) -> bytes:
        """The body that answers the creation of a flow."""
        return created(flow)

    def shown(self, flow: Flow) -> Shown:
        """The flow as callbacks and tracking carry it."""
        return shown(flow, self.prices)

    def callback(self, flow: Flow) -> bytes:
        """The body of a callback."""
        return body(flow, self.prices)

    def reply(self, flow: Flow, step: ViberStep, index: int, text: str, at: int) -> bytes:
        """The body that is posted to a step's `inboundUrl` when the recipient answers its Viber message with a text.
        `index` is the step's, from 0; `at` in milliseconds.
        """
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
