"""What of a flow is charged, in units that any table of prices prices: parts of an Sms, a Viber message, seconds of a
call, a code. Pure: it knows no price.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct

from emulator.channels import numbers
from emulator.channels.table import CHANNELS, Channel, Kind
from emulator.channels.text import count
from emulator.choices.table import TAKEN
from emulator.flow.content import sent, talked, text
from emulator.flow.request import SmsStep, Step, ViberStep, VoiceStep, sequence
from emulator.flow.state import Flow, Message

UNSENT: Final = frozenset({"Failed", "FAILED", "Unsent", "UNSENT"})
"""The statuses of messages that were never sent, which are free."""
CODE: Final = "TwoStep"
"""What a code is charged as that a two-step verification sends, whatever its channel."""


class Usage(Struct, frozen=True, gc=False, array_like=True):
    """What a message uses: so many `units` of a channel to a `country` (empty: unknown), which are an Sms's parts, one
    Viber message of a `kind`, or the seconds for which a call was answered; or of CODE, one code by that `kind`. None
    if it is free.
    """

    of: str
    country: str
    kind: str
    units: int


def used(flow: Flow, message: Message) -> Usage:
    """What a message uses in its present status."""
    step = flow.request.flow[message.step]
    status, parts, kind = message.status, message.parts, ""
    if flow.verification is not None:
        kind = "voice" if isinstance(step, VoiceStep) else "sms"
        return Usage(CODE, "", kind, int(not free(flow, step, status)))
    if isinstance(step, SmsStep):
        units = count(sent(flow, step))
        if parts:
            units -= sum(free(flow, step, failed) for _, failed in parts)
            status = "Delivered"
    elif isinstance(step, ViberStep):
        units, kind = 1, sort(step)
    else:
        units = talked(message)
    if status in UNSENT if flow.choices is TAKEN else free(flow, step, status):
        units = 0
    return Usage(step.channel, numbers.country(str(step.to)), kind, units)


def by_sms(flow: Flow) -> Usage:
    """What a flow would have used as an Sms alone, sent once and taken by the network: the text of its first Sms, or of
    its first step if it has none, in as many parts as that takes, to the same recipient.
    """
    if flow.verification is not None:
        return Usage(CODE, "", "sms", 1)
    first: SmsStep | None = None
    for each in flow.request.flow:
        if isinstance(each, SmsStep) and (first is None or each.order < first.order):
            first = each
    if first is not None:
        return Usage(Channel.SMS, numbers.country(first.to), "", count(sent(flow, first)))
    step = flow.request.flow[sequence(flow.request)[0]]
    return Usage(Channel.SMS, numbers.country(str(step.to)), "", count(text(step)))


def sort(step: ViberStep) -> str:
    """Which of two kinds of Viber messages a step sends, whose prices differ."""
    content = step.message
    text_only = content.image_url is content.action is content.viber_file is content.viber_video is UNSET
    return "transactional" if text_only else "promotional"


def free(flow: Flow, step: Step, status: str) -> bool:
    """Whether a step's message, or a part of it, costs nothing in this status. A call is charged by its seconds."""
    if status in UNSENT or flow.choices.unsuccessful_messages == "charged":
        return status in UNSENT
    return step.channel is not Channel.VOICE and CHANNELS[step.channel].statuses[status] is Kind.FAILURE
