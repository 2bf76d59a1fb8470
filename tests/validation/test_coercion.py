"""Texts that stand for numbers and booleans."""

from __future__ import annotations

import pytest

from emulator.validation.coercion import coerced


@pytest.mark.parametrize(
    ("text", "types", "read"),
    [
        ("120", {"integer"}, 120),
        (" -7\n", {"integer"}, -7),
        ("+7", {"integer"}, 7),
        ("2.0", {"integer"}, "2.0"),
        ("2.5", {"number"}, 2.5),
        ("10", {"number"}, 10),
        ("1e2", {"number"}, 100.0),
        (".5", {"number"}, 0.5),
        ("1e999", {"number"}, "1e999"),
        ("NaN", {"number"}, "NaN"),
        ("9" * 19, {"integer"}, "9" * 19),
        ("\u0663", {"integer", "number"}, "\u0663"),
        ("true", {"boolean"}, True),
        ("True", {"boolean"}, True),
        (" FALSE ", {"boolean"}, False),
        ("tRuE", {"boolean"}, "tRuE"),
        ("1", {"boolean"}, "1"),
        ("", {"boolean", "number", "integer"}, ""),
        ("12", {"string"}, "12"),
        ("true", {"object"}, "true"),
    ],
)
def test_a_text_is_read_as_the_type_that_is_wanted(text: str, types: set[str], read: object) -> None:
    """As Jackson does by default; what stands for nothing stays a text."""
    found = coerced(text, types)
    assert (found, type(found)) == (read, type(read))
