"""The provider for Faker: bodies of all that sends messages (of POST /failover also with one mistake), phone numbers,
and callback bodies.

Numbers are valid in their country, so one may be somebody's: never send to them over the real provider. Values are
drawn from Faker's generator in a fixed order, so that equal seeds give equal values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from faker.providers import BaseProvider
from msgspec import json

from emulator.accounts.prices import Prices
from emulator.channels import plans
from emulator.channels.plans import Type
from emulator.channels.table import CHANNELS, Channel, Kind
from emulator.channels.templates import OTPS, Template
from emulator.errors import Json
from emulator.fakes.mistakes import MISTAKES, Broken
from emulator.flow import machine
from emulator.flow.request import Request, ttl_ms
from emulator.flow.state import Flow, FlowStatus, Plan
from emulator.provider.failover import reading, rendering
from emulator.provider.otp.request import VIBER as VIBER_OTP
from emulator.provider.otp.templates import IDS
from emulator.scenario.outcomes import WAYS

COUNTRIES: Final = ("GR", "CY", "DE", "GB", "FR", "IT", "US")
"""The countries of recipients."""
POSTED: Final = (FlowStatus.IN_PROGRESS, FlowStatus.SUCCEEDED, FlowStatus.FAILED)
"""The statuses of a flow that a callback can have."""
EARLIEST: Final = 1_767_225_600_000
LATEST: Final = 1_798_761_599_999
"""Callbacks tell of flows created in 2026: its first and last millisecond."""
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
_IN_VIBER: Final = {"imageUrl": "imageURL", "fileUrl": "fileURL", "videoUrl": "videoURL"}
"""How members of a step's message are spelled in POST /viber."""
_MOBILE: Final = (Type.MOBILE, Type.BOTH)


