"""The provider's JSON byte for byte: a call in each outcome, and each member that a request can have.

`python -m tests.provider.voice.test_golden_bodies` writes anew what is expected, for a change that is meant.
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
from emulator.flow.state import Flow, Plan
from emulator.provider.rendering.elements import message_id
from emulator.provider.voice import reading, rendering
from emulator.scenario.outcomes import WAYS
from tests.provider.voice.test_reading import COLLECT, DIAL, PAUSE, PLAIN, PLAY, SAY, URL
from tests.support.samples import flow

GOLDEN: Final = Path(__file__).parent / "golden" / "bodies.json"
MORE: Final[dict[str, Any]] = {
    "without a callback": {"callback": None},
    "on completion": {"callback": {"url": URL, "strategy": "OnCompletion"}},
    "bounded": {"hangupDelay": 20, "maxDuration": 600},
    "all verbs": {"dialPlan": {"verbs": [PLAY, SAY, PAUSE, DIAL, COLLECT]}},
    "a plan to be asked for": {"dialPlan": None, "dialPlanUrl": URL},
    "to a sip address": {"to": {"sip": "1111@sip.example:5060"}, "machineDetection": {"strategy": "Hangup"}},
}


def call(more: dict[str, Any], status: str) -> Flow:
    """A call that goes the usual way to a status."""
    request = reading.read(json.encode(PLAIN | {"callback": {"url": URL}} | more)).request
    plans = (Plan(WAYS[Channel.VOICE][status].reports(0, lambda: 0.5), "test"),)
    made = flow(request.flow, plans, name="7b1f0c62-9a0d-4e55-8d5e-000000000001")
    return replace(made, request=request, kind="voice")


def said(made: Flow) -> list[str]:
    """The answer, all callbacks, and how it is tracked at its end."""
    told, prices = rendering.Rendering(Prices()), Prices()
    done = machine.run_out(made)
    posts = [body for each in done.callbacks for body in told.callbacks(each)]
    tracked = (
        rendering.conversation(done.flow, []),
        rendering.dials(done.flow, prices),
        rendering.alone(done.flow, prices, message_id(done.flow, 0)),
    )
    return [body.decode() for body in (told.created(made), *posts, *map(json.encode, tracked))]


RENDERED: Final = {status: said(call({}, status)) for status in WAYS[Channel.VOICE]} | {
    name: said(call(more, "Completed")) for name, more in MORE.items()
}
KNOWN: Final[dict[str, list[str]]] = json.decode(GOLDEN.read_bytes()) if GOLDEN.exists() else {}


@pytest.mark.parametrize("name", sorted(KNOWN | RENDERED))
def test_a_body_is_what_it_always_was(name: str) -> None:
    """Byte for byte: the order of members, what is left out, the form of numbers, the ids."""
    assert RENDERED[name] == KNOWN[name]


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_bytes(json.format(json.encode(RENDERED), indent=1) + b"\n")
