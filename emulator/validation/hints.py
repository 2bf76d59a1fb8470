"""What was found, and what may have been meant: words for messages about bodies and files. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LONGEST: Final = 60
"""How many characters of a found text are shown."""


def quoted(text: str) -> str:
    """A found text in quotes, short enough to read."""
    return f"'{text}'" if len(text) <= LONGEST else f"'{text[:LONGEST]}...' ({len(text)} characters)"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelled most like this one, in any case; None if none is near."""
    from difflib import get_close_matches

    spelled = {each.lower(): each for each in known}
    return next((spelled[each] for each in get_close_matches(word.strip().lower(), spelled, 1, cutoff=0.65)), None)


def hint(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: what may have been meant; empty if no known word is near."""
    near = nearest(word, known)
    return f"; did you mean '{near}'?" if near else ""
