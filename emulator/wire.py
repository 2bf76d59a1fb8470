"""What a quick request looks like on the wire: the schemas' limits as types. Compiling their patterns takes 5 ms, so this
is imported by the first request.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field, json

from emulator.model import Json, Strategy
from emulator.schema import rules

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


decode: Final = json.Decoder(_Request).decode
SAYS: Final = list[_Say]
SMS: Final = _Sms
VIBER: Final = _Viber
VOICE: Final = _Voice
