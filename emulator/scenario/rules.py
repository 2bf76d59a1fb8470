"""A scenario: an ordered list of rules, the first of which that applies decides what a step's channel reports. Pure.

A rule decides only what it has: one that plans Viber leaves Sms to the rules after it. After the last rule comes an
implied one, under which everything goes well. A scenario knows neither time nor chance; both come in as arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from emulator.channels.table import Channel
from emulator.choices.given import Given
from emulator.clock.delays import Delay, Draw
from emulator.errors import Json
from emulator.flow.faults import CallbackFaults
from emulator.flow.priced import OwnPrice
from emulator.flow.state import Plan
from emulator.scenario.amounts import Rate
from emulator.scenario.answers import AnswerFault
from emulator.scenario.matching import Match
from emulator.scenario.outcomes import HAPPY, Outcome, Way, has_sequence
from emulator.scenario.questions import ANY, Endpoint, Facts, Question
from emulator.scenario.reach import answers_all
from emulator.scenario.rulebook import Rulebook, first_of_each

DEFAULT_RULE: Final = "happy"
"""The name of the implied last rule."""
CODED: Final[Endpoint] = "2step"
"""The endpoint whose requests are for a verification, which has a code."""


class Rule(Struct, frozen=True):
    """When it applies, and what it decides: an outcome per channel, a fault of the answer, faults of the callbacks,
    for how long the flow is `queued`, its first step held back, and the `code` of a verification.
    """

    name: str
    match: Match = Match()
    plan: Mapping[Channel, Outcome] = {}
    answer: AnswerFault | None = None
    callbacks: CallbackFaults | None = None
    queued: Delay | None = None
    code: str | None = None


class Planned(Struct, frozen=True, gc=False):
    """What the rule of this name plans for a channel. `fixed` is the plan, made once for all requests, if it depends on
    no draw, ttl or number of a request; else None.
    """

    rule: str
    outcome: Outcome
    fixed: Plan | None

    def plan(self, request_to: int, ttl: int, draw: Draw, own: Draw = float) -> Plan:
        """The plan for one step. `request_to` is as in a Question; `ttl` is in milliseconds, 0 if the step has none;
        `draw` returns uniform numbers in [0, 1) and is called only where the outcome needs one, as `own` is, whose
        numbers belong to the recipient for ever.
        """
        return self.outcome.way(request_to, draw, own).plan(self.rule, ttl, draw)


class Ruling(Struct, frozen=True, gc=False):
    """What a scenario decides about a request: what is `planned` for each of its steps, and the rules, if any, that
    spoil its answer and its callbacks, by which it is `queued`, and which have the `code` of its verification.
    """

    planned: tuple[Planned, ...]
    answer: Rule | None = None
    callbacks: Rule | None = None
    queued: Rule | None = None
    code: Rule | None = None


class Explained(Struct, frozen=True):
    """Why a rule plans a step or does not: its match in words, and what differed, which is nothing if it plans it."""

    rule: str
    match: str
    differences: tuple[str, ...]

    @property
    def matched(self) -> bool:
        """Whether this rule plans the step."""
        return not self.differences


class Expectation(Struct, frozen=True):
    """What one request must come to under a scenario; None where anything will do. `send` has for each step its channel
    under `type`, and other members of the step if they matter. `answer` is the HTTP status, `messages` the last status
    of each started step, `callbacks` the number of posts under OnStep, or what each of them tells in the order in which
    they come; `error` the code of an answer that refuses, `queued` for how long the start is held back, at least and at
    most (ms), `keys` what is pressed, `reply` what is written back. `at` is when it is sent (ms), if that matters,
    `endpoint` where it is sent.
    """

    send: tuple[Json, ...]
    answer: int | None = None
    status: str | None = None
    status_code: str | None = None
    messages: tuple[str, ...] | None = None
    callbacks: int | tuple[str, ...] | None = None
    at: int | None = None
    endpoint: Endpoint = "failover"
    error: str | None = None
    queued: tuple[int, int] | None = None
    keys: tuple[str, ...] | None = None
    answered_by: Literal["human", "machine"] | None = None
    reply: tuple[str, ...] | None = None


Idle = tuple[tuple[tuple[str | int, ...], str], ...]
"""Members of a file that do nothing, by their paths, and why."""


class Scenario(Struct, frozen=True, dict=True):
    """Rules under a name. `balance` is the account's at the start (None: without limit), `balance_in` what it
    counts, and `when_empty` says whether a request that it can't pay is refused, or accepted and then fails.
    `expect` changes nothing. The first `overrides` of the rules were put on top of the scenario. `choices` answer what
    the provider's documentation leaves open; `prices` stand over those of the table. The last `included` rules
    are those of the `files` that its own includes. `idle` are members of its own file that do nothing. `plans` are
    those with names, as the file has them, for overrides that refer to them.
    """

    name: str
    purpose: str
    rules: tuple[Rule, ...] = ()
    balance: float | None = None
    when_empty: Literal["refuse", "fail"] = "fail"
    expect: tuple[Expectation, ...] = ()
    overrides: int = 0
    balance_in: Literal["money", "messages"] = "money"
    choices: Given = ()
    prices: tuple[OwnPrice, ...] = ()
    included: int = 0
    idle: Idle = ()
    files: tuple[str, ...] = ()
    plans: dict[str, Json] = {}

    def rule_on(self, steps: Sequence[Question], first: int, *, callbacks: bool) -> Ruling:
        """What the rules decide about a request of these steps. The step that runs first, that of the index `first`,
        decides about the answer, about the callbacks if the request has any, and for how long it is queued.
        """
        if not self.rules:
            return Ruling(tuple([_HAPPY[step.channel] for step in steps]))  # type: ignore[index]  # steps have one
        books = self._books
        planned = first_of_each(books.plans, _HAPPY, steps)
        if books.only_plan:
            return Ruling(planned)
        spoils_callbacks = self.callbacks_for(steps[first]) if callbacks else None
        queued = books.queued.first(steps[first])
        code = books.codes.first(steps[first]) if steps[first].endpoint == CODED else None
        return Ruling(planned, self.answer_for(steps[first]), spoils_callbacks, queued, code)

    def planned_for(self, question: Question) -> Planned:
        """The plan of the first rule that applies and plans the step's channel."""
        assert question.channel is not None
        return self._books.plans[question.channel].first(question) or _HAPPY[question.channel]

    def answer_for(self, question: Question) -> Rule | None:
        """The first rule that applies and spoils the answer; None if the request is answered well. For a request
        without steps (a token, tracking), only rules that name its endpoint count.
        """
        book = self._books.answers if question.channel else self._books.named_answers
        return book.first(question)

    def callbacks_for(self, question: Question) -> Rule | None:
        """The first rule that applies and spoils callbacks; None if there is none."""
        return self._books.callbacks.first(question)

    @cached_property
    def plain(self) -> bool:
        """Whether every request is accepted at once and answered well."""
        return self.balance is None and not any(
            rule.answer or (rule.callbacks and rule.callbacks.early) for rule in self.rules
        )

    @cached_property
    def gated(self) -> bool:
        """Whether rules may hold back any call of the provider, at its gateway."""
        return any(map(at_gateway, self.rules))

    @cached_property
    def looks_back(self) -> LooksBack | None:
        """What the rules ask about earlier requests; None if nothing, so that nothing of it need be known."""
        conditions = [each for rule in self.rules for each in rule.match.all_conditions()]
        sequences = any(has_sequence(outcome) for rule in self.rules for outcome in rule.plan.values())
        found = LooksBack(
            recipients=sequences or any(each.key == "request_to" for each in conditions),
            periods=tuple({each.expected.period: None for each in conditions if isinstance(each.expected, Rate)}),
            beginning=any(each.member in ("since", "share_since") for each in conditions),
            replies=any(each.key == "replied" for each in conditions),
        )
        return found if any(found) else None

    @cached_property
    def _books(self) -> _Books:
        answers = [(rule.match, rule) for rule in self.rules if rule.answer]
        return _Books(
            plans={
                channel: Rulebook(
                    (rule.match, _planned(rule.name, rule.plan[channel]))
                    for rule in self.rules
                    if channel in rule.plan and not rule.match.barring(channel)
                )
                for channel in Channel
            },
            answers=Rulebook(answers),
            named_answers=Rulebook(entry for entry in answers if entry[0].asks_about("endpoint")),
            callbacks=Rulebook((rule.match, rule) for rule in self.rules if rule.callbacks),
            queued=Rulebook((rule.match, rule) for rule in self.rules if rule.queued),
            codes=Rulebook((rule.match, rule) for rule in self.rules if rule.code),
            only_plan=not any(rule.answer or rule.callbacks or rule.queued or rule.code for rule in self.rules),
        )


