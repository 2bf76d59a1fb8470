"""Times as the API writes and reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock import instants


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (1_772_442_944_440, "2026-03-02T09:15:44.44Z"),
        (1_772_442_944_400, "2026-03-02T09:15:44.4Z"),
        (1_772_442_944_004, "2026-03-02T09:15:44.004Z"),
        (1_772_442_944_000, "2026-03-02T09:15:44Z"),
        (1_772_442_940_000, "2026-03-02T09:15:40Z"),
    ],
)
def test_trailing_zeros_of_the_fraction_are_dropped(ms: int, text: str) -> None:
    """As the provider does, and of the fraction only."""
    assert instants.written(ms) == text


@given(st.integers(0, 4_000_000_000_000))
def test_what_is_written_can_be_read(ms: int) -> None:
    """To the millisecond."""
    assert instants.read(instants.written(ms)) == ms


@pytest.mark.parametrize(
    "text", ["2025-05-05T15:00Z", "2025-05-05T15:00", "2025-05-05T18:00+03:00", " 2025-05-05T15:00:00Z"]
)
def test_times_are_read_to_the_minute_or_finer(text: str) -> None:
    """In UTC unless they say otherwise."""
    assert instants.read(text) == 1_746_457_200_000


@pytest.mark.parametrize("text", ["", "yesterday", "2025-13-01", "15:00"])
def test_anything_else_is_no_time(text: str) -> None:
    """A ValueError."""
    with pytest.raises(ValueError, match=r".*"):
        instants.read(text)
