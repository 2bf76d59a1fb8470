"""Every distinct outcome that a request can have, each with a scenario that produces it. Pure.

What a channel may do is taken from the default scenario: its rules decide by the last three digits of a "magic" number,
one digit for each channel, so a channel has at most ten ways. All outcomes are found by rehearsing the request under
every combination of them, step after step, and leaving out those that change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import UNSET, Struct
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.errors import EmulatorError, Json, plural
from emulator.flow.request import Callback, Request, Strategy, sequence
from emulator.journal.kinds import Status
from emulator.planning.rehearsal import Rehearsal, Rehearsed, Rejected, all_taken
from emulator.scenario import files
from emulator.scenario.matching import Condition, Match
from emulator.scenario.outcomes import Outcome, Sequence
from emulator.scenario.questions import Facts, StepQuestion, questions
from emulator.scenario.rules import Rule, Scenario

MAGIC: Final = "+306900000"
"""What a magic number begins with."""
DIGITS: Final = (Channel.VIBER, Channel.SMS, Channel.VOICE)
"""The channels that its last three digits are about, in their order."""
MOST_PATHS: Final = 1000
"""How many outcomes are listed; each step more multiplies them by three."""

Ways = Mapping[Channel, tuple[Outcome, ...]]
"""For each channel, its outcome under each digit from 0 to 9."""
_Result = tuple[tuple[tuple[Channel, str], ...], str, str | None, int]
"""What tells two outcomes apart: the first members of a Path."""


class Path(Struct, frozen=True):
    """One outcome of a request: its started `steps` in the order in which they run, each with its last status; the
    flow's status and code; the number of its `callbacks`. `scenario` produces it, and so does sending all steps to
    `number`, which is None where no number does, as when a channel is used twice with different statuses.
    """

    steps: tuple[tuple[Channel, str], ...]
    status: str
    status_code: str | None
    callbacks: int
    number: str | None
    scenario: Json

    def __str__(self) -> str:
        told = ", ".join(f"{channel} {status}" for channel, status in self.steps)
        code = f" {self.status_code}" if self.status_code else ""
        return f"{told}: {self.status}{code} ({plural(self.callbacks, 'callback')})"


class TooManyPaths(EmulatorError):
    """A request has more outcomes than are listed."""


def paths(request: Request, rejected: Rejected = all_taken) -> list[Path]:
    """All outcomes of a request, each once. One that wants no callbacks has none; steps are `rejected` as a rehearsal
    has it. Raises TooManyPaths.
    """
    wants = request.callback is not UNSET
    if not wants:
        request = replace(request, callback=Callback(Strategy.ON_STEP, "http://127.0.0.1/"))
    default = files.named("default")
    ways = {
        channel: tuple(default.planned_for(Facts(channel, _number({channel: digit}))).outcome for digit in range(10))
        for channel in Channel
    }
    found: dict[_Result, tuple[int, ...]] = {}
    for digits, came in _leaves(request, ways, (), rejected):
        found.setdefault(_result(came), digits)
        if len(found) > MOST_PATHS:
            raise TooManyPaths(
                f"the request has {len(request.flow)} steps, and so more than {MOST_PATHS} outcomes; "
                "with each step fewer it has a third of them"
            )
    channels = [step.channel for step in _in_turn(request)]
    made: dict[_Result, Path] = {}
    for result, digits in found.items():
        number = _number(dict(zip(channels, digits, strict=False)))
        sent = replace(request, flow=[replace(step, to=number) for step in request.flow])
        same = result == _result(Rehearsal(default, rejected=rejected).play(sent))
        scenario = _scenario(request, [ways[channel][digit] for channel, digit in zip(channels, digits, strict=False)])
        told = result if wants else (*result[:3], 0)
        made.setdefault(told, Path(*told, number if same else None, _written(scenario)))
    return list(made.values())


def _number(digits: Mapping[Channel, int]) -> str:
    """The magic number with these digits; 0 for the channels without one."""
    return MAGIC + "".join(str(digits.get(channel, 0)) for channel in DIGITS)


def _in_turn(request: Request) -> list[StepQuestion]:
    """A request's steps in the order in which they run, as rules see them."""
    asked = questions("", 1, request)
    return [asked[index] for index in sequence(request)]


def _leaves(
    request: Request, ways: Ways, chosen: tuple[int, ...], rejected: Rejected
) -> Iterator[tuple[tuple[int, ...], Rehearsed]]:
    """Every way that a flow can take once its first steps have taken those of the `chosen` digits: the digits of all
    the steps that were started, and what the request came to.
    """
    seen = set()
    steps = _in_turn(request)
    before = [ways[step.channel][digit] for step, digit in zip(steps, chosen, strict=False)]
    outcomes = [*before, Sequence(ways[steps[len(chosen)].channel])]
    rehearsal = Rehearsal(_scenario(request, outcomes), rejected=rejected)
    for digits in ((*chosen, digit) for digit in range(10)):
        came = rehearsal.play(request)
        assert came.flow is not None
        state, goes_on = _state(came, len(digits)), len(came.flow.messages) > len(digits)
        if (state, goes_on) in seen:
            continue
        seen.add((state, goes_on))
        if goes_on:
            yield from _leaves(request, ways, digits, rejected)
        else:
            yield digits, came


def _scenario(request: Request, outcomes: Iterable[Outcome]) -> Scenario:
    """A scenario under which the first steps to run have these outcomes."""
    rules = []
    for number, (step, outcome) in enumerate(zip(_in_turn(request), outcomes, strict=False), 1):
        match = Match((Condition("order", "equal", step.order), Condition("channel", "equal", step.channel)))
        rules.append(Rule(f"step {number}", match, {step.channel: outcome}))
    return Scenario("path", "One outcome of a flow.", tuple(rules))


def _state(came: Rehearsed, steps: int) -> tuple[tuple[str, ...], int, str | None]:
    """What is known of a flow once so many of its steps have run: two flows of one state can't come to differ."""
    assert came.flow is not None
    ran = came.flow.messages[:steps]
    own = {message.step for message in ran}
    reports = [entry for entry in came.entries if isinstance(entry.data, Status) and entry.data.step - 1 in own]
    code = came.flow.status_code if len(came.flow.messages) == steps else None
    return tuple(message.status for message in ran), len(reports), code


def _result(came: Rehearsed) -> _Result:
    flow = came.flow
    assert flow is not None
    steps = tuple((flow.step(message).channel, message.status) for message in flow.messages)
    return steps, flow.status, flow.status_code, len(came.posts)


def _written(scenario: Scenario) -> Json:
    """A scenario of `_scenario` as its file says it."""
    rules = [
        {
            "name": rule.name,
            "match": {condition.key: condition.expected for condition in rule.match.conditions},
            "plan": files.written_plan(rule.plan),
        }
        for rule in scenario.rules
    ]
    return {"purpose": scenario.purpose, "rules": rules}
