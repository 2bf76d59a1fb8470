"""Texts that harm nobody who reads them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emulator.validation.printing import printable


def test_what_prints_stays() -> None:
    """Letters, signs, emoji of all kinds."""
    assert printable("Γειά σου, 日本 👍 [/] \\") == "Γειά σου, 日本 👍 [/] \\"


def test_what_does_not_print_is_an_escape() -> None:
    """In the place where it stands."""
    assert printable("\u3164\u2800") == r"\u3164\u2800"
    assert printable("a\x1b[31m\r\n\u200b\u2028\x9b\ud800b") == "a\\x1b[31m\\r\\n\\u200b\\u2028\\x9b\\ud800b"


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_is_more_than_a_line_that_prints(text: str) -> None:
    """Whatever is in it."""
    assert printable(text).isprintable()
