"""Spoils answers as a scenario says: refuses, delays, changes or truncates them, or closes the connection.

Which fault applies is decided by the planner; this module turns it into HTTP.
"""

from __future__ import annotations

import asyncio
from http.client import responses

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.engine.library import Library
from emulator.engine.submission import Refused
from emulator.http import messages
from emulator.http.events import sleep_unless_closing
from emulator.http.log import hang_up
from emulator.planning.planner import Planner, SpoiltAnswer
from emulator.provider.access import NAMED
from emulator.provider.errors import ApiError, bad_credentials, generic, listed, unauthorized
from emulator.scenario.answers import BODILESS, ERRORS, AnswerFault
from emulator.scenario.files import ScenarioError
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Scenario
from emulator.store.contract import Store
from emulator.store.records import Effects

CHOICE = b"x-emulator-scenario"
"""The header in which a request may name its scenario. The provider ignores it."""


class AnswerFaults:
    """Finds the faults of answers and applies them. `closing` is set when the emulator stops."""

    def __init__(self, planner: Planner, store: Store, library: Library, closing: asyncio.Event) -> None:
        self._planner = planner
        self._store = store
        self._library = library
        self.closing = closing

    async def chosen(self, scope: Scope) -> Scenario | None:
        """The scenario that a request names in its header, which is looked for once; None if it has no such header.
        Raises ApiError 400 if there is no such scenario.
        """
        name = messages.header(scope, CHOICE)
        if not name:
            return None
        if NAMED not in scope:
            try:
                scope[NAMED] = await self._library.find(name)
            except ScenarioError as error:
                scope[NAMED] = generic(400, f"X-Emulator-Scenario: {error}")
        found: Scenario | ApiError = scope[NAMED]
        if isinstance(found, ApiError):
            raise found
        return found

    async def of_call(self, endpoint: Endpoint, application: str, now: int, scope: Scope) -> SpoiltAnswer | None:
        """Count a request that has no steps (one for a token, or a tracking) and came at `now`, and find the fault of
        its answer, if any. Raises ApiError 400 if the request names a scenario that does not exist.
        """
        chosen = await self.chosen(scope)

        async def act() -> SpoiltAnswer | None:
            spoilt = self._planner.rule_on_call(endpoint, application, now, chosen)
            if spoilt and spoilt.used:
                await self._store.record((), Effects(application, used=spoilt.used))
            return spoilt

        return await self._store.turn(act)

    def response(self, own: Response, spoilt: SpoiltAnswer | None) -> Response:
        """The response to send in place of `own`, the right one; `own` itself if there is no fault."""
        return FaultyResponse(own, spoilt, self.closing) if spoilt else own


def refusal(refused: Refused, path: str, now: int) -> ApiError:
    """The error that answers a request refused by a fault, or because the balance does not cover it."""
    if refused.costs:
        error = _refusal(ERRORS["no-balance"], "", 0)
        error.note, error.spoilt = refused.costs, refused.spoilt
        return error
    assert refused.spoilt is not None
    return refusal_by(refused.spoilt, path, now)


def refusal_by(spoilt: SpoiltAnswer, path: str, now: int) -> ApiError:
    """The error that answers a request refused by this fault, which refuses requests."""
    error = _refusal(spoilt.fault, path, now)
    error.spoilt = spoilt
    return error


def refuse(spoilt: SpoiltAnswer, path: str, now: int) -> None:
    """Raises the ApiError of a fault that refuses requests; does nothing for any other fault."""
    if spoilt.fault.refuses:
        raise refusal_by(spoilt, path, now)


def _refusal(fault: AnswerFault, path: str, now: int) -> ApiError:
    status = fault.status or 500
    if fault.error == ERRORS["bad-credentials"].error:
        error = bad_credentials(fault.message, path, now)
    elif fault.error:
        error = unauthorized(fault.error, fault.message)
    else:
        error = generic(status, fault.message or responses.get(status, "Error"))
        error.body["code"] = fault.code or error.body["code"]
        if fault.properties:
            error.body |= {"entity": fault.entity, "properties": dict(fault.properties)}
        if fault.errors:
            error = listed(status, error.body["code"], error.body["developerMessage"], dict(fault.errors))
    return ApiError(status, error.body, error.headers)


class FaultyResponse(Response):
    """A response with a fault applied: `own` changed, delayed, truncated or not sent at all. `own` has the status
    already that its service gives to a named error, or to one that is none there. A response that is still delayed when
    the emulator stops is not sent: the connection is closed.
    """

    def __init__(self, own: Response, spoilt: SpoiltAnswer, closing: asyncio.Event) -> None:
        fault = spoilt.fault
        worded = fault.named or (fault.refuses and own.status_code < 400)
        status = own.status_code if worded else fault.status or own.status_code
        body = b"" if status in BODILESS else bytes(own.body) if fault.body is None else fault.body.encode()
        given = {name.lower(): value for name, value in fault.headers}
        headers = dict(own.headers) | given | {"content-length": str(len(body))}
        if status in (204, 304):
            del headers["content-length"]  # of the statuses without a body, only 205 may have one
        super().__init__(body, status, headers)
        self._fault = fault
        self._seconds = spoilt.seconds
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response as the fault says, or close the connection."""
        stopped = self._seconds and not await sleep_unless_closing(self._seconds, self._closing)
        if stopped or self._fault.close:
            hang_up(scope)
        elif self._fault.truncate:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            part = self._fault.truncate.kept(bytes(self.body))
            await send({"type": "http.response.body", "body": part, "more_body": True})
            hang_up(scope)
        else:
            await super().__call__(scope, receive, send)
