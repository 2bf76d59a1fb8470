"""Plans a request: which rule each step falls under, and what its channel will report. Pure.

Every step is planned when the request is accepted, so a flow in progress keeps its plan even if the scenario changes.
Each step has its own random draws, which follow from the seed, the application, the request's number and the step; what
sticks to a recipient follows from the seed, the recipient, the channel and the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

from msgspec import UNSET, Struct
from msgspec.structs import replace

from emulator.accounts import balance
from emulator.accounts.prices import ONE_EACH, Charging, Prices
from emulator.channels.table import Channel
from emulator.choices.given import over
from emulator.choices.table import TAKEN, Choices
from emulator.errors import Json
from emulator.flow import machine, verifying
from emulator.flow.request import Request, sequence, ttl_ms
from emulator.flow.state import START, Charge, Flow, Plan, PlannedReport, Report
from emulator.flow.verification import Verification
from emulator.journal.kinds import NOT_TAKEN
from emulator.planning.selection import Selection
from emulator.scenario.amounts import Rate
from emulator.scenario.answers import AnswerFault
from emulator.scenario.past import NOTHING, Past
from emulator.scenario.questions import Endpoint, Facts, Question, StepQuestion, questions
from emulator.scenario.rules import LooksBack, Planned, Rule, Ruling, Scenario
from emulator.seed import Draws, flow_id
from emulator.store.records import ApplicationState, Effects

NO_COUNTS: Final[Mapping[str, int]] = MappingProxyType({})
SENDING: Final = "failover"
"""What stands for all services that send messages in draws: their requests are counted together."""
NO_STEPS: Final[Mapping[int, str]] = MappingProxyType({})
REQUESTS: Final = ("",)
"""The name under which an application's requests are counted."""


class SpoiltAnswer(Struct, frozen=True, gc=False):
    """A fault applied to one HTTP answer: the rule it came from, the fault, and the delay in seconds, already drawn.
    `used` are the numbers of the overrides whose uses it counts against.
    """

    rule: str
    fault: AnswerFault
    seconds: float
    used: tuple[int, ...] = ()

    @property
    def noted(self) -> Json:
        """The member `answer` of the request's journal entry; members that are false or zero are left out. That of a
        refusal has its status elsewhere.
        """
        status = 0 if self.fault.refuses else self.fault.status
        note = {"rule": self.rule, "status": status, "seconds": self.seconds} | self.fault.effects
        return {key: value for key, value in note.items() if value}


class RuledRequest(Struct, frozen=True, gc=False):
    """A numbered request and what its scenario's rules decided. `questions` has the facts of each step that rules are
    matched against, in the order of the body; `ruling` is the decision; `first` is the index of the step that runs
    first; `spoilt` is the fault of the answer, if any.
    """

    application: str
    ordinal: int
    request: Request
    scenario: Scenario
    questions: tuple[StepQuestion, ...]
    first: int
    ruling: Ruling
    spoilt: SpoiltAnswer | None


class History(Protocol):
    """What is known of an application's earlier requests; each as `store.counters.Counters` has it."""

    def count(self, application: str, names: Sequence[str]) -> list[int]:
        """Count one more of each name."""

    def within(self, application: str, name: str, period: int, now: int) -> int:
        """Count one more request in the present period."""

    def began(self, application: str, scenario: str, now: int) -> int:
        """When the application's first request under a scenario came."""

    def replied(self, application: str, to: str, now: int) -> str:
        """What a recipient has last written back."""


