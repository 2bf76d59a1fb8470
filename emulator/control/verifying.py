"""Whether flows came as a test expects, and if not, which came nearest and what differed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from msgspec import Struct

from emulator.errors import Json
from emulator.flow.state import Flow
from emulator.scenario.matching import Match
from emulator.scenario.questions import Endpoint, questions

NEAREST = 3
"""How many candidates a miss is told with."""


class Wanted(Struct, frozen=True):
    """A flow that is expected: one of its steps meets `match`; and what became of it, where that is given."""

    match: Match = Match()
    status: str | None = None
    status_code: str | None = None
    channel: str | None = None
    messages: tuple[str, ...] | None = None


class Verdict(Struct, frozen=True):
    """Whether what was expected holds; `flows` are those that met it, `nearest` those that nearly did, each with what
    differed.
    """

    verified: bool
    detail: str
    flows: tuple[str, ...] = ()
    nearest: tuple[Json, ...] = ()


def count(flows: Sequence[Flow], wanted: Wanted, low: int, high: int | None) -> Verdict:
    """Whether between `low` and `high` (None: any number) of the flows are as wanted."""
    met = tuple(flow.id for flow in flows if not differences(flow, wanted))
    expected = str(low) if low == high else f"{low} or more" if high is None else f"{low} to {high}"
    good = low <= len(met) and (high is None or len(met) <= high)
    detail = f"{len(met)} of {len(flows)} flows are as wanted; expected {expected}"
    return Verdict(good, detail, met, () if good or len(met) > low else nearest(flows, wanted))


def in_order(flows: Sequence[Flow], wanted: Sequence[Wanted]) -> Verdict:
    """Whether flows came as wanted, one after another, whatever came between; `flows` has the oldest first."""
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
    return Verdict(verified=True, detail=f"{len(met)} flows came in this order", flows=tuple(met))


def nearest(flows: Sequence[Flow], wanted: Wanted) -> tuple[Json, ...]:
    """The flows that differ least, with what differs."""
    told = [(flow.id, differences(flow, wanted)) for flow in flows]
    missed = sorted((each for each in told if each[1]), key=lambda each: len(each[1]))
    return tuple({"flow": flow, "differences": found} for flow, found in missed[:NEAREST])


def differences(flow: Flow, wanted: Wanted) -> list[str]:
    """What differs between a flow and what is wanted, in words; nothing if it is as wanted."""
    steps = questions(flow.application, flow.ordinal, flow.request, endpoint=cast(Endpoint, flow.kind))
    found = min((wanted.match.differences(step) for step in steps), key=len)
    messages = tuple(message.status for message in flow.messages)
    facts = (
        ("status", flow.status, wanted.status),
        ("statusCode", flow.status_code, wanted.status_code),
        ("channel", flow.termination_channel, wanted.channel),
        ("messages", messages, wanted.messages),
    )
    return found + [
        f"{name} is {_told(is_)}, not {_told(want)}" for name, is_, want in facts if want not in (None, is_)
    ]


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
