"""Reads what happened to one-time passwords from the stories that are posted about them. Pure.

A story says of a step when it began, and how long after that its message arrived or failed; of a status in between it
does not say when that came, so it comes at once. Neither says it after how long a message is given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct, field

from emulator.channels.table import CHANNELS, Channel
from emulator.errors import Json
from emulator.flow.reply import Reply
from emulator.flow.state import FlowStatus, PlannedReport, StatusCode
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    RecordingError,
    answers,
    ms,
    read,
    with_cause,
)


class _Step(Struct):
    status: str
    channel: str
    phone_number: str
    created_at: datetime
    tracking_id: str = field(name="trackingId", default="")
    delivered_at: datetime | None = None
    latency_ms: int | None = None

    @property
    def began(self) -> int:
        """When it began, in ms."""
        return ms(self.created_at)

    def lasted(self, after: _Step | None) -> int:
        """How long after its start its status came, in ms, where that is told, or else the step `after` it began."""
        if self.latency_ms is not None:
            return self.latency_ms
        if self.delivered_at is not None:
            return ms(self.delivered_at) - self.began
        return after.began - self.began if after is not None else 0


class _Story(Struct):
    flow_id: str = field(name="flowId")
    status: FlowStatus
    steps: list[_Step]
    status_code: int | None = field(name="statusCode", default=None)

    def check(self, where: str) -> None:
        """Raises RecordingError, which begins with `where`, for a step with a channel or status that there is not."""
        for index, step in enumerate(self.steps):
            channel = step.channel.capitalize()
            if channel not in (Channel.VIBER, Channel.SMS):
                raise RecordingError(f"{where}: steps[{index}].channel: there is no channel '{step.channel}'")
            if CHANNELS[Channel(channel)].spell(step.status) is None:
                raise RecordingError(f"{where}: steps[{index}].status: {channel} has no status '{step.status}'")


def of_stories(
    stories: Iterable[tuple[int, Json]], replies: Mapping[str, list[tuple[int, Reply]]]
) -> list[RecordedFlow]:
    """The flows that stories tell of, which come with their numbers. Stories may come twice, or in any order; `replies`
    are told with their times, by the messages' ids. Raises RecordingError.
    """
    found: dict[str, list[_Story]] = {}
    for number, each in stories:
        story = read(each, _Story, f"body {number}")
        story.check(f"body {number}")
        found.setdefault(story.flow_id, []).append(story)
    return [_flow(name, told, replies) for name, told in found.items() if any(each.steps for each in told)]


def _flow(name: str, stories: list[_Story], replies: Mapping[str, list[tuple[int, Reply]]]) -> RecordedFlow:
    """What happened to one flow, whose longest story has all of its steps."""
    count = max(len(story.steps) for story in stories)
    steps = tuple(
        _step([story.steps[place : place + 2] for story in stories if len(story.steps) > place], place, replies)
        for place in range(count)
    )
    failed = next((each for each in stories if each.status is FlowStatus.FAILED), None)
    ended = CHANNELS[steps[-1].channel].final(steps[-1].status)
    flow = RecordedFlow(
        id=name,
        application="",
        at=min(story.steps[0].began for story in stories if story.steps),
        queued=0,
        recipients=tuple(dict.fromkeys(step.to for step in steps)),
        steps=steps,
        status=FlowStatus.FAILED if failed else FlowStatus.SUCCEEDED if ended else None,
        status_code=StatusCode(str(failed.status_code)) if failed and failed.status_code is not None else None,
        kind="otp",
    )
    return with_cause(flow)


def _step(told: list[list[_Step]], place: int, replies: Mapping[str, list[tuple[int, Reply]]]) -> RecordedStep:
    """The step at a place of the flow, as stories have told it, with the step after it where that has begun. A Viber
    message that was delivered before another step began has expired for the flow.
    """
    (first, *_), channel = told[0], Channel(told[0][0].channel.capitalize())
    traits, came = CHANNELS[channel], dict[str, int]()
    for step, *after in told:
        status = traits.spell(step.status) or ""
        if status != traits.initial:
            at = step.lasted(after[0] if after else None) if traits.final(status) else 0
            came[status] = max(0, at)
    known = list(traits.statuses)
    reports = tuple(PlannedReport(came[status], status) for status in sorted(came, key=known.index))
    held = traits.holds_on_delivery in came and any(after for _, *after in told)
    return RecordedStep(
        channel=channel,
        to=f"+{first.phone_number.removeprefix('+')}",
        order=place + 1,
        ttl=0,
        failover_on_statuses=None,
        expire_on_delivery=held,
        status="EXPIRED" if held else reports[-1].status if reports else traits.initial,
        reports=reports,
        replies=answers(reports, [(at - first.began, reply) for at, reply in replies.get(first.tracking_id, ())]),
    )
