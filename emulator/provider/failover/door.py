"""The door for POST /failover: turns a request into an accepted flow, or into a refusal that names every mistake.

It has two ways in. The fast path calls `accept`, which takes requests written as documented, from a known client, under
a scenario that neither refuses requests nor spoils answers. Everything else, and every refusal, goes through ASGI. Both
ways make the same checks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import cache
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.channels.table import Channel
from emulator.engine.submission import Received, Refused
from emulator.errors import Json
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.http import messages
from emulator.http.log import About, say
from emulator.http.protocol import LARGEST, Answer
from emulator.journal import kinds
from emulator.planning.planner import SpoiltAnswer
from emulator.provider import access, errors, faulty
from emulator.provider.errors import ApiError, read_or_refuse
from emulator.provider.failover import quick, rendering
from emulator.provider.service import Parts
from emulator.scenario.rules import Scenario
from emulator.store.contract import Unavailable
from emulator.store.records import Grant

KIND: Final = "failover"
"""What flows of this service carry, and what rules match as `endpoint`."""
PATH: Final = "/failover"
SHOWN = 65_536
"""How many bytes of a refused body the journal keeps."""
STEPS: Final = 6
"""How many steps of a flow the log shows."""
log = logging.getLogger(__name__)


class FailoverDoor:
    """An ASGI application for one path and method, and its fast path."""

    path = PATH

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._faults = parts.faults
        self._engine = parts.engine
        self._submissions = parts.submissions
        self._requests = parts.requests
        self._pace = parts.pace
        self._max_body = parts.settings.max_body
        self._max_steps = parts.settings.max_steps or None

    def accept(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        """Accept a plain request, and answer when it is stored. False, with nothing done, if it needs the ASGI
        application, also since it must wait.
        """
        if self._pace.shut:
            return False
        try:
            plain = self._plain(access.fields(headers), body)
            if plain is None:
                return False
            received, read, scenario, now = plain

            def stored(flow: Flow, error: Exception | None) -> None:
                if error is None:
                    if self._requests.wants(200):
                        self._requests.show("POST", PATH, 200, _said(flow))
                    answer(200, rendering.created_of(flow, read.json))
                else:
                    _fail(answer, error)

            self._submissions.submit_soon(received, read.request, scenario, now, stored)
        except ApiError:
            return False
        except Exception as error:
            _fail(answer, error)
        return True

    def _plain(self, headers: dict[bytes, bytes], body: bytes) -> tuple[Received, quick.Read, Scenario, int] | None:
        """The request, its scenario and the time on its clock, if the fast path may accept it; None if not. Raises
        ApiError if it is to be refused.
        """
        grant, now = self._access.authorized(headers)
        scenario = self._submissions.plain(grant.application)
        if scenario is None or faulty.CHOICE in headers or b"content-encoding" in headers:
            return None
        errors.json_within(headers, body, self._max_body)
        read = self._quickly(body)
        if read is None:
            return None
        access.require(grant, scopes(read.request))
        return Received(KIND, grant.application, PATH, body), read, scenario, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept or refuse one request, when its time has come."""
        await self._pace.passed()
        body = b""
        grant: Grant | None = None
        spoilt: SpoiltAnswer | None = None
        try:
            headers = access.fields(scope["headers"])
            body = await messages.read(receive, self._max_body)
            grant, now = self._access.authorized(headers)
            packed, body = body, b""
            body = errors.unpacked(headers, packed, self._max_body)
            errors.json_within(headers, body, self._max_body)
            read = self._quickly(body)
            request, remarks = (read.request, ()) if read else await self._read(body)
            access.require(grant, scopes(request))
            chosen = await self._faults.chosen(scope) if faulty.CHOICE in headers else None
            received = Received(KIND, grant.application, scope["path"], body, remarks)
            outcome = await self._submissions.submit(received, request, now, chosen)
            spoilt = outcome.spoilt
            if isinstance(outcome, Refused):
                raise faulty.refusal(outcome, scope["path"], now)
            say(scope, _said(outcome.flow))
            own = Response(rendering.created(outcome.flow), media_type="application/json")
        except ApiError as error:
            await self._refused(scope, grant.application if grant else "", body, error, spoilt)
            own = errors.answer(error)
        except ClientDisconnect:
            return
        except Unavailable:
            raise
        except Exception:
            log.exception("a request failed")
            own, spoilt = errors.answer(errors.unforeseen()), None
        await (self._faults.response(own, spoilt) if spoilt else own)(scope, receive, send)

    def _quickly(self, body: bytes) -> quick.Read | None:
        """The request in a body that is written as documented; None if the full reader must read it."""
        read = quick.read(body) if len(body) <= LARGEST else None
        return None if read and self._max_steps and len(read.request.flow) > self._max_steps else read

    async def _read(self, body: bytes) -> tuple[Request, tuple[str, ...]]:
        """The request in any body, and remarks on it. A large body is read in a thread, since naming all its errors
        takes time. Raises ApiError.
        """
        from emulator.provider.failover import reading  # takes 3 ms, which a start can do without

        if len(body) <= LARGEST:
            read = read_or_refuse(reading.full, body, self._max_steps)
        else:
            read = await asyncio.to_thread(read_or_refuse, reading.read, body, self._max_steps)
        return read.request, read.remarks

    async def _refused(
        self, scope: Scope, application: str, body: bytes, error: ApiError, spoilt: SpoiltAnswer | None
    ) -> None:
        """Record a refusal in the journal, and say it in the log."""
        say(scope, About(application, words=error.words))
        details: Json = {"path": scope["path"], "body": body[:SHOWN].decode(errors="replace")} | error.reason
        details |= {"answer": spoilt.noted} if spoilt else {}
        await self._engine.note(application, kinds.Refused.of(details))


def _said(flow: Flow) -> About:
    """What the log says about an accepted request."""
    steps = flow.request.flow
    more = f"→… ({len(steps)} steps)" if len(steps) > STEPS else ""
    return About(flow.application, flow.id, "→".join([step.channel for step in steps[:STEPS]]) + more)


def scopes(request: Request) -> tuple[str, ...]:
    """The scopes that a token needs for a request: failover, and each channel that the flow uses."""
    return _scopes(frozenset([step.channel for step in request.flow]))


@cache
def _scopes(channels: frozenset[Channel]) -> tuple[str, ...]:
    return "failover", *sorted(channel.lower() for channel in channels)


def _fail(answer: Answer, error: Exception) -> None:
    """Answer 503 on the fast path if the store can't be used; log any other exception, and answer 500."""
    if isinstance(error, Unavailable):
        refusal = errors.unavailable(PATH, error)
    else:
        log.error("a request failed", exc_info=error)
        refusal = errors.unforeseen()
    own = errors.answer(refusal)
    answer(own.status_code, bytes(own.body))
