"""Draws the steps of made-up requests, with some of their optional members. Links lead to hosts that don't exist."""

from __future__ import annotations

from typing import Any, Final

from faker.providers import BaseProvider

from emulator.channels.table import CHANNELS, Channel
from emulator.errors import Json

LANGUAGES: Final = ("en-GB", "el-GR", "de-DE", "fr-FR", "it-IT")
VIBER_CONTENTS: Final = (
    ("text",),
    ("imageUrl",),
    ("viberFile",),
    ("viberVideo",),
    ("text", "action"),
    ("text", "imageUrl", "action"),
    ("text", "viberVideo"),
    ("text", "viberVideo", "action"),
)
"""The combinations of members that a Viber message can have."""


class StepProvider(BaseProvider):
    """Makes valid steps, drawn from Faker's generator alone. The order of the draws must stay, as it makes equal seeds
    give equal steps.
    """

    def _step(self, channel: Channel, order: int, to: str) -> Json:
        statuses = list(self.random_sample(CHANNELS[channel].legal_failover))
        step: Json = {"type": channel.value, "to": to, "order": order}
        match channel:
            case Channel.SMS:
                message = {"body": self._text(300)} | self._some(flash=True, label=self._text(30), transcode=True)
                step |= {"from": self.bothify("Shop##"), "ttl": self.random_int(1, 1440), "message": message}
            case Channel.VIBER:
                step |= self._viber()
            case Channel.VOICE:
                verbs = [self._verb() for _ in range(self.random_int(1, 3))]
                optional = self._some(machineDetection={"strategy": "Hangup"})
                step |= {"from": self.numerify("3021########"), "dialPlan": {"verbs": verbs}} | optional
        return step | self._some(failoverOnStatuses=statuses)

    def _viber(self) -> Json:
        """The members of a Viber step. All contents are drawn, and one of VIBER_CONTENTS is kept."""
        step: Json = {"senderInfoTrackingId": self.generator.uuid4(), "ttl": self.random_int(5, 14_400) / 10}
        optional = self._some(expireOnDelivery=True, inboundUrl=self._url("in"), label=self._text(30))
        members: Json = {
            "text": self._text(1000),
            "imageUrl": self._url("photo.png"),
            "action": {"caption": self._text(30), "targetUrl": self._url("parcel")},
            "viberFile": {"fileName": "terms.pdf", "fileType": "pdf", "fileUrl": self._url("terms.pdf")},
        }
        size = {"fileSize": self.random_int(1, 200), "duration": self.random_int(1, 600)}
        members["viberVideo"] = {"videoUrl": self._url("video.mp4"), "videoThumbnail": self._url("video.png")} | size
        content = self.random_element(VIBER_CONTENTS)
        return step | {"message": {name: members[name] for name in content}} | optional

    def _verb(self) -> Json:
        """A verb of a dial plan."""
        verb: Json = {"type": self.random_element(("SAY", "PLAY"))}
        if verb["type"] == "SAY":
            message = {"text": self._text(200), "language": self.random_element(LANGUAGES)}
            verb["message"] = message | self._some(gender=self.random_element(("male", "female")))
        else:
            verb["fileURL"] = self._url("hello.wav")
        return verb | self._some(repeat=self.random_int(-1, 3), bargeIn=True)

    def _text(self, longest: int) -> str:
        return str(self.generator.text(self.random_int(20, longest)))

    def _url(self, name: str) -> str:
        return f"https://shop.example/{self.hexify('^^^^^^^^')}/{name}"

    def _some(self, **members: Any) -> Json:
        """These members, each with a chance of one half."""
        return {name: value for name, value in members.items() if self.random_element((True, False))}
