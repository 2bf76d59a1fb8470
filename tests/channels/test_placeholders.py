"""Placeholders in texts."""

from __future__ import annotations

import pytest

from emulator.channels.placeholders import merged, unmet

VALUES = {"firstName": "Nick", "size": "5", "empty": ""}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Hi [~firstName]", "Hi Nick"),
        ("Hi [~{firstName}], [~size][~size]", "Hi Nick, 55"),
        ("[~other] [~empty] [~firstname]", "[~other] [~empty] [~firstname]"),
        ("[~{firstName] [~firstName}] [~] [~ firstName] [firstName]", None),
        ("plain", None),
    ],
)
def test_places_of_labels_with_a_value_get_it(text: str, made: str | None) -> None:
    """Written in both ways; all others stay."""
    assert merged(text, VALUES) == (text if made is None else made)


def test_a_value_is_no_text_to_be_merged_again() -> None:
    """Even one that looks like a placeholder."""
    assert merged("[~a]", {"a": "[~b]", "b": "x"}) == "[~b]"


def test_what_is_left_is_named_once_as_it_is_written() -> None:
    """In its order."""
    assert unmet("[~{b}] [~a] [~{b}] [~]") == ["[~{b}]", "[~a]"]
    assert unmet("plain") == []
