"""Shows any text so that it can harm nobody who reads it: what does not print becomes a visible escape. Pure."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""The text in one line, with an escape such as \x1b, \n or \u200b for each sign that does not print."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode() for sign in text
    )
