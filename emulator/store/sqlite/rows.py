"""A flow as a row of the table: what is encoded, what is a column, and how a flow is made of it again.

A flow's request is kept once. Where its JSON came in the documented form, the row has it as it came (`raw` is 1), and
the store's own `read` makes the request of it; otherwise the row has the request encoded anew. Rows know no SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from zlib import crc32

from msgspec import Struct, json, msgpack

from emulator.flow.faults import CallbackFaults
from emulator.flow.request import Request, recipient
from emulator.flow.state import Flow, FlowStatus, Message, Plan, Report, StatusCode

Read = Callable[[bytes], Request]
"""Makes the request of JSON that was kept as it came. Whatever it once took it must take for ever."""

COLUMNS: Final = (
    "seq, clock, pending, done, stage, id, application, ordinal, created_at, scenario, status, state, raw, request"
)
"""The columns of a `Row`, in its order."""
LATEST: Final = 1024
"""How many requests are kept decoded: those of the flows that came last, which are changed soon."""

encode: Final = json.Encoder().encode
_pack: Final = msgpack.Encoder().encode
_STATUS: Final = {status.value: status for status in FlowStatus}


class Progress(Struct, frozen=True, array_like=True, gc=False):
    """What a row has encoded, as MessagePack: all of a flow that is neither a column nor its request."""

    updated_at: int
    status_code: StatusCode | None
    plans: tuple[Plan, ...]
    messages: tuple[Message, ...]
    agenda: tuple[Report, ...]
    told: int
    faults: CallbackFaults | None


class Row(Struct, frozen=True, gc=False):
    """A flow's row: its number, its clock, how many of its callbacks are `pending`, its place among the finished flows
    (`done`), its stage, and what the flow itself is made of.
    """

    seq: int
    clock: str
    pending: int
    done: int | None
    stage: str
    id: str
    application: str
    ordinal: int
    created_at: int
    scenario: str
    status: str
    state: bytes
    raw: int
    request: bytes


def decoded(request: bytes) -> Request:
    """The request of JSON that was encoded anew."""
    return json.decode(request, type=Request)


class Rows:
    """Makes flows of rows."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._latest: list[tuple[int, Request] | None] = [None] * LATEST

    def remember(self, seq: int, request: Request) -> None:
        """Keep a new flow's request decoded, in the place of an older one's."""
        self._latest[seq % LATEST] = seq, request

    def flow(self, row: Row) -> Flow:
        """The flow of a row."""
        progress = msgpack.decode(row.state, type=Progress)
        return Flow(
            row.id,
            row.application,
            row.ordinal,
            row.created_at,
            progress.updated_at,
            self._asked(row),
            progress.plans,
            row.scenario,
            _STATUS[row.status],
            progress.status_code,
            progress.messages,
            progress.agenda,
            progress.told,
            progress.faults,
        )

    def _asked(self, row: Row) -> Request:
        kept = self._latest[row.seq % LATEST]
        if kept is not None and kept[0] == row.seq:
            return kept[1]
        return self._read(row.request) if row.raw else decoded(row.request)


def key(name: str) -> int:
    """The number by which a flow is found by its id: of our own ids the last part, which grows with an application's
    requests, so that new keys stand together in their index; of any other id a checksum.
    """
    try:
        return int(name[-12:], 16)
    except ValueError:
        return crc32(name.encode())


def state(flow: Flow) -> bytes:
    """What is encoded of a flow."""
    return _pack(
        Progress(flow.updated_at, flow.status_code, flow.plans, flow.messages, flow.agenda, flow.told, flow.faults)
    )


def stage(flow: Flow) -> str:
    """Where a flow is: the status in which it ended, or the channel of its running step."""
    if flow.status.final:
        return flow.status
    return flow.step(flow.messages[-1]).channel if flow.messages else ""


def moving(flow: Flow) -> tuple[Any, ...]:
    """The columns of a flow that change: status, channels, recipients, termination, due_at, stage."""
    steps = [flow.request.flow[message.step] for message in flow.messages]
    channels = "\n".join([step.channel for step in steps])
    recipients = "\n".join([recipient(step) for step in steps])
    termination = steps[-1].channel if steps and flow.status.final else ""
    return (flow.status, channels, recipients, termination, flow.due_at, stage(flow))
