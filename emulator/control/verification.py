"""The door for verification: whether flows came as a test expects."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock.clock import EVERYBODY
from emulator.control import bodies, verifying
from emulator.control.verifying import Wanted
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.matching import Match
from emulator.store.contract import Store
from emulator.store.records import Search

MOST = 100_000
"""How many of the newest flows are looked at."""
Times = Annotated[int, Meta(ge=0)]


class WantedBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A flow that is wanted: a `match` of one of its steps as in a scenario's rule; its `status`, `statusCode`, the
    `channel` that ended it, the statuses of its `messages`.
    """

    match: Raw | UnsetType = UNSET
    status: str | None = None
    status_code: str | None = None
    channel: str | None = None
    messages: tuple[str, ...] | None = None


class VerifyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be verified: that flows of an `application` are as `wanted`. With one of them, `times` says how many
    (or `least` and `most`; one or more without them); with several, that they came in this order.
    """

    wanted: Annotated[list[WantedBody], Meta(min_length=1)]
    application: str | None = None
    times: Times | None = None
    least: Times | None = None
    most: Times | None = None


class VerificationDoor:
    """Tells whether flows came as a test expects."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def verify(self, request: Request) -> Response:
        """Answer whether it holds; if not, with the nearest flows and what differed."""
        body = await bodies.decoded(request, VerifyBody)
        counted = (body.times, body.least, body.most) != (None, None, None)
        if counted and len(body.wanted) > 1:
            raise Problem(400, "times, least and most are for one wanted flow; several are verified in their order")
        wanted = [_wanted(each) for each in body.wanted]
        found = await self._store.search(Search(body.application or EVERYBODY, size=MOST))
        flows = found.flows[::-1]
        if len(wanted) > 1:
            return messages.good(verifying.in_order(flows, wanted))
        least = (
            body.times if body.times is not None else body.least if body.least is not None else int(body.most is None)
        )
        return messages.good(verifying.count(flows, wanted[0], least, body.most if body.times is None else body.times))


def _wanted(body: WantedBody) -> Wanted:
    return Wanted(
        _match(b"" if body.match is UNSET else bytes(body.match)),
        body.status,
        body.status_code,
        body.channel,
        body.messages,
    )


def _match(text: bytes) -> Match:
    try:
        return files.load_match(text.decode(), "match") if text else Match()
    except ScenarioError as error:
        raise Problem(400, str(error), problems=list(error.problems)) from error
