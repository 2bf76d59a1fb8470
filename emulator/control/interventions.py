"""The door to interventions in flows: a report, a reply, a cancellation, another post of a callback.

What is possible at which moment is decided by `engine.interventions`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import Cause, Reason
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies, callbacks, flows, known
from emulator.engine.interventions import GIVEN_UP, Impossible, Interventions
from emulator.flow.reply import Reply
from emulator.flow.state import PRESSED, Flow
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.provider.service import Rendering
from emulator.store.contract import Store
from emulator.store.records import CallbackQuery


class ReportBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A report: a `status` in the channel's spelling, for the message of the `step` with this number (without it, the
    running one); a `reason` (detailedStatus and description) and a `cause` (balance or server) in place of the
    channel's default ones.
    """

    status: str
    step: Annotated[int, Meta(ge=1)] | None = None
    reason: Reason = Reason()
    cause: Cause = ""


Url = Annotated[str, Meta(pattern="^https?://.", title="a URL such as https://app.example/in")]


class ReplyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A reply: the `text` that the recipient writes back, or a picture or file at the URL `media`, maybe with its
    `filename`, or both. It answers the Viber message; with a `url`, that of the sender's number, to which the provider
    posts what comes in, it answers the Sms, by a text alone. `message` is an older name of `text`.
    """

    text: str = ""
    message: str = ""
    media: Url = ""
    filename: str = ""
    url: Url = ""


class KeysBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A press of `keys` in a call: 0 to 9, * and #, such as 12#."""

    keys: Annotated[str, Meta(pattern=f"^{PRESSED}$", title="keys from 0 to 9, * and #, such as 12#")]


class CancelBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A cancellation: `why`, the reason that the journal records."""

    why: str = "cancelled from outside"


class ResendBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Which callbacks that were `given up` are posted again: of one `application`, of one `flow`, with this `text` in
    their URL, body or ids; each is optional. Those that were posted again since are left out, unless that failed too.
    """

    application: str | None = None
    flow: bodies.Name | None = None
    text: str = ""


class ResentCount(Struct, frozen=True):
    """How many callbacks are posted again."""

    resent: int


class DeletedFlow(Struct, frozen=True):
    """The id of a flow that was deleted."""

    deleted: str


class InterventionDoor:
    """Changes flows as users ask for it."""

    def __init__(self, interventions: Interventions, store: Store, renderings: Mapping[str, Rendering]) -> None:
        self._interventions = interventions
        self._store = store
        self._renderings = renderings

    async def report(self, request: Request) -> Response:
        """Let a channel report a status of a flow's message now."""
        body = await bodies.decoded(request, ReportBody)
        name = await self._named(request)
        reporting = self._interventions.report(name, body.step, body.status, body.reason, body.cause)
        return await self._changed(reporting, name)

    async def reply(self, request: Request) -> Response:
        """Let the recipient reply to a flow's Viber message; the reply is posted to the step's `inboundUrl`. Or to its
        Sms; then it is posted to the `url` that is given.
        """
        body = await bodies.decoded(request, ReplyBody)
        if body.text and body.message:
            raise Problem(400, "message is an older name of text: give one of them")
        text = body.text or body.message
        if not text and not body.media:
            raise Problem(400, "a reply has a text, or a picture or file at the URL media")
        if body.filename and not body.media:
            raise Problem(400, "filename is that of a file at the URL media")
        name = await self._named(request)
        reply = Reply(text, body.media, body.filename, body.url)
        return await self._changed(self._interventions.reply(name, reply), name)

    async def keys(self, request: Request) -> Response:
        """Let the recipient of a call press keys, where the call collects them; they are posted to its `eventUrl`."""
        body = await bodies.decoded(request, KeysBody)
        name = await self._named(request)
        return await self._changed(self._interventions.press(name, body.keys), name)

    async def cancel(self, request: Request) -> Response:
        """Cancel a flow: it ends as failed. The customer is told, except of a single message: its callbacks tell of
        its status, which stays.
        """
        body = await bodies.decoded(request, CancelBody, empty=CancelBody())
        name = await self._named(request)
        return await self._changed(self._interventions.cancel(name, body.why), name)

    async def resend(self, request: Request) -> Response:
        """Post a callback again, with the same body."""
        record = await callbacks.one(request.path_params["id"], self._store)
        return await self._changed(self._interventions.resend(record), record.flow)

    async def resend_all(self, request: Request) -> Response:
        """Post all callbacks again that were given up, or some of them."""
        body = await bodies.decoded(request, ResendBody, empty=ResendBody())
        flow = body.flow and (await known.flow(self._store, body.flow, body.application)).id
        wanted = CallbackQuery(flow, body.application or EVERYBODY, outcome=GIVEN_UP, text=body.text)
        return messages.good(ResentCount(await self._interventions.resend_all(wanted)))

    async def delete(self, request: Request) -> Response:
        """Delete a flow that is finished, with its callbacks and journal entries, as --keep drops old ones. One that is
        under way, or has callbacks that are, is refused with 409.
        """
        name = await self._named(request)
        try:
            if not await self._interventions.delete(name):
                raise Problem(404, f"there is no flow {name}")
        except Impossible as error:
            raise Problem(409, str(error)) from error
        return messages.good(DeletedFlow(name))

    async def _named(self, request: Request) -> str:
        """The id of the flow that a path names. Raises Problem as `known.flow`."""
        return (await known.flow(self._store, request.path_params["id"])).id

    async def _changed(self, changing: Awaitable[Flow | None], name: str) -> Response:
        try:
            flow = await changing
        except Impossible as error:
            raise Problem(409, str(error)) from error
        if flow is None:
            raise Problem(404, f"there is no flow {name}")
        return messages.good(flows.shown(flow, self._renderings))
