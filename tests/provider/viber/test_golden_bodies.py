"""The provider's JSON byte for byte: a Viber message in each outcome, and each member that a request can have.

`python -m tests.provider.viber.test_golden_bodies` writes anew what is expected, for a change that is meant.
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
from emulator.provider.viber import reading, rendering
from tests.support.golden import keep, kept, single

GOLDEN: Final = Path(__file__).parent / "golden" / "bodies.json"
PLAIN: Final = {
    "senderInfoTrackingId": "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10",
    "to": "306900000001",
    "body": {"text": "Parcel 71 is ready"},
    "ttl": 86_400,
    "callbackUrl": "https://app.example/v",
}
BUTTON: Final = {"caption": "Open", "targetUrl": "https://app.example/p"}
IMAGE: Final = "https://cdn.example/p.png"
FILE: Final = {"fileName": "bill", "fileType": "pdf", "fileURL": "https://cdn.example/b.pdf"}
VIDEO: Final = {"videoURL": "https://cdn.example/v", "videoThumbnail": IMAGE, "fileSize": 12.5, "duration": 60}
MORE: Final[dict[str, Any]] = {
    "without what may be left out": {"callbackUrl": None, "ttl": None},
    "labelled, with replies": {"label": 'june "71"', "inboundUrl": "https://app.example/in"},
    "of a session, for 31 seconds": {"isSessionMessage": True, "ttl": 31},
    "an image": {"body": {"imageURL": IMAGE}},
    "text, image and button": {"body": {"text": "Καλημέρα", "imageURL": IMAGE, "action": BUTTON}},
    "a file": {"body": {"viberFile": FILE}},
    "text and video": {"body": {"text": "See", "viberVideo": VIDEO}},
}


def asked(more: dict[str, Any]) -> Request:
    """The request for a message with such members."""
    return reading.read(json.encode(PLAIN | more)).request


def tracked(flow: Flow) -> list[object]:
    """What the tracking shows of it."""
    return [rendering.tracked(flow, Prices(), flow.id)]


RENDERED: Final = single("viber", Channel.VIBER, asked, MORE, "DELIVERED", tracked)
KNOWN: Final = kept(GOLDEN)


@pytest.mark.parametrize("name", sorted(KNOWN | RENDERED))
def test_a_body_is_what_it_always_was(name: str) -> None:
    """Byte for byte: the order of members, what is left out, the form of numbers, the ids."""
    assert RENDERED[name] == KNOWN[name]


if __name__ == "__main__":
    keep(GOLDEN, RENDERED)
