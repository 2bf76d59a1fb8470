"""Durations are counted by how long they were."""

from __future__ import annotations

import pytest

from emulator.clock.timings import BOUNDS, Timings


def test_each_duration_is_counted_at_the_first_bound_that_it_does_not_exceed() -> None:
    """What is longer than the last bound is counted after it."""
    timings = Timings()
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] * 1.01, BOUNDS[-1], BOUNDS[-1] + 1):
        timings.add(seconds)
    assert timings.counts == [2, 1, *[0] * (len(BOUNDS) - 3), 1, 1]
    assert timings.total == pytest.approx(2.01 * BOUNDS[0] + 2 * BOUNDS[-1] + 1)


def test_the_bounds_go_up() -> None:
    """Otherwise they would not be what they are said to be."""
    assert list(BOUNDS) == sorted(set(BOUNDS))
