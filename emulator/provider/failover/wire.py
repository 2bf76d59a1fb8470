"""The types that the quick reader decodes a body into: the schemas' limits, and the request that each type becomes.

They know one way to write everything, the documented one; the rest is for the full reader. Compiling their patterns
takes 5 ms, so `quick` imports this module with the first request.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Final, Literal, NotRequired, TypeAlias, TypedDict, cast

from msgspec import UNSET, Meta, Struct, UnsetType, field, json

from emulator.channels.table import CHANNELS, SMS, VIBER, VOICE, Channel
from emulator.channels.text import SURE
from emulator.errors import Json
from emulator.flow import request
from emulator.flow.request import Strategy
from emulator.provider.reading.limits import number, text
from emulator.validation.schema import rounded, rules


class NotQuick(ValueError):
    """The full reader must read this request."""


# --- the limits -------------------------------------------------------------------------------------------------


def _listed(*path: str) -> tuple[str, ...]:
    """The texts that the schemas list at a path."""
    return tuple(rules(*path)["enum"])


def _cases(statuses: tuple[str, ...]) -> tuple[str, ...]:
    """Statuses in the documented case and the three common ones."""
    return tuple({case for each in statuses for case in (each, each.upper(), each.lower(), each.capitalize())})


_CONTENT: Final = ("viber-step", "properties", "message", "properties")
_TTL: Final = ("viber-step", "properties", "ttl")
_TTL_LIMITS: Final = Meta(ge=rules(*_TTL)["minimum"], le=rules(*_TTL)["maximum"])
_VERB: Final = ("voice-step", "$defs", "verb")
_SAID: Final = ("voice-step", "$defs", "say", "then", "properties", "message", "properties")

_Text = Annotated[str, Meta(min_length=1)]
_Phone = Annotated[str, text("definitions", "$defs", "phone")]
_Label = Annotated[str, text("definitions", "$defs", "label")]
_Http = Annotated[str, text("definitions", "$defs", "httpUrl")]
_Https = Annotated[str, text("definitions", "$defs", "httpsUrl")]
_Order = Annotated[int, number("definitions", "$defs", "order")]

_SmsText = Annotated[str, Meta(min_length=1, max_length=SURE)]
_SmsSender = Annotated[str, text("sms-step", "properties", "from")]
_SmsTtl = Annotated[int, number("sms-step", "properties", "ttl")]
_SmsStatus: TypeAlias = Literal[_cases(SMS.legal_failover)]  # type: ignore[valid-type]

_ViberTtl = Annotated[int, number(*_TTL)] | Annotated[float, _TTL_LIMITS]
_ViberText = Annotated[str, text(*_CONTENT, "text")]
_Caption = Annotated[str, text(*_CONTENT, "action", "properties", "caption")]
_Target = Annotated[str, text(*_CONTENT, "action", "properties", "targetUrl")]
_ViberStatus: TypeAlias = Literal[_cases(VIBER.legal_failover)]  # type: ignore[valid-type]

_Caller = Annotated[str, text("voice-step", "properties", "from")]
_Said = Annotated[str, text(*_SAID, "text")]
_Language: TypeAlias = Literal[_listed(*_SAID, "language")]  # type: ignore[valid-type]
_Gender: TypeAlias = Literal[_listed(*_SAID, "gender")]  # type: ignore[valid-type]
_Repeat = Annotated[int, number(*_VERB, "properties", "repeat")]
_VoiceStatus: TypeAlias = Literal[_cases(VOICE.legal_failover)]  # type: ignore[valid-type]


# --- the types --------------------------------------------------------------------------------------------------


class _Wire(Struct, rename="camel", gc=False):
    """A JSON object. Unknown members are dropped; `quick` notices that."""


class _SmsMessage(_Wire):
    """The content of an Sms."""

    body: _SmsText
    flash: bool | UnsetType = UNSET
    label: _Label | UnsetType = UNSET
    transcode: bool | UnsetType = UNSET


class _Sms(_Wire, tag_field="type", tag=Channel.SMS.value):
    """An Sms step."""

    to: _Phone
    message: _SmsMessage
    sender: _SmsSender = field(name="from")
    ttl: _SmsTtl | UnsetType = UNSET
    order: _Order | UnsetType = UNSET
    failover_on_statuses: tuple[_SmsStatus, ...] | UnsetType = UNSET

    def step(self, position: int) -> request.Step:
        """The step with its defaults filled in; `position` is its place in the flow, from 1."""
        found = self.message
        return request.SmsStep(
            self.sender,
            self.to,
            _SMS_TTL if self.ttl is UNSET else self.ttl,
            request.SmsMessage(found.body, found.flash is True, found.label, found.transcode),
            position if self.order is UNSET else self.order,
            _failover(Channel.SMS, self.failover_on_statuses),
        )


class _Action(_Wire):
    """The button of a Viber message."""

    caption: _Caption
    target_url: _Target


class _ViberMessage(_Wire):
    """The content of a Viber message without file or video."""

    text: _ViberText | UnsetType = UNSET
    image_url: _Https | UnsetType = UNSET
    action: _Action | UnsetType = UNSET

    def message(self) -> request.ViberMessage:
        """The message, if Viber has the combination: an image alone or with both text and button, or a text with or
        without a button. Raises NotQuick.
        """
        found, no_text = self.action, self.text is UNSET
        button = found if found is UNSET else request.Action(found.caption, found.target_url)
        if no_text if self.image_url is UNSET else no_text is not (button is UNSET):
            raise NotQuick
        return request.ViberMessage(self.text, self.image_url, button)


class _Viber(_Wire, tag_field="type", tag=Channel.VIBER.value):
    """A Viber step."""

    sender_info_tracking_id: _Text
    to: _Phone
    message: _ViberMessage
    ttl: _ViberTtl | UnsetType = UNSET
    order: _Order | UnsetType = UNSET
    failover_on_statuses: tuple[_ViberStatus, ...] | UnsetType = UNSET
    expire_on_delivery: bool | UnsetType = UNSET
    inbound_url: _Http | UnsetType = UNSET
    label: _Label | UnsetType = UNSET

    def step(self, position: int) -> request.Step:
        """The step with its defaults filled in. Raises NotQuick."""
        if isinstance(self.ttl, float) and rounded(self.ttl, _VIBER_DECIMALS) != self.ttl:
            raise NotQuick
        return request.ViberStep(
            self.sender_info_tracking_id,
            self.to,
            _VIBER_TTL if self.ttl is UNSET else self.ttl,
            self.message.message(),
            position if self.order is UNSET else self.order,
            _failover(Channel.VIBER, self.failover_on_statuses),
            self.expire_on_delivery is True,
            self.inbound_url,
            self.label,
        )


class _SayMessage(TypedDict):
    """The text of a SAY."""

    text: _Said
    language: _Language
    gender: NotRequired[_Gender]


class _Say(TypedDict):
    """A SAY. It is a dict because verbs are stored with their members in the order in which they came."""

    type: Literal["SAY"]
    message: _SayMessage
    repeat: NotRequired[_Repeat]
    bargeIn: NotRequired[bool]


class _DialPlan(_Wire):
    """What a call says; only SAY verbs are quick."""

    verbs: Annotated[list[_Say], Meta(min_length=1)]


class _Voice(_Wire, tag_field="type", tag=Channel.VOICE.value):
    """A Voice step."""

    to: _Phone
    dial_plan: _DialPlan
    sender: _Caller = field(name="from")
    order: _Order | UnsetType = UNSET
    failover_on_statuses: tuple[_VoiceStatus, ...] | UnsetType = UNSET

    def step(self, position: int) -> request.Step:
        """The step with its defaults filled in."""
        return request.VoiceStep(
            self.sender,
            self.to,
            [request.DialPlan(cast("list[Json]", self.dial_plan.verbs))],
            position if self.order is UNSET else self.order,
            _failover(Channel.VOICE, self.failover_on_statuses),
        )


class _Callback(_Wire):
    """The customer's URL, and when it is called."""

    url: _Http
    strategy: Literal["OnStep", "OnCompletion"] | UnsetType = UNSET


