"""Time: one formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock.clock import FASTEST, INSTANT, LATEST, Clock, RealTime

REAL = 1_000_000


@pytest.mark.parametrize(("rate", "now"), [(1.0, 5_500), (60.0, 35_000), (0.0, 5_000)])
def test_a_clock_runs_at_its_rate(rate: float, now: int) -> None:
    """Half a real second after its base."""
    assert Clock(REAL, 5_000, rate).now(REAL + 500) == now


@pytest.mark.parametrize(("rate", "seconds"), [(1.0, 2.0), (4.0, 0.5), (0.0, None)])
def test_a_clock_tells_how_long_to_wait(rate: float, seconds: float | None) -> None:
    """In real seconds; a clock that stands still never gets there."""
    assert Clock(REAL, 5_000, rate).wait(REAL, 7_000) == seconds
    assert Clock(REAL, 5_000, rate).wait(REAL, 5_000) == 0


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 1000), st.floats(0, 1000))
def test_a_change_of_rate_loses_no_time(after: int, later: int, rate: float, other: float) -> None:
    """The clock goes on from where it was."""
    clock = Clock(REAL, 5_000, rate)
    changed = clock.at_rate(REAL + after, other)
    assert changed.now(REAL + after) == clock.now(REAL + after)
    assert changed.now(REAL + after + later) >= clock.now(REAL + after)


def test_a_clock_can_be_moved() -> None:
    """And goes on from there."""
    assert Clock(REAL, 5_000, 2.0).moved(REAL, 9_000).now(REAL + 1) == 9_002


@pytest.mark.parametrize(
    ("rate", "standing", "instant"), [(1.0, False, False), (0.0, True, False), (INSTANT, True, True)]
)
def test_a_clock_stands_at_rate_zero_and_at_an_infinite_one(rate: float, standing: bool, instant: bool) -> None:
    """The latter is instant: it is moved to the next event as soon as nothing is under way."""
    clock = Clock(REAL, 5_000, rate)
    assert (clock.standing, clock.instant) == (standing, instant)
    assert clock.now(REAL + 500) == (5_000 if standing else 5_500)


def test_time_ends_with_the_year_8999() -> None:
    """The fastest clock stops there, and nobody waits for later."""
    clock = Clock(REAL, 5_000, FASTEST)
    assert clock.now(REAL + 10**9) == LATEST
    assert clock.wait(REAL, LATEST + 1) is None


def test_real_time_never_steps_back() -> None:
    """Each reading is as late as the last or later."""
    real = RealTime()
    seen = [real() for _ in range(1000)]
    assert seen == sorted(seen)
