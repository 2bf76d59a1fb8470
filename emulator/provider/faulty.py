"""Answers that go wrong because a scenario says so: refused, late, in part, changed, or not at all."""

from __future__ import annotations

import asyncio
from http.client import responses

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.engine.submission import Refused
from emulator.http.messages import passed
from emulator.http.protocol import HANG_UP
from emulator.planning.planner import Planner, SpoiltAnswer
from emulator.provider import access
from emulator.provider.errors import ApiError, bad_credentials, generic, unauthorized
from emulator.scenario.answers import BODILESS, ERRORS, AnswerFault
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Scenario
from emulator.store.contract import Store
from emulator.store.records import Effects

CHOICE = b"x-emulator-scenario"
"""The header by which a request names its scenario; the provider ignores it."""


class AnswerFaults:
    """Spoils answers as scenarios say. `closing` is set when the emulator closes."""

    def __init__(self, planner: Planner, store: Store, catalogue: Catalogue, closing: asyncio.Event) -> None:
        self._planner = planner
        self._store = store
        self._catalogue = catalogue
        self._closing = closing

    async def chosen(self, scope: Scope) -> Scenario | None:
        """The scenario that a request names in its header; None if it names none. Raises ApiError 400 for one that
        there is not.
        """
        name = access.header(scope, CHOICE)
        if not name:
            return None
        try:
            return self._catalogue.known(name) or await asyncio.to_thread(self._catalogue.find, name)
        except ScenarioError as error:
            raise generic(400, f"X-Emulator-Scenario: {error}") from error

    async def of_call(self, endpoint: Endpoint, application: str, scope: Scope) -> SpoiltAnswer | None:
        """The fault of the answer to a request that has no steps, to the endpoint token or tracking; it counts as one.
        Raises ApiError 400 if it names a scenario that there is not.
        """
        spoilt = self._planner.rule_on_call(endpoint, application, await self.chosen(scope))
        if spoilt and spoilt.used:
            await self._store.record((), Effects(application, used=spoilt.used))
        return spoilt

    def response(self, own: Response, spoilt: SpoiltAnswer | None) -> Response:
        """The answer that is given in place of this one, which is right."""
        return FaultyResponse(own, spoilt, self._closing) if spoilt else own


def refusal(refused: Refused, path: str, now: int) -> ApiError:
    """The error that answers a request which is refused by a fault, or because the account can't pay it."""
    if refused.costs:
        made = _refusal(ERRORS["no-balance"], "", 0)
        made.body["developerMessage"] += f": {refused.costs}"
        return made
    assert refused.spoilt is not None
    return _refusal(refused.spoilt.fault, path, now)


def refuse(spoilt: SpoiltAnswer, path: str, now: int) -> None:
    """Raises the ApiError with which a fault refuses a request, if it does."""
    if spoilt.fault.refuses:
        raise _refusal(spoilt.fault, path, now)


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
        late = self._seconds and not await passed(self._seconds, self._closing)
        if late or self._fault.close:
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
