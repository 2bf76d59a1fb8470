"""The table of mistakes that a request can have, by name.

A mistake spoils a valid body that has a step of each channel, and gives the path that a refusal then names, such as
`flow[0].ttl`. One that belongs to no channel spoils the first step.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from emulator.channels.table import Channel
from emulator.errors import Json

Mistake = Callable[[Json], str]
"""Spoils a body in place; returns the path of what is now wrong."""


class Broken(Struct, frozen=True):
    """A body with exactly one mistake: its name, and the path that the refusal names."""

    mistake: str
    body: Json
    path: str


def _root(member: str, value: object, within: str = "") -> Mistake:
    """A wrong value for a member of the body itself; `within` leads to the wrong part of that value."""

    def spoil(body: Json) -> str:
        body[member] = copy.deepcopy(value)
        return f"{member}{within}"

    return spoil


def _wrong(member: str, value: object, within: str = "", *, channel: Channel | None = None) -> Mistake:
    """A wrong value for a step's member, which may be a path such as `message.label`; `within` as in `_root`."""

    def spoil(body: Json) -> str:
        position, step = _step(body, channel)
        *parents, name = member.split(".")
        for parent in parents:
            step = step[parent]
        step[name] = copy.deepcopy(value)
        return f"flow[{position}].{member}{within}"

    return spoil


def _missing(member: str, *, channel: Channel | None = None) -> Mistake:
    """A step without a required member."""

    def spoil(body: Json) -> str:
        position, step = _step(body, channel)
        del step[member]
        return f"flow[{position}].{member}"

    return spoil


def _step(body: Json, channel: Channel | None) -> tuple[int, Any]:
    """The first step of a channel (None: of any), with its index."""
    steps = enumerate(body["flow"])
    return next((position, step) for position, step in steps if channel in (None, step["type"]))


def _sms(member: str, value: object, within: str = "") -> Mistake:
    return _wrong(member, value, within, channel=Channel.SMS)


def _viber(member: str, value: object, within: str = "") -> Mistake:
    return _wrong(member, value, within, channel=Channel.VIBER)


def _voice(member: str, value: object, within: str = "") -> Mistake:
    return _wrong(member, value, within, channel=Channel.VOICE)


def _verb(verb: Json, within: str) -> Mistake:
    return _voice("dialPlan.verbs", [verb], f"[0].{within}")


def _say(within: str, **message: str) -> Mistake:
    return _verb({"type": "SAY", "message": message}, f"message.{within}")


_IMAGE: Final = "https://cdn.example/p.png"
_LINK: Final = "https://app.example/p/71"
_FILE: Final = {"fileName": "a.pdf", "fileType": "pdf", "fileUrl": "https://cdn.example/a.pdf"}
_VIDEO: Final = {"videoUrl": "https://cdn.example/v.mp4", "videoThumbnail": _IMAGE, "fileSize": 1.5, "duration": 10}

MISTAKES: Final = MappingProxyType(
    {
        "flow-null": _root("flow", None),
        "flow-empty": _root("flow", []),
        "flow-no-array": _root("flow", {"type": "Sms"}),
        "callback-without-url": _root("callback", {"strategy": "OnStep"}, ".url"),
        "callback-url-without-host": _root("callback", {"strategy": "OnStep", "url": "/hook"}, ".url"),
        "callback-strategy-unknown": _root("callback", {"strategy": "Always", "url": _LINK}, ".strategy"),
        "type-missing": _missing("type"),
        "type-unknown": _wrong("type", "Email"),
        "to-missing": _missing("to"),
        "to-national": _wrong("to", "06912345678"),
        "to-too-short": _wrong("to", "+30691"),
        "order-decimal": _wrong("order", 1.5),
        "order-negative": _wrong("order", -1),
        "order-text": _wrong("order", "first"),
        "template": _wrong("templateId", "welcome"),
        "sms-from-missing": _missing("from", channel=Channel.SMS),
        "sms-from-too-long": _sms("from", "Twelve chars"),
        "sms-ttl-half": _sms("ttl", 0.5),
        "sms-ttl-zero": _sms("ttl", 0),
        "sms-ttl-too-large": _sms("ttl", 1441),
        "sms-message-missing": _missing("message", channel=Channel.SMS),
        "sms-body-empty": _sms("message.body", ""),
        "sms-label-too-long": _sms("message.label", "x" * 351),
        "sms-flash-text": _sms("message.flash", "yes"),
        "sms-short-link-too-brief": _sms("urlShortener", {"urlValidity": 60}, ".urlValidity"),
        "sms-status-of-viber": _sms("failoverOnStatuses", ["EXPIRED"], "[0]"),
        "viber-sender-missing": _missing("senderInfoTrackingId", channel=Channel.VIBER),
        "viber-ttl-two-decimals": _viber("ttl", 2.55),
        "viber-ttl-too-small": _viber("ttl", 0.4),
        "viber-ttl-too-large": _viber("ttl", 1440.5),
        "viber-message-missing": _missing("message", channel=Channel.VIBER),
        "viber-message-empty": _viber("message", {}),
        "viber-text-too-long": _viber("message", {"text": "x" * 1001}, ".text"),
        "viber-image-not-https": _viber("message", {"imageUrl": "http://cdn.example/p.png"}, ".imageUrl"),
        "viber-image-with-text": _viber("message", {"text": "Hi", "imageUrl": _IMAGE}),
        "viber-button-without-link": _viber(
            "message", {"text": "Hi", "action": {"caption": "Open"}}, ".action.targetUrl"
        ),
        "viber-caption-too-long": _viber(
            "message", {"text": "Hi", "action": {"caption": "x" * 31, "targetUrl": _LINK}}, ".action.caption"
        ),
        "viber-file-with-text": _viber("message", {"text": "Hi", "viberFile": _FILE}),
        "viber-file-of-unknown-type": _viber(
            "message", {"viberFile": _FILE | {"fileType": "exe"}}, ".viberFile.fileType"
        ),
        "viber-video-with-image": _viber("message", {"imageUrl": _IMAGE, "viberVideo": _VIDEO}),
        "viber-video-too-long": _viber("message", {"viberVideo": _VIDEO | {"duration": 601}}, ".viberVideo.duration"),
        "viber-status-of-sms": _viber("failoverOnStatuses", ["Sent"], "[0]"),
        "voice-dial-plan-missing": _missing("dialPlan", channel=Channel.VOICE),
        "voice-dial-plan-empty": _voice("dialPlan", {"verbs": []}, ".verbs"),
        "voice-verb-unknown": _verb({"type": "RECORD"}, "type"),
        "voice-say-without-language": _say("language", text="Hi"),
        "voice-say-language-unknown": _say("language", text="Hi", language="nl-NL"),
        "voice-say-too-long": _say("text", text="x" * 1001, language="en-GB"),
        "voice-play-no-wav": _verb({"type": "PLAY", "fileURL": "https://cdn.example/a.mp3"}, "fileURL"),
        "voice-repeat-too-small": _verb(
            {"type": "PLAY", "fileURL": "https://cdn.example/a.wav", "repeat": -2}, "repeat"
        ),
        "voice-detection-without-strategy": _voice("machineDetection", {"eventUrl": _LINK}, ".strategy"),
        "voice-status-of-progress": _voice("failoverOnStatuses", ["Ringing"], "[0]"),
    }
)
"""Every mistake by its name."""
