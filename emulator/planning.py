"""Making a request's plans: which rule each step falls under, and what its channel will report.

Every step is planned when the request is accepted, so a flow in progress keeps its plan whatever happens to the
scenario. A step's draws are its own: they follow from the seed, the application, the request's number and the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from emulator import numbers
from emulator.balance import Balances
from emulator.draws import Draws, flow_id
from emulator.faults import Answer, Callbacks
from emulator.machine import sequence, ttl_ms
from emulator.model import Flow, Plan, Request, SmsStep, Step, ViberStep, VoiceStep, recipient
from emulator.ordinals import Ordinals
from emulator.outcomes import Way
from emulator.prices import Prices
from emulator.scenario import Question, Scenario
from emulator.selection import Selection


class Spoilt(Struct, frozen=True):
    """The fault of an answer: the name of its rule, what it is, and the drawn seconds that it holds the answer back."""

    rule: str
    fault: Answer
    seconds: float


class Asked(Struct, frozen=True):
    """A request with its number and the scenario that it falls under. `questions` are what rules are asked of its
    steps, in the order of the body; `first` is the index of the one that runs first; `spoilt` the fault of its answer.
    """

    application: str
    ordinal: int
    request: Request
    scenario: Scenario
    questions: tuple[Any, ...]
    first: int
    spoilt: Spoilt | None


class Planner:
    """Plans the steps of requests by the scenario that is in force."""

    def __init__(self, seed: str, selection: Selection, ordinals: Ordinals, balances: Balances, prices: Prices) -> None:
        self._seed = seed
        self._selection = selection
        self._ordinals = ordinals
        self._balances = balances
        self._prices = prices

    def ask(self, application: str, request: Request, chosen: Scenario | None = None) -> Asked:
        """Count a request of an application, and find what happens to its answer. `chosen` is its own scenario."""
        scenario = self._selection.in_force(application, chosen)
        ordinal = self._ordinals.request(application)
        counts = self._counts(application, request, scenario)
        questions = tuple([StepQuestion(application, ordinal, request, step, counts) for step in request.flow])
        first = sequence(request)[0]
        return Asked(
            application, ordinal, request, scenario, questions, first, self._spoilt(scenario, questions[first])
        )

    def ask_call(self, endpoint: str, application: str, chosen: Scenario | None = None) -> Spoilt | None:
        """Count a request that has no steps, to the endpoint token or tracking; the fault of its answer, if any."""
        scenario = self._selection.in_force(application, chosen)
        number = self._ordinals.call(application, endpoint)
        return self._spoilt(scenario, Question(application=application, endpoint=endpoint, request=number))

    def flow(self, asked: Asked, now: int) -> Flow:
        """A new flow for a request, planned but not started. Raises BalanceError."""
        scenario, request = asked.scenario, asked.request
        plans = tuple([self._plan(asked, step, index) for index, step in enumerate(request.flow)])
        name = flow_id(self._seed, asked.application, asked.ordinal)
        flow = Flow(name, asked.application, asked.ordinal, now, now, request, plans, scenario.name)
        rule = scenario.callbacks_for(asked.questions[asked.first]) if request.callback is not UNSET else None
        if rule is not None and rule.callbacks is not None:
            flow = _faulty(flow, asked.first, rule.callbacks)
        if scenario.balance is not None:
            refuse = scenario.when_empty == "refuse"
            flow = self._balances.pay(flow, scenario.balance, self._prices, refuse=refuse)
        if self._selection.overrides(asked.application):
            spoilt = {asked.spoilt.rule} if asked.spoilt else set[str]()
            decided = {plan.rule for plan in plans} | ({rule.name} if rule else set())
            self._selection.used(asked.application, decided - spoilt)
        return flow

    def _spoilt(self, scenario: Scenario, question: Question) -> Spoilt | None:
        """The fault of a request's answer; it counts as a use of its rule."""
        rule = scenario.answer_for(question)
        if rule is None or rule.answer is None:
            return None
        self._selection.used(question.application, {rule.name})
        draws = Draws(self._seed, "answer", question.endpoint, question.application, question.request)
        delay = rule.answer.delay
        return Spoilt(rule.name, rule.answer, delay.pick(draws) / 1000 if delay else 0.0)

    def _counts(self, application: str, request: Request, scenario: Scenario) -> dict[str, int]:
        """For each recipient of a request, which of the application's requests to it this is."""
        if not scenario.counts_recipients:
            return {}
        recipients = dict.fromkeys(recipient(step) for step in request.flow)
        return {each: self._ordinals.to(application, each) for each in recipients}

    def _plan(self, asked: Asked, step: Step, index: int) -> Plan:
        question = asked.questions[index]
        rule, outcome = asked.scenario.outcome_for(question)
        if type(outcome) is Way and outcome.fixed:
            return outcome.plan(index, rule)
        draws = Draws(self._seed, "draws", question.application, question.request, index)
        way = outcome.way(question.request_to, draws)
        return Plan(way.reports(index, 0, ttl_ms(step) or None, draws), rule)


def _faulty(flow: Flow, first: int, faults: Callbacks) -> Flow:
    """The flow under these faults of its callbacks; early ones have its first step's first report come at once."""
    plan = flow.plans[first]
    if faults.early and plan.reports:
        head, *rest = plan.reports
        plan = Plan((replace(head, at=0), *rest), plan.rule)
    plans = tuple(plan if index == first else each for index, each in enumerate(flow.plans))
    return replace(flow, plans=plans, faults=faults)


class StepQuestion:
    """A `Question` about a step; what no rule asks is not worked out. `counts` has, for each recipient, the number of
    the request to it.
    """

    __slots__ = ("_counts", "_request", "_step", "application", "channel", "request", "to")
    endpoint = "failover"

    def __init__(self, application: str, ordinal: int, request: Request, step: Step, counts: Mapping[str, int]) -> None:
        self.application = application
        self.request = ordinal
        self.channel = step.channel
        self.to = recipient(step)
        self._request = request
        self._step = step
        self._counts = counts

    @property
    def sender(self) -> str:
        """The `from` of an Sms or a call."""
        return "" if isinstance(self._step, ViberStep) else self._step.sender

    @property
    def text(self) -> str:
        """What is sent or said."""
        return content(self._step)[0]

    @property
    def label(self) -> str:
        """The label."""
        return content(self._step)[1]

    @property
    def sender_info_tracking_id(self) -> str:
        """The Viber sender."""
        return self._step.sender_info_tracking_id if isinstance(self._step, ViberStep) else ""

    @property
    def steps(self) -> int:
        """How many steps the flow has."""
        return len(self._request.flow)

    @property
    def order(self) -> int:
        """The step's position in the flow, from 1."""
        return 1 + sum(other.order < self._step.order for other in self._request.flow)

    @property
    def request_to(self) -> int:
        """The number of this request among those to this recipient."""
        return self._counts.get(self.to, 1)

    @property
    def country(self) -> str:
        """The recipient's country."""
        return numbers.country(self.to)


asked_of = StepQuestion


def content(step: Step) -> tuple[str, str]:
    """A step's text and label, as rules see them."""
    match step:
        case SmsStep():
            return step.message.body, step.message.label or ""
        case ViberStep():
            return step.message.text or "", step.label or ""
        case VoiceStep():
            verbs = [verb for plan in step.dial_plans for verb in plan.verbs]
            return " ".join(verb["message"]["text"] for verb in verbs if verb["type"] == "SAY"), ""
