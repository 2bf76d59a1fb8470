"""From a request to a planned flow and its effects."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from emulator.accounts.balance import BalanceError
from emulator.accounts.prices import Prices
from emulator.channels.table import Channel
from emulator.clock.delays import Uniform
from emulator.flow.faults import CallbackFaults
from emulator.flow.verification import Terms
from emulator.planning.memory import Memory
from emulator.planning.planner import Planner, not_taken
from emulator.planning.selection import Selection
from emulator.scenario.amounts import Rate
from emulator.scenario.answers import ERRORS, AnswerFault
from emulator.scenario.matching import Condition, Match
from emulator.scenario.outcomes import WAYS, Choice
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Rule, Scenario
from emulator.scenario.times import Span
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
    return Planner("seed", Selection(states, scenario), memory, states, PRICES)


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


@pytest.mark.parametrize(
    ("why", "told"), [("it is no sender", "It is no sender."), ("'a' is none; did you mean 'A'?",) * 2]
)
def test_why_a_step_is_not_taken_is_one_sentence(why: str, told: str) -> None:
    """A question ends as one."""
    (report,) = not_taken(Channel.SMS, why).reports
    assert (report.status, report.description) == ("Failed", told)


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


def test_what_is_chosen_per_recipient_sticks_to_the_number_whatever_the_order() -> None:
    """It follows from seed, number, channel and rule; not from the application or its other requests."""
    ways = ((1.0, WAYS[Channel.SMS]["Delivered"]), (1.0, WAYS[Channel.SMS]["Failed"]))
    rule = Rule("flaky", plan={Channel.SMS: Choice(ways, per_recipient=True)})
    recipients = [f"+30691000{number:04}" for number in range(64)]

    def ends(made: Planner, application: str, order: Iterable[str]) -> dict[str, str]:
        ruled = {to: made.rule_on(application, request([sms(to=to)]), NOW) for to in order}
        return {to: made.flow(each, NOW)[0].plans[0].reports[-1].status for to, each in ruled.items()}

    scenario = Scenario("s", "", (rule,))
    one, other = planner(scenario), planner(scenario)
    first = ends(one, "app", recipients)
    assert set(first.values()) == {"Delivered", "Failed"}
    assert ends(one, "app", recipients) == ends(other, "another", reversed(recipients)) == first
    renamed = planner(Scenario("s", "", (replace(rule, name="other"),)))
    assert ends(renamed, "app", recipients) != first
    memory = Memory()
    seeded = Planner("other seed", Selection(memory.states, scenario), memory, memory.states, PRICES)
    assert ends(seeded, "app", recipients) != first


def test_a_request_above_the_rate_is_told_when_the_next_period_begins() -> None:
    """A header of the rule's own stays; other endpoints are counted by themselves."""
    above = Match((Condition("rate", "above", Rate(1, 60_000)),))
    token = Match((*above.conditions, Condition("endpoint", "equal", "token")))
    own = AnswerFault(429, headers=(("Retry-After", "soon"),))
    rules = (Rule("tokens", token, answer=own), Rule("all", above, answer=ERRORS["too-many-requests"]))
    made, begin = planner(Scenario("s", "", rules)), NOW - NOW % 60_000

    def headers(at: int) -> tuple[tuple[str, str], ...] | None:
        spoilt = made.rule_on("app", request([sms()]), at).spoilt
        return spoilt.fault.headers if spoilt else None

    assert [headers(begin + 1000), headers(begin + 1000)] == [None, (("Retry-After", "59"),)]
    assert [headers(begin + 59_999), headers(begin + 60_000)] == [(("Retry-After", "1"),), None]
    assert made.rule_on("other", request([sms()]), begin + 60_000).spoilt is None
    tokens = [made.rule_on_call("token", "app", begin) for _ in range(2)]
    assert [each and each.fault.headers for each in tokens] == [None, own.headers]


def test_phases_count_from_the_application_s_first_request() -> None:
    """Not from somebody else's; only where a rule asks for it is that remembered."""
    late = Match((Condition("time", "within", Span(60_000, None, since=True)),))
    memory = Memory()
    made = planner(Scenario("s", "", (Rule("late", late, answer=AnswerFault(503)),)), memory)

    def late_at(application: str, *after: int) -> list[bool]:
        return [bool(made.rule_on(application, request([sms()]), NOW + ms).spoilt) for ms in after]

    assert late_at("app", 0, 59_999, 60_000) == [False, False, True]
    assert late_at("other", 60_000, 120_000) == [False, True]
    planner(Scenario("t", ""), other := Memory()).rule_on("app", request([sms()]), NOW)
    assert (memory.began("app", "s", 0), other.began("app", "t", 0)) == (NOW, 0)


def test_what_a_recipient_has_replied_is_asked_for_each_step() -> None:
    """Each by its own recipient."""
    rule = Rule("stopped", Match((Condition("replied", "equal", "STOP"),)), {Channel.SMS: WAYS[Channel.SMS]["Failed"]})
    memory = Memory()
    made = planner(Scenario("s", "", (rule,)), memory)
    memory.hear("app", "+30", NOW, "STOP")
    ruled = made.rule_on("app", request([sms(to="+30"), sms(2, to="+46")]), NOW)
    assert [each.rule for each in ruled.ruling.planned] == ["stopped", "happy"]
    assert made.rule_on("app", request([sms(to="+30")]), NOW - 1).ruling.planned[0].rule == "happy"
