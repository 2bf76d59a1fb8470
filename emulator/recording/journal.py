"""What happened to flows, read from an emulator's journal, which has each request and so all of its steps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct, json

from emulator.channels.table import CHANNELS
from emulator.errors import Json
from emulator.flow.request import Request, ViberStep, VoiceStep, position, recipient
from emulator.flow.state import FlowStatus, Report, StatusCode
from emulator.provider.failover import reading
from emulator.recording.recorded import RecordedFlow, RecordedStep, RecordingError, caused, ms, read

STARTS: Final = ("accepted", "started")
REPORTS: Final = ("status", "ignored")
KINDS: Final = (*STARTS, *REPORTS, "completed")
"""The journal's entries that matter: the first step starts with `accepted`; `ignored` are reports that came in vain."""


class _Head(Struct):
    kind: str
    flow: str | None = None


class _Told(Struct, rename="camel"):
    step: int = 0
    status: str = ""
    reason: str = ""
    status_code: StatusCode | None = None
    body: Json = {}


class _Entry(Struct):
    at: datetime
    kind: str
    flow: str
    data: _Told
    application: str | None = None


def of_journal(entries: Iterable[Json]) -> list[RecordedFlow]:
    """The flows of a journal, oldest first, but for those whose request it no longer has. Raises RecordingError."""
    flows: dict[str, list[_Entry]] = {}
    for number, told in enumerate(entries, 1):
        head = read(told, _Head, f"entry {number}")
        if head.kind in KINDS and head.flow:
            flows.setdefault(head.flow, []).append(read(told, _Entry, f"entry {number}"))
    return [_flow(entries) for entries in flows.values() if entries[0].kind == "accepted"]


def _flow(entries: list[_Entry]) -> RecordedFlow:
    accepted = entries[0]
    ended = next((each.data for each in entries if each.kind == "completed"), None)
    request = _request(accepted)
    starts = [index for index, each in enumerate(entries) if each.kind in STARTS]
    flow = RecordedFlow(
        id=accepted.flow,
        application=accepted.application or "",
        at=ms(accepted.at),
        recipients=tuple(dict.fromkeys(map(recipient, request.flow))),
        steps=tuple(_step(request, entries[index:]) for index in starts),
        status=FlowStatus(ended.status) if ended else None,
        status_code=ended.status_code if ended else None,
    )
    return caused(flow)


def _request(accepted: _Entry) -> Request:
    try:
        return reading.failover(json.encode(accepted.data.body))
    except (reading.Malformed, reading.Invalid) as error:
        raise RecordingError(f"flow {accepted.flow}: its request cannot be read: {error}") from error


def _step(request: Request, entries: list[_Entry]) -> RecordedStep:
    """The step that starts with the first of these entries."""
    start, *later = entries
    if not 1 <= start.data.step <= len(request.flow):
        raise RecordingError(f"flow {start.flow}: its request has no step {start.data.step}")
    step = request.flow[start.data.step - 1]
    heard = [each for each in later if each.kind in REPORTS and each.data.step == start.data.step]
    traits = CHANNELS[step.channel]
    changes = [each.data.status for each in heard if each.kind == "status"]
    return RecordedStep(
        channel=step.channel,
        to=recipient(step),
        order=position(step, request.flow),
        ttl=0 if isinstance(step, VoiceStep) else step.ttl,
        failover_on_statuses=step.failover_on_statuses,
        expire_on_delivery=isinstance(step, ViberStep) and step.expire_on_delivery,
        status=changes[-1] if changes else traits.initial,
        reports=tuple(_report(each, start) for each in heard if each.data.status in traits.statuses),
    )


def _report(entry: _Entry, start: _Entry) -> Report:
    return Report(ms(entry.at) - ms(start.at), start.data.step - 1, entry.data.status, entry.data.reason)
