"""Matches: whether they hold, and if not, what differs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.channels.table import Channel
from emulator.scenario.amounts import Portion, Ramp, Range, Rate
from emulator.scenario.matching import NUMBERS, TEXTS, WITHIN, Condition, Expected, Match
from emulator.scenario.past import Past
from emulator.scenario.questions import Facts, Question
from emulator.scenario.times import Span, When
from tests.support.samples import watched

QUESTION = Facts(
    channel=Channel.VIBER,
    to="+306912345678",
    sender="Shop",
    text="Your code is 4711",
    label="otp",
    sender_info_tracking_id="3f0c",
    application="app-1",
    endpoint="failover",
    steps=3,
    order=2,
    request=7,
    request_to=1,
    country="GR",
    operator="Cosmote",
    time=1_772_493_300_000,
    share=0.5,
    video="https://videos.example/a.mp4",
    past=Past({1000: 11}, 1_772_493_300_000 - 600_000, {"+306912345678": "STOP"}),
)


def case(key: str, lookup: str, right: Expected, wrong: Expected, words: str) -> tuple[Condition, Condition, str]:
    """A condition that holds, one that does not, and what the second says."""
    return Condition(key, lookup, right), Condition(key, lookup, wrong), words


CASES = [
    case("channel", "equal", "Viber", "Sms", "channel is Viber, which is not Sms"),
    case("channel", "in", ("Sms", "Viber"), ("Sms", "Voice"), "channel is Viber, which is none of Sms, Voice"),
    case("to", "starts", "+3069", "+3068", "to is +306912345678, which does not start with +3068"),
    case("to", "ends", "78", "79", "to is +306912345678, which does not end with 79"),
    case("to", "glob", "+30*5?7[78]", "+30*5??9", "to is +306912345678, which does not look like +30*5??9"),
    case(
        "to",
        "range",
        Range(306912345678, None),
        Range(None, 306912345677),
        "to is +306912345678, which is not in the range ..306912345677",
    ),
    case("from", "equal", "Shop", "shop", "from is Shop, which is not shop"),
    case("text", "contains", "code", "Code", "text is Your code is 4711, which does not contain Code"),
    case("text", "regex", r"\b\d{4}$", r"^\d", r"text is Your code is 4711, which does not match ^\d"),
    case("label", "equal", "otp", "pin", "label is otp, which is not pin"),
    case("senderInfoTrackingId", "equal", "3f0c", "3f", "senderInfoTrackingId is 3f0c, which is not 3f"),
    case("video", "ends", ".mp4", ".mov", "video is https://videos.example/a.mp4, which does not end with .mov"),
    case("application", "equal", "app-1", "app-2", "application is app-1, which is not app-2"),
    case("endpoint", "equal", "failover", "token", "endpoint is failover, which is not token"),
    case("country", "equal", "GR", "SE", "country is GR, which is not SE"),
    case("steps", "equal", 3, 2, "steps is 3, which is not 2"),
    case("order", "in", (1, 2), (1, 3), "order is 2, which is none of 1, 3"),
    case("request", "range", Range(7, 7), Range(8, None), "request is 7, which is not in the range 8.."),
    case("request", "every", 7, 2, "request is 7, which is no multiple of 2"),
    case("request_to", "range", Range(1, 2), Range(2, 3), "request_to is 1, which is not in the range 2..3"),
    case("operator", "equal", "Cosmote", "Vodafone", "operator is Cosmote, which is not Vodafone"),
    case(
        "time",
        "within",
        When(("23:00", "06:00"), ("Mon", "Tue"), (("2026-03-02", "2026-03-03"),)),
        When(("09:00", "17:00"), ("Mon",), zone="Asia/Tokyo"),
        "time is Tue 2026-03-03 08:15 Asia/Tokyo, which is not within 09:00..17:00 Mon Asia/Tokyo",
    ),
    case("share", "within", Portion(0.5, 0.6), Portion(0.0, 0.5), "share is 0.5, which is not within 0..0.5"),
    case(
        "share",
        "within",
        Ramp(0.0, 1.0, 1_000_000),
        Ramp(1.0, 0.0, 1_000_000, 60_000),
        "share is 0.5 at 10m after the application's first request, where it goes up to 0.46, which is not within"
        " 1 to 0 over 16m40s, 1m after the application's first request",
    ),
    case(
        "time",
        "within",
        Span(1_772_493_300_000, None, since=False),
        Span(None, 1_772_493_300_000, since=False),
        "time is 2026-03-02T23:15:00Z, which is not within ..2026-03-02T23:15:00Z",
    ),
    case(
        "time",
        "within",
        Span(600_000, 600_001, since=True),
        Span(0, 600_000, since=True),
        "time is 10m after the application's first request, which is not within 0s..10m after the application's first"
        " request",
    ),
    case("rate", "above", Rate(10, 1000), Rate(11, 1000), "rate is 11 in 1s, which is not above 11 in 1s"),
    case("replied", "equal", "STOP", "START", "replied is STOP, which is not START"),
]


@pytest.mark.parametrize(("right", "wrong", "words"), CASES)
def test_a_condition_holds_or_says_what_differs(right: Condition, wrong: Condition, words: str) -> None:
    """Every fact and every lookup."""
    assert right.test()(QUESTION)
    assert right.differences(QUESTION) == []
    assert not wrong.test()(QUESTION)
    assert wrong.differences(QUESTION) == [words]


def test_every_fact_can_be_asked_for() -> None:
    """The cases above leave none out."""
    assert {right.key for right, _, _ in CASES} == {*TEXTS, *NUMBERS, *WITHIN}


@pytest.mark.parametrize("to", ["", "sip:me@host", "+", "12 3", "9" * 30])
def test_what_is_no_number_is_in_no_range(to: str) -> None:
    """It differs, and does no harm."""
    condition = Condition("to", "range", Range(0, None))
    assert condition.differences(Facts(to=to)) == [f"to is {to or 'empty'}, which is not in the range 0.."]


def test_an_absent_fact_is_told_as_empty() -> None:
    """A message without a label, a request without a channel."""
    assert Condition("label", "equal", "x").differences(Facts()) == ["label is empty, which is not x"]
    assert Condition("channel", "equal", "Sms").differences(Facts()) == ["channel is empty, which is not Sms"]


def test_the_country_is_asked_for_only_where_a_rule_needs_it() -> None:
    """It costs more than all other facts together."""
    asked: list[str] = []
    question = watched(Facts(to="+30", country="GR"), asked)
    Match((Condition("to", "equal", "+30"),)).test()(question)
    Match((Condition("to", "equal", "x"), Condition("country", "equal", "GR"))).test()(question)
    assert asked == ["to", "to"]
    assert Match((Condition("country", "equal", "GR"),)).test()(question)
    assert asked == ["to", "to", "country"]


YES, NO = Match((Condition("to", "starts", "+30"),)), Match((Condition("to", "starts", "+46"),))
NO_WORDS = "to is +306912345678, which does not start with +46"


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (Match(), []),
        (YES, []),
        (NO, [NO_WORDS]),
        (Match(all_of=(YES, YES)), []),
        (Match(all_of=(YES, NO)), [NO_WORDS]),
        (Match(any_of=(NO, YES)), []),
        (
            Match(any_of=(NO, Match(all_of=(NO, NO)))),
            [f"none of these holds: {NO_WORDS}; or {NO_WORDS} and {NO_WORDS}"],
        ),
        (Match(none_of=(NO,)), []),
        (Match(none_of=(YES,)), ["this must not hold: to starts with +30"]),
        (Match(none_of=(Match(none_of=(YES,)),)), []),
        (
            Match(NO.conditions, (NO,), (NO,), (YES,)),
            [NO_WORDS] * 2 + [f"none of these holds: {NO_WORDS}", "this must not hold: to starts with +30"],
        ),
    ],
)
def test_a_match_holds_if_nothing_differs(match: Match, words: list[str]) -> None:
    """All, any and not, alone and together."""
    assert match.differences(QUESTION) == words
    assert match.test()(QUESTION) is (not words)


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (Match(), "everything"),
        (YES, "to starts with +30"),
        (Match(YES.conditions, (NO,)), "to starts with +30 and to starts with +46"),
        (Match(any_of=(YES, NO)), "(to starts with +30 or to starts with +46)"),
        (Match(none_of=(YES,)), "not (to starts with +30)"),
        (Match((Condition("order", "in", (1, 2)),)), "order is one of 1, 2"),
    ],
)
def test_a_match_can_be_read(match: Match, words: str) -> None:
    """As explanations show it."""
    assert str(match) == words


def test_a_match_is_barred_from_the_channels_that_it_does_not_demand() -> None:
    """By its own conditions and those of `every`; what one of several may hold bars none."""
    named = Condition("channel", "in", ("Sms", "Voice"))
    one = Match((Condition("channel", "equal", "Sms"),))
    assert [Match((named,)).barring(channel) for channel in Channel] == [(), (named,), ()]
    assert Match(all_of=(one,)).barring(Channel.VIBER) == one.conditions
    assert Match(any_of=(one,)).barring(Channel.VIBER) == ()


def test_what_must_hold_is_told_from_what_may() -> None:
    """Conditions under any and not bind nobody."""
    first, second = Condition("to", "equal", "a"), Condition("to", "equal", "b")
    match = Match((first, Condition("label", "equal", "x")), (Match((second,)),), (YES,), (NO,))
    assert [condition for condition in match.demanded() if condition.key == "to"] == [first, second]


CONDITIONS = [condition for right, wrong, _ in CASES for condition in (right, wrong)]


def matches() -> st.SearchStrategy[Match]:
    """Any match."""
    some = st.lists(st.sampled_from(CONDITIONS), max_size=2).map(tuple)

    def nested(inner: st.SearchStrategy[Match]) -> st.SearchStrategy[Match]:
        few: Any = st.lists(inner, max_size=2).map(tuple)
        return st.builds(Match, some, few, few, few)

    return st.recursive(st.builds(Match, some), nested, max_leaves=6)


@given(matches(), st.sampled_from([QUESTION, Facts(), Facts(Channel.SMS, "+46", steps=1)]))
def test_a_match_holds_exactly_if_nothing_differs(match: Match, question: Question) -> None:
    """The fast test and the words never disagree."""
    assert match.test()(question) is (match.differences(question) == [])


def test_a_glob_with_many_stars_is_as_quick_as_one() -> None:
    """Each star takes the first place that will do, and is never tried again."""
    assert not Condition("text", "glob", "*a" * 30 + "b").test()(Facts(text="a" * 5000))
