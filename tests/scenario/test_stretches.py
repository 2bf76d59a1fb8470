"""Finding what holds at a point of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.scenario.amounts import Portion
from emulator.scenario.questions import Facts
from emulator.scenario.stretches import Calendar, Parts, Stretches
from emulator.scenario.times import Span, When

TIMES = st.integers(0, 10)
SPANS = st.builds(Span, st.none() | TIMES, st.none() | TIMES, st.just(False))


@given(st.lists(SPANS, max_size=6), TIMES)
def test_a_time_finds_the_spans_that_it_is_in(spans: list[Span], time: int) -> None:
    """Empty ones are never found; those without a beginning or an end are."""
    found = Stretches("time", [(span, number) for number, span in enumerate(spans)])
    assert list(found(Facts(time=time))) == [number for number, span in enumerate(spans) if time in span]


@pytest.mark.parametrize(
    ("share", "found"), [(0.0, [0]), (0.32, [0]), (0.33, [0, 1]), (0.5, [1]), (0.66, []), (1.0, [])]
)
def test_a_share_finds_the_portions_that_it_is_in(share: float, found: list[int]) -> None:
    """The end of one is not in it."""
    portions = Stretches("share", [(Portion(0.0, 0.5), 0), (Portion(0.33, 0.66), 1)])
    assert list(portions(Facts(share=share))) == found


def test_a_calendar_is_looked_through_once_for_each_second() -> None:
    """Whatever comes within it."""
    day, night = When(("08:00", "20:00")), When(("20:00", "08:00"))
    calendar = Calendar([(day, 0), (night, 1)])
    assert calendar(Facts(time=0)) == [1]
    assert calendar(Facts(time=999)) is calendar(Facts(time=1))
    assert calendar(Facts(time=8 * 3_600_000)) == [0]
    assert calendar(Facts(time=20 * 3_600_000 - 1)) == [0]
    assert calendar(Facts(time=20 * 3_600_000)) == [1]


def test_parts_of_a_text_are_found() -> None:
    """Each that is there."""
    assert Parts("text", [("code", 3), ("pin", 5), ("our", 7)])(Facts(text="your code")) == [3, 7]
