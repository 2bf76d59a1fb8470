"""The quick reader: requests written as the documentation writes them, at a fifth of what the full reader takes.

It takes a body only if the full reader (`intake`) would make the same of it, and hands back nothing otherwise: unusual
spellings, empty members, members that it does not know and all that is wrong are for the full reader. Its limits are the
schemas' own, read from them. What a JSON reader does not tell, whether a key came twice, follows from counting colons: a
body without escaped ones has as many as its value encoded anew, less those of the members that were filled in.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, MsgspecError, Struct, UnsetType, convert, field, json

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
from emulator.schema import has_decimals, rules

_SURE: Final = 10**15
"""A whole number up to here is one to every JSON reader."""


def _text(where: str, *path: str) -> Meta:
    found = rules(where, *path)
    return Meta(
        min_length=max(found.get("minLength", 1), 1), max_length=found.get("maxLength"), pattern=found.get("pattern")
    )


def _range(where: str, *path: str) -> Meta:
    found = rules(where, *path)
    return Meta(ge=found["minimum"], le=found.get("maximum", _SURE))


_Text = Annotated[str, Meta(min_length=1)]
_Phone = Annotated[str, _text("definitions", "$defs", "phone")]
_Label = Annotated[str, _text("definitions", "$defs", "label")]
_Http = Annotated[str, _text("definitions", "$defs", "httpUrl")]
_Https = Annotated[str, _text("definitions", "$defs", "httpsUrl")]
_Order = Annotated[int, _range("definitions", "$defs", "order")]
_Statuses = Annotated[tuple[str, ...], Meta(min_length=1)]

_VIBER: Final = ("viber-step", "properties", "message", "properties")
_VERB: Final = ("voice-step", "$defs", "verb")
_SAID: Final = (*_VERB, "allOf", "0", "then", "properties", "message", "properties")


class _SmsMessage(Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, gc=False):
    body: _Text
    flash: bool | UnsetType = UNSET
    label: _Label | UnsetType = UNSET
    transcode: bool | UnsetType = UNSET


class _Sms(Struct, rename="camel", tag_field="type", tag="Sms", forbid_unknown_fields=True, kw_only=True, gc=False):
    to: _Phone
    message: _SmsMessage
    sender: Annotated[str, _text("sms-step", "properties", "from")] = field(name="from")
    ttl: Annotated[int, _range("sms-step", "properties", "ttl")] | UnsetType = UNSET
    order: _Order | UnsetType = UNSET
    failover_on_statuses: _Statuses | UnsetType = UNSET


class _Action(Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, gc=False):
    caption: Annotated[str, _text(*_VIBER, "action", "properties", "caption")]
    target_url: _Http


class _ViberMessage(Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, gc=False):
    text: Annotated[str, _text(*_VIBER, "text")] | UnsetType = UNSET
    image_url: _Https | UnsetType = UNSET
    action: _Action | UnsetType = UNSET


class _Viber(Struct, rename="camel", tag_field="type", tag="Viber", forbid_unknown_fields=True, kw_only=True, gc=False):
    sender_info_tracking_id: _Text
    to: _Phone
    message: _ViberMessage
    ttl: int | float | UnsetType = UNSET
    order: _Order | UnsetType = UNSET
    failover_on_statuses: _Statuses | UnsetType = UNSET
    expire_on_delivery: bool | UnsetType = UNSET
    inbound_url: _Http | UnsetType = UNSET
    label: _Label | UnsetType = UNSET


class _Said(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    text: Annotated[str, _text(*_SAID, "text")]
    language: Literal[tuple(rules(*_SAID, "language")["enum"])]  # type: ignore[valid-type]
    gender: Literal[tuple(rules(*_SAID, "gender")["enum"])] | UnsetType = UNSET  # type: ignore[valid-type]


class _Say(Struct, tag_field="type", tag="SAY", rename="camel", forbid_unknown_fields=True, kw_only=True, gc=False):
    message: _Said
    repeat: Annotated[int, _range(*_VERB, "properties", "repeat")] | UnsetType = UNSET
    barge_in: bool | UnsetType = UNSET


class _DialPlan(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    verbs: Annotated[list[Json], Meta(min_length=1)]


class _Voice(Struct, rename="camel", tag_field="type", tag="Voice", forbid_unknown_fields=True, kw_only=True, gc=False):
    to: _Phone
    dial_plan: _DialPlan
    sender: Annotated[str, _text("voice-step", "properties", "from")] = field(name="from")
    order: _Order | UnsetType = UNSET
    failover_on_statuses: _Statuses | UnsetType = UNSET


class _Callback(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    url: _Http
    strategy: Strategy | UnsetType = UNSET


class _Request(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    flow: Annotated[list[_Sms | _Viber | _Voice], Meta(min_length=1)]
    callback: _Callback | UnsetType = UNSET


@cache
def _decoder() -> json.Decoder[_Request]:
    return json.Decoder(_Request)


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
        found = _decoder().decode(body)
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
    return _request(_decoder().decode(body), _Filled())


class _Filled:
    """How many members were filled in."""

    __slots__ = ("members",)

    def __init__(self) -> None:
        self.members = 0


def _request(found: _Request, filled: _Filled) -> Request:
    flow: list[Step] = []
    for position, step in enumerate(found.flow, 1):
        flow.append(_MAKE[type(step)](step, position, filled))
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


def _sms(step: _Sms, position: int, filled: _Filled) -> Step:
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


def _viber(step: _Viber, position: int, filled: _Filled) -> Step:
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


def _legal(message: _ViberMessage) -> bool:
    """Whether a Viber message has one of the combinations that Viber has: of text, picture and button, not only two
    with the picture among them.
    """
    text, image, action = message.text is not UNSET, message.image_url is not UNSET, message.action is not UNSET
    return (text and action) or (text or image) and not (image and (text or action))


def _voice(step: _Voice, position: int, filled: _Filled) -> Step:
    verbs = step.dial_plan.verbs
    convert(verbs, _SAYS)
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


_SAYS: Final = list[_Say]
_MAKE: Final[dict[type, Any]] = {_Sms: _sms, _Viber: _viber, _Voice: _voice}
_DEFAULTS: Final = {channel: list(traits.default_failover) for channel, traits in CHANNELS.items()}
_SMS_TTL: Final = 1200
_VIBER_TTL: Final = 10
_SHORTEST: Final = rules("viber-step", "properties", "ttl")["minimum"]
_LONGEST: Final = rules("viber-step", "properties", "ttl")["maximum"]
