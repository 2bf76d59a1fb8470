"""The door to verification: whether flows came as a test expects, and if not, which came nearest and what differed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Literal, TypeAlias, cast

from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import CHANNELS, Channel
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies, known
from emulator.errors import Json, plural
from emulator.flow.state import Flow, FlowStatus, StatusCode
from emulator.flow.verification import Standing
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.matching import Match
from emulator.scenario.questions import Endpoint, questions
from emulator.scenario.reach import impossible, stepless
from emulator.scenario.rules import LOOKING_BACK
from emulator.store.contract import Store
from emulator.store.records import Search

MOST = 100_000
"""How many flows are compared: the newest ones."""
NEAREST = 3
"""How many of the nearest flows a verdict has if it does not hold."""
Times = Annotated[int, Meta(ge=0)]
"""A number of flows."""
MessageStatus: TypeAlias = Literal[tuple(dict.fromkeys(s for c in CHANNELS.values() for s in c.statuses))]  # type: ignore[valid-type]
"""A status of some channel's messages."""


class WantedBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A flow that is wanted: one of its steps meets `match` (as in a scenario's rule); it has this `status` and
    `statusCode`, the `channel` that ended it, and `messages` with these statuses in their order; its `verification`
    stands at this; each is optional.
    """

    match: Raw | UnsetType = UNSET
    status: FlowStatus | None = None
    status_code: StatusCode | None = None
    channel: Channel | None = None
    messages: tuple[MessageStatus, ...] | None = None
    verification: Standing | None = None


class VerifyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What to verify: that flows of an `application` (without it, of all) are as `wanted`. With one wanted flow,
    `times` is how many there must be, or `least` and `most` are the bounds (without them, one or more); several wanted
    flows must have come in this order.
    """

    wanted: Annotated[list[WantedBody], Meta(min_length=1)]
    application: str | None = None
    times: Times | None = None
    least: Times | None = None
    most: Times | None = None

    @property
    def bounds(self) -> tuple[int, int | None]:
        """The least and the greatest number of flows (None: no limit). Without any bound, one or more."""
        if self.times is not None:
            return self.times, self.times
        if self.least is None:
            return (1, None) if self.most is None else (0, self.most)
        return self.least, self.most


class Wanted(Struct, frozen=True):
    """A wanted flow with its `match` read; `end` has what must have become of the flow."""

    match: Match
    end: WantedBody

    @classmethod
    def read(cls, body: WantedBody) -> Wanted:
        """A wanted flow. Raises Problem 400 with the problems of its match, or if no flow can meet it, or can tell."""
        try:
            match = Match() if body.match is UNSET else files.load_match(bytes(body.match).decode(), "match")
        except ScenarioError as error:
            raise Problem(400, str(error), problems=list(error.problems)) from error
        if unkept := [each for each in match.all_conditions() if each.member in LOOKING_BACK]:
            what = Match((unkept[0],))
            raise Problem(400, f"match: {what}: that is known only while a request is taken, and not kept")
        if why := _unmet(match):
            raise Problem(400, f"match: no flow meets this: {why}")
        return cls(match, body)


class Verdict(Struct, frozen=True):
    """Whether the flows are as wanted, and why, in words. `flows` has the ids of those that are; `nearest` the flows
    that differ least, each with its differences, if the verdict does not hold.
    """

    verified: bool
    detail: str
    flows: tuple[str, ...] = ()
    nearest: tuple[Json, ...] = ()


class VerificationDoor:
    """Compares flows with what a test wants, in a thread, since there may be many."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def verify(self, request: Request) -> Response:
        """Answer whether flows came as wanted; if not, with the nearest flows and their differences."""
        body = await bodies.decoded(request, VerifyBody)
        if wrong := _impossible(body):
            raise Problem(400, wrong)
        wanted = [Wanted.read(each) for each in body.wanted]
        page = await self._store.search(Search(body.application or EVERYBODY, size=MOST))
        flows = page.flows[::-1]
        judge = partial(in_order, flows, wanted) if len(wanted) > 1 else partial(count, flows, wanted[0], *body.bounds)
        verdict = await asyncio.to_thread(judge)
        note = UNSET if flows else await known.doubt(self._store, body.application)
        return messages.good(verdict if note is UNSET else replace(verdict, detail=f"{verdict.detail}; {note}"))


def _impossible(body: VerifyBody) -> str:
    """Why no flows can be as wanted, whatever happened; empty if they can."""
    bounded = body.least is not None or body.most is not None
    if len(body.wanted) > 1 and (bounded or body.times is not None):
        return "times, least and most are for one wanted flow; several are verified in their order"
    if bounded and body.times is not None:
        return "times says how many, so least and most have no place beside it"
    if body.least is not None and body.most is not None and body.least > body.most:
        return f"no number is at least {body.least} and at most {body.most}"
    for each in body.wanted:
        if each.status_code and each.status not in (None, FlowStatus.FAILED):
            return f"only a flow that is Failed has a statusCode, not one that is {each.status}"
        if each.channel and each.status and not each.status.final:
            return f"channel is the one that ended a flow; one that is {each.status} has not ended"
    return ""


def _unmet(match: Match) -> str:
    """Why no flow can meet a match; empty if one can, as far as is known."""
    if stepless(match):
        return "requests for a token or for tracking are no flows, nor are answers to a code"
    return impossible(match)


def count(flows: Sequence[Flow], wanted: Wanted, low: int, high: int | None) -> Verdict:
    """Whether from `low` to `high` (None: no limit) of the flows are as wanted."""
    met = tuple(flow.id for flow in flows if not differences(flow, wanted))
    expected = str(low) if low == high else f"{low} or more" if high is None else f"{low} to {high}"
    good = low <= len(met) and (high is None or len(met) <= high)
    detail = f"{len(met)} of {plural(len(flows), 'flow')} as wanted; expected {expected}"
    return Verdict(good, detail, met, () if good or len(met) > low else nearest(flows, wanted))


def in_order(flows: Sequence[Flow], wanted: Sequence[Wanted]) -> Verdict:
    """Whether the wanted flows came one after another, with any others between them; `flows` has the oldest first."""
    met: list[str] = []
    rest = list(flows)
    for number, each in enumerate(wanted, 1):
        position = next((index for index, flow in enumerate(rest) if not differences(flow, each)), None)
        if position is None:
            after = f" after flow {met[-1]}" if met else ""
            detail = f"no flow is as wanted by number {number}{after}"
            return Verdict(verified=False, detail=detail, flows=tuple(met), nearest=nearest(rest, each))
        met.append(rest[position].id)
        rest = rest[position + 1 :]
    return Verdict(verified=True, detail=f"{plural(len(met), 'flow')} came in this order", flows=tuple(met))


def nearest(flows: Sequence[Flow], wanted: Wanted) -> tuple[Json, ...]:
    """The flows that differ least from what is wanted, each with its differences."""
    compared = [(flow.id, differences(flow, wanted)) for flow in flows]
    missed = sorted((each for each in compared if each[1]), key=lambda each: len(each[1]))
    return tuple({"flow": flow_id, "differences": found} for flow_id, found in missed[:NEAREST])


def differences(flow: Flow, wanted: Wanted) -> list[str]:
    """The differences between a flow and what is wanted, in words; none if it is as wanted."""
    steps = questions(
        flow.application, flow.ordinal, flow.request, endpoint=cast(Endpoint, flow.kind), time=flow.created_at
    )
    unmatched = min((wanted.match.differences(step) for step in steps), key=len)
    statuses, end = tuple(message.status for message in flow.messages), wanted.end
    facts = (
        ("status", flow.status, end.status),
        ("statusCode", flow.status_code, end.status_code),
        ("channel", flow.termination_channel, end.channel),
        ("messages", statuses, end.messages),
        ("verification", flow.verification and flow.verification.status, end.verification),
    )
    return unmatched + [
        f"{name} is {_words(actual)}, not {_words(expected)}"
        for name, actual, expected in facts
        if expected not in (None, actual)
    ]


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
