"""What happens in calls, in words."""

from __future__ import annotations

import pytest

from emulator.journal.entry import Details
from emulator.journal.kinds import Asked, Pressed, WentOn


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (Pressed(1, "12#"), "the recipient presses 12#"),
        (Pressed(1, "1", "the call waits for #"), "the recipient presses 1; the call waits for #"),
        (Pressed(1, "", "the call has ended"), "the recipient presses no key; the call has ended"),
        (Asked(1, "dial plan", "id"), "the call asks for its dial plan"),
        (Asked(1, "machine", "id"), "a machine has answered; the call asks for another dial plan"),
        (Asked(1, "keys", "id", "12"), "the call posts the keys 12"),
        (Asked(1, "keys", "id", ""), "the call posts no keys"),
        (Asked(1, "keys", "id", "", "it has ended"), "the call posts no keys: it has ended"),
        (WentOn(1, ("SAY", "COLLECT")), "the call goes on with SAY, COLLECT"),
        (WentOn(1, (), "the answer is empty"), "the call goes on: the answer is empty"),
    ],
)
def test_an_entry_says_what_happened(details: Details, words: str) -> None:
    """In a line."""
    assert details.text() == words
