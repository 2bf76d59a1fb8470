"""Whether a text is mentioned by what is stored, as readers ask for it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress


def mentions(text: str, *places: bytes | str | Callable[[], str]) -> bool:
    """Whether a text is in one of these places, whatever its case. A place may be a function that answers it; where
    that can't, it is in none.
    """
    wanted = text.casefold()
    for each in places:
        with suppress(ValueError, LookupError):
            place = (
                each.decode(errors="replace") if isinstance(each, bytes) else each if isinstance(each, str) else each()
            )
            if wanted in place.casefold():
                return True
    return False
