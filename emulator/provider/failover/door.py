"""The door for POST /failover: from bytes to an accepted flow, or to a refusal that says everything that is wrong.

It has two ways in. `accept`, the fast path's, takes what is written as documented, from a known client, under a
scenario that neither refuses nor spoils anything. All else, and all refusals, come by ASGI. Both share their checks.
"""

from __future__ import annotations

import asyncio
import logging
from codecs import BOM_UTF8
from collections.abc import Sequence
from functools import cache

from msgspec import Raw
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.accounts.balance import BalanceError
from emulator.channels.table import Channel
from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.http import messages
from emulator.http.protocol import LARGEST, Answer
from emulator.planning.planner import RuledRequest, SpoiltAnswer
from emulator.provider import access, errors, faulty
from emulator.provider.errors import ApiError, generic, understood
from emulator.provider.failover import quick, reading, rendering
from emulator.store.records import Grant

PATH = "/failover"
SHOWN = 65_536
"""How much of a refused body the journal keeps, in bytes."""
JSON = "application/json"
log = logging.getLogger(__name__)


class FailoverDoor:
    """An ASGI application for one path and method, and its fast path."""

    def __init__(self, emulation: Emulation) -> None:
        self._emulation = emulation
        self._repeats = emulation.repeats
        self._max_body = emulation.settings.max_body
        self._max_steps = emulation.settings.max_steps or None

    def accept(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        """Accept a request that nothing is odd about, and answer when it is stored. False, and nothing happened, if it
        is not for the fast path.
        """
        try:
            found = self._plain(access.fields(headers), body)
            if found is None:
                return False
            self._submit(*found, body, answer)
        except ApiError:
            return False
        except Exception as error:
            _fail(answer, error)
        return True

    def _plain(self, given: dict[bytes, bytes], body: bytes) -> tuple[str, int, quick.Read] | None:
        """The application, its time and its request, if they are for the fast path. Raises ApiError if they are to be
        refused.
        """
        grant, now = access.authorized(given, self._emulation)
        application = grant.application
        if faulty.CHOICE in given or not self._emulation.selection.in_force(application).plain:
            return None
        errors.within(body, self._max_body)
        json_only(given)
        read = quick.read(body)
        if read is None or (self._max_steps and len(read.request.flow) > self._max_steps):
            return None
        access.require(grant, scopes(read.request))
        return application, now, read

    def _submit(self, application: str, now: int, read: quick.Read, body: bytes, answer: Answer) -> None:
        def stored(flow: Flow, error: Exception | None) -> None:
            if error is None:
                self._repeats.remember(application, body, now, flow.id)
                answer(200, rendering.created_of(flow, read.json))
            else:
                _fail(answer, error)

        engine, received = self._emulation.engine, {"path": PATH, **self._noted(application, body, now)}
        engine.submit_soon(engine.ask(application, read.request), received, body, now, stored)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept or refuse one request."""
        body = b""
        grant: Grant | None = None
        spoilt: SpoiltAnswer | None = None
        try:
            given = access.fields(scope["headers"])
            body = await messages.read(receive, self._max_body)
            grant, _ = access.authorized(given, self._emulation)
            errors.within(body, self._max_body)
            json_only(given)
            asked = await self._asked(scope, grant, body)
            spoilt = asked.spoilt
            own = Response(await self._accepted(scope, asked, body), media_type=JSON)
        except ApiError as error:
            await self._refused(scope, grant.application if grant else "", body, error, spoilt)
            own = errors.answer(error)
        except ClientDisconnect:
            return
        except Exception:
            log.exception("a request failed")
            own, spoilt = errors.answer(errors.unforeseen()), None
        await (faulty.FaultyResponse(own, spoilt, self._emulation.closing) if spoilt else own)(scope, receive, send)

    async def _asked(self, scope: Scope, grant: Grant, body: bytes) -> RuledRequest:
        """A request that keeps all rules, under the scenario that it falls under. Raises ApiError."""
        request = await self._read(body)
        access.require(grant, scopes(request))
        chosen = await faulty.chosen(scope, self._emulation)
        return self._emulation.engine.ask(grant.application, request, chosen)

    async def _accepted(self, scope: Scope, asked: RuledRequest, body: bytes) -> bytes:
        received: Json = {"path": scope["path"], "body": Raw(body.removeprefix(BOM_UTF8))}
        engine, application = self._emulation.engine, asked.application
        now = engine.now(application)
        if asked.spoilt:
            faulty.refuse(asked.spoilt, scope["path"], now)
            received["answer"] = faulty.reason(asked.spoilt)
        received |= self._noted(application, body, now)
        try:
            flow = await engine.submit(asked, received)
        except BalanceError as error:
            raise faulty.no_balance(str(error)) from error
        self._repeats.remember(application, body, flow.created_at, flow.id)
        return rendering.created(flow)

    def _noted(self, application: str, body: bytes, now: int) -> Json:
        """What the journal notes of a body that came before."""
        earlier = self._repeats.earlier(application, body, now)
        if earlier is None:
            return {}
        return {"note": f"the same body became flow {earlier} less than a minute ago; this is a second flow"}

    async def _read(self, body: bytes) -> Request:
        """The request of a body. A large one is read beside the event loop, since naming all its errors takes time."""
        if len(body) <= LARGEST:
            return understood(reading.failover, body, self._max_steps)
        return await asyncio.to_thread(understood, reading.failover, body, self._max_steps)

    async def _refused(
        self, scope: Scope, application: str, body: bytes, error: ApiError, spoilt: SpoiltAnswer | None
    ) -> None:
        data: Json = {"path": scope["path"], "body": body[:SHOWN].decode(errors="replace")} | error.reason
        data |= {"answer": faulty.reason(spoilt)} if spoilt else {}
        await self._emulation.engine.note("refused", application, data)


def json_only(given: dict[bytes, bytes]) -> None:
    """Raises ApiError 400 unless these headers say that the body is JSON."""
    kind = given.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if kind != JSON:
        raise generic(400, f"Content-Type must be {JSON}; it is {kind or 'missing'}")


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
