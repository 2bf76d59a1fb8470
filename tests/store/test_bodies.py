"""Long bodies of callbacks, as the store keeps them."""

from __future__ import annotations

import json

import pytest

from emulator.store.bodies import LONG, packed, unpacked


@pytest.mark.parametrize("length", [0, 10, LONG, LONG + 1, 500_000])
def test_a_body_comes_back_as_it_was(length: int) -> None:
    """Whatever its length; also what is left of one that a fault has cut."""
    body = b'{"a":"%b' % (b"x" * length)
    assert unpacked(packed(body)) == body


def test_a_long_text_is_kept_once() -> None:
    """Though each of its parts tells all of it."""
    text = "".join(f"{number:07}" for number in range(5_000))
    body = json.dumps([{"body": text, "part": part} for part in range(229)]).encode()
    assert len(body) > 200 * len(text)
    assert len(packed(body)) < len(text)
