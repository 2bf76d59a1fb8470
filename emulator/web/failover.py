"""The door for POST /failover: from bytes to an accepted flow, or to a refusal that says everything that is wrong."""

from __future__ import annotations

import asyncio
import logging
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence

from msgspec import Raw
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator import intake, quick, views
from emulator.balance import BalanceError
from emulator.emulation import Emulation
from emulator.model import Flow, Json, Request
from emulator.planning import Asked, Spoilt
from emulator.protocol import ANSWER
from emulator.store import Grant
from emulator.tokens import seconds_left
from emulator.web import access, bodies, errors, faulty
from emulator.web.errors import ApiError, generic, understood

PATH = "/failover"
_HEADERS = [(b"content-type", b"application/json")]
SHOWN = 65_536
"""How much of a refused body the journal keeps, in bytes."""
LARGE = 32_768
"""From how many bytes on a body is read beside the event loop."""
log = logging.getLogger(__name__)
_JSON = re.compile(rb"(?i)\s*application/json\s*(?:;|\Z)").match


class FailoverDoor:
    """An ASGI application for one path and method."""

    def __init__(self, emulation: Emulation) -> None:
        self._emulation = emulation
        self._repeats = emulation.repeats

    def at_once(
        self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Callable[[bytes | None], None]
    ) -> bool:
        """Accept a request that nothing is odd about, and answer when it is stored. False, and nothing happened, if the
        long way must be gone.
        """
        emulation = self._emulation
        kind = authorization = b""
        for name, value in headers:
            if name == b"authorization":
                authorization = value
            elif name == b"content-type":
                kind = value
            elif name == faulty.CHOICE:
                return False
        grant = emulation.tokens.bearing(authorization)
        if grant is None or not _JSON(kind):
            return False
        application = grant.application
        now = emulation.engine.now(application)
        if seconds_left(grant, now) < 0 or not emulation.selection.in_force(application).plain:
            return False
        read = quick.read(body)
        if read is None or len(read.request.flow) > (emulation.settings.max_steps or len(read.request.flow)):
            return False
        if not grant.covers([step.channel for step in read.request.flow]):
            return False
        received: Json = {"path": PATH}
        earlier = self._repeats.earlier(application, body, now)
        if earlier:
            received["note"] = f"the same body became flow {earlier} less than a minute ago; this is a second flow"

        def stored(flow: Flow, error: Exception | None) -> None:
            if error is None:
                answer(views.created_of(flow, read.json))
            else:
                log.error("a request failed", exc_info=error)
                answer(None)

        asked = emulation.engine.ask(application, read.request)
        flow = emulation.engine.submit_soon(asked, received, body, now, stored)
        self._repeats.remember(application, body, now, flow.id)
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept or refuse one request."""
        body = b""
        grant: Grant | None = None
        spoilt: Spoilt | None = None
        try:
            limit = self._emulation.settings.max_body
            body = await bodies.read(receive, limit)
            grant = access.bearer(scope, self._emulation)
            bodies.within(body, limit)
            asked = await self._asked(scope, grant, body)
            spoilt = asked.spoilt
            answer = await self._accepted(scope, asked, body)
        except ApiError as error:
            await self._refused(scope, grant.application if grant else "", body, error, spoilt)
            own = errors.answer(error)
            await (faulty.Faulty(own, spoilt, self._emulation.closing) if spoilt else own)(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception:
            log.exception("a request failed")
            await errors.answer(errors.unforeseen())(scope, receive, send)
        else:
            if spoilt:
                own = Response(answer, media_type="application/json")
                await faulty.Faulty(own, spoilt, self._emulation.closing)(scope, receive, send)
                return
            if (direct := scope["extensions"].get(ANSWER)) is not None:
                direct["good"](answer)
                return
            length = b"%d" % len(answer)
            await send(
                {"type": "http.response.start", "status": 200, "headers": [*_HEADERS, (b"content-length", length)]}
            )
            await send({"type": "http.response.body", "body": answer})

    async def _asked(self, scope: Scope, grant: Grant, body: bytes) -> Asked:
        """A request that keeps all rules, under the scenario that it falls under. Raises ApiError."""
        json_only(scope)
        request = await self._read(body)
        access.require(grant, ("failover", *sorted({step.channel.lower() for step in request.flow})))
        chosen = await faulty.chosen(scope, self._emulation)
        return self._emulation.engine.ask(grant.application, request, chosen)

    async def _accepted(self, scope: Scope, asked: Asked, body: bytes) -> bytes:
        received: Json = {"path": scope["path"], "body": Raw(body.removeprefix(BOM_UTF8))}
        engine, application = self._emulation.engine, asked.application
        now = engine.now(application)
        if asked.spoilt:
            faulty.refuse(asked.spoilt, scope["path"], now)
            received["answer"] = faulty.reason(asked.spoilt)
        earlier = self._repeats.earlier(application, body, now)
        if earlier:
            received["note"] = f"the same body became flow {earlier} less than a minute ago; this is a second flow"
        try:
            flow = await engine.submit(asked, received)
        except BalanceError as error:
            raise faulty.no_balance(str(error)) from error
        self._repeats.remember(application, body, flow.created_at, flow.id)
        return views.created(flow)

    async def _read(self, body: bytes) -> Request:
        """The request of a body. A large one is read beside the event loop, since naming all its errors takes time."""
        max_steps = self._emulation.settings.max_steps or None
        if len(body) <= LARGE:
            return understood(intake.failover, body, max_steps)
        return await asyncio.to_thread(understood, intake.failover, body, max_steps)

    async def _refused(
        self, scope: Scope, application: str, body: bytes, error: ApiError, spoilt: Spoilt | None
    ) -> None:
        data: Json = {"path": scope["path"], "body": body[:SHOWN].decode(errors="replace")} | error.reason
        data |= {"answer": faulty.reason(spoilt)} if spoilt else {}
        await self._emulation.engine.note("refused", application, data)


def json_only(scope: Scope) -> None:
    """Raises ApiError 400 unless the request says that its body is JSON."""
    kind = (access.header(scope, b"content-type") or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise generic(400, f"Content-Type must be application/json; it is {kind or 'missing'}")
