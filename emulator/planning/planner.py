"""Making a request's plans: which rule each step falls under, and what its channel will report.

Every step is planned when the request is accepted, so a flow in progress keeps its plan whatever happens to the
scenario. A step's draws are its own: they follow from the seed, the application, the request's number and the step.
"""

from __future__ import annotations

from msgspec import UNSET, Struct
from msgspec.structs import replace

from emulator.accounts.balance import Balances
from emulator.accounts.prices import Prices
from emulator.errors import Json
from emulator.flow.faults import CallbackFaults
from emulator.flow.request import Request, recipient, sequence, ttl_ms
from emulator.flow.state import Flow, Plan
from emulator.planning.ordinals import Ordinals
from emulator.scenario.answers import AnswerFault
from emulator.scenario.questions import Facts, Question, StepQuestion, questions
from emulator.scenario.rules import Scenario
from emulator.scenario.selection import Selection
from emulator.seed import Draws, flow_id


class SpoiltAnswer(Struct, frozen=True):
    """The fault of an answer: the name of its rule, what it is, and the drawn seconds that it holds the answer back."""

    rule: str
    fault: AnswerFault
    seconds: float

    @property
    def noted(self) -> Json:
        """What the journal says of it."""
        fault = self.fault
        told = {"rule": self.rule, "closed": fault.close, "seconds": self.seconds, "truncated": bool(fault.truncate)}
        return {key: value for key, value in told.items() if value}


class RuledRequest(Struct, frozen=True):
    """A request with its number and the scenario that it falls under. `questions` are what rules are asked of its
    steps, in the order of the body; `first` is the index of the one that runs first; `spoilt` the fault of its answer.
    """

    application: str
    ordinal: int
    request: Request
    scenario: Scenario
    questions: tuple[StepQuestion, ...]
    first: int
    spoilt: SpoiltAnswer | None


class Planner:
    """Plans the steps of requests by the scenario that is in force."""

    def __init__(self, seed: str, selection: Selection, ordinals: Ordinals, balances: Balances, prices: Prices) -> None:
        self._seed = seed
        self._selection = selection
        self._ordinals = ordinals
        self._balances = balances
        self._prices = prices

    def plain(self, application: str) -> bool:
        """Whether all requests of an application are accepted at once, and answered well."""
        return self._selection.in_force(application).plain

    def rule_on(self, application: str, request: Request, chosen: Scenario | None = None) -> RuledRequest:
        """Count a request of an application, and find what happens to its answer. `chosen` is its own scenario."""
        scenario = self._selection.in_force(application, chosen)
        ordinal = self._ordinals.request(application)
        asking = questions(application, ordinal, request, self._counts(application, request, scenario))
        first = sequence(request)[0]
        spoilt = self._spoilt(scenario, asking[first])
        return RuledRequest(application, ordinal, request, scenario, asking, first, spoilt)

    def rule_on_call(self, endpoint: str, application: str, chosen: Scenario | None = None) -> SpoiltAnswer | None:
        """Count a request that has no steps, to the endpoint token or tracking; the fault of its answer, if any."""
        scenario = self._selection.in_force(application, chosen)
        number = self._ordinals.call(application, endpoint)
        return self._spoilt(scenario, Facts(application=application, endpoint=endpoint, request=number))

    def flow(self, asked: RuledRequest, now: int) -> Flow:
        """A new flow for a request, planned but not started. Raises BalanceError."""
        scenario, request = asked.scenario, asked.request
        plans = tuple([self._plan(scenario, index, question) for index, question in enumerate(asked.questions)])
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

    def _spoilt(self, scenario: Scenario, question: Question) -> SpoiltAnswer | None:
        """The fault of a request's answer; it counts as a use of its rule."""
        rule = scenario.answer_for(question)
        if rule is None or rule.answer is None:
            return None
        self._selection.used(question.application, {rule.name})
        draws = Draws(self._seed, "answer", question.endpoint, question.application, question.request)
        delay = rule.answer.delay
        return SpoiltAnswer(rule.name, rule.answer, delay.pick(draws) / 1000 if delay else 0.0)

    def _counts(self, application: str, request: Request, scenario: Scenario) -> dict[str, int]:
        """For each recipient of a request, which of the application's requests to it this is."""
        if not scenario.counts_recipients:
            return {}
        recipients = dict.fromkeys(recipient(step) for step in request.flow)
        return {each: self._ordinals.to(application, each) for each in recipients}

    def _plan(self, scenario: Scenario, index: int, question: StepQuestion) -> Plan:
        planned = scenario.planned_for(question)
        if planned.fixed is not None:
            return planned.fixed
        draws = Draws(self._seed, "draws", question.application, question.request, index)
        return planned.plan(question.request_to, ttl_ms(question.step), draws)


def _faulty(flow: Flow, first: int, faults: CallbackFaults) -> Flow:
    """The flow under these faults of its callbacks; early ones have its first step's first report come at once."""
    plan = flow.plans[first]
    if faults.early and plan.reports:
        head, *rest = plan.reports
        plan = Plan((replace(head, at=0), *rest), plan.rule)
    plans = tuple(plan if index == first else each for index, each in enumerate(flow.plans))
    return replace(flow, plans=plans, faults=faults)
