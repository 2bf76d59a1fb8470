"""Invented names of Viber senders."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emulator.names import LONGEST, sender_name


def test_a_sender_keeps_its_name() -> None:
    """In every process, for it follows from the id."""
    assert sender_name("3f0c9a52") == sender_name("3f0c9a52")
    assert len({sender_name(str(number)) for number in range(100)}) > 50


@given(st.text(min_size=1))
def test_a_name_is_plain_and_short(name: str) -> None:
    """Letters and spaces only."""
    made = sender_name(name)
    assert 0 < len(made) <= LONGEST
    assert made.replace(" ", "").isalpha()
    assert made.isascii()
