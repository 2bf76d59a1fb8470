"""The door for POST /failover: from bytes to an accepted flow, or to a refusal that says everything that is wrong.

It has two ways in. `accept`, the fast path's, takes what is written as documented, from a known client, under a
scenario that neither refuses nor spoils anything. All else, and all refusals, come by ASGI. Both share their checks.
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
from emulator.http.protocol import LARGEST, Answer
from emulator.journal import kinds
from emulator.planning.planner import SpoiltAnswer
from emulator.provider import access, errors, faulty
from emulator.provider.errors import ApiError, read_or_refuse
from emulator.provider.failover import quick, rendering
from emulator.provider.service import Parts
from emulator.scenario.rules import Scenario
from emulator.store.records import Grant

KIND: Final = "failover"
"""What flows of this service carry, and what rules match as `endpoint`."""
PATH: Final = "/failover"
SHOWN = 65_536
"""How much of a refused body the journal keeps, in bytes."""
log = logging.getLogger(__name__)


class FailoverDoor:
    """An ASGI application for one path and method, and its fast path."""

    path = PATH

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._faults = parts.faults
        self._engine = parts.engine
        self._submissions = parts.submissions
        self._max_body = parts.settings.max_body
        self._max_steps = parts.settings.max_steps or None

    def accept(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        """Accept a request that nothing is odd about, and answer when it is stored. False, and nothing happened, if it
        is not for the fast path.
        """
        try:
            found = self._plain(access.fields(headers), body)
            if found is None:
                return False
            received, read, scenario, now = found

            def stored(flow: Flow, error: Exception | None) -> None:
                if error is None:
                    answer(200, rendering.created_of(flow, read.json))
                else:
                    _fail(answer, error)

            self._submissions.submit_soon(received, read.request, scenario, now, stored)
        except ApiError:
            return False
        except Exception as error:
            _fail(answer, error)
        return True

    def _plain(self, given: dict[bytes, bytes], body: bytes) -> tuple[Received, quick.Read, Scenario, int] | None:
        """What submits a request soon, if it is for the fast path. Raises ApiError if it is to be refused."""
        grant, now = self._access.authorized(given)
        scenario = self._submissions.plain(grant.application)
        if scenario is None or faulty.CHOICE in given:
            return None
        errors.json_within(given, body, self._max_body)
        read = self._quickly(body)
        if read is None:
            return None
        access.require(grant, scopes(read.request))
        return Received(KIND, grant.application, PATH, body), read, scenario, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept or refuse one request."""
        body = b""
        grant: Grant | None = None
        spoilt: SpoiltAnswer | None = None
        try:
            given = access.fields(scope["headers"])
            body = await messages.read(receive, self._max_body)
            grant, now = self._access.authorized(given)
            errors.json_within(given, body, self._max_body)
            found = self._quickly(body)
            request = found.request if found else await self._read(body)
            access.require(grant, scopes(request))
            chosen = await self._faults.chosen(scope) if faulty.CHOICE in given else None
            received = Received(KIND, grant.application, scope["path"], body)
            made = await self._submissions.submit(received, request, now, chosen)
            spoilt = made.spoilt
            if isinstance(made, Refused):
                raise faulty.refusal(made, scope["path"], now)
            own = Response(rendering.created(made.flow), media_type="application/json")
        except ApiError as error:
            await self._refused(scope, grant.application if grant else "", body, error, spoilt)
            own = errors.answer(error)
        except ClientDisconnect:
            return
        except Exception:
            log.exception("a request failed")
            own, spoilt = errors.answer(errors.unforeseen()), None
        await (self._faults.response(own, spoilt) if spoilt else own)(scope, receive, send)

    def _quickly(self, body: bytes) -> quick.Read | None:
        """The request of a body that is written as documented; None if the full reader must read it."""
        found = quick.read(body) if len(body) <= LARGEST else None
        return None if found and self._max_steps and len(found.request.flow) > self._max_steps else found

    async def _read(self, body: bytes) -> Request:
        """The request of a body written in any way. A large one is read beside the event loop, since naming all its
        errors takes time. Raises ApiError.
        """
        from emulator.provider.failover import reading  # takes 3 ms, which a start can do without

        if len(body) <= LARGEST:
            return read_or_refuse(reading.full, body, self._max_steps)
        return await asyncio.to_thread(read_or_refuse, reading.failover, body, self._max_steps)

    async def _refused(
        self, scope: Scope, application: str, body: bytes, error: ApiError, spoilt: SpoiltAnswer | None
    ) -> None:
        data: Json = {"path": scope["path"], "body": body[:SHOWN].decode(errors="replace")} | error.reason
        data |= {"answer": spoilt.noted} if spoilt else {}
        await self._engine.note(application, kinds.Refused.of(data))


def scopes(request: Request) -> tuple[str, ...]:
    """The scopes that a token must have for a request: failover, and each channel that is used."""
    return _scopes(frozenset([step.channel for step in request.flow]))


@cache
def _scopes(channels: frozenset[Channel]) -> tuple[str, ...]:
    return "failover", *sorted(channel.lower() for channel in channels)


def _fail(answer: Answer, error: Exception) -> None:
    """Answer a request on the fast path that met what nobody foresaw."""
    log.error("a request failed", exc_info=error)
    own = errors.answer(errors.unforeseen())
    answer(own.status_code, bytes(own.body))
