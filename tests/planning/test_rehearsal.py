"""Requests played without a server: under any scenario, any flow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, Channel
from emulator.choices.table import TAKEN, Choices, by_name
from emulator.clock.delays import Fixed, Lognormal, Uniform
from emulator.flow.faults import CallbackFaults, Cut, Which
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.scenario import files
from emulator.scenario.answers import ERRORS, AnswerFault
from emulator.scenario.matching import Condition, Match
from emulator.scenario.outcomes import WAYS, Choice, Line, Outcome, Sequence, Share, Way
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import HAPPY_SCENARIO, Rule, Scenario
from emulator.seed import callback_id
from tests.support.playing import request, step
from tests.support.samples import MINUTE, SECOND, sms, viber


def spoilt(answer: AnswerFault) -> Scenario:
    """A scenario in which every answer has this fault."""
    return Scenario("test", "Test.", (Rule("a", answer=answer),))


def test_a_request_is_played_to_its_end_at_once() -> None:
    """With its journal and its callbacks, all counted from the moment it was sent."""
    came = Rehearsal(HAPPY_SCENARIO).play(request([sms()]), now=MINUTE)
    assert came.answer == 200
    assert came.accepted is not None
    assert came.flow is not None
    assert (came.accepted.created_at, came.accepted.status, came.flow.status) == (MINUTE, "Queued", "Succeeded")
    assert [(entry.kind, entry.at - MINUTE) for entry in came.entries if entry.kind != "accepted"] == [
        ("started", 0),
        ("status", 1 * SECOND),
        ("status", 3 * SECOND),
        ("completed", 3 * SECOND),
    ]
    assert [post.at - MINUTE for post in came.posts] == [0, 1 * SECOND, 3 * SECOND]


@pytest.mark.parametrize(
    ("answer", "status"), [(AnswerFault(503), 503), (AnswerFault(close="before"), None)], ids=["status", "closed"]
)
def test_a_refused_request_comes_to_nothing(answer: AnswerFault, status: int | None) -> None:
    """No flow, no journal, no callback."""
    came = Rehearsal(spoilt(answer)).play(request([sms()]))
    assert (came.answer, came.accepted, came.flow, came.entries, came.posts) == (status, None, None, (), ())


@pytest.mark.parametrize(
    ("error", "kind", "choices", "status"),
    [
        ("bad-credentials", "otp", Choices(), 403),
        ("bad-credentials", "otp", Choices(otp_without_bearer="401"), 401),
        ("bad-credentials", "sms", Choices(otp_without_bearer="401"), 401),
        ("token-expired", "otp", Choices(refused_bearer="403"), 401),
        ("token-expired", "sms", Choices(), 401),
        ("token-expired", "sms", Choices(refused_bearer="403"), 403),
    ],
)
def test_a_named_error_has_the_status_that_the_choices_give_it(
    error: str, kind: Endpoint, choices: Choices, status: int
) -> None:
    """By --choose, or by the scenario itself."""
    fault = ERRORS[error]
    assert Rehearsal(spoilt(fault), choices=choices).play(request([sms()]), kind=kind).answer == status
    own = tuple((name, value) for name, value in by_name(choices).items() if by_name(TAKEN)[name] != value)
    scenario = replace(spoilt(fault), choices=own)
    assert Rehearsal(scenario).play(request([sms()]), kind=kind).answer == status


@pytest.mark.parametrize(
    ("answer", "status"),
    [(AnswerFault(close="after"), None), (AnswerFault(status=202), 202), (AnswerFault(truncate=Cut()), 200)],
    ids=["closed", "status", "truncated"],
)
def test_a_spoilt_answer_does_not_change_the_flow(answer: AnswerFault, status: int | None) -> None:
    """The request was accepted all the same."""
    came = Rehearsal(spoilt(answer)).play(request([sms()]))
    assert came.answer == status
    assert came.flow is not None
    assert came.flow.status == "Succeeded"


def test_requests_use_up_the_balance_one_after_another() -> None:
    """The one that it does not cover is refused with 400."""
    rehearsal = Rehearsal(Scenario("poor", "Poor.", balance=0.1, when_empty="refuse"))
    answers = [rehearsal.play(request([sms()])).answer for _ in range(10)]
    paid = answers.count(200)
    assert 0 < paid < 10
    assert answers == [200] * paid + [400] * (10 - paid)


def test_earlier_requests_are_counted() -> None:
    """Of each application by itself, so that an explanation can be about any request."""
    third = files.load_text("purpose: x\nrules: [{ match: { request: 3 }, answer: unavailable }]", "third")
    rehearsal = Rehearsal(third)
    rehearsal.repeat(2, request([sms()]))
    assert [rehearsal.play(request([sms()]), who).answer for who in ("app", "app", "other")] == [503, 200, 200]


def test_a_request_without_a_callback_has_no_posts() -> None:
    """Its journal is the same but for them."""
    came = Rehearsal(HAPPY_SCENARIO).play(Request([viber()]))
    assert came.posts == ()
    assert [entry.kind for entry in came.entries][-1] == "completed"


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
    duplicate_only=st.sampled_from([None, Which((2,)), Which(share=0.5), Which(last=True), Which(statuses=("Sent",))]),
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
    assert [entry.kind == "completed" for entry in came.entries].count(True) == 1
    assert [entry.at for entry in came.entries] == sorted(entry.at for entry in came.entries)
    told = {callback_id(flow.id, number) for number in range(1, flow.told + 1)}
    assert {post.id.removesuffix("-2").removesuffix("-3") for post in came.posts} <= told
    assert json.decode(json.encode(flow), type=Flow) == flow


def test_what_is_held_back_at_the_gateway_is_not_counted() -> None:
    """The rule is told; the next request is the application's first."""
    gate = Match((Condition("endpoint", "equal", "any"), Condition("request", "equal", 1)))
    first = Match((Condition("request", "equal", 1),))
    rules = (
        Rule("gate", gate, answer=AnswerFault(503)),
        Rule("first", first, {Channel.SMS: WAYS[Channel.SMS]["Failed"]}),
    )
    rehearsal = Rehearsal(Scenario("test", "Test.", rules))
    held, came = (rehearsal.play(request([sms()])) for _ in range(2))
    assert held.asked.spoilt is not None
    assert (held.answer, held.asked.spoilt.rule, held.flow) == (503, "gate", None)
    assert came.flow is not None
    assert (came.answer, came.flow.ordinal, came.flow.messages[0].status) == (200, 1, "Failed")
