"""Reads what happened to one-time passwords from the stories that are posted about them. Pure.

A story says of a step when it began, in whole seconds, and how long after that its message arrived or failed. A status
in between came when the story was told, if that is known, or else at once. Neither says it after how long a message is
given up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Final, Self

from msgspec import Struct, field

from emulator.channels.table import CHANNELS, Channel, Reason
from emulator.flow.state import FlowStatus, PlannedReport, StatusCode
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    RecordingError,
    Talk,
    Told,
    answers,
    ms,
    read,
    report_of,
    with_cause,
)

SECOND: Final = 1000


class _Step(Struct):
    status: str
    channel: str
    phone_number: str
    created_at: datetime
    tracking_id: str = field(name="trackingId", default="")
    delivered_at: datetime | None = None
    latency_ms: int | None = None
    detailed_status: str | None = None
    error_message: str | None = None

    @property
    def second(self) -> int:
        """The second in which it began, in ms."""
        return ms(self.created_at)

    def lasted(self, began: int, after: _Step | None, came: int | None) -> int:
        """How long after it began its status came, in ms, where that is told; or else the step `after` it began, or the
        story came.
        """
        if self.latency_ms is not None:
            return self.latency_ms
        if self.delivered_at is not None:
            return ms(self.delivered_at) - self.second
        if after is None or (came is not None and came // SECOND * SECOND == after.second):
            return 0 if came is None else came - began
        return after.second - self.second

    def why(self, status: str) -> Reason:
        """The reason of its status; that of an end of its ttl is known."""
        return Reason("", "") if status == "EXPIRED" else Reason(self.detailed_status or "", self.error_message or "")


class _Story(Struct):
    flow_id: str = field(name="flowId")
    status: FlowStatus
    steps: list[_Step]
    status_code: int | None = field(name="statusCode", default=None)

    @classmethod
    def read(cls, told: Told) -> Self:
        """The story that is told. Raises RecordingError, for a step with a channel or status that there is not too."""
        story, where = read(told.body, cls, told.where), told.where
        for index, step in enumerate(story.steps):
            channel = step.channel.capitalize()
            if channel not in (Channel.VIBER, Channel.SMS):
                raise RecordingError(f"{where}: steps[{index}].channel: there is no channel '{step.channel}'")
            if CHANNELS[Channel(channel)].spell(step.status) is None:
                raise RecordingError(f"{where}: steps[{index}].status: {channel} has no status '{step.status}'")
        return story


class _Heard(Struct):
    """A step as one story has it, with the step after it, if that has begun, and when the story came, if known."""

    step: _Step
    after: _Step | None
    came: int | None


def of_steps(told: Iterable[Told]) -> set[str]:
    """The ids of the messages that stories tell of. Raises RecordingError."""
    return {step.tracking_id for each in told for step in _Story.read(each).steps}


def of_stories(told: Iterable[Told], talk: Talk) -> list[RecordedFlow]:
    """The flows that stories tell of. Stories may come twice, or in any order. Raises RecordingError."""
    found: dict[str, list[tuple[_Story, Told]]] = {}
    for each in told:
        story = _Story.read(each)
        found.setdefault(story.flow_id, []).append((story, each))
    return [_flow(each, talk) for each in found.values() if any(story.steps for story, _ in each)]


def _flow(told: list[tuple[_Story, Told]], talk: Talk) -> RecordedFlow:
    """What happened to one flow, whose longest story has all of its steps. A step begins when the one before it has
    ended, as far as whole seconds tell.
    """
    stories, steps, starts = [story for story, _ in told], list[RecordedStep](), [told[0][1].created or 0]
    for place in range(max(len(story.steps) for story in stories)):
        heard = [
            _Heard(story.steps[place], next(iter(story.steps[place + 1 :]), None), each.came)
            for story, each in told
            if len(story.steps) > place
        ]
        if starts[-1] // SECOND * SECOND != (second := heard[0].step.second):
            starts[-1] = second
        steps.append(_step(heard, place, starts[-1], talk))
        starts.append(starts[-1] + max((report.at for report in steps[-1].reports), default=0))
    failed = next((each for each in stories if each.status is FlowStatus.FAILED), None)
    ended = CHANNELS[steps[-1].channel].final(steps[-1].status)
    flow = RecordedFlow(
        id=stories[0].flow_id,
        application="",
        at=starts[0],
        queued=0,
        recipients=tuple(dict.fromkeys(step.to for step in steps)),
        steps=tuple(steps),
        status=FlowStatus.FAILED if failed else FlowStatus.SUCCEEDED if ended else None,
        status_code=StatusCode(str(failed.status_code)) if failed and failed.status_code is not None else None,
        kind="otp",
    )
    return with_cause(flow)


def _step(heard: list[_Heard], place: int, began: int, talk: Talk) -> RecordedStep:
    """The step at a place of the flow, as stories have told it. Another may have begun after its delivery."""
    first = heard[0].step
    channel = Channel(first.channel.capitalize())
    traits, came = CHANNELS[channel], dict[str, PlannedReport]()
    for each in heard:
        status = traits.spell(each.step.status) or ""
        if status != traits.initial:
            final = traits.final(status)
            at = each.step.lasted(began, each.after if final else None, each.came)
            report = report_of(channel, max(0, at), status, each.step.why(status))
            came[status] = min(came.get(status, report), report, key=attrgetter("at"))
    for _, report in talk.beside(channel, first.tracking_id, began, [(1, each) for each in came.values()]):
        if report.status != traits.initial:
            came.setdefault(report.status, report)
    known = list(traits.statuses)
    reports = tuple(came[status] for status in sorted(came, key=known.index))
    held = traits.holds_on_delivery in came and any(each.after is not None for each in heard)
    return RecordedStep(
        channel=channel,
        to=f"+{first.phone_number.removeprefix('+')}",
        order=place + 1,
        ttl=0,
        failover_on_statuses=None,
        expire_on_delivery=held,
        status=reports[-1].status if reports else traits.initial,
        reports=reports,
        replies=answers(reports, talk.written(first.tracking_id, began)),
    )
