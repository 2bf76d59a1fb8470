"""A flow as a whole, with its messages: as failover's callbacks and trackings carry it. Pure.

The emulator's own API shows flows of every service in this shape. Unknown values are left out, except where a null is
documented. A message's own JSON is made in `elements`.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType

from emulator.accounts.prices import FREE, Prices, cost
from emulator.channels.senders import Named, sender_name
from emulator.channels.table import Channel
from emulator.choices.table import TAKEN
from emulator.clock import instants
from emulator.flow.kinds import KINDS
from emulator.flow.state import Flow, FlowStatus, StatusCode
from emulator.provider.rendering.elements import Element, elements

TRANSACTIONAL: Final = "transactional"
"""The kind of flows that say of which kind they are. That others don't say so is not documented."""


class Shown(Struct, frozen=True, rename="camel", gc=False):
    """A flow and its messages; the fields are the JSON's members in the provider's order."""

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
    flow_kind: str | UnsetType = UNSET


def shown(flow: Flow, prices: Prices, named: Named = sender_name) -> Shown:
    """The flow with its messages, before it is encoded; `named` are the senders of Viber messages."""
    shown_as: list[Element] = []
    total = FREE
    for message in flow.messages:
        price = cost(flow, message, prices)
        total += price
        shown_as += elements(flow, message, price, named)
    if flow.choices is not TAKEN and flow.choices.total_price == "last-message" and flow.messages:
        total = cost(flow, flow.messages[-1], prices)
    return Shown(
        flow.id,
        shown_as,
        flow.termination_channel if flow.status.final else None,
        flow.status,
        flow.status_code,
        float(total),
        KINDS[flow.kind].origin,
        flow.application,
        instants.written(flow.created_at),
        instants.written(flow.updated_at),
        flow.kind if flow.kind == TRANSACTIONAL else UNSET,
    )
