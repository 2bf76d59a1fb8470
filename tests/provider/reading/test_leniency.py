"""What is coerced and remarked on."""

from __future__ import annotations

from typing import Any

from emulator.provider.reading.leniency import MOST, known_only, lenient, told
from emulator.validation.shape import shape_of


def test_a_text_that_stands_for_a_number_or_a_boolean_is_read_as_one() -> None:
    """And this is remarked on; an unknown member is too, with what may have been meant, unless it is empty."""
    value: Any = {"ttl": "60", "flash": "true", "lable": "june", "odd": 0, "urlShortener": {"urlValidty": 1}}
    remarks = lenient(value, shape_of("sms"))
    assert (value["ttl"], value["flash"]) == (60, True)
    assert told(remarks, value, {}) == (
        "ttl is a text and was read as 60",
        "flash is a text and was read as true",
        "lable is not known here and ignored; did you mean 'label'?",
        "urlShortener.urlValidty is not known here and ignored; did you mean 'urlValidity'?",
    )


def test_many_remarks_are_counted() -> None:
    """The first are told."""
    value: Any = {f"x{number}": 1 for number in range(MOST + 2)}
    assert told(lenient(value, shape_of("sms")), value, {})[-1] == "2 more such remarks"


def test_unknown_members_can_be_taken_out() -> None:
    """However deep, and whatever they are."""
    value: Any = {"ttl": 60, "odd": 0, "urlShortener": {"odd": {}}}
    known_only(value, shape_of("sms"))
    assert value == {"ttl": 60, "urlShortener": {}}
