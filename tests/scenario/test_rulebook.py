"""Finding the first rule that applies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emulator.channels.table import Channel
from emulator.scenario.matching import Condition, Match
from emulator.scenario.questions import Facts, Question
from emulator.scenario.rulebook import Rulebook
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
)


@given(st.lists(MATCHES, max_size=8), QUESTIONS)
def test_the_first_match_that_holds_is_found(matches: list[Match], question: Question) -> None:
    """The same as if each were asked in turn."""
    slowly = next((number for number, match in enumerate(matches) if match.test()(question)), None)
    assert Rulebook((match, number) for number, match in enumerate(matches)).first(question) == slowly


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


def test_rules_on_parts_of_a_text_read_it_once() -> None:
    """However many parts are looked for; only the rule whose part is there is asked."""
    asked: list[str] = []
    entries = [(Match((Condition("text", "contains", f"code {number} "),)), number) for number in range(1000)]
    book = Rulebook(entries)
    assert book.first(watched(Facts(text="your code 500 is"), asked)) == 500
    assert asked.count("text") == 2
    assert book.first(watched(Facts(text="no such thing"), asked)) is None
    assert asked.count("text") == 3
