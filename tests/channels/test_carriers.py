"""The networks that numbers were first assigned to."""

from __future__ import annotations

import re

import pytest

from emulator.channels.carriers import carrier, carriers
from tests.support.carriers import FILE, written


@pytest.mark.parametrize(
    ("digits", "name"),
    [
        ("306972345678", "Cosmote"),
        ("306912345678", "M-STAT"),
        ("393331234567", "TIM"),
        ("447975123456", "Orange"),
        ("12025550123", ""),
        ("30", ""),
        ("", ""),
    ],
)
def test_a_number_tells_the_network_of_its_longest_prefix(digits: str, name: str) -> None:
    """Empty where none is known, and for what is too short."""
    assert carrier(digits) == name


def test_the_table_is_as_it_is_written() -> None:
    """In order, each prefix once, so that a newer one differs only where the networks do."""
    text = FILE.read_text(encoding="utf-8")
    version = re.findall(r"phonenumbers ([0-9.]+), whose", text)
    known = {prefix: {"en": name} for prefix, name in carriers().items()}
    assert text == written(known, *version)
