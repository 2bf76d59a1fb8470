"""Bodies that come twice."""

from __future__ import annotations

from emulator.planning.repeats import REMEMBERED, WITHIN, Repeats
from tests.support.running import SMS, emulator
from tests.support.samples import NOW


def test_the_same_body_is_noticed_for_a_minute() -> None:
    """Of the same application only."""
    repeats = Repeats()
    repeats.remember("app", b"{}", NOW, "flow")
    assert repeats.earlier("app", b"{}", NOW + WITHIN) == "flow"
    assert repeats.earlier("app", b"{}", NOW + WITHIN + 1) is None
    assert repeats.earlier("other", b"{}", NOW) is None
    assert repeats.earlier("app", b"[]", NOW) is None


def test_only_so_many_bodies_are_remembered() -> None:
    """The oldest is forgotten first; one that comes again is new."""
    repeats = Repeats()
    for number in range(REMEMBERED):
        repeats.remember("app", b"%d" % number, NOW, "flow")
    repeats.remember("app", b"0", NOW, "again")
    repeats.remember("app", b"more", NOW, "flow")
    assert repeats.earlier("app", b"0", NOW) == "again"
    assert repeats.earlier("app", b"1", NOW) is None


def test_a_resent_request_makes_a_second_flow_and_a_note() -> None:
    """As with the provider; the note is only in the journal."""
    with emulator("--rate", "0") as server:
        first, second = server.send(SMS), server.send(SMS)
        assert first != second
        notes = [entry["data"].get("note", "") for entry in server.journal() if entry["kind"] == "accepted"]
        assert notes[0] == ""
        assert first in notes[1]
