"""A flow as a row of tables: which parts are columns, which are encoded, and how a row becomes a flow again.

A flow's request is stored once: as it came (`raw` is 1) if its JSON was in the documented form, to be read by the
store's `read`; encoded anew otherwise. This module knows no SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final
from zlib import crc32

from msgspec import Raw, Struct, defstruct, json, msgpack
from msgspec.structs import fields

from emulator.choices.table import TAKEN, Choices
from emulator.flow.brief import brief
from emulator.flow.faults import CallbackFaults
from emulator.flow.priced import OwnPrice
from emulator.flow.request import Request, SmsMessage, SmsStep
from emulator.flow.state import Charge, Flow, FlowStatus, Message, Plan, Report, StatusCode
from emulator.flow.verification import Verification
from emulator.store.contract import Unavailable

Read = Callable[[str, bytes], Request]
"""Reads a request from JSON that was stored as it came. It must go on reading whatever it has ever read."""

LATEST: Final = 1024
"""How many requests are kept decoded: those of the newest flows, which are changed soon."""
END: Final = 12
"""How many characters our own ids end with by which flows are indexed."""
SMALL: Final = 16_384
"""Up to how many bytes a request may have to be kept decoded."""

encode: Final = json.Encoder().encode
_pack: Final = msgpack.Encoder().encode
_STATUS: Final = {status.value: status for status in FlowStatus}


class Progress(Struct, frozen=True, array_like=True, gc=False):
    """What a row has encoded as MessagePack: everything of a flow that is neither a column nor its request."""

    updated_at: int
    status_code: StatusCode | None
    plans: tuple[Plan, ...]
    messages: tuple[Message, ...]
    agenda: tuple[Report, ...]
    told: int
    faults: CallbackFaults | None
    verification: Verification | None = None
    charge: Charge | None = None
    choices: Choices | None = None
    prices: tuple[OwnPrice, ...] = ()


class Row(Struct, frozen=True, gc=False):
    """A flow's row: its number, its clock, its stage, and what the flow itself is made of."""

    seq: int
    clock: str
    stage: str
    id: str
    application: str
    ordinal: int
    created_at: int
    scenario: str
    status: str
    state: bytes
    raw: int | bool
    request: bytes
    kind: str


def decoded(_: str, request: bytes) -> Request:
    """A request of any kind from JSON that was encoded anew."""
    return json.decode(request, type=Request)


class Rows:
    """Makes flows from rows; `read` is for requests that were stored as they came."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._latest: list[tuple[int, Request]] = [(0, Request([]))] * LATEST

    def remember(self, seq: int, request: Request, size: int) -> None:
        """Keep the request of the new flow `seq` decoded, in the place of an older flow's, unless it is long: it has
        `size` bytes.
        """
        if size <= SMALL:
            self._latest[seq % LATEST] = seq, request

    def added(self, seq: int, flow: Flow, size: int) -> tuple[int, bytes, tuple[Any, ...]]:
        """The `columns` of the new flow `seq`, whose request is remembered."""
        self.remember(seq, flow.request, size)
        return columns(flow)

    def flow(self, row: Row) -> Flow:
        """The flow of a row. Raises Unavailable if it can't be read."""
        try:
            progress = msgpack.decode(row.state, type=Progress)
            seq, request = self._latest[row.seq % LATEST]
            if seq != row.seq:
                request = (self._read if row.raw else decoded)(row.kind, row.request)
        except (ValueError, LookupError) as error:
            raise Unavailable(f"the flow {row.id} can't be read from the store: {error}") from error
        return _flow(row, progress, request)

    def brief(self, row: Row) -> Flow:
        """The flow of a row, with only what `result` needs of it where that is enough."""
        try:
            return _flow(row, _brief_progress()(row.state), brief(row.request))
        except (ValueError, LookupError):
            return self.shown(row)

    def shown(self, row: Row) -> Flow:
        """The flow of a row; if it can't be read, one that has what the columns tell, and says so in its text."""
        try:
            return self.flow(row)
        except Unavailable as error:
            status = _STATUS.get(row.status, FlowStatus.FAILED)
            said = SmsStep(sender="", to="", ttl=1, message=SmsMessage(str(error)), order=1, failover_on_statuses=[])
            at, plan = row.created_at, Plan((), "")
            fixed = (row.id, row.application, row.ordinal, at, at, Request([said]))
            return Flow(*fixed, (plan,), row.scenario, status, kind=row.kind)


@cache
def _brief_progress() -> Callable[[bytes], Progress]:
    """Reads a `Progress` but for what its flow is not counted by. Made when it is first needed."""
    unread = ("plans", "agenda", "faults", "charge")
    members = [(each.name, Raw if each.name in unread else each.type, each.default) for each in fields(Progress)]
    brief_progress: Any = defstruct("Progress", members, array_like=True)
    decode: Callable[[bytes], Progress] = msgpack.Decoder(brief_progress).decode
    return decode


def _flow(row: Row, progress: Progress, request: Request) -> Flow:
    return Flow(
        row.id,
        row.application,
        row.ordinal,
        row.created_at,
        progress.updated_at,
        request,
        progress.plans,
        row.scenario,
        _STATUS[row.status],
        progress.status_code,
        progress.messages,
        progress.agenda,
        progress.told,
        progress.faults,
        row.kind,
        progress.verification,
        progress.charge,
        progress.choices or TAKEN,
        progress.prices,
    )


def key(flow_id: str) -> int:
    """The number under which a flow is indexed by its id. Of our own ids it is the last part, which grows with an
    application's requests, so that new keys stand together in the index; of any other id it is a checksum.
    """
    try:
        return int(flow_id[-END:], 16)
    except ValueError:
        return crc32(flow_id.encode())


def columns(flow: Flow) -> tuple[int, bytes, tuple[Any, ...]]:
    """A flow's key, its encoded `Progress`, and the columns that change: status, channels, recipients, termination,
    due_at, stage. Its stage is the channel of its running step, or else its status: before the first step, and at the
    end. Words become plain texts, which databases bind at once.
    """
    progress = Progress(
        flow.updated_at,
        flow.status_code,
        flow.plans,
        flow.messages,
        flow.agenda,
        flow.told,
        flow.faults,
        flow.verification,
        flow.charge,
        None if flow.choices is TAKEN else flow.choices,
        flow.prices,
    )
    steps = [flow.request.flow[message.step] for message in flow.messages]
    channels = "\n".join([step.channel for step in steps])
    recipients = "\n".join([str(step.to) for step in steps])
    running, status = str(steps[-1].channel) if steps else "", str(flow.status)
    termination, stage = (running, status) if flow.status.final else ("", running or status)
    return key(flow.id), _pack(progress), (status, channels, recipients, termination, flow.due_at, stage)
