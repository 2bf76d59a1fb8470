"""Reads what happened to flows from an emulator's journal, which has each request and so all of its steps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, json

from emulator.channels.table import CHANNELS, Reason
from emulator.errors import Json
from emulator.flow.reply import Reply
from emulator.flow.request import SmsStep, Step, ViberStep, VoiceStep, position
from emulator.flow.state import FlowStatus, StatusCode
from emulator.journal.entry import Kind
from emulator.provider import requests
from emulator.provider.otp.request import SEND
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    RecordingError,
    answers,
    ms,
    read,
    report_of,
    with_cause,
)
from emulator.scenario.rules import CODED

STARTS: Final = (Kind.ACCEPTED, Kind.STARTED)
"""The journal's entries that start a step: `accepted` starts the first one, unless that was held back."""
REPORTS: Final = (Kind.STATUS, Kind.IGNORED)
"""The journal's entries that tell of a report: `ignored` ones changed nothing."""
CALLS: Final = (Kind.KEYS, Kind.ASKED)
"""The journal's entries that tell of keys in a call, and of a machine that has answered it, where that is asked for."""
KINDS: Final = (*STARTS, *REPORTS, *CALLS, Kind.REPLY, Kind.COMPLETED)
PATHS: Final = (
    "/failover",
    "/failover/transactional",
    "/sms",
    "/sms/campaign",
    "/2step",
    "/viber",
    "/voice/conversation",
    SEND,
)
"""Where the requests go whose flows are recorded."""


class _Head(Struct):
    """What every entry has."""

    kind: str
    flow: str | None = None


class _Details(Struct, rename="camel"):
    """What the entries of KINDS say; each kind has some of it."""

    step: int = 0
    status: str = ""
    reason: str = ""
    status_code: StatusCode | None = None
    path: str = PATHS[0]
    body: Json = {}
    code: str = ""
    keys: str = ""
    about: str = ""
    parts: dict[str, str] = {}
    message: str = ""
    media: str = ""
    filename: str = ""
    callback: str = ""


class _Post(Struct):
    """Where a post of this id goes."""

    id: str
    url: str


class _Entry(Struct):
    """An entry of a flow."""

    at: datetime
    kind: str
    flow: str
    data: _Details
    application: str | None = None

    @property
    def starts(self) -> bool:
        """Whether it starts a step."""
        return self.kind == Kind.STARTED or (self.kind == Kind.ACCEPTED and self.data.step > 0)


def of_journal(entries: Iterable[Json]) -> list[RecordedFlow]:
    """The flows of journal entries, oldest first. Flows whose request is not among the entries, or went to another
    service, are left out. Raises RecordingError.
    """
    flows: dict[str, list[_Entry]] = {}
    urls: dict[str, str] = {}
    for number, entry in enumerate(entries, 1):
        head = read(entry, _Head, f"entry {number}")
        if head.kind in KINDS and head.flow:
            flows.setdefault(head.flow, []).append(read(entry, _Entry, f"entry {number}"))
        elif head.kind == Kind.ATTEMPT:
            post = read(entry["data"], _Post, f"entry {number}: data")
            urls[post.id] = post.url
    began = (entries[0] for entries in flows.values())
    accepted = [first.flow for first in began if first.kind == Kind.ACCEPTED and first.data.path in PATHS]
    return [_flow_of_entries(flows[flow_id], urls) for flow_id in accepted]


def _flow_of_entries(entries: list[_Entry], urls: Mapping[str, str]) -> RecordedFlow:
    accepted = entries[0]
    try:
        asked = requests.read(json.encode(accepted.data.body), accepted.data.path)
    except (requests.Malformed, requests.Invalid) as error:
        raise RecordingError(f"flow {accepted.flow}: its request cannot be read: {error}") from error
    steps = asked.request.flow
    ended = next((each.data for each in entries if each.kind == Kind.COMPLETED), None)
    started = [entries[index:] for index, each in enumerate(entries) if each.starts]
    flow = RecordedFlow(
        id=accepted.flow,
        application=accepted.application or "",
        at=ms(accepted.at),
        queued=ms(started[0][0].at) - ms(accepted.at) if started else 0,
        recipients=tuple(dict.fromkeys(str(step.to) for step in steps)),
        steps=tuple(_step_of_entries(steps, each, urls) for each in started),
        status=FlowStatus(ended.status) if ended else None,
        status_code=ended.status_code if ended else None,
        kind=asked.kind,
        code=accepted.data.code if asked.kind == CODED else "",
    )
    return with_cause(flow)


def _step_of_entries(steps: list[Step], entries: list[_Entry], urls: Mapping[str, str]) -> RecordedStep:
    """The step that starts with the first of these entries, of a request with these steps. Posts have these `urls`."""
    start, *later = entries
    if not 1 <= start.data.step <= len(steps):
        raise RecordingError(f"flow {start.flow}: its request has no step {start.data.step}")
    step = steps[start.data.step - 1]
    traits = CHANNELS[step.channel]
    heard = [each for each in later if each.kind in REPORTS and each.data.step == start.data.step]
    talk = [each.data for each in later if each.kind in CALLS and each.data.step == start.data.step]
    met = max((number for number, each in enumerate(talk, 1) if each.about == "machine"), default=0)
    changes = [each.data.status for each in heard if each.kind == Kind.STATUS]
    parts = next((each.data.parts for each in heard if each.data.parts), {})
    reports = tuple(
        report_of(
            step.channel,
            ms(each.at) - ms(start.at),
            "Delivered" if each.data.parts else each.data.status,
            Reason(each.data.reason),
        )
        for each in heard
        if each.data.status in traits.statuses
    )
    return RecordedStep(
        channel=step.channel,
        to=str(step.to),
        order=position(step, steps),
        ttl=0 if isinstance(step, VoiceStep) else step.ttl,
        failover_on_statuses=step.failover_on_statuses,
        expire_on_delivery=isinstance(step, ViberStep) and step.expire_on_delivery,
        status=changes[-1] if changes else traits.initial,
        reports=reports,
        parts=tuple((int(part), status) for part, status in parts.items()),
        replies=answers(reports, _replies(step, entries, urls)),
        keys=tuple(each.keys for each in talk[met:] if each.keys),  # a machine has all keys pressed from the first on
        machine=met > 0,
    )


def _replies(step: Step, entries: list[_Entry], urls: Mapping[str, str]) -> Iterator[tuple[int, Reply]]:
    """What the recipient answered to the step that starts with the first of these entries, and when, in ms since then.
    An answer to an Sms of which nothing was posted yet is left out, since it is not known where it goes.
    """
    start, *later = entries
    for each in later:
        if each.kind == Kind.REPLY and each.data.step == start.data.step:
            told, url = each.data, urls.get(each.data.callback, "") if isinstance(step, SmsStep) else ""
            if url or not isinstance(step, SmsStep):
                yield ms(each.at) - ms(start.at), Reply(told.message, told.media, told.filename, url)
