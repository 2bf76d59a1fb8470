"""Times that are drawn: their means and their bounds."""

from __future__ import annotations

from statistics import mean, median, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock.delays import Delay, Exponential, Lognormal, Normal, Uniform
from emulator.clock.durations import LONGEST
from emulator.seed import Draws


def drawn(delay: Delay) -> list[int]:
    """Many times of a delay."""
    draws = Draws("seed")
    return [delay.pick(draws) for _ in range(4000)]


def test_a_uniform_delay_keeps_its_bounds() -> None:
    """And reaches all of it."""
    sample = drawn(Uniform(1000, 5000))
    assert 1000 <= min(sample) < 1100
    assert 4900 < max(sample) <= 5000


def test_a_normal_delay_has_its_mean_and_deviation() -> None:
    """Within what chance allows."""
    sample = drawn(Normal(10_000, 1000))
    assert mean(sample) == pytest.approx(10_000, rel=0.02)
    assert stdev(sample) == pytest.approx(1000, rel=0.1)


def test_a_lognormal_delay_has_its_median_and_its_95th_percentile() -> None:
    """Those are its parameters."""
    sample = sorted(drawn(Lognormal(1000, 5000)))
    assert median(sample) == pytest.approx(1000, rel=0.1)
    assert sample[3800] == pytest.approx(5000, rel=0.1)


def test_an_exponential_delay_has_its_mean() -> None:
    """Within what chance allows."""
    assert mean(drawn(Exponential(3000))) == pytest.approx(3000, rel=0.1)


UNITS = st.floats(0, 1, exclude_max=True)
DELAYS = st.sampled_from(
    [
        Uniform(0, 9),
        Normal(1, 1000),
        Lognormal(1, 9),
        Lognormal(1, 1),
        Exponential(9),
        Exponential(0),
        Lognormal(1, LONGEST),
        Exponential(LONGEST),
        Normal(LONGEST, LONGEST),
    ]
)


@given(DELAYS, UNITS, UNITS)
def test_a_drawn_delay_is_neither_negative_nor_too_long(delay: Delay, first: float, second: float) -> None:
    """Whatever is drawn: a store keeps times in 64 bits."""
    pair = iter((first, second))
    assert 0 <= delay.pick(lambda: next(pair)) <= LONGEST
