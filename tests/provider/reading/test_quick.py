"""What a quick reader must leave to the full one, whichever service it reads for."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET, Struct, UnsetType, json

from emulator.flow.request import Request
from emulator.provider.reading import quick
from tests.support.samples import sms


class Wire(Struct):
    """A body of two members."""

    text: str
    odd: bool | UnsetType = UNSET

    def request(self) -> Request:
        """A request, unless the text says no."""
        if self.text == "no":
            raise ValueError(self.text)
        return Request([sms(body=self.text)])


def read(body: bytes) -> Any:
    """What is read of a body."""
    return quick.read(body, json.Decoder(Wire).decode)


def test_a_body_whose_members_are_all_known_is_read() -> None:
    """White space does not matter."""
    found = read('{ "text": "ά:", "odd": true }'.encode())
    assert found == Request([sms(body="ά:")])


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "a", "odd": true, "more": 1}',
        b'{"text": "a", "text": "b"}',
        rb'{"text": "\u003a", "odd": true, "more": 1}',
        b'{"text": "no", "odd": true}',
        b'{"text": 1, "odd": true}',
        b"[" * 100_000,
    ],
)
def test_all_else_is_left_to_the_full_reader(body: bytes) -> None:
    """Whatever is unknown, twice, wrong or too deep."""
    assert read(body) is None
