"""The provider's JSON byte for byte: a Viber message in each outcome, and each member that a request can have.

`python -m tests.provider.viber.test_golden_bodies` writes anew what is expected, for a change that is meant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.channels.table import Channel
from emulator.flow import machine
from emulator.flow.request import ttl_ms
from emulator.flow.state import Flow, Plan
from emulator.provider.viber import reading, rendering
from emulator.scenario.outcomes import WAYS
from tests.support.samples import flow

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


def message(more: dict[str, Any], status: str) -> Flow:
    """A message that goes the usual way to a status."""
    request = reading.read(json.encode(PLAIN | more)).request
    (step,) = request.flow
    plans = (Plan(WAYS[Channel.VIBER][status].reports(ttl_ms(step), lambda: 0.5), "test"),)
    made = flow([step], plans, name="7b1f0c62-9a0d-4e55-8d5e-000000000001")
    return replace(made, request=request, kind="viber")


def said(made: Flow) -> list[str]:
    """The answer, all callbacks, and how it is tracked at its end."""
    told = rendering.Rendering(Prices())
    done = machine.run_out(made)
    posts = [body for each in done.callbacks for body in told.callbacks(each)]
    tracked = json.encode(rendering.tracked(done.flow, Prices(), made.id))
    return [body.decode() for body in (told.created(made), *posts, tracked)]


RENDERED: Final = {status: said(message({}, status)) for status in WAYS[Channel.VIBER]} | {
    name: said(message(more, "DELIVERED")) for name, more in MORE.items()
}
KNOWN: Final[dict[str, list[str]]] = json.decode(GOLDEN.read_bytes()) if GOLDEN.exists() else {}


@pytest.mark.parametrize("name", sorted(KNOWN | RENDERED))
def test_a_body_is_what_it_always_was(name: str) -> None:
    """Byte for byte: the order of members, what is left out, the form of numbers, the ids."""
    assert RENDERED[name] == KNOWN[name]


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_bytes(json.format(json.encode(RENDERED), indent=1) + b"\n")
