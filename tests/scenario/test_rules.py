"""Scenarios: the first rule that applies decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.clock.delays import Uniform
from emulator.flow.faults import CallbackFaults
from emulator.flow.state import Plan, PlannedReport
from emulator.scenario.amounts import Portion, Ramp, Rate
from emulator.scenario.answers import AnswerFault
from emulator.scenario.matching import Condition, Match
from emulator.scenario.outcomes import SILENCE, WAYS, Choice, Line, Outcome, Sequence, Share, Way
from emulator.scenario.questions import Endpoint, Facts
from emulator.scenario.rules import HAPPY_SCENARIO, LOOKING_BACK, Explained, Rule, Scenario, explain
from emulator.scenario.times import Span


def never() -> float:
    """A draw that must not happen."""
    raise AssertionError("nothing should be drawn")


def scenario(*rules: Rule) -> Scenario:
    """A scenario of these rules."""
    return Scenario("test", "Test.", rules)


def to(number: str) -> Match:
    """A match of one recipient."""
    return Match((Condition("to", "equal", number),))


def fails(channel: Channel = Channel.SMS, status: str = "Failed") -> dict[Channel, Outcome]:
    """A plan for one channel."""
    return {channel: WAYS[channel][status]}


def planned(made: Scenario, channel: Channel = Channel.SMS, number: str = "+30") -> str:
    """The name of the rule that plans a step."""
    return made.planned_for(Facts(channel, number)).rule


def test_without_rules_everything_goes_well() -> None:
    """The implied rule; times count from the step's start, and nothing is drawn."""
    planned = HAPPY_SCENARIO.planned_for(Facts(Channel.SMS))
    assert planned.fixed == Plan((PlannedReport(1000, "Sent"), PlannedReport(3000, "Delivered")), "happy")
    assert planned.plan(1, 60_000, never) == planned.fixed


@pytest.mark.parametrize(
    ("outcome", "fixed"),
    [
        (WAYS[Channel.SMS]["Failed"], True),
        (SILENCE, True),
        (Way((Line("Failed", Share(0.5)),)), False),
        (Way((Line("Failed", Uniform(1, 2)),)), False),
        (Choice(((1, SILENCE), (1, WAYS[Channel.SMS]["Failed"]))), False),
        (Sequence((SILENCE, WAYS[Channel.SMS]["Failed"])), False),
    ],
)
def test_a_plan_is_made_beforehand_where_nothing_decides_about_it(outcome: Outcome, *, fixed: bool) -> None:
    """It is the one that would be made for each request."""
    planned = scenario(Rule("a", plan={Channel.SMS: outcome})).planned_for(Facts(Channel.SMS))
    assert (planned.fixed is not None) == fixed
    assert planned.fixed in (None, planned.plan(7, 60_000, lambda: 0.5))


def test_the_first_rule_that_applies_decides() -> None:
    """Later ones are not asked."""
    made = scenario(Rule("a", to("x"), fails()), Rule("b", Match(), fails()), Rule("c", Match(), fails()))
    assert (planned(made, number="x"), planned(made, number="y")) == ("a", "b")


def test_a_rule_decides_only_the_channels_that_it_plans() -> None:
    """The others are left to the rules below, and at last to the implied one."""
    made = scenario(Rule("a", plan=fails(Channel.VIBER, "FAILED")), Rule("b", plan=fails()))
    assert [planned(made, channel) for channel in Channel] == ["b", "a", "happy"]


def test_a_rule_with_only_faults_leaves_the_plan_to_others() -> None:
    """And the other way round."""
    made = scenario(
        Rule("a", answer=AnswerFault(500)), Rule("b", plan=fails()), Rule("c", callbacks=CallbackFaults(never=True))
    )
    assert planned(made) == "b"
    assert [made.answer_for(Facts(Channel.SMS)), made.callbacks_for(Facts(Channel.SMS))] == [
        made.rules[0],
        made.rules[2],
    ]


def test_the_first_rule_with_an_answer_and_the_first_with_callbacks_decide_those() -> None:
    """Each by itself; a request that none meets has no faults."""
    made = scenario(
        Rule("a", to("x"), answer=AnswerFault(400), callbacks=CallbackFaults(drop=(1,))),
        Rule("b", to("y"), answer=AnswerFault(401)),
        Rule("c", to("y"), answer=AnswerFault(402), callbacks=CallbackFaults(drop=(2,))),
    )
    asked = [Facts(Channel.SMS, number) for number in "xyz"]
    assert [each and each.name for each in map(made.answer_for, asked)] == ["a", "b", None]
    assert [each and each.name for each in map(made.callbacks_for, asked)] == ["a", "c", None]


