"""The provider's JSON byte for byte: an Sms in each outcome, and each member that a request can have.

`python -m tests.provider.sms.test_golden_bodies` writes anew what is expected, for a change that is meant.
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
from emulator.provider.sms import reading, rendering
from emulator.scenario.outcomes import WAYS
from tests.support.samples import flow

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


def message(more: dict[str, Any], status: str) -> Flow:
    """An Sms that goes the usual way to a status."""
    request = reading.read(json.encode(PLAIN | more)).request
    (step,) = request.flow
    way = WAYS[Channel.SMS][status]
    plans = (Plan(way.reports(ttl_ms(step), lambda: 0.5), "test"),)
    made = flow([step], plans, name="7b1f0c62-9a0d-4e55-8d5e-000000000001")
    return replace(made, request=request, kind="sms")


def said(made: Flow) -> list[str]:
    """The answer, all callbacks, and how it is tracked at its end."""
    told, prices = rendering.Rendering(Prices()), Prices()
    done = machine.run_out(made)
    posts = [body for each in done.callbacks for body in told.callbacks(each)]
    return [
        body.decode() for body in (told.created(made), *posts, json.encode(list(rendering.tracked(done.flow, prices))))
    ]


RENDERED: Final = {status: said(message({}, status)) for status in WAYS[Channel.SMS]} | {
    name: said(message(more, "Delivered")) for name, more in MORE.items()
}
KNOWN: Final[dict[str, list[str]]] = json.decode(GOLDEN.read_bytes()) if GOLDEN.exists() else {}


@pytest.mark.parametrize("name", sorted(KNOWN | RENDERED))
def test_a_body_is_what_it_always_was(name: str) -> None:
    """Byte for byte: the order of members, what is left out, the form of numbers, the ids."""
    assert RENDERED[name] == KNOWN[name]


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_bytes(json.format(json.encode(RENDERED), indent=1) + b"\n")