class Body(_Wire):
    """A POST /failover body."""

    flow: Annotated[list[_Sms | _Viber | _Voice], Meta(min_length=1)]
    callback: _Callback | UnsetType = UNSET

    def request(self) -> request.Request:
        """The request with its defaults filled in. Raises NotQuick."""
        flow = [step.step(position) for position, step in enumerate(self.flow, 1)]
        found = self.callback
        if found is UNSET:
            return request.Request(flow)
        strategy = Strategy.ON_STEP if found.strategy == "OnStep" else Strategy.ON_COMPLETION
        return request.Request(flow, request.Callback(strategy, found.url))


@lru_cache(1024)
def _failover(channel: Channel, found: tuple[str, ...] | UnsetType) -> list[str]:
    """The statuses that start the next step, each once, in the documented spelling; the channel's defaults without any.
    Equal lists are one list, which nobody may change. Raises NotQuick for one too long to be kept in the cache.
    """
    traits = CHANNELS[channel]
    if not found:
        return list(traits.default_failover)
    if len(found) > len(traits.statuses):
        raise NotQuick
    return list(dict.fromkeys(traits.spell(status) or status for status in found))


assert SMS.ttl
assert VIBER.ttl
_SMS_TTL: Final = SMS.ttl.default
_VIBER_TTL: Final = VIBER.ttl.default
_VIBER_DECIMALS: Final = VIBER.ttl.decimals

decode: Final = json.Decoder(Body).decode
"""Decodes the bytes of a body. Raises ValueError or RecursionError."""
