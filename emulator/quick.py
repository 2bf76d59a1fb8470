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

from msgspec import UNSET, MsgspecError, Struct, UnsetType, convert, json

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
_AT_FAULT: Final = (MsgspecError, ValueError, RecursionError)


class _NotQuick(Exception):
    """The request is written in a way that is the full reader's to understand."""


class Read(Struct, frozen=True, gc=False):
    """A request, and its JSON."""

    request: Request
    json: bytes


def read(body: bytes) -> Read | None:
    """The request of a POST /failover body; None if the full reader must look at it."""
    if b"\\u003" in body:  # an escaped colon, maybe
        return None
    try:
        found = _wire().decode(body)
        filled = _Filled()
        request = _request(found, filled)
    except _AT_FAULT:
        return None
    except _NotQuick:
        return None
    written = _encode(request)
    return Read(request, written) if body.count(b":") == written.count(b":") - filled.members else None


def again(body: bytes) -> Request:
    """The request of a body that was read before."""
    return _request(_wire().decode(body), _Filled())


class _Filled:
    """How many members were filled in."""

    __slots__ = ("members",)

    def __init__(self) -> None:
        self.members = 0


def _request(found: Any, filled: _Filled) -> Request:
    make = _wire().make
    flow: list[Step] = [make[type(step)](step, position, filled) for position, step in enumerate(found.flow, 1)]
    callback = found.callback
    if callback is UNSET:
        return Request(flow)
    strategy = callback.strategy
    if strategy is UNSET:
        filled.members += 1
        strategy = Strategy.ON_COMPLETION
    return Request(flow, Callback(strategy, callback.url))


def _order(step: Any, position: int, filled: _Filled) -> int:
    if step.order is UNSET:
        filled.members += 1
        return position
    return step.order


def _sms(step: Any, position: int, filled: _Filled) -> Step:
    message, ttl = step.message, step.ttl
    if ttl is UNSET:
        filled.members += 1
        ttl = _SMS_TTL
    flash = message.flash
    if flash is UNSET:
        filled.members += 1
        flash = False
    return SmsStep(
        step.sender,
        step.to,
        ttl,
        SmsMessage(message.body, flash, message.label, message.transcode),
        _order(step, position, filled),
        _statuses(Channel.SMS, step.failover_on_statuses, filled),
    )


def _viber(step: Any, position: int, filled: _Filled) -> Step:
    message, ttl, expire = step.message, step.ttl, step.expire_on_delivery
    if not _legal(message):
        raise _NotQuick
    if ttl is UNSET:
        filled.members += 1
        ttl = _VIBER_TTL
    elif not _SHORTEST <= ttl <= _LONGEST or has_decimals(ttl, 1):
        raise _NotQuick
    if expire is UNSET:
        filled.members += 1
        expire = False
    action = message.action
    return ViberStep(
        step.sender_info_tracking_id,
        step.to,
        ttl,
        ViberMessage(
            message.text, message.image_url, action if action is UNSET else Action(action.caption, action.target_url)
        ),
        _order(step, position, filled),
        _statuses(Channel.VIBER, step.failover_on_statuses, filled),
        expire,
        step.inbound_url,
        step.label,
    )


def _legal(message: Any) -> bool:
    """Whether a Viber message has one of the combinations that Viber has: of text, picture and button, not only two
    with the picture among them.
    """
    text, image, action = message.text is not UNSET, message.image_url is not UNSET, message.action is not UNSET
    return (text and action) or (text or image) and not (image and (text or action))


def _voice(step: Any, position: int, filled: _Filled) -> Step:
    verbs = step.dial_plan.verbs
    convert(verbs, _wire().says)
    return VoiceStep(
        step.sender,
        step.to,
        [DialPlan(verbs)],
        _order(step, position, filled),
        _statuses(Channel.VOICE, step.failover_on_statuses, filled),
    )


def _statuses(channel: Channel, found: tuple[str, ...] | UnsetType, filled: _Filled) -> list[str]:
    if found is UNSET:
        filled.members += 1
        return _DEFAULTS[channel]
    listed = _spelled(channel, found)
    if listed is None:
        raise _NotQuick
    return listed


@lru_cache(1024)
def _spelled(channel: Channel, found: tuple[str, ...]) -> list[str] | None:
    """A list of statuses in the documented spelling, each once; None if one is none of the channel's."""
    traits = CHANNELS[channel]
    spelled = [traits.spell(status) for status in found]
    return list(dict.fromkeys(spelled)) if all(each in traits.legal_failover for each in spelled) else None  # type: ignore[arg-type]


_DEFAULTS: Final = {channel: list(traits.default_failover) for channel, traits in CHANNELS.items()}
_SMS_TTL: Final = 1200
_VIBER_TTL: Final = 10
_SHORTEST: Final = 0.5
_LONGEST: Final = 1440
