"""An application as a client of the provider: its tokens, and its calls that send something."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

from msgspec import json

from emulator.client.connection import Connection, Misused, Refused
from emulator.client.results import Flow, flow_id
from emulator.client.words import SmsStrategy, Strategy
from emulator.errors import Json

__tracebackhide__ = True
"""pytest shows the line of a test that made a call, and none of this module."""


class Sender(ABC):
    """The calls of the provider's API by an application with this secret."""

    def __init__(self, connection: Connection, name: str, secret: str) -> None:
        self._connection = connection
        self.id = name
        self.secret = secret

    @abstractmethod
    def flow(self, flow: str | Flow) -> Flow:
        """A flow as it stands now."""

    def token(self) -> str:
        """Fetch an access token, as the provider gives it. Raises Refused."""
        pair = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        answer = self._connection.call("POST", "/oauth/token", b"grant_type=client_credentials", headers)
        return str(answer["access_token"])

    def call(self, method: str, path: str, body: object = None, token: str = "") -> Any:
        """Call the provider's API with an access token, a new one unless one is given. A body of bytes is sent as it
        is, any other as JSON. Raises Refused.
        """
        headers = {"Authorization": f"Bearer {token or self.token()}", "Content-Type": "application/json"}
        encoded = body if isinstance(body, bytes | None) else json.encode(body)
        return self._connection.call(method, path, encoded, headers)

    def send(
        self, *steps: Json, callback: str = "", strategy: Strategy = "OnStep", transactional: bool = False
    ) -> Flow:
        """Send a flow of these steps, whose callbacks go to the URL `callback`; one whose Viber messages are templates
        is `transactional`. Raises Refused.
        """
        asked = {"callback": {"strategy": strategy, "url": callback}} if callback else {}
        return self.send_body({"flow": list(steps)} | asked, transactional=transactional)

    def send_body(self, body: object, *, transactional: bool = False) -> Flow:
        """Send a whole request body, by POST /failover or by POST /failover/transactional. Raises Refused."""
        path = "/failover/transactional" if transactional else "/failover"
        return self.flow(self.call("POST", path, body)["trackingId"])

    def send_sms(  # noqa: PLR0913  # the members of the request that tests need
        self,
        to: str,
        body: str,
        *,
        sender: str = "Shop",
        callback: str = "",
        strategy: SmsStrategy = "OnChange",
        label: str | None = None,
        ttl: int | None = None,
        flash: bool | None = None,
        transcode: bool | None = None,
    ) -> Flow:
        """Send a single message by POST /sms, which is good for `ttl` minutes; it is a flow of one step. Raises
        Refused.
        """
        asked: Json = {"callback": {"strategy": strategy, "url": callback}} if callback else {}
        asked |= {"to": to, "body": body, "from": sender}
        asked |= _given(label=label, ttl=ttl, flash=flash, transcode=transcode)
        return self.flow(self.call("POST", "/sms", asked)["trackingId"])

    def send_viber(  # noqa: PLR0913  # the members of the request that tests need
        self,
        to: str,
        text: str = "",
        *,
        body: Json | None = None,
        sender: str = "shop",
        callback: str = "",
        inbound: str = "",
        label: str | None = None,
        ttl: int | None = None,
    ) -> Flow:
        """Send a single message by POST /viber, good for `ttl` seconds: a text, or another `body`. It is a flow
        of one step; each change is posted to the URL `callback`, each reply to `inbound`. Raises Refused.
        """
        asked: Json = {"senderInfoTrackingId": sender, "to": to, "body": body or {"text": text}}
        asked |= {"callbackUrl": callback, "inboundUrl": inbound} | _given(label=label, ttl=ttl)
        return self.flow(self.call("POST", "/viber", asked)["trackingId"])

    def send_call(  # noqa: PLR0913  # all members of the request
        self,
        to: str,
        text: str = "",
        *,
        verbs: Sequence[Json] = (),
        plan_url: str = "",
        sender: str = "302100000000",
        callback: str = "",
        strategy: SmsStrategy = "OnChange",
        hangup_delay: int | None = None,
        max_duration: int | None = None,
        machine_detection: Json | None = None,
    ) -> Flow:
        """Begin a call by POST /voice/conversation: it says a text, or does these `verbs`, or those that it asks for
        at `plan_url`. It is a flow of one step. Raises Refused.
        """
        asked: Json = {"callback": {"strategy": strategy, "url": callback}} if callback else {}
        said = {"type": "SAY", "message": {"language": "en-GB", "text": text}}
        asked |= {"dialPlanUrl": plan_url} if plan_url else {"dialPlan": {"verbs": list(verbs) or [said]}}
        asked |= {"to": {"phone": to}, "from": sender}
        asked |= _given(hangupDelay=hangup_delay, maxDuration=max_duration, machineDetection=machine_detection)
        return self.flow(self.call("POST", "/voice/conversation", asked)["trackingId"])

    def send_code(  # noqa: PLR0913  # all members of the request that matter here
        self,
        recipient: str,
        *,
        method: Literal["sms", "voice"] = "sms",
        template: str | None = None,
        arguments: Mapping[str, str] | None = None,
        originator: str | None = None,
        digits: int | None = None,
        lifetime: int | None = None,
        retries: int | None = None,
    ) -> Flow:
        """Send a code by POST /2step, which is good for `lifetime` seconds and `retries` more answers after the first;
        it is a flow of one step, which has the code. Raises Refused.
        """
        asked: Json = {"method": method, "type": "code", "recipient": recipient}
        asked |= _given(template=template, arguments=arguments, originator=originator, digits=digits)
        asked |= _given(lifetimeInSeconds=lifetime, maxRetries=retries)
        return self.flow(self.call("POST", "/2step", asked)["trackingId"])

    def send_otp(  # noqa: PLR0913  # the members of the request that tests need
        self,
        to: str,
        pin: str,
        text: str = "",
        *,
        ttl: int = 60,
        template: str = "0aac888f-2ee2-4112-9659-1755a951966a",
        template_type: str | None = None,
        parameters: Mapping[str, str] | None = None,
        viber_sender: str = "shop",
        sender: str = "Shop",
        callback: str = "",
    ) -> Flow:
        """Send a one-time password by POST /failover-otp/otp/send-failover: over Viber by a template, which may need
        `parameters`, and if it does not arrive within `ttl` seconds, as a `text` by Sms, if there is one. Raises
        Refused.
        """
        asked: Json = {"callback": {"url": callback}} if callback else {}
        viber: Json = {"type": "ViberOtp", "senderInfoTrackingId": viber_sender, "templateId": template, "pin": pin}
        viber |= _given(templateType=template_type) | dict(parameters or {})
        sms = [{"type": "Sms", "from": sender, "message": {"body": text}}] if text else []
        asked["flow"] = [{"to": to, "order": order, "ttl": ttl} | step for order, step in enumerate([viber, *sms], 1)]
        told = self.call("POST", "/failover-otp/otp/send-failover", asked)
        if told["flowId"] is None:  # which is no error to that service
            raise Refused(HTTPStatus.OK, told)
        return self.flow(told["flowId"])

    def confirm(self, flow: str | Flow, answer: str) -> Flow:
        """Answer the code that `send_code` sent. Raises Refused if it is wrong, or too late; Misused for a flow of
        `send_otp`, whose service does not check codes.
        """
        if isinstance(flow, Flow) and flow.code and not flow.verification:
            raise Misused(f"Failover OTP does not check codes; compare what was entered with {flow.code!r} yourself")
        self.call("POST", f"/2step/{quote(flow_id(flow), safe='')}", {"answer": answer})
        return self.flow(flow)


def _given(**members: object) -> Json:
    """The members of a request that are not None."""
    return {name: value for name, value in members.items() if value is not None}
