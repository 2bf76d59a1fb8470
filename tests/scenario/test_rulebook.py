"""Finding the first rule that applies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.scenario.amounts import Portion, Ramp, Rate
from emulator.scenario.matching import Condition, Match
from emulator.scenario.past import NOTHING, Past
from emulator.scenario.questions import Facts
from emulator.scenario.rulebook import Rulebook
from emulator.scenario.times import Span, When
from tests.support.samples import watched

NUMBERS = ["", "+", "+30", "+301", "+3012", "+46", "*", "+3*"]
CONDITIONS = st.one_of(
    st.builds(Condition, st.just("to"), st.sampled_from(["equal", "starts", "ends", "glob"]), st.sampled_from(NUMBERS)),
    st.builds(Condition, st.just("to"), st.just("in"), st.lists(st.sampled_from(NUMBERS)).map(tuple)),
    st.builds(
        Condition,
        st.just("label"),
        st.sampled_from(["equal", "starts", "ends", "contains"]),
        st.sampled_from(["", "x"]),
    ),
    st.builds(Condition, st.just("request"), st.just("equal"), st.integers(1, 2)),
    st.builds(Condition, st.just("steps"), st.just("equal"), st.integers(0, 1)),
    st.builds(Condition, st.just("country"), st.just("in"), st.sampled_from([("GR",), ("GR", "CY"), ("GR", "GR")])),
    st.builds(Condition, st.just("operator"), st.just("equal"), st.sampled_from(["Cosmote", "Nova", ""])),
    st.builds(
        Condition,
        st.just("share"),
        st.just("within"),
        st.sampled_from([Portion(0, 0.5), Portion(0.5, 1), Portion(0.2, 0.7), Ramp(1, 0, 60_000)]),
    ),
    st.builds(
        Condition,
        st.just("time"),
        st.just("within"),
        st.sampled_from(
            [
                When(("00:00", "00:01")),
                When(weekdays=("Fri",)),
                Span(None, 60_000, since=False),
                Span(30_000, 60_001, since=False),
                Span(30_000, None, since=True),
            ]
        ),
    ),
    st.builds(Condition, st.just("rate"), st.just("above"), st.just(Rate(1, 1000))),
    st.builds(Condition, st.just("channel"), st.just("in"), st.sampled_from([("Sms",), ("Sms", "Viber"), ()])),
)
FLAT = st.builds(Match, st.lists(CONDITIONS, max_size=3).map(tuple))
FEW = st.lists(FLAT, max_size=2).map(tuple)
MATCHES = st.builds(Match, st.lists(CONDITIONS, max_size=2).map(tuple), FEW, FEW, FEW)


QUESTIONS = st.builds(
    Facts,
    channel=st.none() | st.sampled_from(Channel),
    to=st.sampled_from(NUMBERS),
    label=st.sampled_from(["", "x"]),
    request=st.integers(1, 3),
    share=st.sampled_from([0.0, 0.2, 0.5, 0.7, 0.99]),
    time=st.sampled_from([0, 29_999, 30_000, 59_999, 60_000, 60_001, 86_400_000]),
    past=st.sampled_from([NOTHING, Past({1000: 1}, 0), Past({1000: 2}, 30_000)]),
)


@given(st.lists(MATCHES, max_size=8), QUESTIONS)
def test_the_first_match_that_holds_is_found(matches: list[Match], question: Facts) -> None:
    """The same as if each were asked in turn."""
    slowly = next((number for number, match in enumerate(matches) if match.test()(question)), None)
    book = Rulebook((match, number) for number, match in enumerate(matches))
    assert book.first(question) == slowly
    later = replace(question, time=question.time + 60_000)
    assert book.first(later) == next((number for number, match in enumerate(matches) if match.test()(later)), None)


def test_rules_for_other_recipients_are_not_even_asked() -> None:
    """A thousand rules cost what the few cost that might apply."""
    asked: list[str] = []
    demanding = Condition("country", "equal", "GR")
    lookups = ("equal", "starts", "glob")
    entries = [
        (Match((demanding, Condition("to", lookups[number % 3], f"+30{number:04d}"))), number) for number in range(1000)
    ]
    assert Rulebook(entries).first(watched(Facts(to="+300500", country="GR"), asked)) == 500
    assert asked.count("country") == 1


def test_rules_on_values_that_many_have_are_found_by_all_of_them_together() -> None:
    """A thousand on one network, or at one time of day, that differ in another such value."""
    asked: list[str] = []
    nova, day = Condition("operator", "equal", "Nova"), Condition("time", "within", When(("00:00", "23:59")))
    steps = [Condition("steps", "equal", number) for number in range(500)]
    book = Rulebook((Match((each, step)), number) for each in (nova, day) for number, step in enumerate(steps))
    assert book.first(watched(Facts(operator="Nova", steps=300), asked)) == 300
    assert asked.count("steps") <= 4


def test_rules_on_parts_of_a_text_read_it_once() -> None:
    """However many parts are looked for; only the rule whose part is there is asked."""
    asked: list[str] = []
    entries = [(Match((Condition("text", "contains", f"code {number} "),)), number) for number in range(1000)]
    book = Rulebook(entries)
    assert book.first(watched(Facts(text="your code 500 is"), asked)) == 500
    assert asked.count("text") == 1
    assert book.first(watched(Facts(text="no such thing"), asked)) is None
    assert asked.count("text") == 2


def test_rules_on_shares_and_times_are_looked_at_only_where_they_hold() -> None:
    """Also if they demand a country besides, which most requests share; the share is worked out once."""
    asked: list[str] = []
    greek = Condition("country", "equal", "GR")
    shares = [Condition("share", "within", Portion(number / 500, (number + 1) / 500)) for number in range(500)]
    times = [Condition("time", "within", Span(number * 10, number * 10 + 10, since=False)) for number in range(500)]
    book = Rulebook((Match((greek, condition)), number) for number, condition in enumerate([*shares, *times]))
    assert book.first(watched(Facts(country="GR", share=0.5001, time=9000), asked)) == 250
    assert asked.count("country") <= 3
    assert book.first(watched(Facts(country="GR", time=4995), asked)) == 999
    assert asked.count("country") <= 6
