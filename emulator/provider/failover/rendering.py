"""Renders a flow: the answer to its creation, and what callbacks and tracking share. Pure.

The JSON is compact. A flow as a whole is made in `provider.rendering`.
"""

from __future__ import annotations

from msgspec import UNSET, json, to_builtins

from emulator.accounts.prices import Prices
from emulator.channels.senders import Named, sender_name
from emulator.choices.table import TAKEN
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.request import Step, ViberStep
from emulator.flow.state import Flow
from emulator.provider.rendering.chosen import echoed, worded
from emulator.provider.rendering.elements import seq
from emulator.provider.rendering.shown import Shown, shown
from emulator.provider.rendering.wording import Wording

_encode = json.Encoder().encode


def created(flow: Flow) -> bytes:
    """The body that answers the creation of a flow: the request with its defaults, the flow's id, and its creation."""
    at, told = instants.written(flow.created_at), flow.request if flow.choices is TAKEN else echoed(flow)
    return b'{"trackingId":"%b",%b,"createdAt":"%b"}' % (flow.id.encode(), _encode(told)[1:-1], at.encode())


def created_transactional(flow: Flow) -> bytes:
    """The same of a transactional flow: its kind comes after its id, and each `seq` is there."""
    told: Json = {"trackingId": flow.id, "flowKind": flow.kind} | to_builtins(echoed(flow))
    steps = zip(told["flow"], flow.request.flow, strict=True)
    told["flow"] = [_echoed(flow, index, made, step) for index, (made, step) in enumerate(steps)]
    return _encode(told | {"createdAt": instants.written(flow.created_at)})


def _echoed(flow: Flow, index: int, told: Json, step: Step) -> Json:
    """A step of a transactional flow: one that sends a template has the template's members in place of a message."""
    if not isinstance(step, ViberStep) or step.template is UNSET:
        return told
    template: Json = told.pop("template")
    if flow.choices.absent_seq == "made":
        template |= {"seq": seq(flow, step.template, index)}
    del told["message"], told["expireOnDelivery"]
    first = {name: told.pop(name) for name in ("type", "senderInfoTrackingId", "to")}
    return first | template | told


def body(flow: Flow, prices: Prices, named: Named = sender_name) -> bytes:
    """The JSON body of a callback, and of the tracking of one flow."""
    made = shown(flow, prices, named)
    return _encode(made if flow.choices is TAKEN else worded(flow, made))


class Rendering(Wording, frozen=True):
    """What is posted about flows of POST /failover."""

    def created(self, flow: Flow) -> bytes:
        """The body that answers the creation of a flow."""
        return created(flow)

    def callbacks(self, flow: Flow) -> tuple[bytes]:
        """The body of the one callback that tells how the flow stands."""
        return (body(flow, self.prices, self.named),)

    def tracked(self, flow: Flow) -> Shown | Json:
        """The flow as the provider's tracking shows it."""
        return worded(flow, self.shown(flow))


class Transactional(Rendering, frozen=True):
    """What is posted about flows of POST /failover/transactional."""

    def created(self, flow: Flow) -> bytes:
        """The body that answers the creation of a flow."""
        return created_transactional(flow)
