"""Reads what happened to single messages from their callbacks and trackings, an emulator's or the provider's. Pure.

A body about an Sms tells of one part, and has its times in whole seconds. A message's start is told with Viber alone;
of the others, `latency` and `duration` are the seconds since then or since the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from emulator.channels.table import CHANNELS, Channel, Kind, default_cause
from emulator.errors import Json
from emulator.flow.state import FlowStatus, StatusCode
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    Single,
    Talk,
    Told,
    answers,
    by_parts,
)
from emulator.scenario.questions import Endpoint

_KINDS: Final[Mapping[Channel, Endpoint]] = {Channel.SMS: "sms", Channel.VIBER: "viber", Channel.VOICE: "voice"}
"""The service of each channel's single messages."""


def single(body: Json) -> Channel | None:
    """The channel of the single message that a body tells of; None if it is about anything else."""
    if not isinstance(body, dict) or "messages" in body or not isinstance(body.get("status", {}), dict):
        return None
    if "conversationTrackingId" in body:
        return Channel.VOICE
    return Channel.SMS if "messageId" in body else Channel.VIBER if "trackingId" in body else None


def of_singles(told: Iterable[tuple[Channel, Told]], talk: Talk) -> list[RecordedFlow]:
    """The messages that bodies tell of, which come with their channels. Bodies may come twice, or in any order. Raises
    RecordingError.
    """
    found: dict[tuple[Channel, str], list[tuple[Single, int | None]]] = {}
    for channel, each in told:
        body = Single.read(channel, each)
        found.setdefault((channel, body.id), []).append((body, each.created))
    return [_flow(channel, [body for body, _ in each], each[0][1], talk) for (channel, _), each in found.items()]


def _flow(channel: Channel, told: list[Single], created: int | None, talk: Talk) -> RecordedFlow:
    """What happened to one message."""
    traits = CHANNELS[channel]
    queued = min((body.at for body in told if traits.spell(body.status.name) == traits.initial), default=None)
    began = min(body.began(queued) for body in told) if created is None else created
    changes = [(body.part, body.status.report(channel, body.after(began))) for body in told]
    status, reports, parts = by_parts(channel, changes)
    lasted, met = max(body.duration for body in told), any(body.answered_by == "MACHINE" for body in told)
    reports, keys, machine = talk.of_call(told[0].id, reports, lasted, machine=met)
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
                replies=answers(reports, talk.written(told[0].id, began)),
                keys=keys,
                machine=machine,
            ),
        ),
        status={Kind.SUCCESS: FlowStatus.SUCCEEDED, Kind.FAILURE: FlowStatus.FAILED}.get(kind),
        status_code=failed if kind is Kind.FAILURE else None,
        kind=_KINDS[channel],
    )
