"""What is told about a text."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import to_builtins

from emulator.channels.text import analyse, transcoded
from emulator.provider.sms.analysis import analysed


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Parcel 71 is ready", {"parts": 1, "unicode": False, "characters": 18}),
        ("a" * 160, {"parts": 1, "unicode": False, "characters": 160}),
        ("a" * 161, {"parts": 2, "unicode": False, "characters": 161}),
        ("€" * 80, {"parts": 1, "unicode": False, "characters": 160}),
        ("€" * 81, {"parts": 2, "unicode": False, "characters": 162}),
        (
            "Καλημέρα",
            {
                "parts": 1,
                "unicode": True,
                "characters": 8,
                "transcode": {"message": "KAΛHMEPA", "parts": 1},
                "unsupportedGSMCharacters": ["Κ", "α", "λ", "η", "μ", "έ", "ρ"],
            },
        ),
        ("😀", {"parts": 1, "unicode": True, "characters": 2, "unsupportedGSMCharacters": ["😀"]}),
        ("…" * 70, {"parts": 1, "unicode": True, "characters": 70, "unsupportedGSMCharacters": ["…"]}),
    ],
)
def test_a_text_is_analysed(body: str, told: Any) -> None:
    """Transcoding is told where it changes the text for no more parts; letters outside GSM-7 each once."""
    found = to_builtins(analysed(body))
    assert found == told
    assert list(found) == list(told)


@pytest.mark.parametrize("body", ["x" * 400, "Καλημέρα " * 20, "€" * 200, "ü" * 160])
def test_parts_are_those_that_are_sent(body: str) -> None:
    """However they are counted."""
    assert analysed(body).parts == len(analyse(body).texts)
    assert analysed(transcoded(body)).parts == len(analyse(transcoded(body)).texts)
