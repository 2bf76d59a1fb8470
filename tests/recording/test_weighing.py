"""What weighs more, and what disproves a choice."""

from __future__ import annotations

from emulator.recording.likening import ABSENT, ANSWER, Difference
from emulator.recording.weighing import further, weight


def field(name: str, about: str = "callback 1", flow: str = "request 1") -> Difference:
    """A field that differs."""
    return Difference(flow, f"{about}.{name}", 1, 2, about)


def lost(about: str = "callback 1", count: int = 1) -> Difference:
    """A callback that was captured and is not posted."""
    return Difference("request 1", about, "Viber SEEN", ABSENT, about, count)


MORE = Difference("request 1", "another callback", ABSENT, "Viber QUEUED", "another callback", 1)
"""A callback that nobody captured."""


def test_a_callback_that_was_captured_outweighs_all_fields_inside_it() -> None:
    """However many members no choice explains."""
    fields = [field(str(number)) for number in range(100)]
    assert weight([lost()]) > weight(fields)
    assert weight([lost(count=3)]) > weight([lost(), MORE, *fields])
    assert weight([]) == (0, 0)


def test_what_agreed_before_disproves() -> None:
    """A field, a callback, one more than there were."""
    before = [field("a"), MORE]
    assert further(before, before) == []
    assert further([field("a"), field("b"), field("a", flow="request 2")], before) == [
        field("b"),
        field("a", flow="request 2"),
    ]
    assert further([lost()], before) == [lost()]
    assert further([MORE, MORE], before) == [MORE]


def test_the_fields_of_what_was_lost_before_disprove_nothing() -> None:
    """Nor does anything that follows a request that was refused before; the other way round, nothing is explained."""
    assert further([field("a")], [lost()]) == []
    assert further([lost()], [field("a")]) == [lost()]
    refused = Difference("request 1", "answer status", 200, 400, ANSWER, 3)
    assert further([field("a"), lost("callback 2"), MORE], [refused]) == []
    assert further([field("a", "another callback")], [MORE]) == [field("a", "another callback")]
