"""The values of a reply."""

from __future__ import annotations

from msgspec import json

from emulator.flow.reply import PlannedReply, Replied, Reply


def test_a_planned_reply_is_kept_as_it_was() -> None:
    """In its plan."""
    planned = PlannedReply(1000, Reply("Hi", "https://cdn.example/p.png", "p.png"))
    assert json.decode(json.encode(planned), type=PlannedReply) == planned


def test_a_reply_is_at_first_a_text_to_nowhere_else() -> None:
    """Only one to an Sms has a URL of its own."""
    assert Reply("Hi") == Reply("Hi", "", "", "")
    assert Replied("r", 0, 1, "http://127.0.0.1/", Reply("Hi")).reply.url == ""
