"""The door that takes a service's messages: turns a request into an accepted flow, or into a refusal of every mistake.

It has two ways in. The fast path calls `accept`, which takes requests written as documented, from a known client, under
a scenario that neither refuses requests nor spoils answers, and refuses those that can't be read. Everything else goes
through ASGI, where `taken` offers the fast path to what comes from another server. Both ways make the same checks. How
a service reads and answers is passed in, as a `Sending`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from emulator.choices.table import TAKEN
from emulator.engine.submission import Received, Refused
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.http import addresses, messages
from emulator.http.log import About, about, say
from emulator.http.protocol import DECLINED, HANG_UP, LARGEST, Answer
from emulator.provider import access, errors, faulty
from emulator.provider.errors import ApiError
from emulator.provider.refusing import refused
from emulator.provider.service import Parts, Sending
from emulator.provider.vetting import Vetting
from emulator.scenario.rules import Scenario
from emulator.store.contract import Unavailable
from emulator.store.records import Grant

SHOWN = 65_536
"""How many bytes of a refused body the journal keeps."""
STEPS: Final = 6
"""How many steps of a flow the log shows."""
JSON: Final = b"application/json"
"""The Content-Type that most requests have."""
_TILDE: Final = ord("~")
_BACKSLASH: Final = ord("\\")
log = logging.getLogger(__name__)


def may_merge(body: bytes) -> bool:
    """Whether the JSON of a request may have a placeholder, however it is written. Single bytes are looked for as
    numbers, which takes a tenth of the time.
    """
    return _TILDE in body or (_BACKSLASH in body and b"\\u007" in body)


class SendingDoor:
    """An ASGI application for POST to one path, and its fast path."""

    def __init__(self, parts: Parts, sending: Sending) -> None:
        self.path = sending.path
        self._sending = sending
        self._parts = parts
        self._access = parts.access
        self._faults = parts.faults
        self._submissions = parts.submissions
        self._requests = parts.requests
        self._answered = parts.requests.answered["POST", self]
        self._pace = parts.pace
        self._choices = parts.choices
        self._usual = not parts.settings.choose
        self._shared = parts.store.shared
        self._max_body = parts.settings.max_body
        self._max_steps = parts.settings.max_steps or None
        self._found: tuple[bytes, tuple[Request, tuple[str, ...]]] | None = None
        self._refusing: set[asyncio.Task[None]] = set()
        self._vetting = Vetting(parts, sending.callback, sending.not_taken)

    def accept(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        """Accept a plain request, or refuse it if it can't be read, and answer when that is stored. False, with nothing
        done, if it needs the ASGI application, also since it must wait.
        """
        if self._pace.shut:
            return False
        try:
            plain = self._plain(headers, body)
            if plain is None:
                return False
            scenario, grant, now = plain
            request = self._quickly(body)
            if request is None:
                return self._refuses(grant, body, answer)
            if not self._passes(request, grant):
                return False

            received = Received(self._sending.kind, grant.application, self.path, body)
            at = partial(self._still, headers, grant, scenario) if self._shared else now
            self._submissions.submit_soon(received, request, scenario, at, partial(self._stored, body, answer))
        except ApiError:
            return False
        except Exception as error:
            self._fail(answer, error)
        return True

    async def taken(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """See `service.FastDoor`. The emulator's own server has offered its requests already, and can hang up."""
        if HANG_UP in scope.get("extensions", ()) or scope["query_string"]:
            return receive
        came = await receive()
        again, body = partial(_again, iter([came]), receive), came.get("body", b"")
        if came["type"] != "http.request" or came.get("more_body") or len(body) > LARGEST:
            return again
        answered: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()

        def answer(status: int, body: bytes) -> None:
            if not answered.done():  # nobody waits any more
                answered.set_result((status, body))

        if not self.accept(scope["headers"], body, answer):
            return again
        status, shown = await answered
        if status == DECLINED:
            return again
        await Response(shown, status, media_type="application/json")(scope, receive, send)
        return None

    def _stored(self, body: bytes, answer: Answer, flow: Flow | None, error: Exception | None) -> None:
        """Answer a request that became a flow, or an error; without either, ASGI must take it after all."""
        if error is not None:
            self._fail(answer, error)
        elif flow is None:
            answer(DECLINED, body)
        else:
            self._answered[200] += 1
            if self._requests.wants(200):
                self._requests.show("POST", self.path, 200, _said(flow))
            answer(200, self._sending.created(flow))

    def _still(self, sent: Sequence[tuple[bytes, bytes]], grant: Grant, scenario: Scenario) -> int | None:
        """The time on the clock of a request, when it has its turn; None if what is in force is not what it was when
        the request came, since another process has changed that.
        """
        try:
            _, found, now = self._access.authorized(sent)
        except ApiError:
            return None
        return now if found == grant and self._submissions.plain(grant.application) is scenario else None

    def _plain(self, sent: Sequence[tuple[bytes, bytes]], body: bytes) -> tuple[Scenario, Grant, int] | None:
        """The scenario of a request, the grant of its token and the time on its clock, as far as this process knows, if
        the fast path may read it; None if not. Raises ApiError if it is to be refused.
        """
        headers, grant, now = self._access.authorized(sent)
        scenario = self._submissions.plain(grant.application)
        names = b" ".join(headers)
        if scenario is None or scenario.choices or not self._usual:
            return None
        if addresses.HEADERS in names or b"content-encoding" in headers or may_merge(body):
            return None
        if headers.get(b"content-type") != JSON or len(body) > self._max_body:
            errors.json_within(headers, body, self._max_body)
        return scenario, grant, now

    def _passes(self, request: Request, grant: Grant) -> bool:
        """Whether a request is complete as it is, its channels take all its steps, and its token has the scopes."""
        if not (self._vetting.idle or self._vetting.passes(grant.application, request)):
            return False
        return all([scope in grant.scopes for scope in self._sending.scopes(request)])  # noqa: C419  # it takes half

    def _refuses(self, grant: Grant, body: bytes, answer: Answer) -> bool:
        """Refuse a body that can't be read, and answer when that is in the journal. False, with nothing done, if it can
        be read, or if others may have changed what is in force.
        """
        if self._shared or self._sending.scope not in grant.scopes:
            return False
        try:
            self._found = body, self._sending.full(body, self._max_steps)
        except ApiError as error:
            if error.headers:
                return False  # the fast path answers none
            task = asyncio.get_running_loop().create_task(self._refuse(grant.application, body, error, answer))
            self._refusing.add(task)
            task.add_done_callback(self._refusing.discard)
            return True
        return False

    async def _refuse(self, application: str, body: bytes, refusal: ApiError, answer: Answer) -> None:
        scope: Scope = {"path": self.path}
        try:
            own = await self._refused(scope, application, body, refusal)
        except Exception as failure:
            self._fail(answer, failure)
            return
        status, said = own.status_code, about(scope)
        self._answered[status] += 1
        if self._requests.wants(status, said.words):
            self._requests.show("POST", self.path, status, said)
        answer(status, bytes(own.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept or refuse one request, when its time has come."""
        if self._pace.shut:
            await self._pace.passed()
        body = b""
        grant: Grant | None = None
        try:
            body = await messages.read(receive, self._max_body)
            headers, grant, now = self._access.authorized(scope["headers"], scope["path"])
            if self._sending.scope not in grant.scopes:
                access.require(grant, (self._sending.scope,))
            if b"content-encoding" in headers:
                packed, body = body, b""
                body = errors.unpacked(headers, packed, self._max_body)
            errors.json_within(headers, body, self._max_body)
            request, remarks = await self._read(body, grant.application)
            access.require(grant, self._sending.scopes(request))
            vetted = await self._vetting.vetted(grant.application, request, now, places=may_merge(body))
            chosen = await self._faults.chosen(scope) if faulty.CHOICE in headers else None
            told = remarks + vetted.remarks
            received = Received(self._sending.kind, grant.application, scope["path"], body, told, vetted.rejected)
            outcome = await self._submissions.submit(received, vetted.request, now, chosen)
            if isinstance(outcome, Refused):
                raise self._sending.refused(faulty.refusal(outcome, scope["path"], now), request, now)
            say(scope, _said(outcome.flow, remarks))
            created = Response(self._sending.created(outcome.flow), media_type="application/json")
            answer = self._faults.response(created, outcome.spoilt)
        except ApiError as error:
            answer = await self._refused(scope, grant.application if grant else "", body, error)
        except ClientDisconnect:
            return
        except Unavailable:
            raise
        except Exception:
            log.exception("a request failed")
            answer = errors.answer(errors.unforeseen())
        await answer(scope, receive, send)

    def _quickly(self, body: bytes) -> Request | None:
        """The request in a body that is written as documented; None if the full reader must read it."""
        request = self._sending.quick(body) if len(body) <= LARGEST else None
        return None if request and self._max_steps and len(request.flow) > self._max_steps else request

    async def _read(self, body: bytes, application: str) -> tuple[Request, tuple[str, ...]]:
        """The request in any body, and remarks on it. A large body is read in a thread, since naming all its errors
        takes time. Raises ApiError, also if the application's choices refuse the request.
        """
        if quick := self._quickly(body):
            found: tuple[Request, tuple[str, ...]] = quick, ()
        elif self._found and self._found[0] == body:
            found = self._found[1]
        elif len(body) <= LARGEST:
            found = self._sending.full(body, self._max_steps)
        else:
            found = await asyncio.to_thread(self._sending.full, body, self._max_steps)
        if (choices := self._choices(application)) is not TAKEN:
            from emulator.provider.chosen import check

            check(self._sending.kind, body, *found, choices)
        return found

    async def _refused(self, scope: Scope, application: str, body: bytes, refusal: ApiError) -> Response:
        """The answer to a request that is refused, which is recorded in the journal with the beginning of its body."""
        return await refused(self._parts, scope, application, refusal, body=body[:SHOWN].decode(errors="replace"))

    def _fail(self, answer: Answer, error: Exception) -> None:
        """Answer 503 on the fast path if the store can't be used; log any other exception, and answer 500."""
        if isinstance(error, Unavailable):
            refusal = errors.unavailable(self.path, error)
        else:
            log.error("a request failed", exc_info=error)
            refusal = errors.unforeseen()
        own = errors.answer(refusal)
        self._answered[own.status_code] += 1
        answer(own.status_code, bytes(own.body))


async def _again(came: Iterator[Message], receive: Receive) -> Message:
    """What came already, and then the rest."""
    return next(came, None) or await receive()


def _said(flow: Flow, remarks: tuple[str, ...] = ()) -> About:
    """What the log says about an accepted request."""
    steps = flow.request.flow
    more = f"→… ({len(steps)} steps)" if len(steps) > STEPS else ""
    channels = "→".join([step.channel for step in steps[:STEPS]]) + more
    return About(flow.application, flow.id, "; ".join([channels, *remarks]) if remarks else channels)
