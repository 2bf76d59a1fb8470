"""Whether a channel's report fits its flow, and if not, why. Pure."""

from __future__ import annotations

from emulator.channels.table import CHANNELS
from emulator.flow.chosen import follows
from emulator.flow.request import Step, ViberStep
from emulator.flow.state import Flow, Message, Report


def objection(flow: Flow, report: Report) -> str | None:
    """Why a report does not fit its flow, in words; None if it fits."""
    channel = flow.request.flow[report.step].channel
    message = message_of(flow, report.step)
    if report.status not in CHANNELS[channel].statuses:
        return f"{channel} has no status {report.status}"
    if message is None:
        return f"the {channel} step has not started"
    if message.status == report.status:
        return f"the message is {report.status} already"
    if message.live:
        return _objection_live(flow, message, report)
    fits = follows(flow, channel, message, report.status)
    return None if fits else f"the message ended as {message.status}"


def _objection_live(flow: Flow, message: Message, report: Report) -> str | None:
    step = flow.request.flow[message.step]
    traits = CHANNELS[step.channel]
    if held(step, message.status):
        expires = () if passes_on(flow, message.step) or traits.ttl is None else (traits.ttl.status,)
        ways_out = (traits.after_final[message.status], *expires)
        return None if report.status in ways_out else f"after {message.status} only {' or '.join(ways_out)} can come"
    life = list(traits.statuses)
    if not traits.final(report.status) and life.index(report.status) < life.index(message.status):
        return f"{report.status} comes before {message.status}"
    return None


def held(step: Step, status: str) -> bool:
    """Whether `expireOnDelivery` keeps the step live in this status, which would end it otherwise."""
    return (
        isinstance(step, ViberStep) and step.expire_on_delivery and status == CHANNELS[step.channel].holds_on_delivery
    )


def passes_on(flow: Flow, step: int) -> bool:
    """Whether the step of this index is delivered, and the next one starts at the end of its ttl since then."""
    asked, message = flow.request.flow[step], message_of(flow, step)
    waits = message is not None and message.live and held(asked, message.status)
    return waits and isinstance(asked, ViberStep) and asked.ttl_since_delivery is True


def message_of(flow: Flow, step: int) -> Message | None:
    """The message of the step of this index; None if it has not started."""
    for message in flow.messages:
        if message.step == step:
            return message
    return None
