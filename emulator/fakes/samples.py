"""Fixed sample requests: the shortest valid step of each channel, bodies of POST /failover made of them, and of
those that send a single message.

For whoever shows or checks something and needs a request, but no variety. Must not import Faker, which takes a quarter
of a second: commands use it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from emulator.channels.table import Channel
from emulator.errors import Json

SENDER: Final = "Shop"
"""The sender of an Sms."""
VIBER_SENDER: Final = "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10"
"""The `senderInfoTrackingId` of a Viber step."""
TEMPLATE: Final = "0aac888f-2ee2-4112-9659-1755a951966a"
"""The template of a one-time password that needs nothing but the pin."""
PIN: Final = "4711"
"""A one-time password."""
CALLER: Final = "302100000000"
"""The number that calls."""
LANGUAGE: Final = "en-GB"
"""The language in which a call is spoken."""


def step(channel: str, to: str, text: str, /, **more: Any) -> Json:
    """A valid step that brings this text to this number; `more` are members to add or replace. Raises ValueError for a
    channel other than Sms, Viber and Voice.
    """
    made: Json = {"type": channel, "to": to}
    match Channel(channel):
        case Channel.SMS:
            made |= _texted(text)
        case Channel.VIBER:
            made |= {"senderInfoTrackingId": VIBER_SENDER, "message": {"text": text}}
        case Channel.VOICE:
            made |= {name: member for name, member in call(to, text).items() if name != "to"}
    return made | more


def _texted(text: str) -> Json:
    """What brings a text by Sms."""
    return {"from": SENDER, "message": {"body": text}}


def templated(to: str, /, **more: Any) -> Json:
    """A valid Viber step of POST /failover/transactional, with a template that is always there; `more` as above."""
    made: Json = {"type": Channel.VIBER, "to": to, "senderInfoTrackingId": VIBER_SENDER}
    return made | {"templateId": TEMPLATE, "templateLang": "en", "templateParams": {"pin": PIN}} | more


def body(  # noqa: PLR0913  # all that a sample may differ in
    channels: Iterable[str],
    to: str,
    text: str,
    callback: str = "",
    strategy: str = "OnStep",
    *,
    transactional: bool = False,
) -> Json:
    """A valid body of POST /failover, or of its transactional twin: a step for each of these channels, in order; with a
    URL, it has a callback.
    """
    steps = [
        templated(to, order=order)
        if transactional and channel == Channel.VIBER
        else step(channel, to, text, order=order)
        for order, channel in enumerate(channels, 1)
    ]
    return {"flow": steps} | ({"callback": {"strategy": strategy, "url": callback}} if callback else {})


def viber(to: str, text: str, callback: str = "") -> Json:
    """A valid body of POST /viber; with a URL, it has a callback."""
    made: Json = {"senderInfoTrackingId": VIBER_SENDER, "to": to, "body": {"text": text}}
    return made | ({"callbackUrl": callback} if callback else {})


def call(to: str, text: str, callback: str = "", strategy: str = "OnChange") -> Json:
    """A valid body of POST /voice/conversation; with a URL, it has a callback."""
    said = {"type": "SAY", "message": {"language": LANGUAGE, "text": text}}
    made: Json = {"to": {"phone": to}, "from": CALLER, "dialPlan": {"verbs": [said]}}
    return made | ({"callback": {"strategy": strategy, "url": callback}} if callback else {})


def otp(channels: Iterable[str], to: str, text: str, callback: str = "") -> Json:
    """A valid body of POST /failover-otp/otp/send-failover: a step for each of these channels, in order, of which Viber
    brings the PIN and Sms the text; each is good for a minute. With a URL, it has a callback.
    """
    over_viber = {"senderInfoTrackingId": VIBER_SENDER, "templateId": TEMPLATE, "pin": PIN}
    steps = [
        {"type": "ViberOtp"} | over_viber if channel == Channel.VIBER else {"type": channel} | _texted(text)
        for channel in channels
    ]
    flow = [{"to": to, "order": order, "ttl": 60} | step for order, step in enumerate(steps, 1)]
    return {"flow": flow} | ({"callback": {"url": callback}} if callback else {})


def code(to: str) -> Json:
    """A valid body of POST /2step, whose callbacks go where the emulator's setting says."""
    return {"method": "sms", "type": "code", "recipient": to}


def sms(to: str, text: str, callback: str = "", strategy: str = "OnChange") -> Json:
    """A valid body of POST /sms; with a URL, it has a callback."""
    made: Json = {"body": text, "to": to, "from": SENDER}
    return made | ({"callback": {"strategy": strategy, "url": callback}} if callback else {})
