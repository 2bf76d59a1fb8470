"""Bytes as text, whatever wrote them."""

from __future__ import annotations

import pytest

from emulator.validation.encoding import NotText, text

GREETING = "Καλημέρα"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_text(encoding: str) -> None:
    """Nor is UTF-16 another text, if it begins with one."""
    assert text(GREETING.encode(encoding)) == GREETING


def test_both_orders_of_utf_16_are_read() -> None:
    """The mark says which it is."""
    assert text(b"\xfe\xff" + GREETING.encode("utf-16-be")) == GREETING
    assert text(b"") == ""


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"abc\xff", "is not UTF-8: byte 3 is 0xff"), (b"\xff\xfea", "is not UTF-16, which it begins as: byte 2 is 0x61")],
)
def test_what_is_no_text_is_told_with_its_place(data: bytes, told: str) -> None:
    """To stand after the name of what it is."""
    with pytest.raises(NotText) as wrong:
        text(data)
    assert str(wrong.value) == told