class Planner:
    """Plans requests under the scenario in force. `history` numbers an application's requests, and knows what went
    before; `states` answers the states of it and of everybody, as `in_force` of `store.contract.Applications` does; a
    scenario's `choices` stand over these.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # each is a part of the emulation
        self,
        seed: str,
        selection: Selection,
        history: History,
        states: Callable[[str], tuple[ApplicationState, ApplicationState]],
        prices: Prices,
        choices: Choices = TAKEN,
    ) -> None:
        self._choices = choices
        self._seed = seed
        self._selection = selection
        self._history = history
        self._count = history.count
        self._states = states
        self._prices = prices

    def rule_on(  # noqa: PLR0913, PLR0917  # all that it depends on
        self,
        application: str,
        request: Request,
        now: int,
        scenario: Scenario | None = None,
        kind: Endpoint = "failover",
        together: RuledRequest | None = None,
    ) -> RuledRequest:
        """Number a request that came at `now`, and ask the rules of its scenario about each step, the answer and the
        callbacks. Pass the `scenario` in force if it is known already. `kind` is the service that accepts the request.
        What came `together` with it as one request, before it, was counted for rates.
        """
        scenario = scenario or self._selection.in_force(application)
        counts, past = NO_COUNTS, NOTHING
        if scenario.looks_back:
            to = list(dict.fromkeys(str(step.to) for step in request.flow))
            if scenario.looks_back.recipients:
                ordinal, *numbers = self._count(application, ["", *(f"to {each}" for each in to)])
                counts = dict(zip(to, numbers, strict=True))
            else:
                (ordinal,) = self._count(application, REQUESTS)
            rate = together.questions[0].past.rate if together else None
            past = self._past(scenario, scenario.looks_back, application, "", now, to, rate)
        else:
            (ordinal,) = self._count(application, REQUESTS)
        asking = questions(application, ordinal, request, counts, kind, now, past)
        first = sequence(request)[0]
        ruling = scenario.rule_on(asking, first, callbacks=request.callback is not UNSET)
        spoilt = self._spoilt(scenario, ruling.answer, asking[first])
        return RuledRequest(application, ordinal, request, scenario, asking, first, ruling, spoilt)

    def rule_on_call(
        self, endpoint: Endpoint, application: str, now: int, chosen: Scenario | None = None
    ) -> SpoiltAnswer | None:
        """Number a request that has no steps (`endpoint` is token or tracking), came at `now`, and find the rule, if
        any, that spoils its answer. `chosen` is the scenario named in its header.
        """
        return self.answer_to(*self.called(endpoint, application, now, chosen))

    def called(
        self, endpoint: Endpoint, application: str, now: int, chosen: Scenario | None = None
    ) -> tuple[Scenario, Facts]:
        """Number such a request; the scenario in force for it, and what its rules compare."""
        scenario = self._selection.in_force(application, chosen)
        (number,) = self._count(application, [endpoint])
        asked = scenario.looks_back
        past = self._past(scenario, asked, application, endpoint, now) if asked else NOTHING
        return scenario, Facts(application=application, endpoint=endpoint, request=number, time=now, past=past)

    def answer_to(self, scenario: Scenario, facts: Facts) -> SpoiltAnswer | None:
        """What the rules of a scenario make of the answer to such a request; None if it is answered well."""
        return self._spoilt(scenario, scenario.answer_for(facts), facts)

    def flow(
        self, ruled: RuledRequest, now: int, rejected: Mapping[int, str] = NO_STEPS
    ) -> tuple[Flow, Effects | None]:
        """A new flow for a request, planned but not started, and its effects: what it spends and which overrides it
        uses (None: neither). Raises BalanceError if the balance does not cover it and the scenario refuses then.
        `rejected` says of steps that their channel does not take why, by their indices; they fail.
        """
        application, ordinal, request, first = ruled.application, ruled.ordinal, ruled.request, ruled.first
        kind, scenario, asking = ruled.questions[first].endpoint, ruled.scenario, ruled.questions
        plans = tuple(
            [
                not_taken(asking[index].channel, rejected[index])
                if index in rejected
                else each.fixed or self._plan(index, each, asking)
                for index, each in enumerate(ruled.ruling.planned)
            ]
        )
        identifier = flow_id(self._seed, application, ordinal)
        rule = ruled.ruling.callbacks
        faults = rule.callbacks if rule is not None else None
        choices = over(self._choices, scenario.choices) if scenario.choices else self._choices
        of = (identifier, application, ordinal, now, now, request, plans, scenario.name)
        flow = Flow(*of, faults=faults, kind=kind, choices=choices, prices=scenario.prices)
        if ruled.ruling.queued is not None:
            flow = replace(flow, agenda=self._held(ruled, now))
        if request.verification is not UNSET:
            flow = self._coded(flow, ruled.ruling.code)
        spent, state = 0.0, self._states(application)[0]
        limit = balance.limit(scenario.balance, state) if state.top_ups else scenario.balance
        if limit is not None:
            left = balance.left(limit, state.spent)
            prices: Charging = ONE_EACH if scenario.balance_in == "messages" else self._prices
            flow, spent = balance.pay(flow, left, prices, refuse=scenario.when_empty == "refuse")
            flow = replace(flow, charge=Charge(spent, state.balance, prices == ONE_EACH))
        if flow.faults is not None and flow.faults.looks_ahead:
            told = machine.run_out(flow).callbacks
            due = [each.updated_at for each in told for _ in range(machine.told_at_once(each))]
            flow = replace(flow, faults=flow.faults.resolved(due))
        used = self._used(ruled, {each.rule for each in plans}) if scenario.overrides else ()
        return flow, Effects(application, spent, used) if spent or used else None

    def _used(self, ruled: RuledRequest, rules: set[str]) -> tuple[int, ...]:
        """The numbers of the overrides whose uses a request counts against: of those among the `rules` that plan its
        steps, and of those that spoil its callbacks or its answer, have it queued or have its code; each once.
        """
        ruling = ruled.ruling
        rules = rules | {rule.name for rule in (ruling.callbacks, ruling.queued, ruling.code) if rule is not None}
        spoilt = ruled.spoilt
        if spoilt is None:
            return self._selection.used(ruled.application, rules)
        return (*spoilt.used, *self._selection.used(ruled.application, rules - {spoilt.rule}))

    def _spoilt(self, scenario: Scenario, rule: Rule | None, question: Question) -> SpoiltAnswer | None:
        if rule is None or rule.answer is None:
            return None
        kind = question.endpoint if question.channel is None else SENDING
        draws = Draws(self._seed, "answer", kind, question.application, question.request)
        delay = rule.answer.delay
        used = self._selection.used(question.application, {rule.name}) if scenario.overrides else ()
        limits = [each.expected for each in rule.match.demanded() if isinstance(each.expected, Rate)]
        fault = rule.answer.until(max(each.left(question.time) for each in limits)) if limits else rule.answer
        return SpoiltAnswer(rule.name, fault, delay.pick(draws) / 1000 if delay else 0.0, used)

    def _past(  # noqa: PLR0913, PLR0917  # all that it depends on
        self,
        scenario: Scenario,
        asked: LooksBack,
        application: str,
        name: str,
        now: int,
        to: Sequence[str] = (),
        rate: Mapping[int, int] | None = None,
    ) -> Past:
        """What the scenario asks about what went before a request to these recipients, counted under this name unless
        its `rate` is known.
        """
        if rate is None:
            rate = {each: self._history.within(application, name, each, now) for each in asked.periods}
        began = self._history.began(application, scenario.name, now) if asked.beginning else None
        replied = {each: self._history.replied(application, each, now) for each in to} if asked.replies else {}
        return Past(rate, began, replied)

    def _held(self, ruled: RuledRequest, now: int) -> tuple[Report, ...]:
        """The agenda of a flow that is queued: its start; nothing if the time drawn is none."""
        rule = ruled.ruling.queued
        draws = Draws(self._seed, "queued", ruled.application, ruled.ordinal)
        wait = rule.queued.pick(draws) if rule is not None and rule.queued is not None else 0
        return (Report(now + wait, ruled.first, START),) if wait else ()

    def _coded(self, flow: Flow, rule: Rule | None) -> Flow:
        """The flow with its verification, and the code in its text: the rule's, or a drawn one, whose first digit is no
        zero, so that it is the same as a number.
        """
        terms = flow.request.verification
        assert terms is not UNSET
        code = rule.code if rule is not None else None
        if code is None:
            least = 10 ** (terms.digits - 1)
            code = str(least + int(Draws(self._seed, "code", flow.application, flow.ordinal)() * 9 * least))
        expires_at = flow.created_at + terms.lifetime_in_seconds * 1000
        return replace(
            flow,
            request=verifying.coded(flow.request, code),
            verification=Verification(code, flow.created_at, expires_at),
        )

    def _plan(self, index: int, planned: Planned, questions: Sequence[StepQuestion]) -> Plan:
        """The plan of the step of this index, with its draws."""
        question = questions[index]
        draws = Draws(self._seed, "draws", question.application, question.request, index)
        own = Draws(self._seed, "recipient", question.to, question.channel, planned.rule)
        return planned.plan(question.request_to, ttl_ms(question.step), draws, own)


def not_taken(channel: Channel, why: str) -> Plan:
    """The plan of a step that its channel does not take, and why. What is reported then is not documented."""
    status, detailed = ("FAILED", "Message Rejected") if channel is Channel.VIBER else ("Failed", "")
    sentence = f"{why[0].upper()}{why[1:]}{'' if why.endswith('?') else '.'}"
    return Plan((PlannedReport(1000, status, detailed, sentence),), NOT_TAKEN)
