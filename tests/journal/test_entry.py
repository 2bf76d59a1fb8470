"""An entry before it is stored."""

from __future__ import annotations

from emulator.journal import kinds
from emulator.journal.entry import Details, Entry, Kind


def test_an_entry_has_the_kind_of_its_details() -> None:
    """So no entry can say one thing and hold another."""
    entry = Entry(0, "app", None, kinds.Stranded("no"))
    assert (entry.kind, entry.kind == "stranded") == (Kind.STRANDED, True)


def test_each_kind_is_written_as_a_plain_word() -> None:
    """In stored files and in queries."""
    assert [str(kind) for kind in Kind] == [kind.value for kind in Kind]
    assert all(kind == kind.lower() and "," not in kind for kind in Kind)


def test_details_without_words_are_a_mistake_that_shows() -> None:
    """Every kind has its own."""
    try:
        Details().text()
    except NotImplementedError:
        return
    raise AssertionError
