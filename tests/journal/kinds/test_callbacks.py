"""What is written about posts to the customer."""

from __future__ import annotations

import pytest
from msgspec import json

from emulator.journal.entry import Details
from emulator.journal.kinds import Attempt, Reply, Resent

HOOK = "http://127.0.0.1:1/hook"
AT = "2026-01-01T00:00:30Z"


@pytest.mark.parametrize(
    ("details", "members"),
    [
        (
            Attempt("c", HOOK, 1, "received", 200, 3, "ok"),
            b'{"id":"c","url":"%b","attempt":1,"outcome":"received","status":200,"ms":3,"answer":"ok"}',
        ),
        (
            Attempt("c", HOOK, 2, "refused", None, 0, "timeout", AT),
            b'{"id":"c","url":"%b","attempt":2,"outcome":"refused","status":null,"ms":0,"answer":"timeout",'
            b'"next":"2026-01-01T00:00:30Z"}',
        ),
        (Reply("c", "hi", 2), b'{"callback":"c","message":"hi","step":2}'),
        (Resent("c", "b"), b'{"callback":"c","of":"b"}'),
    ],
    ids=str,
)
def test_members_are_written_in_their_order_and_absent_ones_left_out(details: Details, members: bytes) -> None:
    """As stored files have always had them; and they are read back the same."""
    members = members.replace(b"%b", HOOK.encode())
    assert json.encode(details) == members
    assert json.decode(members, type=type(details)) == details


@pytest.mark.parametrize(
    ("details", "text"),
    [
        (Attempt("c", HOOK, 1, "received", 200, 3, "a page"), f"number 1 to {HOOK}: received (200)"),
        (
            Attempt("c", HOOK, 1, "refused", 500, 3, "Oh no", AT),
            f"number 1 to {HOOK}: refused (500 Oh no); again at {AT}",
        ),
        (Attempt("c", HOOK, 13, "given up", None, 3, "no answer"), f"number 13 to {HOOK}: given up (no answer)"),
        (
            Attempt("c", HOOK, 1, "given up", 0, 0, "callbacks may only go to a"),
            f"number 1 to {HOOK}: given up (callbacks may only go to a)",
        ),
        (Reply("c", "On my way", 1), "the recipient writes: On my way"),
        (Resent("c-again-1", "c"), "callback c once more"),
    ],
    ids=str,
)
def test_each_says_in_words_what_happened(details: Details, text: str) -> None:
    """To stand after the time, the flow and the kind."""
    assert details.text() == text
