"""Texts as PostgreSQL takes them."""

from __future__ import annotations

from emulator.store.postgres.texts import clean


def test_only_the_character_of_code_0_is_replaced() -> None:
    """By the one that stands for what can't be shown."""
    assert [clean(each) for each in ("a\0b", "ab", "")] == ["a\ufffdb", "ab", ""]
    assert clean(None) is None
