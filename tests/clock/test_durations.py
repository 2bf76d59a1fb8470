"""Durations in and out of text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock.durations import EXPECTED, LONGEST, parse, written


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0s", 0),
        ("500ms", 500),
        ("1s", 1000),
        ("2.5m", 150_000),
        ("20h", 72_000_000),
        ("1d", 86_400_000),
        ("1h30m", 5_400_000),
        ("1m1s1ms", 61_001),
        ("0.0005s", 0),
        ("366d", LONGEST),
    ],
)
def test_a_duration_is_read_in_its_unit(text: str, ms: int) -> None:
    """Fractions and several units in a row are fine; a fraction of a millisecond is rounded away."""
    assert parse(text) == ms


@pytest.mark.parametrize(
    "text", ["", "1", "s", "-1s", "1 s", "1S", ".5s", "1.s", "1e3s", "1s ", "\u0661s", "1s\n", "1sm", "ttl"]
)
def test_anything_else_is_refused_with_what_was_expected(text: str) -> None:
    """A number needs a unit, a unit needs a number."""
    with pytest.raises(ValueError, match=f"^must be {re.escape(EXPECTED)}$"):
        parse(text)


@pytest.mark.parametrize("text", ["366d1ms", "9" * 400 + "d", "367d"])
def test_a_duration_has_an_end(text: str) -> None:
    """Times must stay numbers that every store can keep."""
    with pytest.raises(ValueError, match=r"^must be at most 366d$"):
        parse(text)


@given(st.integers(0, LONGEST))
def test_a_written_duration_is_read_back(ms: int) -> None:
    """To the millisecond."""
    assert parse(written(ms)) == ms


@pytest.mark.parametrize(("ms", "text"), [(0, "0s"), (150_000, "2m30s"), (86_400_000, "1d"), (61_001, "1m1s1ms")])
def test_a_duration_is_written_shortly(ms: int, text: str) -> None:
    """Only the units that it has."""
    assert written(ms) == text