LOOKING_BACK: Final = frozenset({"request_to", "rate", "since", "share_since", "replied"})
"""The members of a Question that depend on what went before a request: known while it is taken, and not kept."""


class LooksBack(NamedTuple):
    """What a scenario's rules ask about what went before a request: the number of requests to its `recipients`, its
    number in `periods` of these lengths, the time since the application's `beginning`, the recipients' `replies`.
    """

    recipients: bool
    periods: tuple[int, ...]
    beginning: bool
    replies: bool


class _Books(NamedTuple):
    """A scenario's rules by what they decide; `named_answers` are the `answers` of rules that name an endpoint.
    `only_plan` says that there are none but those of plans.
    """

    plans: dict[Channel, Rulebook[Planned]]
    answers: Rulebook[Rule]
    named_answers: Rulebook[Rule]
    callbacks: Rulebook[Rule]
    queued: Rulebook[Rule]
    codes: Rulebook[Rule]
    only_plan: bool


def _planned(rule: str, outcome: Outcome) -> Planned:
    fixed = outcome.plan(rule) if isinstance(outcome, Way) and outcome.fixed else None
    return Planned(rule, outcome, fixed)


_HAPPY: Final = MappingProxyType({channel: _planned(DEFAULT_RULE, way) for channel, way in HAPPY.items()})
HAPPY_SCENARIO: Final = Scenario("happy", "Everything is delivered within seconds.")
"""A scenario without rules: the implied one decides everything. It needs no file."""


