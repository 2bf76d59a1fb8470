"""From a request to a planned flow and its effects."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.accounts.balance import BalanceError
from emulator.accounts.prices import Prices
from emulator.channels.table import Channel
from emulator.clock.delays import Uniform
from emulator.flow.faults import CallbackFaults
from emulator.flow.verification import Terms
from emulator.planning.memory import Memory
from emulator.planning.planner import Planner
from emulator.planning.selection import Selection
from emulator.scenario.answers import AnswerFault
from emulator.scenario.matching import Condition, Match
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Rule, Scenario
from emulator.store.records import ApplicationState, Effects, Override
from tests.support.playing import request
from tests.support.samples import NOW, NUMBER, sms, viber

PRICES = Prices(sms={"*": 0.05})
OVERRIDE = Override(
    7, "no", '{"rules": [{"name": "no", "uses": 2, "answer": "unavailable", "plan": {"Sms": "Failed"}}]}', 2
)


def planner(scenario: Scenario, memory: Memory | None = None, state: ApplicationState | None = None) -> Planner:
    """A planner under a scenario; `state` is in force for the application app."""
    memory = memory or Memory()
    states = memory.states if state is None else lambda _: (state, ApplicationState())
    return Planner("seed", Selection(states, scenario), memory.count, states, PRICES)


def test_requests_are_numbered_and_their_ids_follow_from_the_number() -> None:
    """The same seed, application and number give the same flow."""
    one, other = planner(Scenario("s", "")), planner(Scenario("s", ""))
    ruled = [one.rule_on("app", request([sms()]), NOW) for _ in range(2)]
    assert [each.ordinal for each in ruled] == [1, 2]
    flows = [one.flow(each, NOW)[0] for each in ruled]
    assert flows[0].id != flows[1].id
    assert flows[0] == other.flow(other.rule_on("app", request([sms()]), NOW), NOW)[0]


def test_the_rules_of_the_step_that_runs_first_decide_about_answer_and_callbacks() -> None:
    """Not those of the first in the body."""
    on_viber = Match((Condition("channel", "equal", Channel.VIBER),))
    rule = Rule("viber", on_viber, answer=AnswerFault(503), callbacks=CallbackFaults(never=True))
    made = planner(Scenario("s", "", (rule,)))
    first = made.rule_on("app", request([sms(2), viber(1)]), NOW)
    assert (first.first, first.spoilt and first.spoilt.rule) == (1, "viber")
    assert made.flow(first, NOW)[0].faults == CallbackFaults(never=True)
    assert made.rule_on("app", request([sms(1), viber(2)]), NOW).spoilt is None


def test_recipients_are_counted_only_for_rules_that_go_by_it() -> None:
    """A count that nobody asks for is not written."""
    memory = Memory()
    planner(Scenario("s", ""), memory).rule_on("app", request([sms()]), NOW)
    assert memory.count("app", [f"to {NUMBER}"]) == [1]
    second = Rule("second", Match((Condition("request_to", "equal", 2),)), answer=AnswerFault(503))
    counting = planner(Scenario("s", "", (second,)), Memory())
    assert [bool(counting.rule_on("app", request([sms()]), NOW).spoilt) for _ in range(3)] == [False, True, False]


def test_a_flow_takes_what_it_will_cost() -> None:
    """At once, for all of its plans; nothing if the scenario has no balance."""
    made = planner(Scenario("s", "", balance=0.08))
    assert made.flow(made.rule_on("app", request([sms()]), NOW), NOW)[1] == Effects("app", 0.05)
    free = planner(Scenario("s", ""))
    assert free.flow(free.rule_on("app", request([sms()]), NOW), NOW)[1] is None


def test_what_is_not_covered_is_refused_or_fails() -> None:
    """As the scenario says; by what was spent before."""
    spent = ApplicationState(spent=0.04)
    failing = planner(Scenario("s", "", balance=0.08), state=spent)
    flow, effects = failing.flow(failing.rule_on("app", request([sms()]), NOW), NOW)
    assert (flow.plans[0].reports[0].cause, effects) == ("balance", None)
    refusing = planner(Scenario("s", "", balance=0.08, when_empty="refuse"), state=spent)
    with pytest.raises(BalanceError, match=r"0\.04"):
        refusing.flow(refusing.rule_on("app", request([sms()]), NOW), NOW)


def test_an_override_counts_once_for_a_request_that_it_spoils_and_decides() -> None:
    """Its answer uses it up, and nothing that it decides besides does so again."""
    made = planner(Scenario("s", ""), state=ApplicationState(overrides=(OVERRIDE,)))
    ruled = made.rule_on("app", request([sms()]), NOW)
    assert ruled.spoilt is not None
    assert (ruled.spoilt.rule, ruled.spoilt.used) == ("override 7: no", (7,))
    assert made.flow(ruled, NOW)[1] == Effects("app", used=(7,))


def test_a_call_without_steps_is_met_by_rules_that_name_its_endpoint() -> None:
    """And numbered by itself."""
    rule = Rule("second token", Match((Condition("endpoint", "equal", "token"), Condition("request", "equal", 2))))
    made = planner(Scenario("s", "", (Rule(rule.name, rule.match, answer=AnswerFault(503)),)))
    assert made.rule_on_call("tracking", "app", NOW) is None
    assert [bool(made.rule_on_call("token", "app", NOW)) for _ in range(3)] == [False, True, False]


def test_services_that_send_draw_alike() -> None:
    """What becomes of a request, and of its answer, does not depend on which of them took it."""
    slow = Rule("slow", Match(()), answer=AnswerFault(delay=Uniform(0, 10_000)))
    delays = set()
    kinds: tuple[Endpoint, ...] = ("failover", "sms")
    for kind in kinds:
        ruled = planner(Scenario("s", "", (slow,))).rule_on("app", request([sms()]), NOW, kind=kind)
        assert ruled.spoilt is not None
        delays.add(ruled.spoilt.seconds)
    assert len(delays) == 1


def test_a_code_is_drawn_with_as_many_digits_as_are_asked_for_or_is_the_rule_s() -> None:
    """It stands in the text; a flow without a verification has none, nor uses an override that has one."""
    asked = replace(request([sms(body="It is @@pin")]), verification=Terms(6, 60, 3))
    fixed = Override(7, "fixed", '{"rules": [{"name": "fixed", "uses": 2, "code": "007"}]}', 2)
    plain, coded = planner(Scenario("s", "")), planner(Scenario("s", ""), state=ApplicationState(overrides=(fixed,)))
    drawn, _ = plain.flow(plain.rule_on("app", asked, NOW, kind="2step"), NOW)
    given, effects = coded.flow(coded.rule_on("app", asked, NOW, kind="2step"), NOW)
    assert drawn.verification
    assert given.verification
    assert (len(drawn.verification.code), drawn.verification.expires_at) == (6, NOW + 60_000)
    assert getattr(drawn.request.flow[0], "message").body == f"It is {drawn.verification.code}"  # noqa: B009
    assert (given.verification.code, effects) == ("007", Effects("app", used=(7,)))
    other, effects = coded.flow(coded.rule_on("app", request([sms()]), NOW), NOW)
    assert (other.verification, effects) == (None, None)
