"""Texts as PostgreSQL takes them. Pure."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T", str, str | None)


def clean(text: T) -> T:
    """A text without the character of code 0, which PostgreSQL has no place for: U+FFFD stands for it."""
    return text.replace("\0", "\ufffd") if text and "\0" in text else text
