"""The steps of made-up requests, with some of what is optional in them. Links lead to hosts that don't exist."""

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
    """Makes valid steps. All is drawn from Faker's generator."""

    def _step(self, channel: Channel, order: int, to: str) -> Json:
        statuses = list(self.random_sample(CHANNELS[channel].legal_failover))
        step: Json = {"type": channel.value, "to": to, "order": order}
        return step | self._content(channel) | self._some(failoverOnStatuses=statuses)

    def _content(self, channel: Channel) -> Json:
        match channel:
            case Channel.SMS:
                return self._sms()
            case Channel.VIBER:
                return self._viber()
            case Channel.VOICE:
                return self._voice()

    def _sms(self) -> Json:
        message = {"body": self._text(300)} | self._some(flash=True, label=self._text(30), transcode=True)
        return {"from": self.bothify("Shop##"), "ttl": self.random_int(1, 1440), "message": message}

    def _viber(self) -> Json:
        step: Json = {"senderInfoTrackingId": self.generator.uuid4(), "ttl": self.random_int(5, 14_400) / 10}
        optional = self._some(expireOnDelivery=True, inboundUrl=self._url("in"), label=self._text(30))
        return step | {"message": self._viber_message()} | optional

    def _viber_message(self) -> Json:
        members = {
            "text": self._text(1000),
            "imageUrl": self._url("photo.png"),
            "action": {"caption": self._text(30), "targetUrl": self._url("parcel")},
            "viberFile": {"fileName": "terms.pdf", "fileType": "pdf", "fileUrl": self._url("terms.pdf")},
            "viberVideo": self._video(),
        }
        return {name: members[name] for name in self.random_element(VIBER_CONTENTS)}

    def _video(self) -> Json:
        size = {"fileSize": self.random_int(1, 200), "duration": self.random_int(1, 600)}
        return {"videoUrl": self._url("video.mp4"), "videoThumbnail": self._url("video.png")} | size

    def _voice(self) -> Json:
        verbs = [self._verb() for _ in range(self.random_int(1, 3))]
        optional = self._some(machineDetection={"strategy": "Hangup"})
        return {"from": self.numerify("3021########"), "dialPlan": {"verbs": verbs}} | optional

    def _verb(self) -> Json:
        verb = self.random_element((self._say, self._play))()
        return verb | self._some(repeat=self.random_int(-1, 3), bargeIn=True)

    def _say(self) -> Json:
        message = {"text": self._text(200), "language": self.random_element(LANGUAGES)}
        return {"type": "SAY", "message": message | self._some(gender=self.random_element(("male", "female")))}

    def _play(self) -> Json:
        return {"type": "PLAY", "fileURL": self._url("hello.wav")}

    def _text(self, longest: int) -> str:
        return str(self.generator.text(self.random_int(20, longest)))

    def _url(self, name: str) -> str:
        return f"https://shop.example/{self.hexify('^^^^^^^^')}/{name}"

    def _some(self, **members: Any) -> Json:
        """These members, each with an even chance."""
        return {name: value for name, value in members.items() if self.random_element((True, False))}
