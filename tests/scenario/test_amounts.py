"""Amounts that rules demand: a share that moves, and a rate."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.scenario.amounts import Ramp, Rate

HOUR = 3_600_000


@pytest.mark.parametrize(("since", "share"), [(-1, 1.0), (60_000, 1.0), (60_000 + HOUR // 4, 0.75), (9 * HOUR, 0.0)])
def test_a_ramp_moves_evenly_between_its_ends(since: int, share: float) -> None:
    """It stands still before it begins and after it ends."""
    assert Ramp(1.0, 0.0, HOUR, 60_000).at(since) == share


@given(st.floats(0, 1, exclude_max=True), st.lists(st.integers(0, 2 * HOUR)), st.floats(0, 1), st.floats(0, 1))
def test_a_number_changes_sides_once_at_most(share: float, times: list[int], first: float, last: float) -> None:
    """So one that got Viber back keeps it."""
    sides = [(share, since) in Ramp(first, last, HOUR) for since in sorted(times)]
    assert sum(one != other for one, other in pairwise(sides)) <= 1


def test_a_rate_is_exceeded_by_what_comes_after_so_many() -> None:
    """In the period of its own length only."""
    rate = Rate(2, 1000)
    assert [{1000: number} in rate for number in range(1, 5)] == [False, False, True, True]
    assert {60_000: 9} not in rate


@pytest.mark.parametrize(("now", "seconds"), [(0, 60), (1, 60), (59_000, 1), (59_999, 1), (30_000, 30), (30_001, 30)])
def test_the_next_period_begins_after_whole_seconds(now: int, seconds: int) -> None:
    """Rounded up, and one at least: so a client that waits so long is not refused again."""
    assert Rate(1, 60_000).left(now) == seconds
    assert Rate(1, 10).left(now) == 1
