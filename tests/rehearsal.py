"""Plays a request under a scenario in no time: its rules and the state machine, without clock, store or HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from emulator import machine, numbers
from emulator.model import Channel, Flow, Json, Plan, Step, recipient
from emulator.scenario import Expectation, Question, Scenario
from tests.samples import NOW, callback, flow, sms, viber, voice

FOR_EVER = 10_000 * 3_600_000
NUMBER = "+306911111111"
MEMBERS = {"failoverOnStatuses": "failover_on_statuses", "expireOnDelivery": "expire_on_delivery", "from": "sender"}


class Result(Struct, frozen=True):
    """What became of one request; the members of an Expectation."""

    answer: int | None
    status: str | None = None
    status_code: str | None = None
    messages: tuple[str, ...] | None = None
    callbacks: int = 0


def step(told: Json, order: int) -> Step:
    """A step with these members, and sensible ones for the rest."""
    make: dict[str, Callable[..., Step]] = {Channel.SMS: sms, Channel.VIBER: viber, Channel.VOICE: voice}
    given: dict[str, Any] = {"to": NUMBER} | {MEMBERS.get(key, key): value for key, value in told.items()}
    channel, text = given.pop("type"), given.pop("text", None)
    made = make[channel](order)
    if text is not None:
        content = {"body": text} if channel == Channel.SMS else {"text": text}
        given["message"] = replace(made.message, **content)  # type: ignore[union-attr]
    if channel == Channel.VOICE:
        given.pop("ttl", None)
    return replace(made, **given)


def question(steps: list[Step], index: int, request: int, request_to: int) -> Question:
    """What a rule may ask of one of these steps."""
    asked = steps[index]
    message: Any = getattr(asked, "message", None)
    return Question(
        channel=asked.channel,
        to=recipient(asked),
        sender=getattr(asked, "sender", ""),
        text=getattr(message, "body", "") or getattr(message, "text", ""),
        steps=len(steps),
        order=index + 1,
        request=request,
        request_to=request_to,
        country_of=numbers.country,
    )


def played(scenario: Scenario, steps: list[Step], draw: Callable[[], float], request: int, request_to: int) -> Result:
    """Plan and run a request to its end, as the request of this number of its application and recipient."""
    first = question(steps, 0, request, request_to)
    answer = scenario.answer_for(first)
    if answer and answer.refuses:
        return Result(answer.status)
    plans = []
    for index, each in enumerate(steps):
        asked = question(steps, index, request, request_to)
        planned = scenario.plan_for(asked, index, 0, machine.ttl_ms(each) or None, draw)
        plans.append(Plan(planned.reports, planned.rule))
    ended, callbacks = _run(flow(steps, tuple(plans), callback()), scenario, first, draw)
    statuses = tuple(message.status for message in ended.messages)
    return Result((answer and answer.status) or 200, ended.status, ended.status_code, statuses, callbacks)


def _run(start: Flow, scenario: Scenario, asked: Question, draw: Callable[[], float]) -> tuple[Flow, int]:
    accepted = machine.accept(start)
    done = machine.due(accepted.flow, NOW + FOR_EVER)
    faults = scenario.callbacks_for(asked)
    told = range(1, len(done.callbacks) + 1)
    return done.flow, sum(len(faults.posts(number, NOW, draw)) if faults else 1 for number in told)


def rehearse(scenario: Scenario, draw: Callable[[], float]) -> list[tuple[Expectation, Result]]:
    """Each expectation of a scenario, sent one after another by one application, and what came of it."""
    seen: dict[str, int] = {}
    results = []
    for request, expected in enumerate(scenario.expect, 1):
        steps = [step(told, order) for order, told in enumerate(expected.send, 1)]
        to = recipient(steps[0])
        seen[to] = seen.get(to, 0) + 1
        results.append((expected, played(scenario, steps, draw, request, seen[to])))
    return results