def at_gateway(rule: Rule) -> bool:
    """Whether a rule may hold back any call of the provider, at its gateway."""
    if not rule.answer or not rule.match.asks_about("endpoint"):
        return False
    gate = Facts(endpoint=ANY)
    return all(each.test()(gate) for each in rule.match.demanded() if each.key == "endpoint")


def explain_gateway(scenario: Scenario, gate: Question) -> list[Explained]:
    """Each rule that may hold back any call, down to the one that does, if one does, with what differed."""
    told: list[Explained] = []
    for rule in filter(at_gateway, scenario.rules):
        told.append(Explained(rule.name, str(rule.match), tuple(rule.match.differences(gate))))
        if told[-1].matched:
            break
    return told


def explain(scenario: Scenario, question: Question) -> list[Explained]:
    """Each rule down to the one that plans this step, which may be the implied one, with what differed. Those that are
    for the gateway alone are never asked about steps.
    """
    told: list[Explained] = []
    for rule in scenario.rules:
        if answers_all(rule.match):
            continue
        differences = rule.match.differences(question)
        if question.channel not in rule.plan:
            differences.append(f"it plans nothing for {question.channel}")
        told.append(Explained(rule.name, str(rule.match), tuple(differences)))
        if not differences:
            return told
    return [*told, Explained(DEFAULT_RULE, str(Match()), ())]