class FailoverProvider(BaseProvider):
    """Requests of Routee's Failover API, and the bodies of its callbacks."""

    def failover_flow(self, channels: Sequence[str] = (), callback_url: str = "", strategy: str = "OnStep") -> Json:
        """A valid body of POST /failover: one step for each of these channels, in order, all to one number. Without
        channels, one to three are drawn, each once. With a URL, it has a callback. Raises ValueError for a channel
        other than Sms, Viber and Voice.
        """
        chosen = channels or self.random_sample(tuple(Channel))
        to = self._anybody()
        body: Json = {"flow": [self._step(Channel(each), order, to) for order, each in enumerate(chosen, 1)]}
        return body | ({"callback": {"strategy": strategy, "url": callback_url}} if callback_url else {})

    def transactional_flow(
        self, channels: Sequence[str] = (), callback_url: str = "", strategy: str = "OnStep"
    ) -> Json:
        """A valid body of POST /failover/transactional, as `failover_flow` has it: its Viber messages are templates of
        one-time passwords, which are always there.
        """
        body = self.failover_flow(channels, callback_url, strategy)
        for step in body["flow"]:
            if step["type"] == Channel.VIBER:
                for name in ("message", "label", "inboundUrl", "expireOnDelivery"):
                    step.pop(name, None)
                template, values = self._template()
                step.update({"templateId": template.id, "templateLang": "en", "templateParams": values})
                step.update(self._some(deliveryScope="ALL_DEVICES", seq=self.numerify("########")))
        return body

    def otp_flow(self, channels: Sequence[str] = (), callback_url: str = "") -> Json:
        """A valid body of POST /failover-otp/otp/send-failover: a step for each of these channels, in order, all to one
        number, or one or both in any order; with a URL, it has a callback. Raises ValueError for a channel other than
        Sms and Viber.
        """
        chosen = [Channel(each) for each in channels or self.random_sample(("Viber", "Sms"))]
        if Channel.VOICE in chosen:
            raise ValueError("one-time passwords go over Viber and Sms only")
        to = self._anybody()
        body: Json = {"flow": [self._password(each, order, to) for order, each in enumerate(chosen, 1)]}
        return body | ({"callback": {"url": callback_url}} if callback_url else {})

    def sms_message(self, callback_url: str = "", strategy: str = "OnChange") -> Json:
        """A valid body of POST /sms; with a URL, it has a callback."""
        to = self._anybody()
        optional = self._some(flash=True, label=self._text(30), transcode=True, ttl=self.random_int(1, 4320))
        body: Json = {"body": self._text(300), "to": to, "from": self.bothify("Shop##")} | optional
        return body | ({"callback": {"strategy": strategy, "url": callback_url}} if callback_url else {})

    def viber_message(self, callback_url: str = "") -> Json:
        """A valid body of POST /viber; with a URL, each change is posted there."""
        step, ttl = self._viber(), self.random_int(30, 86_400)
        body = {_IN_VIBER.get(name, name): member for name, member in step["message"].items()}
        for name in {"viberFile", "viberVideo"} & body.keys():
            body[name] = {_IN_VIBER.get(key, key): member for key, member in body[name].items()}
        made: Json = {"senderInfoTrackingId": step["senderInfoTrackingId"], "to": self._anybody(), "body": body}
        made |= self._some(ttl=ttl, label=self._text(30), inboundUrl=self._url("in"))
        return made | ({"callbackUrl": callback_url} if callback_url else {})

    def voice_call(self, callback_url: str = "", strategy: str = "OnChange") -> Json:
        """A valid body of POST /voice/conversation; with a URL, it has a callback."""
        step = self._step(Channel.VOICE, 1, self._anybody())
        made: Json = {"to": {"phone": step["to"]}, "from": step["from"], "dialPlan": step["dialPlan"]}
        made |= self._some(hangupDelay=self.random_int(10, 60), maxDuration=self.random_int(60, 600))
        return made | ({"callback": {"strategy": strategy, "url": callback_url}} if callback_url else {})

    def two_step_code(self) -> Json:
        """A valid body of POST /2step."""
        made: Json = {"method": self.random_element(("sms", "voice")), "type": "code", "recipient": self._anybody()}
        optional = self._some(template=f"{self._text(60)} @@pin", originator=self.bothify("Shop##"))
        optional |= self._some(digits=self.random_int(4, 8), lifetimeInSeconds=self.random_int(60, 600))
        return made | optional | self._some(maxRetries=self.random_int(0, 5))

    def invalid_failover_flow(self, mistake: str = "") -> Broken:
        """A body with a step of each channel and one mistake, named as in MISTAKES; drawn if none is named. Raises
        KeyError for an unknown name.
        """
        name = mistake or self.random_element(tuple(MISTAKES))
        body = self.failover_flow(self.random_sample(tuple(Channel), len(Channel)))
        path = MISTAKES[name](body)
        return Broken(name, body, path)

    def phone_of(self, country: str) -> str:
        """A valid mobile number in E.164 form; `country` is an ISO 3166-1 alpha-2 code such as GR. Where fixed numbers
        look the same, as in the US, it may be one. Raises ValueError for an unknown country.
        """
        region = plans.by_country(country)
        if region is None or not region.example:
            raise ValueError(f"no mobile numbers are known of {country!r}; expected a code such as GR")
        while True:
            kept = region.example[: -self.random_int(4, 8)]
            drawn = kept + self.numerify("#" * (len(region.example) - len(kept)))
            if plans.of(region.code, drawn) is region and region.type(drawn) in _MOBILE:
                return f"+{region.code}{drawn}"

    def failover_callback(self, channels: Sequence[str] = (), status: str = "") -> Json:
        """The decoded body of a callback, as the emulator posts it for a flow over these channels. `status` is the
        flow's: InProgress, Succeeded or Failed. What is not given is drawn. Raises ValueError for any other channel or
        status.
        """
        wanted = FlowStatus(status or self.random_element(POSTED))
        if wanted not in POSTED:
            raise ValueError(f"no callback tells that a flow is {wanted}; expected one of {', '.join(POSTED)}")
        sent = self.failover_flow(channels, "https://shop.example/hook")
        if wanted is FlowStatus.IN_PROGRESS:
            sent["flow"][-1]["expireOnDelivery"] = True  # or the first report of a lone Viber message ends the flow
        request = reading.failover(json.encode(sent))
        at = self.random_int(EARLIEST, LATEST)
        plans = self._plans(request, wanted)
        flow = Flow(self.generator.uuid4(), self.hexify("^" * 24), 1, at, at, request, plans, "fakes")
        told = [each for each in machine.run_out(flow).callbacks if each.status is wanted]
        body: Json = json.decode(rendering.body(self.random_element(told), Prices()))
        return body

    def _plans(self, request: Request, wanted: FlowStatus) -> tuple[Plan, ...]:
        """Plans for a flow to reach this status: steps fail over up to a drawn one, or up to the last one if the flow
        is to be InProgress; those from there on end it. A success is the channel's last one, since a Viber message
        that expires on delivery needs SEEN.
        """
        last = len(request.flow) - 1
        turn = last if wanted is FlowStatus.IN_PROGRESS else self.random_int(0, last)
        kind = Kind.FAILURE if wanted is FlowStatus.FAILED else Kind.SUCCESS
        plans = []
        for index, step in enumerate(request.flow):
            endings = [status for status, each in CHANNELS[step.channel].statuses.items() if each is kind]
            if index < turn:
                status = self.random_element(step.failover_on_statuses)
            elif kind is Kind.SUCCESS:
                status = endings[-1]
            else:
                status = self.random_element(endings)
            way = WAYS[step.channel][status]
            plans.append(Plan(way.reports(ttl_ms(step), self.generator.random.random), "fakes"))
        return tuple(plans)

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

    def _password(self, channel: Channel, order: int, to: str) -> Json:
        """A step that brings a one-time password."""
        step: Json = {"type": channel.value, "to": to, "order": order, "ttl": self.random_int(30, 600)}
        if channel is Channel.SMS:
            step |= {
                "from": self.bothify("Shop##"),
                "message": {"body": f"{self._text(100)} {self.numerify('######')}"},
            }
            return step | self._some(label=self._text(30))
        template, values = self._template()
        step |= {"type": VIBER_OTP, "senderInfoTrackingId": self.generator.uuid4(), "templateId": template.id} | values
        if len(values) > 1:
            step["templateType"] = IDS[template.id]
        return step | self._some(label=self._text(30))

    def _template(self) -> tuple[Template, dict[str, str]]:
        """A template of one-time passwords, and a value for each of its placeholders."""
        template = self.random_element(tuple(OTPS.values()))
        values = {
            "pin": self.numerify("######"),
            "codeValidityTime": str(self.random_int(1, 60)),
            "pinType": self.random_element(("login", "payment")),
            "businessPlatformName": self.bothify("Shop##"),
            "businessPlatformActionName": self.random_element(("log in", "pay")),
            "codeReason": self.random_element(("a new device", "a payment")),
        }
        return template, {name: values[name] for name in template.places}

    def _anybody(self) -> str:
        """A recipient."""
        return self.phone_of(self.random_element(COUNTRIES))

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
