"""A scenario: rules in order, the first that applies to a step decides what its channel reports. Pure.

A rule decides only what it has: one that plans Viber leaves Sms to the rules below it. Below the last rule stands an
implied one under which everything goes well. A scenario knows no time and no chance; both come in as arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from emulator.channels.table import Channel
from emulator.clock.delays import Draw
from emulator.errors import Json
from emulator.flow.faults import CallbackFaults
from emulator.flow.state import Plan
from emulator.scenario.answers import AnswerFault
from emulator.scenario.defaults import HAPPY
from emulator.scenario.matching import Match
from emulator.scenario.outcomes import Outcome, Way, has_sequence
from emulator.scenario.questions import Facts, Question
from emulator.scenario.rulebook import Rulebook

DEFAULT_RULE: Final = "happy"
"""The name of the implied last rule."""


class Rule(Struct, frozen=True):
    """When it applies, and what follows: reports per channel, a fault of the answer, faults of the callbacks."""

    name: str
    match: Match = Match()
    plan: Mapping[Channel, Outcome] = {}
    answer: AnswerFault | None = None
    callbacks: CallbackFaults | None = None


class Planned(Struct, frozen=True):
    """What the rule of this name has for a channel: its outcome, and in `fixed` the plan itself, made once, where
    neither a draw nor the ttl nor the number of the request decides anything about it.
    """

    rule: str
    outcome: Outcome
    fixed: Plan | None

    def plan(self, request_to: int, ttl: int, draw: Draw) -> Plan:
        """The plan of a step: `request_to` as a question has it, `ttl` in milliseconds, 0 if it has none; `draw` gives
        uniform numbers in [0, 1), and is called only if the outcome has a draw.
        """
        return Plan(self.outcome.way(request_to, draw).reports(ttl, draw), self.rule)


class Explained(Struct, frozen=True):
    """Whether a rule plans a step: `match` what it demands, in words, and what differed; nothing if it applies."""

    rule: str
    match: str
    differences: tuple[str, ...]

    @property
    def matched(self) -> bool:
        """Whether the rule plans the step."""
        return not self.differences


class Expectation(Struct, frozen=True):
    """What one request must come to under a scenario. `send` has, for each step, its channel under `type` and any of
    the step's other members; None leaves a result open. `answer` is the HTTP status, `callbacks` the number of posts
    that the customer's URL gets under OnStep.
    """

    send: tuple[Json, ...]
    answer: int | None = None
    status: str | None = None
    status_code: str | None = None
    messages: tuple[str, ...] | None = None
    callbacks: int | None = None


class Scenario(Struct, frozen=True, dict=True):
    """A named list of rules. `balance` is what the account has for prices to consume (None: no end); `when_empty` says
    whether a request that it does not cover is refused, or accepted and failed. `expect` is checked by tests.
    """

    name: str
    purpose: str
    rules: tuple[Rule, ...] = ()
    balance: float | None = None
    when_empty: Literal["refuse", "fail"] = "fail"
    expect: tuple[Expectation, ...] = ()

    def planned_for(self, question: Question) -> Planned:
        """What the first rule that plans this step's channel has for it."""
        assert question.channel is not None
        return self._plans[question.channel].first(question) or _HAPPY[question.channel]

    def answer_for(self, question: Question) -> Rule | None:
        """The first rule that has a fault of the answer to this request, if any. Requests without steps, for a token
        and for tracking, are only met by rules that name their endpoint.
        """
        book = self._answers if question.channel else self._named_answers
        return book.first(question)

    def callbacks_for(self, question: Question) -> Rule | None:
        """The first rule that has faults of this flow's callbacks, if any."""
        return self._callbacks.first(question)

    @cached_property
    def plain(self) -> bool:
        """Whether every request is accepted at once, and answered well."""
        return self.balance is None and not any(
            rule.answer or (rule.callbacks and rule.callbacks.early) for rule in self.rules
        )

    @cached_property
    def counts_recipients(self) -> bool:
        """Whether any rule goes by the number of requests to a recipient; only then need they be counted."""
        return any(
            rule.match.asks("request_to") or any(has_sequence(outcome) for outcome in rule.plan.values())
            for rule in self.rules
        )

    @cached_property
    def _plans(self) -> dict[Channel, Rulebook[Planned]]:
        return {
            channel: Rulebook(
                (rule.match, _planned(rule.name, rule.plan[channel]))
                for rule in self.rules
                if channel in rule.plan and _may_be(rule, channel)
            )
            for channel in Channel
        }

    @cached_property
    def _answers(self) -> Rulebook[Rule]:
        return Rulebook((rule.match, rule) for rule in self.rules if rule.answer)

    @cached_property
    def _named_answers(self) -> Rulebook[Rule]:
        return Rulebook((rule.match, rule) for rule in self.rules if rule.answer and rule.match.names("endpoint"))

    @cached_property
    def _callbacks(self) -> Rulebook[Rule]:
        return Rulebook((rule.match, rule) for rule in self.rules if rule.callbacks)


def _planned(rule: str, outcome: Outcome) -> Planned:
    reports = outcome.fixed() if isinstance(outcome, Way) else None
    return Planned(rule, outcome, None if reports is None else Plan(reports, rule))


_HAPPY: Final = MappingProxyType({channel: _planned(DEFAULT_RULE, way) for channel, way in HAPPY.items()})
HAPPY_SCENARIO: Final = Scenario("happy", "Everything is delivered within seconds.")
"""No rule at all: the implied one decides everything. It needs no file."""


def explain(scenario: Scenario, question: Question) -> list[Explained]:
    """Why each rule does not plan this step, down to the first that does, which may be the implied last one."""
    told: list[Explained] = []
    for rule in scenario.rules:
        told.append(Explained(rule.name, str(rule.match), tuple(_differences(rule, question))))
        if told[-1].matched:
            return told
    return [*told, Explained(DEFAULT_RULE, str(Match()), ())]


def _differences(rule: Rule, question: Question) -> list[str]:
    unplanned = [] if question.channel in rule.plan else [f"it plans nothing for {question.channel}"]
    return rule.match.differences(question) + unplanned


def _may_be(rule: Rule, channel: Channel) -> bool:
    """Whether a rule can apply to a channel at all."""
    return all(condition.test()(Facts(channel)) for condition in rule.match.named("channel"))
