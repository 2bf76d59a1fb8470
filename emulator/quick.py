"""The quick reader: requests written as the documentation writes them, at a fifth of what the full reader takes.

It takes a body only if the full reader (`intake`) would make the same of it, and hands back nothing otherwise: unusual
spellings, empty members, members that it does not know and all that is wrong are for the full reader. Its limits are the
schemas' own, read from them. What a JSON reader does not tell, whether a key came twice, follows from counting colons: a
body without escaped ones has as many as its value encoded anew, less those of the members that were filled in.
"""

from __future__ import annotations

import importlib
from functools import cache, lru_cache
from typing import Any, Final

from msgspec import UNSET, MsgspecError, Struct, convert, json

from emulator.channels import CHANNELS
from emulator.model import (
    Action,
    Callback,
    Channel,
    DialPlan,
    Json,
    Request,
    SmsMessage,
    SmsStep,
    Step,
    Strategy,
    ViberMessage,
    ViberStep,
    VoiceStep,
)
from emulator.schema import has_decimals


class _Wire:
    """The wire's types, once they are needed."""

    def __init__(self) -> None:
        wire = importlib.import_module("emulator.wire")
        self.decode = wire.decode
        self.says = wire.SAYS
        self.make = {wire.SMS: _sms, wire.VIBER: _viber, wire.VOICE: _voice}


@cache
def _wire() -> _Wire:
    return _Wire()


_encode: Final = json.Encoder().encode


class _NotQuick(Exception):
    """The request is written in a way that is the full reader's to understand."""


_AT_FAULT: Final = (_NotQuick, MsgspecError, ValueError, RecursionError)


class Read(Struct, frozen=True, gc=False):
    """A request, and its JSON."""

    request: Request
    json: bytes


def read(body: bytes) -> Read | None:
    """The request of a POST /failover body; None if the full reader must look at it."""
    if b"\\u003" in body:  # an escaped colon, maybe
        return None
    wire = _wire()
    try:
        request, filled = _request(wire, wire.decode(body))
    except _AT_FAULT:
        return None
    written = _encode(request)
    return Read(request, written) if body.count(b":") == written.count(b":") - filled else None


def again(body: bytes) -> Request:
    """The request of a body that was read before."""
    wire = _wire()
    return _request(wire, wire.decode(body))[0]


def _request(wire: _Wire, found: Any) -> tuple[Request, int]:
    """The request, and how many members were filled in. Raises _NotQuick."""
    make, filled, position = wire.make, 0, 0
    flow: list[Step] = []
    for step in found.flow:
        position += 1
        made, more = make[type(step)](step, position)
        flow.append(made)
        filled += more
    callback = found.callback
    if callback is UNSET:
        return Request(flow), filled
    strategy = callback.strategy
    if strategy is UNSET:
        return Request(flow, Callback(Strategy.ON_COMPLETION, callback.url)), filled + 1
    return Request(flow, Callback(strategy, callback.url)), filled


def _sms(step: Any, position: int) -> tuple[Step, int]:
    message, ttl, order, flash, filled = step.message, step.ttl, step.order, step.message.flash, 0
    if ttl is UNSET:
        ttl, filled = _SMS_TTL, filled + 1
    if flash is UNSET:
        flash, filled = False, filled + 1
    if order is UNSET:
        order, filled = position, filled + 1
    if (statuses := step.failover_on_statuses) is UNSET:
        statuses, filled = _DEFAULTS[Channel.SMS], filled + 1
    else:
        statuses = _spelled(Channel.SMS, statuses)
    content = SmsMessage(message.body, flash, message.label, message.transcode)
    return SmsStep(step.sender, step.to, ttl, content, order, statuses), filled


def _viber(step: Any, position: int) -> tuple[Step, int]:
    message, ttl, order, expire, filled = step.message, step.ttl, step.order, step.expire_on_delivery, 0
    if not _legal(message):
        raise _NotQuick
    if ttl is UNSET:
        ttl, filled = _VIBER_TTL, filled + 1
    elif not _SHORTEST <= ttl <= _LONGEST or has_decimals(ttl, 1):
        raise _NotQuick
    if expire is UNSET:
        expire, filled = False, filled + 1
    if order is UNSET:
        order, filled = position, filled + 1
    if (statuses := step.failover_on_statuses) is UNSET:
        statuses, filled = _DEFAULTS[Channel.VIBER], filled + 1
    else:
        statuses = _spelled(Channel.VIBER, statuses)
    action = message.action
    button = action if action is UNSET else Action(action.caption, action.target_url)
    content = ViberMessage(message.text, message.image_url, button)
    made = ViberStep(
        step.sender_info_tracking_id, step.to, ttl, content, order, statuses, expire, step.inbound_url, step.label
    )
    return made, filled


def _legal(message: Any) -> bool:
    """Whether a Viber message has one of the combinations that Viber has: of text, picture and button, not only two
    with the picture among them.
    """
    text, image, action = message.text is not UNSET, message.image_url is not UNSET, message.action is not UNSET
    return (text and action) or (text or image) and not (image and (text or action))


def _voice(step: Any, position: int) -> tuple[Step, int]:
    verbs, order, filled = step.dial_plan.verbs, step.order, 0
    convert(verbs, _wire().says)
    if order is UNSET:
        order, filled = position, filled + 1
    if (statuses := step.failover_on_statuses) is UNSET:
        statuses, filled = _DEFAULTS[Channel.VOICE], filled + 1
    else:
        statuses = _spelled(Channel.VOICE, statuses)
    return VoiceStep(step.sender, step.to, [DialPlan(verbs)], order, statuses), filled


@lru_cache(1024)
def _spelled(channel: Channel, found: tuple[str, ...]) -> list[str]:
    """A list of statuses in the documented spelling, each once. Raises _NotQuick if one is none of the channel's."""
    traits = CHANNELS[channel]
    spelled = [traits.spell(status) or "" for status in found]
    if not all(each in traits.legal_failover for each in spelled):
        raise _NotQuick
    return list(dict.fromkeys(spelled))


_DEFAULTS: Final = {channel: list(traits.default_failover) for channel, traits in CHANNELS.items()}
_SMS_TTL: Final = 1200
_VIBER_TTL: Final = 10
_SHORTEST: Final = 0.5
_LONGEST: Final = 1440
