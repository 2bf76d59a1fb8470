"""What was found, and what may have been meant."""

from __future__ import annotations

import pytest

from emulator.validation.hints import hint, nearest, quoted

CHANNELS = ("Sms", "Viber", "Voice")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Vibre", "Viber"), ("SMS", "Sms"), (" sms ", "Sms"), ("voice", "Voice"), ("Email", None), ("", None)],
)
def test_the_nearest_known_word_is_meant(word: str, meant: str | None) -> None:
    """In any case and with blanks around it; None if no word is near."""
    assert nearest(word, CHANNELS) == meant
    assert hint(word, iter(CHANNELS)) == (f"; did you mean '{meant}'?" if meant else "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", "''"), ("x" * 60, f"'{'x' * 60}'"), ("x" * 61, f"'{'x' * 60}...' (61 characters)")],
)
def test_a_long_text_is_cut_and_its_length_told(text: str, shown: str) -> None:
    """Sixty characters are enough to find it."""
    assert quoted(text) == shown


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        (" expired ", ["EXPIRED", "FAILED"], "EXPIRED"),
        ("faild", ["FAILED", "Filed"], "FAILED"),
        ("sms", ["Viber", "Voice"], None),
        ("vic", ["Viber", "Voice"], "Voice"),
        ("vi", ["Viber", "Voice"], None),
        ("", ["Viber"], None),
    ],
)
def test_the_nearest_word_is_found_whatever_its_case(word: str, known: list[str], near: str | None) -> None:
    """In its own spelling, if it is like enough."""
    assert nearest(word, known) == near