@pytest.mark.parametrize("endpoint", ["token", "tracking"])
def test_requests_without_steps_are_met_only_by_rules_that_name_their_endpoint(endpoint: Endpoint) -> None:
    """A scenario that refuses everything still gives tokens, and tells of the flows that there are."""
    named = Match((Condition("endpoint", "equal", endpoint),))
    made = scenario(Rule("a", answer=AnswerFault(400)), Rule("b", named, answer=AnswerFault(500)))
    assert made.answer_for(Facts(endpoint=endpoint)) == made.rules[1]
    assert made.answer_for(Facts(endpoint="transactional")) is None
    assert made.answer_for(Facts(Channel.SMS)) == made.rules[0]
    other = Match((Condition("application", "equal", "x"),))
    for match, met in (
        (Match(any_of=(other, named)), True),
        (Match((), (named,)), True),
        (Match(none_of=(named,)), False),
    ):
        answer = scenario(Rule("c", match, answer=AnswerFault(500))).answer_for(Facts(endpoint=endpoint))
        assert (answer is not None) is met


def test_a_choice_is_drawn_and_a_sequence_follows_the_recipient_s_requests() -> None:
    """The draw comes from the caller."""
    options = Choice(((1, WAYS[Channel.SMS]["Failed"]), (1, SILENCE)))
    made = scenario(Rule("a", plan={Channel.SMS: Sequence((WAYS[Channel.SMS]["Unsent"], options))}))

    def reports(request_to: int, draw: Callable[[], float]) -> list[str]:
        question = Facts(Channel.SMS, request_to=request_to)
        return [report.status for report in made.planned_for(question).plan(request_to, 0, draw).reports]

    assert reports(1, never) == ["Unsent"]
    assert (reports(2, lambda: 0.2), reports(9, lambda: 0.7)) == (["Failed"], [])


def test_a_step_is_explained_rule_by_rule_down_to_the_one_that_decides() -> None:
    """What each demands, and what differed."""
    made = scenario(
        Rule("vip", Match((Condition("to", "starts", "+3069"),)), fails()),
        Rule("viber", plan=fails(Channel.VIBER, "FAILED")),
        Rule("rest", plan=fails()),
        Rule("never", plan=fails()),
    )
    assert explain(made, Facts(Channel.SMS, "+4670")) == [
        Explained("vip", "to starts with +3069", ("to is +4670, which does not start with +3069",)),
        Explained("viber", "everything", ("it plans nothing for Sms",)),
        Explained("rest", "everything", ()),
    ]


def test_an_explanation_ends_with_the_implied_rule_if_no_other_applies() -> None:
    """So there is always one that matched."""
    told = explain(scenario(Rule("a", to("x"), fails())), Facts(Channel.SMS, "y"))
    assert [(each.rule, each.matched) for each in told] == [("a", False), ("happy", True)]


@pytest.mark.parametrize("channel", list(Channel))
def test_the_explained_rule_is_the_planned_one(channel: Channel) -> None:
    """Also where a rule names a channel in its match."""
    named = Match((Condition("channel", "in", ("Sms", "Voice")),))
    made = scenario(
        Rule("a", named, {**fails(), **fails(Channel.VOICE)}), Rule("b", to("+30"), fails(Channel.VIBER, "FAILED"))
    )
    assert explain(made, Facts(channel, "+30"))[-1].rule == planned(made, channel)


@pytest.mark.parametrize(
    ("rule", "plain"),
    [
        (Rule("plans", plan=fails()), True),
        (Rule("spoils", answer=AnswerFault(503)), False),
        (Rule("never", callbacks=CallbackFaults(never=True)), True),
        (Rule("early", callbacks=CallbackFaults(early=True)), False),
    ],
)
def test_a_scenario_is_plain_if_every_answer_is_good_and_none_waits_for_callbacks(rule: Rule, plain: bool) -> None:
    """So its requests may be answered by the fast path; not if they cost money."""
    assert scenario(rule).plain is plain
    assert not replace(scenario(rule), balance=1.0).plain


def test_the_step_that_runs_first_decides_about_answer_and_callbacks() -> None:
    """Callbacks are spoilt only where there are any."""
    rule = Rule(
        "viber", Match((Condition("channel", "equal", "Viber"),)), answer=AnswerFault(503), callbacks=CallbackFaults()
    )
    steps = [Facts(Channel.SMS), Facts(Channel.VIBER)]
    made = scenario(rule)
    ruling = made.rule_on(steps, 1, callbacks=True)
    assert (ruling.answer, ruling.callbacks, len(ruling.planned)) == (rule, rule, 2)
    assert made.rule_on(steps, 1, callbacks=False).callbacks is None
    first = made.rule_on(steps, 0, callbacks=True)
    assert (first.answer, first.callbacks) == (None, None)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("request_to", "equal", 2),
        Condition("request", "equal", 2),
        Condition("request", "every", 3),
        Condition("replied", "equal", "STOP"),
        Condition("share", "within", Portion(0, 0.5)),
        Condition("share", "within", Ramp(0, 1, 1000)),
        Condition("rate", "above", Rate(5, 1000)),
        Condition("time", "within", Span(0, 1000, since=True)),
        Condition("time", "within", Span(0, 1000, since=False)),
    ],
)
def test_what_needs_a_look_back_is_what_is_not_kept(condition: Condition) -> None:
    """The constant and what is asked of the past go together."""
    looks_back = Scenario("s", "", (Rule("r", Match((condition,))),)).looks_back
    assert (condition.member in LOOKING_BACK) is (looks_back is not None)
