"""Finds words in the pages: the sections that have all of them, those first that have them in their headings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from emulator.page.docs.rendering import Page, Section

MOST: Final = 40
"""How many sections are shown at most."""
AROUND: Final = 90
"""How many characters of a section are shown before the first word found, and twice as many after it."""


class Hit(Struct, frozen=True):
    """A section that has the words, on its page, and a piece of its text around the first of them."""

    page: Page
    section: Section
    piece: str


def hits(pages: Iterable[Page], words: str) -> list[Hit]:
    """The sections that have all words, in any case; MOST at most. None if there are no words."""
    wanted = words.lower().split()
    found: list[tuple[float, Hit]] = []
    for page in pages if wanted else ():
        for section in page.sections:
            heading, text = f"{page.title} {section.heading}".lower(), section.text.lower()
            if all(word in heading or word in text for word in wanted):
                rank = sum((word in section.heading.lower()) + text.count(word) / (len(text) + 1) for word in wanted)
                found.append((rank, Hit(page, section, piece(section.text, wanted))))
    return [hit for _, hit in sorted(found, key=lambda each: -each[0])[:MOST]]


def piece(text: str, wanted: Iterable[str]) -> str:
    """The part of a text around the first of these words; its beginning if it has none."""
    lower = text.lower()
    at = min([place for word in wanted if (place := lower.find(word)) >= 0], default=0)
    start = max(0, at - AROUND)
    end = at + 2 * AROUND
    start = text.rfind(" ", 0, start) + 1 if start else 0
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")
