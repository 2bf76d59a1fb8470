"""Where a JSON file is wrong, in words."""

from __future__ import annotations

import pytest
from msgspec import DecodeError, Struct, json

from emulator.validation.locating import line, located


class Price(Struct, forbid_unknown_fields=True):
    """A price, and those of some countries."""

    usual: float
    abroad: dict[str, dict[str, float]] = {}
    also: list[float] = []


KIND = dict[str, Price]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": {"usual": 1},\n "b": {"usual": "x"}}', "2: b.usual: Expected `float`, got `str`"),
        ('{"a": {"usual": 1},\n "b":\n {}}', "2: b: Object missing required field `usual`"),
        (
            '{"a": {"usual": 1,\n "abroad": {"GR": {"x": 1},\n  "CY": {"y": 1, "x": "2"}}}}',
            "3: a.abroad.CY.x:",
        ),
        ('{"a": {"usual": 1,\n "also": [1,\n "x"]}}', "2: a.also[1]: Expected `float`, got `str`"),
        ('{"usual": {"usual": 1,\n "usuall": 2}}', "1: usual: unknown member 'usuall'; did you mean 'usual'?"),
        ('{"a": {"usual": 1},\n\n "b": x}', "3: JSON is malformed: invalid character (byte 27)"),
        ('{"a": {"usual": 1},\n "b": {\n', "2: Input data was truncated"),
        ("[]", "1: Expected `object`, got `array`"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_names_of_keys(text: str, words: str) -> None:
    """Of the map that has it; of a member that is missing, the line is that of what lacks it."""
    with pytest.raises(DecodeError) as found:
        json.decode(text, type=KIND)
    assert located(text, found.value, KIND).startswith(words)


def test_the_line_of_a_member_is_that_of_its_key() -> None:
    """After those of what it is in; of what is not there, the nearest before."""
    text = '{"a": {"x": 1},\n"b": {\n"x": 2,\n"\\u20ac": 3}}'
    assert [line(text, [*keys]) for keys in (["a", "x"], ["b", "x"], ["b"], ["b", "none"], [])] == [1, 3, 2, 2, 1]
