"""Plays flows under a scenario without time and sockets, and records them: as a journal, and as callback bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import json, to_builtins
from msgspec.structs import replace

from emulator.accounts import prices
from emulator.channels.table import CHANNELS, Channel, Reason
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.request import Step, ttl_ms
from emulator.flow.state import Flow, Plan, Transition
from emulator.journal.entry import Entry
from emulator.provider.failover import rendering
from emulator.recording.writing import from_bodies, from_journal
from emulator.scenario import files
from emulator.scenario.outcomes import Line
from emulator.scenario.questions import Facts
from emulator.scenario.rules import Scenario
from emulator.seed import Draws
from tests.support.samples import HOUR, NOW, NUMBER, SECOND, callback, flow, sms, viber, voice

Record = Callable[[list[Transition]], str]
Steps = list[Step]
FOR_EVER = 10_000 * HOUR
A, B, C = NUMBER, "+306900000210", "+306900000485"
FLOWS: tuple[Steps, ...] = (
    [viber(to=A), voice(2, to=A), sms(3, to=A)],
    [viber(to=B), sms(2, to=B), voice(3, to=B)],
    [viber(to=A, expire_on_delivery=True), sms(2, to=A)],
    [sms(to=C), viber(2, to=C, ttl=0.5)],
    [sms(to=A), sms(2, to=A)],
    [viber(2, to=B), sms(to=C), voice(3, ["Completed", "Busy", "Unsent", "Terminated"], to=A)],
    [voice(to=C)],
)
"""Several to one recipient, several recipients in one, a channel twice, an order unlike the array's."""


def played(scenario: Scenario, *flows: Steps) -> list[Transition]:
    """What becomes of requests that one application sends, a second apart."""
    seen: dict[str, int] = {}
    done = []
    for number, steps in enumerate(flows, 1):
        for to in {str(step.to) for step in steps}:
            seen[to] = seen.get(to, 0) + 1
        plans = tuple(planned(scenario, steps, index, number, seen) for index in range(len(steps)))
        done.append(run(flow(steps, plans, callback(), name=f"flow-{number}", ordinal=number)))
    return done


def planned(scenario: Scenario, steps: Steps, index: int, number: int, seen: dict[str, int]) -> Plan:
    """One step's plan; what is drawn follows from the request's number."""
    asking = steps[index]
    order = 1 + sum(other.order < asking.order for other in steps)
    to = str(asking.to)
    asked = Facts(asking.channel, to, application="app", order=order, request=number, request_to=seen[to])
    return scenario.planned_for(asked).plan(seen[to], ttl_ms(asking), Draws("seed", number, index))


def run(start: Flow) -> Transition:
    """A flow from its creation, `ordinal` seconds from now, to its last report."""
    at = NOW + start.ordinal * SECOND
    accepted = machine.accept(replace(start, created_at=at, updated_at=at))
    done = machine.due(accepted.flow, NOW + FOR_EVER)
    return Transition(done.flow, accepted.entries + done.entries, done.callbacks)


def journal(done: list[Transition]) -> list[Json]:
    """The entries that an emulator would show of these flows."""
    return [shown for each in done for shown in (accepted(each), *map(entry, each.entries[1:]))]


def accepted(done: Transition) -> Json:
    """The first entry, which has the request's body."""
    shown = entry(done.entries[0]) | {"kind": "accepted"}
    body = json.decode(json.encode(done.flow.request))
    return shown | {"data": shown["data"] | {"path": "/failover", "body": body}}


def entry(told: Entry) -> Json:
    """An entry as the journal shows it."""
    shown: Json = to_builtins(told, str_keys=True)
    return shown | {"seq": 1, "at": instants.written(told.at), "kind": told.kind.value}


def bodies(done: list[Transition]) -> list[Json]:
    """The callback bodies of these flows."""
    return [json.decode(rendering.body(told, prices.load(""))) for each in done for told in each.callbacks]


def recorded_journal(done: list[Transition]) -> str:
    """The recording of these flows' journal."""
    return from_journal(journal(done))


def recorded_bodies(done: list[Transition]) -> str:
    """The recording of these flows' callbacks."""
    return from_bodies(bodies(done))


BOTH = pytest.mark.parametrize("record", [recorded_journal, recorded_bodies], ids=["journal", "bodies"])


def statuses(done: Transition) -> list[tuple[int, Json]]:
    """The status entries of a flow, default reasons filled in, each with its milliseconds since the flow's creation."""
    told = [(each.at - done.flow.created_at, to_builtins(each.data)) for each in done.entries if each.kind == "status"]
    return [(after, {"reason": usual(members)} | members) for after, members in told]


def usual(data: Json) -> str:
    """The usual reason of a status entry."""
    return CHANNELS[Channel(data["channel"])].reasons.get(data["status"], Reason()).detailed_status


def outcome(done: Transition) -> tuple[list[tuple[int, Json]], str, str | None]:
    """All that a replay must repeat."""
    return statuses(done), done.flow.status, done.flow.status_code


def replayed(text: str, *flows: Steps) -> list[Transition]:
    """The same requests under a recorded scenario."""
    return played(files.load_text(text, "recorded"), *flows)


def way(text: str, channel: Channel, rule: int = 0) -> list[Line]:
    """The reports of a recorded scenario's rule for a channel."""
    found: Any = files.load_text(text, "recorded").rules[rule].plan[channel]
    return list(found.lines)


def without(name: str, *path: str | int) -> Callable[[Json], Any]:
    """A change that takes a member away."""

    def change(body: Json) -> Any:
        at: Any = body
        for key in path:
            at = at[key]
        del at[name]
        return body

    return change
