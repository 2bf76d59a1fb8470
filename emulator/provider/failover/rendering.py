"""Renders a flow of POST /failover: the answer to its creation, and what callbacks and tracking share. Pure.

The JSON is compact. A flow as a whole is made in `provider.rendering`.
"""

from __future__ import annotations

from msgspec import json

from emulator.accounts.prices import Prices
from emulator.clock import instants
from emulator.flow.state import Flow
from emulator.provider.rendering.shown import shown
from emulator.provider.rendering.wording import Wording

_encode = json.Encoder().encode


def created(flow: Flow) -> bytes:
    """The body that answers the creation of a flow: the request with its defaults, the flow's id, and its creation."""
    at = instants.written(flow.created_at)
    return b'{"trackingId":"%b",%b,"createdAt":"%b"}' % (flow.id.encode(), _encode(flow.request)[1:-1], at.encode())


def body(flow: Flow, prices: Prices) -> bytes:
    """The JSON body of a callback, and of the tracking of one flow."""
    return _encode(shown(flow, prices))


class Rendering(Wording, frozen=True):
    """What is posted about flows of POST /failover."""

    def created(self, flow: Flow) -> bytes:
        """The body that answers the creation of a flow."""
        return created(flow)

    def callbacks(self, flow: Flow) -> tuple[bytes]:
        """The body of the one callback that tells how the flow stands."""
        return (body(flow, self.prices),)
