"""The provider's JSON byte for byte: a call in each outcome, and each member that a request can have.

`python -m tests.provider.voice.test_golden_bodies` writes anew what is expected, for a change that is meant.
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
from emulator.provider.rendering.elements import message_id
from emulator.provider.voice import reading, rendering
from tests.provider.voice.test_reading import COLLECT, DIAL, PAUSE, PLAIN, PLAY, SAY, URL
from tests.support.golden import keep, kept, single

GOLDEN: Final = Path(__file__).parent / "golden" / "bodies.json"
MORE: Final[dict[str, Any]] = {
    "without a callback": {"callback": None},
    "on completion": {"callback": {"url": URL, "strategy": "OnCompletion"}},
    "bounded": {"hangupDelay": 20, "maxDuration": 600},
    "all verbs": {"dialPlan": {"verbs": [PLAY, SAY, PAUSE, DIAL, COLLECT]}},
    "a plan to be asked for": {"dialPlan": None, "dialPlanUrl": URL},
    "to a sip address": {"to": {"sip": "1111@sip.example:5060"}, "machineDetection": {"strategy": "Hangup"}},
}


def asked(more: dict[str, Any]) -> Request:
    """The request for a call with such members."""
    return reading.read(json.encode(PLAIN | {"callback": {"url": URL}} | more)).request


def tracked(flow: Flow) -> list[object]:
    """What each of its trackings shows of it."""
    prices = Prices()
    return [
        rendering.conversation(flow, []),
        rendering.dials(flow, prices),
        rendering.alone(flow, prices, message_id(flow, 0)),
    ]


RENDERED: Final = single("voice", Channel.VOICE, asked, MORE, "Completed", tracked)
KNOWN: Final = kept(GOLDEN)


@pytest.mark.parametrize("name", sorted(KNOWN | RENDERED))
def test_a_body_is_what_it_always_was(name: str) -> None:
    """Byte for byte: the order of members, what is left out, the form of numbers, the ids."""
    assert RENDERED[name] == KNOWN[name]


if __name__ == "__main__":
    keep(GOLDEN, RENDERED)
