"""What counts as absent."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.provider.reading.forgiving import forgiving, parse
from emulator.validation.strict import Malformed


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (b'{"a": null, "b": "", "c": [], "d": {}, "e": {"f": 0, "g": false}}', {}),
        (b'{"a": 0, "b": false, "c": " ", "d": {"e": 1}}', {"a": 0, "b": False, "c": " ", "d": {"e": 1}}),
        (b'{"message": {}, "urlShortener": {}, "callback": []}', {"message": {}, "urlShortener": {}, "callback": []}),
        (b'{"urlShortener": {"urlValidity": 0}, "callback": {}}', {}),
    ],
)
def test_what_is_empty_counts_as_absent(written: bytes, kept: Any) -> None:
    """But for what is needed, what says something by being there, and a callback that is no object."""
    assert forgiving(frozenset({"message"})).read(written) == kept


def test_as_written_nothing_is_left_out() -> None:
    """Which is what places and found values are told from."""
    assert parse(b'{"a": null}') == {"a": None}
    with pytest.raises(Malformed):
        parse(b'{"a": 1, "a": 2}')
