"""Shows any text so that it can harm nobody who reads it: what does not print becomes a visible escape. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import json

NAMED: Final = 3
"""How many kinds of signs that don't print are named."""
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Signs that Unicode calls letters or symbols, but that show nothing."""


def hidden(sign: str) -> bool:
    """Whether a sign does not print."""
    return not sign.isprintable() or sign in _BLANK


def printable(text: str) -> str:
    r"""The text in one line, with an escape such as \x1b, \n or \u200b for each sign that does not print."""
    if text.isprintable() and _BLANK.isdisjoint(text):
        return text
    return "".join(sign.encode("unicode_escape", "surrogatepass").decode() if hidden(sign) else sign for sign in text)


def named(text: str) -> str:
    """The names of the signs in a text that do not print, such as `zero width space`; empty if all print."""
    import unicodedata

    names = dict.fromkeys(
        unicodedata.name(sign, f"control character {ord(sign):#04x}").lower() for sign in text if hidden(sign)
    )
    return ", ".join(list(names)[:NAMED]) + (" and others" if len(names) > NAMED else "")


def printable_lines(text: str) -> str:
    """The same of a text of several lines, which stay lines."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(value: object) -> str:
    """A value as JSON in one line, in which what does not print is written as JSON escapes it."""
    return "".join(_unit(sign) if hidden(sign) else sign for sign in json.encode(value).decode())


def _unit(sign: str) -> str:
    """A sign as JSON escapes it: one or two UTF-16 units."""
    units = sign.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def masked(secret: str) -> str:
    """A secret as others may see it: as much of its beginning as tells it from others, if it is long."""
    return f"{secret[:4]}…" if len(secret) >= 12 else "…"
