"""The gateway before all of the provider's calls, where rules on `endpoint: any` hold requests back.

They are asked before a request is looked at, so one that no call would take is refused in the same way. Whose it is,
its token or its credentials say, unverified; without any, it is nobody's, under the scenario that is for everybody.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.clock.clock import EVERYBODY
from emulator.http.events import sleep_unless_closing
from emulator.provider import access, faulty
from emulator.provider.errors import ApiError
from emulator.provider.refusing import refused
from emulator.provider.service import Parts
from emulator.scenario.questions import ANY
from emulator.scenario.rules import Scenario


class Gateway:
    """Answers requests by another ASGI application, `door`, if no rule holds them back."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, door: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        parts, headers = self._parts, access.fields(scope["headers"])
        application = self._application(headers)
        chosen: Scenario | None = None
        if faulty.CHOICE in headers:
            try:
                chosen = await parts.faults.chosen(scope)
            except ApiError:  # which the door tells, after its own errors or as soon as it knows who calls
                await door(scope, receive, send)
                return
        if not parts.submissions.gated(application, chosen):
            await door(scope, receive, send)
            return
        now, path = parts.engine.now(application), scope["path"]
        spoilt = await parts.faults.of_call(ANY, application, now, scope)
        if spoilt is None:
            await door(scope, receive, send)
            return
        if spoilt.fault.refuses:
            error = faulty.refusal_by(spoilt, path, now)
            answer = await refused(parts, scope, application, error, method=scope["method"])
            await answer(scope, receive, send)
        else:
            await sleep_unless_closing(spoilt.seconds, parts.faults.closing)
            await door(scope, receive, send)

    def _application(self, headers: dict[bytes, bytes]) -> str:
        """Whose request it is, by these headers; EVERYBODY if they do not say."""
        scheme, value = access.credentials(headers.get(b"authorization", b""))
        if scheme == "bearer":
            grant = self._parts.store.grant(value)
            return EVERYBODY if grant is None else grant.application
        if scheme == "basic":
            try:
                name = base64.b64decode(value, validate=True).decode().partition(":")[0]
            except (binascii.Error, ValueError):
                return EVERYBODY
            return unquote_plus(name)
        return EVERYBODY
