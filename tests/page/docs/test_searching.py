"""What is found in pages."""

from __future__ import annotations

import pytest

from emulator.page.docs.rendering import Page, Section
from emulator.page.docs.searching import MOST, hits, piece

LONG = "Callbacks are tried again. " * 30
PAGES = [
    Page(
        "a.md",
        "Callbacks",
        "",
        [Section("retries", "Retries", LONG + "A dead receiver waits."), Section("x", "Else", "")],
    ),
    Page("b.md", "Time", "", [Section("rate", "The rate", "A day passes in a second: retries too, in B&B.")]),
]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("retries", ["retries", "rate"]),
        ("RETRIES day", ["rate"]),
        ("dead callbacks", ["retries"]),
        ("callbacks", ["retries", "x"]),
        ("b&b", ["rate"]),
        ("nothing", []),
        ("", []),
        ("   ", []),
    ],
)
def test_sections_that_have_all_words_are_found(words: str, found: list[str]) -> None:
    """In their heading, their text or the title of their page; those that have them in their heading first."""
    assert [hit.section.anchor for hit in hits(PAGES, words)] == found


def test_so_many_are_shown_at_most() -> None:
    """Of a word that is everywhere."""
    page = Page("c.md", "C", "", [Section(str(number), "H", "word") for number in range(MOST + 1)])
    assert len(hits([page], "word")) == MOST


def test_a_piece_has_the_first_word_that_was_found() -> None:
    """With what stands around it, and marks where more was."""
    shown = piece(LONG + "A dead receiver waits.", ["dead"])
    assert shown.startswith("… ")
    assert shown.endswith("A dead receiver waits.")
    assert len(shown) < 300
    assert piece("short", ["none"]) == "short"
    assert piece(LONG, ["callbacks"]).endswith(" …")
