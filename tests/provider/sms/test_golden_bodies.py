"""The provider's JSON byte for byte: an Sms in each outcome, and each member that a request can have.

`python -m tests.provider.sms.test_golden_bodies` writes anew what is expected, for a change that is meant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import json

from emulator.accounts.prices import Prices
from emulator.channels.table import Channel
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.provider.sms import reading, rendering
from tests.support.golden import keep, kept, single

GOLDEN: Final = Path(__file__).parent / "golden" / "bodies.json"
PLAIN: Final = {
    "body": "Parcel 71 is ready",
    "to": "306900000001",
    "from": "Shop",
    "callback": {"url": "https://app.example/sms"},
}
MORE: Final[dict[str, Any]] = {
    "without a callback": {"callback": None},
    "on completion": {"callback": {"url": "https://app.example/sms", "strategy": "OnCompletion"}},
    "labelled, with a ttl": {"label": 'june "71"', "ttl": 60, "flash": True},
    "Greek": {"body": "Καλημέρα, «Μαρία»"},
    "long Greek": {"body": "Καλημέρα, «Μαρία» " * 6},
    "transcoded": {"body": "Καλημέρα, «Μαρία» " * 6, "transcode": True},
    "two parts": {"body": "ä" * 200 + "€"},
    "short links": {"body": "See https://shop.example/a and http://b", "urlShortener": {"urlValidity": 3600}},
    "abroad": {"to": "+12025550123", "from": "302101234567"},
}


def asked(more: dict[str, Any]) -> Request:
    """The request for an Sms with such members."""
    return reading.read(json.encode(PLAIN | more)).request


def tracked(flow: Flow) -> list[object]:
    """What trackings show of it."""
    return [list(rendering.tracked(flow, Prices()))]


RENDERED: Final = single("sms", Channel.SMS, asked, MORE, "Delivered", tracked)
KNOWN: Final = kept(GOLDEN)


@pytest.mark.parametrize("name", sorted(KNOWN | RENDERED))
def test_a_body_is_what_it_always_was(name: str) -> None:
    """Byte for byte: the order of members, what is left out, the form of numbers, the ids."""
    assert RENDERED[name] == KNOWN[name]


if __name__ == "__main__":
    keep(GOLDEN, RENDERED)
