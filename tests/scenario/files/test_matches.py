"""Reading the conditions of a rule."""

from __future__ import annotations

import pytest

from emulator.scenario.amounts import Portion, Ramp, Range, Rate
from emulator.scenario.files import ScenarioError
from emulator.scenario.matching import Condition, Match
from emulator.scenario.times import Span, When
from tests.support.scenarios import rule

MORNING = 1_772_438_400_000
"""2026-03-02T08:00Z."""


def condition(yaml: str) -> Condition:
    """The one condition of a match."""
    match = rule(f"match: {{ {yaml} }}\nplan: silence").match
    return match.conditions[0]


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ('to: "+306912345678"', Condition("to", "equal", "+306912345678")),
        ('to: ["+301", "+302"]', Condition("to", "in", ("+301", "+302"))),
        ("text: { contains: code }", Condition("text", "contains", "code")),
        ("text: { equal: code }", Condition("text", "equal", "code")),
        ("from: { starts: Sh }", Condition("from", "starts", "Sh")),
        ("label: { ends: x }", Condition("label", "ends", "x")),
        ("label: { in: [x, y] }", Condition("label", "in", ("x", "y"))),
        ('to: { glob: "+3069*" }', Condition("to", "glob", "+3069*")),
        ("text: { regex: 'a.c' }", Condition("text", "regex", "a.c")),
        ('to: { range: "+3001..+3009" }', Condition("to", "range", Range(3001, 3009))),
        ("steps: 2", Condition("steps", "equal", 2)),
        ("order: [1, 3]", Condition("order", "in", (1, 3))),
        ("request: { range: 3.. }", Condition("request", "range", Range(3, None))),
        ("request: { every: 3 }", Condition("request", "every", 3)),
        ("request_to: { range: ..5 }", Condition("request_to", "range", Range(None, 5))),
        ("channel: [Viber, Sms]", Condition("channel", "in", ("Viber", "Sms"))),
        ("endpoint: transactional", Condition("endpoint", "equal", "transactional")),
        ("country: GR", Condition("country", "equal", "GR")),
        ("replied: { regex: '(?i)stop' }", Condition("replied", "regex", "(?i)stop")),
        ("rate: { above: 10/s }", Condition("rate", "above", Rate(10, 1000))),
        ("rate: { above: 0/1m30s }", Condition("rate", "above", Rate(0, 90_000))),
        ("share: 33%", Condition("share", "within", Portion(0.0, 0.33))),
        ("share: { from: 100%, to: 0%, over: 1h }", Condition("share", "within", Ramp(1.0, 0.0, 3_600_000))),
        (
            "share: { from: 0%, to: 50%, over: 1m, after: 1s }",
            Condition("share", "within", Ramp(0.0, 0.5, 60_000, 1000)),
        ),
        ("time: { weekday: Mon }", Condition("time", "within", When(weekdays=("Mon",)))),
        ("time: { from: 10m }", Condition("time", "within", Span(600_000, None, since=True))),
        ("time: { from: 1s, to: 1m }", Condition("time", "within", Span(1000, 60_000, since=True))),
        (
            "time: { to: 2026-03-02T10:00, zone: Europe/Athens }",
            Condition("time", "within", Span(None, MORNING, since=False)),
        ),
        (
            "time: { to: 2026-03-02T10:00+02:00 }",
            Condition("time", "within", Span(None, MORNING, since=False)),
        ),
    ],
)
def test_a_match_compares_facts_by_lookups(yaml: str, expected: Condition) -> None:
    """A bare value is equal, a list is any of them."""
    assert condition(yaml) == expected


def test_a_time_of_the_calendar_and_one_from_here_to_there_are_two_conditions() -> None:
    """Both must hold."""
    made = rule("match: { time: { weekday: Sat, from: 1h } }\nplan: happy")
    assert made.match.conditions == (
        Condition("time", "within", When(weekdays=("Sat",))),
        Condition("time", "within", Span(3_600_000, None, since=True)),
    )


@pytest.mark.parametrize(
    ("endpoint", "hint"),
    [
        ("campaign", "'sms' covers it"),
        ("/sms/campaign", "'sms' covers it"),
        ("voice/conversation", "'voice' covers it"),
        ("oauth/token", "'token' covers it"),
        ("twostep", "did you mean '2step'?"),
    ],
)
def test_an_endpoint_s_other_names_are_told_the_word_for_it(endpoint: str, hint: str) -> None:
    """As calls are named elsewhere."""
    with pytest.raises(ScenarioError) as refused:
        rule(f"match: {{ endpoint: {endpoint} }}\nplan: happy")
    assert str(refused.value).endswith(f"found '{endpoint}'; {hint}")


def test_a_match_is_put_together_with_all_any_and_not() -> None:
    """Each nests as deep as one likes."""
    made = rule(
        "match: { all: [{ steps: 1 }], any: [{ order: 1 }, { not: { order: 2 } }], not: { request: 3 } }\nplan: happy"
    )
    one, two = Match((Condition("order", "equal", 1),)), Match((Condition("order", "equal", 2),))
    steps, request = Match((Condition("steps", "equal", 1),)), Match((Condition("request", "equal", 3),))
    assert made.match == Match((), (steps,), (one, Match(none_of=(two,))), (request,))
