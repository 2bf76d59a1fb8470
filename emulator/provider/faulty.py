"""Answers that go wrong because a scenario says so: refused, late, in part, changed, or not at all."""

from __future__ import annotations

import asyncio
from http.client import responses

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.http.protocol import HANG_UP
from emulator.planning.planner import SpoiltAnswer
from emulator.provider import access
from emulator.provider.errors import ApiError, bad_credentials, generic, unauthorized
from emulator.scenario.answers import BODILESS, ERRORS, AnswerFault
from emulator.scenario.files import ScenarioError
from emulator.scenario.rules import Scenario

CHOICE = b"x-emulator-scenario"
"""The header by which a request names its scenario; the provider ignores it."""


async def chosen(scope: Scope, emulation: Emulation) -> Scenario | None:
    """The scenario that a request names in its header; None if it names none. Raises ApiError 400 if it is unknown."""
    name = access.header(scope, CHOICE)
    if not name:
        return None
    try:
        return await emulation.catalogue.named(name)
    except ScenarioError as error:
        raise generic(400, f"X-Emulator-Scenario: {error}") from error


def refuse(spoilt: SpoiltAnswer, path: str, now: int) -> None:
    """Raises the ApiError with which a fault refuses a request, if it does."""
    if spoilt.fault.refuses:
        raise _refusal(spoilt.fault, path, now)


def no_balance(message: str) -> ApiError:
    """A request that the account cannot pay."""
    made = _refusal(ERRORS["no-balance"], "", 0)
    made.body["developerMessage"] += f": {message}"
    return made


def reason(spoilt: SpoiltAnswer) -> Json:
    """What the journal says of a fault."""
    fault = spoilt.fault
    told = {"rule": spoilt.rule, "closed": fault.close, "seconds": spoilt.seconds, "truncated": bool(fault.truncate)}
    return {key: value for key, value in told.items() if value}


def _refusal(fault: AnswerFault, path: str, now: int) -> ApiError:
    status = fault.status or 500
    if fault.error == ERRORS["bad-credentials"].error:
        made = bad_credentials(fault.message, path, now)
    elif fault.error:
        made = unauthorized(fault.error, fault.message)
    else:
        made = generic(status, fault.message or responses.get(status, "Error"))
        made.body["code"] = fault.code or made.body["code"]
    return ApiError(status, made.body, made.headers)


class FaultyResponse(Response):
    """An answer under a fault: the own one, changed and delayed, or broken off; one that is still held back when the
    emulator closes is not given.
    """

    def __init__(self, own: Response, spoilt: SpoiltAnswer, closing: asyncio.Event) -> None:
        fault = spoilt.fault
        status = fault.status or own.status_code
        body = b"" if status in BODILESS else bytes(own.body) if fault.body is None else fault.body.encode()
        super().__init__(body, status, _headers(own, fault, body, status))
        self._fault = fault
        self._seconds = spoilt.seconds
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or do not."""
        if not await _passed(self._seconds, self._closing) or self._fault.close:
            _hang_up(scope)
        elif self._fault.truncate:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            part = self._fault.truncate.kept(bytes(self.body))
            await send({"type": "http.response.body", "body": part, "more_body": True})
            _hang_up(scope)
        else:
            await super().__call__(scope, receive, send)


def _headers(own: Response, fault: AnswerFault, body: bytes, status: int) -> dict[str, str]:
    given = {name.lower(): value for name, value in fault.headers}
    made = dict(own.headers) | given | {"content-length": str(len(body))}
    if status in (204, 304):
        del made["content-length"]  # of what has no body, only a 205 says so
    return made


def _hang_up(scope: Scope) -> None:
    scope["extensions"][HANG_UP]["close"]()


async def _passed(seconds: float, closing: asyncio.Event) -> bool:
    """Whether so many seconds have passed before the emulator closes."""
    if not seconds:
        return True
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return True
    return False
