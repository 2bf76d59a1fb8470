"""Reads what happened to single messages from the bodies of their callbacks, an emulator's or the provider's. Pure.

A body tells of one part. What is recorded is what became of the first part, in which the others rarely differ. A
message's start is not told, but its latency is: the seconds since then.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from msgspec import Struct

from emulator.channels.table import SMS, Channel, Kind
from emulator.errors import Json
from emulator.flow.state import FlowStatus, StatusCode
from emulator.recording.recorded import RecordedFlow, RecordedStep, RecordingError, ToldStatus, ms, read


class _Body(Struct, rename="camel"):
    message_id: str
    to: str
    status: ToldStatus
    part: int = 1
    latency: int = 0
    application_name: str = ""

    @property
    def at(self) -> int:
        """When its status changed, in ms."""
        return ms(self.status.updated_date)


def is_single(body: Json) -> bool:
    """Whether a body tells of a single message."""
    return isinstance(body, dict) and "messageId" in body and "messages" not in body


def of_singles(bodies: Iterable[tuple[int, Json]]) -> list[RecordedFlow]:
    """The messages that bodies tell of, which come with their numbers. Bodies may come twice, or in any order. Raises
    RecordingError.
    """
    found: dict[str, list[_Body]] = {}
    for number, each in bodies:
        body = read(each, _Body, f"body {number}")
        if SMS.spell(body.status.name) is None:
            raise RecordingError(f"body {number}: status.name: Sms has no status '{body.status.name}'")
        found.setdefault(body.message_id, []).append(body)
    return [_flow(name, bodies) for name, bodies in found.items()]


def _flow(name: str, bodies: list[_Body]) -> RecordedFlow:
    """What happened to one message."""
    first = min(body.part for body in bodies)
    told = sorted((body for body in bodies if body.part == first), key=attrgetter("at"))
    began = min(body.at - body.latency * 1000 for body in told)
    changes = {
        (each.at, each.status): each
        for each in (body.status.report(Channel.SMS, max(0, body.at - began)) for body in told)
    }
    reports = tuple(each for each in changes.values() if each.status != SMS.initial)
    status = reports[-1].status if reports else SMS.initial
    kind = SMS.statuses[status]
    failed = StatusCode.NO_NEXT_STEP if status in SMS.default_failover else StatusCode.NO_BALANCE
    return RecordedFlow(
        id=name,
        application=told[0].application_name,
        at=began,
        queued=0,
        recipients=(told[0].to,),
        steps=(
            RecordedStep(
                channel=Channel.SMS,
                to=told[0].to,
                order=1,
                ttl=0,
                failover_on_statuses=None,
                expire_on_delivery=False,
                status=status,
                reports=reports,
            ),
        ),
        status={Kind.SUCCESS: FlowStatus.SUCCEEDED, Kind.FAILURE: FlowStatus.FAILED}.get(kind),
        status_code=failed if kind is Kind.FAILURE else None,
        kind="sms",
    )
