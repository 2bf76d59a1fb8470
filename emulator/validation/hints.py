"""What was found, and what may have been meant: words for messages about bodies and files. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 60
"""How many characters of a found text are shown."""
_NAMED: Final = 3
"""How many kinds of signs that don't print are named."""
_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Signs that Unicode calls letters or symbols, but that show nothing."""
_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NEGATION: Final = re.compile("(?:un|not?)[ _-]?")


def units(text: str) -> int:
    """The length of a text in UTF-16 units, as the provider's Java counts: an emoji has two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str) -> str:
    """A text in which everything can be seen: signs that don't print are written as escapes."""
    if text.isprintable() and not any(sign in text for sign in _BLANK):
        return text
    return "".join([_escaped(sign) if _hidden(sign) else sign for sign in text])


def quoted(text: str) -> str:
    """A found text in quotes, short enough to read; signs in it that don't print are written as escapes, and named."""
    cut = f"...' ({units(text)} characters)" if len(text) > LONGEST else "'"
    names = list(dict.fromkeys(_name(sign) for sign in text if _hidden(sign)))
    named = f" (with {', '.join(names[:_NAMED])}{' and others' if names[_NAMED:] else ''})" if names else ""
    return f"'{visible(text[:LONGEST])}{cut}{named}"


def _hidden(sign: str) -> bool:
    return not sign.isprintable() or sign in _BLANK


def _escaped(sign: str) -> str:
    return _ESCAPES.get(sign) or (f"\\u{ord(sign):04x}" if sign <= "\uffff" else f"\\U{ord(sign):08x}")


def _name(sign: str) -> str:
    import unicodedata

    return unicodedata.name(sign, f"control character {ord(sign):#04x}").lower()


def _affirmed(word: str) -> str:
    """A word without the negation that it begins with."""
    found = _NEGATION.match(word)
    return word[found.end() :] if found else word


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelled most like this one, in any case; None if none is near. A word that says the
    opposite, as Undelivered of Delivered, is not near.
    """
    from difflib import SequenceMatcher, get_close_matches

    def like(one: str, other: str) -> float:
        return SequenceMatcher(None, one, other).ratio()

    def opposite(near: str) -> bool:
        bare, bare_near = _affirmed(wanted), _affirmed(near)
        return (bare == wanted) is not (bare_near == near) and like(bare, bare_near) > like(wanted, near)

    wanted, spelled = word.strip().lower(), {each.lower(): each for each in known}
    near = (each for each in get_close_matches(wanted, spelled, 3, cutoff=0.65) if not opposite(each))
    return next((spelled[each] for each in near), None)


def hint(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: what may have been meant; empty if no known word is near."""
    near = nearest(word, known)
    return f"; did you mean '{near}'?" if near else ""
