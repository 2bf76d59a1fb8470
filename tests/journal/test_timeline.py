"""Entries below one another."""

from __future__ import annotations

from emulator.errors import Json
from emulator.journal.timeline import dated, timeline

FLOW = "0f7b1c2d-1111-2222-3333-000000000001"


def entry(at: str, kind: str, text: str, flow: str | None = FLOW) -> Json:
    """An entry as GET /_emulator/journal has it."""
    return {"seq": 1, "at": at, "kind": kind, "application": "app", "flow": flow, "text": text, "data": {}}


def test_a_timeline_has_a_line_for_each_entry_with_the_time_since_the_first() -> None:
    """Below the time of the first; a flow by the beginning of its id."""
    told = timeline(
        [
            entry("2026-01-01T00:00:00Z", "token", "scope failover", None),
            entry("2026-01-01T00:00:02.500Z", "status", "Sms Delivered"),
            entry("2026-01-02T00:00:00Z", "odd", ""),
        ]
    )
    assert told.splitlines() == [
        "from 2026-01-01T00:00:00Z",
        "       +0s  token: scope failover",
        "  +2s500ms  0f7b1c2d  status: Sms Delivered",
        "       +1d  0f7b1c2d  odd",
    ]


def test_a_timeline_of_nothing_says_so() -> None:
    """It is shown where an assertion fails."""
    assert timeline([]) == "nothing happened"


def test_one_entry_is_told_with_its_time_and_its_whole_flow() -> None:
    """As the command line prints it."""
    assert dated(entry("2026-01-01T00:00:00Z", "status", "Sms Sent")) == f"2026-01-01T00:00:00Z {FLOW} status: Sms Sent"
    assert dated(entry("2026-01-01T00:00:00Z", "clock", "rate 0", None)) == "2026-01-01T00:00:00Z clock: rate 0"
