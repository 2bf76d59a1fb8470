"""The words of the API."""

from __future__ import annotations

import pytest

from emulator.channels.table import Channel, Word
from emulator.flow.request import Strategy
from emulator.flow.state import FlowStatus, StatusCode


@pytest.mark.parametrize("words", [Channel, FlowStatus, StatusCode, Strategy])
def test_a_word_is_found_by_its_text(words: type[Word]) -> None:
    """Tables are keyed by either, so both hash the same."""
    for word in words:
        assert {str(word): 1}[word.value] == 1
        assert {word.value: 1}[word] == 1
        assert hash(word) == hash(word.value)
