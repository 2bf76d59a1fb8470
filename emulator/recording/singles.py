"""Reads what happened to single messages from the bodies of their callbacks, an emulator's or the provider's. Pure.

A body about an Sms tells of one part. A message's start is told with Viber alone; of the others, `latency` and
`duration` are the seconds since then or since the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from emulator.channels.table import CHANNELS, Channel, Kind, default_cause
from emulator.errors import Json
from emulator.flow.reply import Reply
from emulator.flow.state import FlowStatus, StatusCode
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    RecordingError,
    ToldStatus,
    answers,
    by_parts,
    ms,
    read,
    with_answer,
)
from emulator.scenario.questions import Endpoint

_KINDS: Final[Mapping[Channel, Endpoint]] = {Channel.SMS: "sms", Channel.VIBER: "viber", Channel.VOICE: "voice"}
"""The service of each channel's single messages."""


class _Body(Struct, rename="camel"):
    to: str
    status: ToldStatus
    message_id: str = ""
    tracking_id: str = ""
    part: int = 1
    latency: int = 0
    duration: int = 0
    created_at: datetime | None = None
    application_name: str = ""

    @property
    def id(self) -> str:
        """What the bodies about one message share."""
        return self.message_id or self.tracking_id

    @property
    def at(self) -> int:
        """When its status changed, in ms."""
        return ms(self.status.updated_date)

    @property
    def began(self) -> int:
        """When the message began, in ms, as far as this body tells."""
        return ms(self.created_at) if self.created_at else self.at - max(self.latency, self.duration) * 1000


def single(body: Json) -> Channel | None:
    """The channel of the single message that a body tells of; None if it is about anything else."""
    if not isinstance(body, dict) or "messages" in body or not isinstance(body.get("status", {}), dict):
        return None
    if "conversationTrackingId" in body:
        return Channel.VOICE
    return Channel.SMS if "messageId" in body else Channel.VIBER if "trackingId" in body else None


def of_singles(
    bodies: Iterable[tuple[int, Channel, Json]], replies: Mapping[str, list[tuple[int, Reply]]]
) -> list[RecordedFlow]:
    """The messages that bodies tell of, which come with their numbers and channels. Bodies may come twice, or in any
    order; `replies` are told with their times, by the messages' ids. Raises RecordingError.
    """
    found: dict[tuple[Channel, str], list[_Body]] = {}
    for number, channel, each in bodies:
        body = read(each, _Body, f"body {number}")
        if CHANNELS[channel].spell(body.status.name) is None:
            raise RecordingError(f"body {number}: status.name: {channel} has no status '{body.status.name}'")
        found.setdefault((channel, body.id), []).append(body)
    return [_flow(channel, told, replies.get(name, [])) for (channel, name), told in found.items()]


def _flow(channel: Channel, told: list[_Body], replies: list[tuple[int, Reply]]) -> RecordedFlow:
    """What happened to one message."""
    traits, began = CHANNELS[channel], min(body.began for body in told)
    changes = [(body.part, body.status.report(channel, max(0, body.at - began))) for body in told]
    status, reports, parts = by_parts(channel, changes)
    reports = with_answer(reports, max(body.duration for body in told))
    kind = traits.statuses[status]
    unpaid = StatusCode.NO_BALANCE if default_cause(status) else StatusCode.NOT_TRIGGERED
    failed = StatusCode.NO_NEXT_STEP if status in traits.default_failover else unpaid
    return RecordedFlow(
        id=told[0].id,
        application=told[0].application_name,
        at=began,
        queued=0,
        recipients=(told[0].to,),
        steps=(
            RecordedStep(
                channel=channel,
                to=told[0].to,
                order=1,
                ttl=0,
                failover_on_statuses=None,
                expire_on_delivery=False,
                status=status,
                reports=reports,
                parts=parts,
                replies=answers(reports, [(at - began, reply) for at, reply in replies]),
            ),
        ),
        status={Kind.SUCCESS: FlowStatus.SUCCEEDED, Kind.FAILURE: FlowStatus.FAILED}.get(kind),
        status_code=failed if kind is Kind.FAILURE else None,
        kind=_KINDS[channel],
    )
