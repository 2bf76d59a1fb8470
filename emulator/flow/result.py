"""What became of a flow, in short: results of many flows are equal, and so are counted without reading what was sent.
Pure.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct, msgpack

from emulator.channels.table import Channel
from emulator.flow.priced import OwnPrice
from emulator.flow.state import Flow, FlowStatus
from emulator.flow.usage import Usage, by_sms, used


class Tried(Struct, frozen=True, gc=False, array_like=True):
    """A message: its channel, its status, and what it uses."""

    channel: Channel
    status: str
    used: Usage


class Result(Struct, frozen=True, gc=False, array_like=True):
    """A flow's status, the messages of its started steps, what it would have used `by_sms` alone (None before the first
    step), and the prices of its own. Stores keep it packed, so a new member needs a default.
    """

    status: FlowStatus
    tried: tuple[Tried, ...] = ()
    by_sms: Usage | None = None
    prices: tuple[OwnPrice, ...] = ()


def result(flow: Flow) -> Result:
    """What has become of a flow so far."""
    messages, steps = flow.messages, flow.request.flow
    if not messages:
        return Result(flow.status)
    tried = tuple([Tried(steps[each.step].channel, each.status, used(flow, each)) for each in messages])
    return Result(flow.status, tried, by_sms(flow), flow.prices)


def took(flow: Flow) -> int | None:
    """In how many milliseconds from its request on a flow reached its recipient; None if it has not."""
    if flow.status is not FlowStatus.SUCCEEDED or not flow.messages:
        return None
    last = flow.messages[-1]
    return (last.reached_at or last.updated_at) - flow.created_at


packed: Final = msgpack.Encoder().encode
"""A result as bytes, which are equal for equal results."""
unpacked: Final = msgpack.Decoder(Result).decode
"""The result of these bytes."""
