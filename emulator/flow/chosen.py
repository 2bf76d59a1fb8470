"""What a flow does by the choices that it began under, where the machine asks. Pure."""

from __future__ import annotations

from typing import Final

from emulator.channels.table import CHANNELS, VOICE, Channel, Kind
from emulator.choices.table import Choices
from emulator.flow.kinds import SINGLE
from emulator.flow.request import Step
from emulator.flow.state import Flow, FlowStatus, Message, reason

_DELIVERED: Final = {Channel.SMS: ("Undelivered", "Delivered"), Channel.VIBER: ("EXPIRED", "DELIVERED")}
"""In what a message ends whose ttl runs out, and what it is when it is delivered."""


def moves_on(step: Step, status: str, choices: Choices) -> bool:
    """Whether the end of a step in this status lets the next one run."""
    if status == "Completed" and choices.completed_listed == "succeeds":
        return False
    if status in step.failover_on_statuses:
        return True
    by_default = step.channel is Channel.VOICE and set(step.failover_on_statuses) == set(VOICE.default_failover)
    failed = status in VOICE.legal_failover and VOICE.statuses[status] is Kind.FAILURE
    return by_default and failed and choices.voice_failure_unlisted == "next-step"


def follows(flow: Flow, channel: Channel, message: Message, status: str) -> bool:
    """Whether a message that has ended may still come to this status."""
    if CHANNELS[channel].after_final.get(message.status) == status:
        return flow.choices.seen_after_delivered == "shown"
    ttl = CHANNELS[channel].ttl
    expired = ttl is not None and reason(channel, message).detailed_status == ttl.detailed
    late = expired and _DELIVERED[channel] == (message.status, status)
    return late and flow.choices.delivered_after_expired == "shown"


def status_of_start(flow: Flow) -> FlowStatus:
    """What status a flow has once its next step has started."""
    waits = flow.choices.first_status == "Queued" and not flow.messages
    return FlowStatus.QUEUED if waits else FlowStatus.IN_PROGRESS


def tells_of_queued(flow: Flow) -> bool:
    """Whether the customer is told that the first message is queued."""
    choices = flow.choices
    return (choices.sms_queued_callback if flow.kind in SINGLE else choices.queued_callback) == "posted"


def completes(before: Flow, after: Flow) -> bool:
    """Whether OnCompletion posts what has become of a flow."""
    if before.status.final:
        return after.messages != before.messages and after.choices.seen_after_completion == "posted"
    if after.status.final or after.choices.completion_callback == "flow":
        return after.status.final
    return any(was.live and not now.live for was, now in zip(before.messages, after.messages, strict=False))
