"""Submitted requests: the flow, and what the journal records."""

from __future__ import annotations

from tests.support.running import SMS, emulator


def test_a_resent_request_makes_a_second_flow_and_a_note() -> None:
    """As with the provider; the note is only in the journal."""
    with emulator("--rate", "0") as server:
        first, second = server.send(SMS), server.send(SMS)
        assert first != second
        notes = [entry["data"].get("note", "") for entry in server.journal() if entry["kind"] == "accepted"]
        assert notes[0] == ""
        assert first in notes[1]
