"""Scenarios: the first rule that applies decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from emulator.channels.table import CHANNELS, Channel
from emulator.clock.delays import Fixed, Lognormal, Uniform
from emulator.flow.faults import CallbackFaults, Cut
from emulator.flow.state import Flow, Plan, PlannedReport
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.scenario.answers import AnswerFault
from emulator.scenario.matching import Condition, Match
from emulator.scenario.outcomes import SILENCE, WAYS, Choice, Line, Outcome, Sequence, Share, Way
from emulator.scenario.questions import Endpoint, Facts
from emulator.scenario.rules import HAPPY_SCENARIO, Explained, Rule, Scenario, explain
from emulator.seed import callback_id
from tests.support.playing import request, step


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
    for match, met in ((Match(some=(other, named)), True), (Match((), (named,)), True), (Match(none=(named,)), False)):
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


# --- any scenario, any flow -------------------------------------------------------------------------------------

TIMES = st.one_of(
    st.builds(Fixed, st.integers(0, 10**8)),
    st.builds(Uniform, st.just(0), st.integers(0, 10**8)),
    st.builds(Share, st.floats(0, 2)),
)


def outcomes(channel: Channel) -> st.SearchStrategy[Outcome]:
    """Any outcome of a channel."""
    statuses = st.sampled_from(list(CHANNELS[channel].statuses))
    causes = st.sampled_from(["", "balance", "server"])
    lines = st.builds(Line, statuses, TIMES, st.booleans(), cause=causes)
    ways = st.builds(Way, st.lists(lines, max_size=4).map(tuple)) | st.sampled_from(list(WAYS[channel].values()))
    choices = st.builds(Choice, st.lists(st.tuples(st.floats(0.1, 9), ways), min_size=1, max_size=3).map(tuple))
    return ways | choices | st.builds(Sequence, st.lists(ways | choices, min_size=1, max_size=3).map(tuple))


PLANS = st.fixed_dictionaries({}, optional={channel: outcomes(channel) for channel in Channel})
TEXTS = st.sampled_from(["to", "text", "from", "country", "application", "channel"])
CONDITIONS = st.one_of(
    st.builds(
        Condition, st.sampled_from(["order", "request", "request_to", "steps"]), st.just("equal"), st.integers(1, 3)
    ),
    st.builds(
        Condition, TEXTS, st.sampled_from(["equal", "starts", "contains"]), st.sampled_from(["+30", "GR", "P", ""])
    ),
)
MATCHES = st.recursive(
    st.builds(Match, st.lists(CONDITIONS, max_size=2).map(tuple)),
    lambda inner: st.builds(Match, st.just(()), *(st.lists(inner, max_size=2).map(tuple) for _ in range(3))),
    max_leaves=4,
)
DELAYS = st.builds(Uniform, st.just(0), st.integers(0, 10**8)) | st.builds(
    Lognormal, st.just(1000), st.integers(1000, 10**6)
)
CALLBACKS = st.builds(
    CallbackFaults,
    never=st.just(False) | st.booleans(),
    drop=st.lists(st.integers(1, 3), max_size=2).map(tuple),
    drop_share=st.sampled_from([0.0, 0.5]),
    delay=st.none() | DELAYS,
    duplicate=st.integers(1, 3),
    duplicate_after=st.sampled_from([0, 60_000]),
    reorder=st.sampled_from([0, 30_000]),
    burst=st.sampled_from([0, 300_000]),
    early=st.booleans(),
    truncate=st.none() | st.builds(Cut, st.just(10)),
)
ANSWERS = st.sampled_from(
    [AnswerFault(503), AnswerFault(close="before"), AnswerFault(close="after"), AnswerFault(truncate=Cut())]
)
RULES = st.builds(Rule, st.text(), MATCHES, PLANS, st.none() | ANSWERS, st.none() | CALLBACKS)
BALANCES = st.none() | st.floats(0, 1)
SCENARIOS = st.builds(
    lambda rules, balance, empty: Scenario("any", "", tuple(rules), balance, empty),
    st.lists(RULES, max_size=4),
    BALANCES,
    st.sampled_from(["refuse", "fail"]),
)
STEPS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"type": st.just("Sms"), "ttl": st.integers(1, 1440)}),
        st.fixed_dictionaries({"type": st.just("Viber"), "ttl": st.just(0.5), "expireOnDelivery": st.booleans()}),
        st.just({"type": "Voice"}),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=200)
@given(SCENARIOS, st.lists(STEPS, min_size=1, max_size=3), st.text(max_size=3))
def test_any_flow_under_any_scenario_ends_and_the_same_seed_gives_the_same_journal(
    made: Scenario, told: list[list[dict[str, object]]], seed: str
) -> None:
    """Whatever the rules, faults and the balance. Byte for byte, callbacks too."""
    requests = [request([step(each, order) for order, each in enumerate(steps, 1)]) for steps in told]
    first, second = (list(map(Rehearsal(made, seed).play, requests)) for _ in range(2))
    assert json.encode([(each.entries, each.posts) for each in first]) == json.encode(
        [(each.entries, each.posts) for each in second]
    )
    for came in first:
        holds(came)


def holds(came: Rehearsed) -> None:
    """What is true of every request, under every scenario."""
    flow = came.flow
    if flow is None:
        assert came.answer is None or came.answer >= 400
        assert not came.entries
        return
    assert flow.status.final
    assert (flow.status_code is None) is (flow.status == "Succeeded")
    assert flow.due_at is None
    assert 1 <= len(flow.messages) <= len(flow.request.flow)
    assert not any(message.live for message in flow.messages)
    for earlier in flow.messages[:-1]:
        assert earlier.status in flow.step(earlier).failover_on_statuses
    assert [entry.kind for entry in came.entries].count("completed") == 1
    assert [entry.at for entry in came.entries] == sorted(entry.at for entry in came.entries)
    told = {callback_id(flow.id, number) for number in range(1, flow.told + 1)}
    assert {post.id.removesuffix("-2").removesuffix("-3") for post in came.posts} <= told
    assert json.decode(json.encode(flow), type=Flow) == flow
