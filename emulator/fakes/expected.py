"""The request that an expectation of a scenario sends: the sample of each channel, with the members that it gives."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from msgspec import json

from emulator.channels.table import Channel
from emulator.errors import Json
from emulator.fakes import samples
from emulator.flow.request import Request
from emulator.provider import requests
from emulator.provider.failover import reading
from emulator.provider.failover.reading import Invalid
from emulator.provider.otp.request import AFTER_DELIVERY, SEND
from emulator.provider.viber.reading import DEFAULT_TTL
from emulator.scenario.rules import Expectation

__all__ = ["Invalid", "request_of"]

NUMBER: Final = "+306911111111"
"""The recipient of a step that names none."""
TEXT: Final = "Hi"
"""What a step says that has no text."""
URL: Final = "http://127.0.0.1/"
OF_CALLS: Final = frozenset(("dialPlan", "machineDetection"))
"""What a step of a call alone can have."""
VIDEO: Final = MappingProxyType({"videoThumbnail": "https://127.0.0.1/video.png", "fileSize": 1, "duration": 10})
"""What a video has beside its URL."""


def request_of(expected: Expectation) -> Request:
    """The request, with callbacks on each step. Raises Invalid if the API refuses it."""
    if expected.endpoint in _SINGLE:
        return _single(expected, *_SINGLE[expected.endpoint])
    if expected.endpoint == "2step":
        return _code(expected)
    if expected.endpoint == "otp":
        return _password(expected)
    templated = expected.endpoint == "transactional"
    flow = [_step(dict(told), order, templated=templated) for order, told in enumerate(expected.send, 1)]
    body = json.encode({"flow": flow, "callback": {"strategy": "OnStep", "url": URL}})
    return reading.read(body, form=reading.FORMS[expected.endpoint]).request


def _single(expected: Expectation, channel: Channel, sample: Callable[[str, str, str], Json]) -> Request:
    """A request for a single message on this channel."""
    if len(expected.send) != 1 or expected.send[0]["type"] != channel:
        why = f"must be one {channel}, since a single message has no other steps"
        raise Invalid(f"{channel}Tracking", {"send": why})
    told = dict(expected.send[0])
    if "video" in told:
        raise Invalid(f"{channel}Tracking", {"send": "only a step of a flow can have a video here"})
    made = sample(told.pop("to", NUMBER), told.pop("text", TEXT), URL)
    del told["type"]
    if channel is not Channel.SMS:
        seconds = round(told.pop("ttl", 0) * 60)  # of Viber alone; its default is no value to ask for
        told |= {"ttl": seconds} if channel is Channel.VIBER and seconds not in {0, DEFAULT_TTL} else {}
    return requests.request_of(json.encode(made | told))


_SINGLE: Final = MappingProxyType[str, tuple[Channel, Callable[[str, str, str], Json]]](
    {
        "sms": (Channel.SMS, samples.sms),
        "viber": (Channel.VIBER, samples.viber),
        "voice": (Channel.VOICE, samples.call),
    }
)
"""The services that send one message: its channel, and what makes a sample of it."""


def _code(expected: Expectation) -> Request:
    """A request for a code, by the channel that is expected to bring it."""
    methods = {Channel.SMS: "sms", Channel.VOICE: "voice"}
    if len(expected.send) != 1 or expected.send[0]["type"] not in methods:
        raise Invalid("TwoStep", {"send": "must be one Sms or Voice, which brings the code"})
    told = dict(expected.send[0])
    names = {"to": "recipient", "from": "originator", "text": "template"}
    if unknown := sorted(told.keys() - names.keys() - {"type"}):
        raise Invalid("TwoStep", {f"send.{unknown[0]}": "a code's message has none; it may say to, from and text"})
    made = {"method": methods[told.pop("type")], "recipient": NUMBER} | {names[key]: told[key] for key in told}
    return requests.request_of(json.encode(made))


def _password(expected: Expectation) -> Request:
    """A request for a one-time password; what expires on delivery there lets the next channel follow that."""
    steps: list[Json] = []
    for order, told in enumerate(expected.send, 1):
        (made,) = samples.otp([told["type"]], told.get("to", NUMBER), told.get("text", TEXT))["flow"]
        own = {name: told[name] for name in told.keys() - {"type", "text", "ttl", "expireOnDelivery"}}
        own |= {AFTER_DELIVERY[0]: True} if told.get("expireOnDelivery") else {}
        seconds = {"ttl": round(told["ttl"] * 60)} if "ttl" in told else {}
        steps.append(made | own | seconds | {"order": order})
    asked = {"flow": steps, "callback": {"url": URL}}
    return requests.read(json.encode(asked), SEND).request


def _step(told: Json, order: int, *, templated: bool) -> Json:
    """A step of the API that has these members; `ttl` and `label` are left out where the channel has none. On Viber, it
    may be `templated`, and then has no text.
    """
    channel, to = told.pop("type"), told.pop("to", NUMBER)
    if templated and channel == Channel.VIBER:
        told |= {"message": {"text": told.pop("text")}} if "text" in told else {}
        return samples.templated(to, order=order, **told)
    text, label, video = told.pop("text", TEXT), told.pop("label", None), told.pop("video", None)
    if video is not None and channel != Channel.VIBER:
        raise Invalid(f"{channel}Tracking", {"send": f"a {channel} has no video"})
    if channel == Channel.VOICE:
        told.pop("ttl", None)
    elif of_call := sorted(OF_CALLS & told.keys()):
        raise Invalid(f"{channel}Tracking", {"send": f"only a call has a {of_call[0]}"})
    made = samples.step(channel, to, text, order=order, **told)
    if video is not None:
        made["message"]["viberVideo"] = {"videoUrl": video, **VIDEO}
    if label is not None and channel == Channel.SMS:
        made["message"]["label"] = label
    elif label is not None:
        made["label"] = label
    return made
