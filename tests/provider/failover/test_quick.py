"""The quick reader beside the full one."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import Any, Final

import pytest
from msgspec import json

from emulator.flow.request import Request
from emulator.provider.failover import quick, reading
from emulator.provider.failover.reading import Invalid, Malformed
from tests.support.bodies import EXAMPLE, LEFT_OUT, body, play, say, sms, viber, voice
from tests.support.mutated import bodies

MANY: Final = int(os.environ.get("FUZZED_BODIES", "8000"))
"""How many bodies the two readers are compared on; with many more, pytest needs a longer --timeout."""


def fully(written: bytes) -> Request | None:
    """What the full reader makes of a body; None if it refuses it."""
    with suppress(Malformed, Invalid):
        return reading.full(written).request
    return None


def test_what_is_read_quickly_is_read_alike_by_the_full_reader() -> None:
    """Whatever the quick reader takes, the full one takes, and both make the same of it, byte by byte; reading it again
    gives the same too. A good part of the valid bodies is quick, without which this would say little.
    """
    valid = taken = 0
    for written in bodies(1, MANY):
        full, read = fully(written), quick.read(written)
        valid += full is not None
        if read is None:
            continue
        taken += 1
        assert (read, quick.read_stored(written)) == (full, full), written
        assert json.encode(read) == json.encode(full), written
    assert 0.3 * valid < taken < 0.9 * valid < 0.9 * MANY


@pytest.mark.parametrize(
    "step",
    [
        sms(),
        sms({"ttl": 5, "order": 0, "message.flash": False, "message.label": "a:b", "message.transcode": True}),
        sms({"failoverOnStatuses": ["FAILED", "undelivered", "Failed"]}),
        viber({"ttl": 2.5, "expireOnDelivery": False, "label": "june", "inboundUrl": "http://localhost"}),
        viber({"message": {"imageUrl": "https://cdn.example/p.png"}}),
        viber({"message.action": {"caption": "Open", "targetUrl": "http://a"}}),
        EXAMPLE["flow"][0],
        EXAMPLE["flow"][2],
        voice({"dialPlan.verbs": [say({"repeat": 2, "bargeIn": True, "message.gender": "male"}), say()]}),
    ],
)
def test_what_is_written_as_documented_is_read_quickly(step: Any) -> None:
    """With and without a callback."""
    assert quick.read(body(step)) is not None
    assert quick.read(body(step, callback={"url": "http://a", "strategy": "OnStep"})) is not None
    assert quick.read(body(step, callback={"url": "http://a"})) is not None


@pytest.mark.parametrize(
    "step",
    [
        sms({"odd": 1}),
        sms({"message.label": ""}),
        sms({"order": 7.0}),
        sms({"failoverOnStatuses": "FAILED"}),
        sms({"failoverOnStatuses": ["Failed"] * 7}),
        sms({"message.urlShortener": {}}),
        sms({"restrictions": {"a": 1}}),
        viber({"ttl": 0.25}),
        viber({"ttl": 1.25}),
        viber({"message.imageUrl": "https://a"}),
        viber({"message": {}}),
        viber({"inboundUrl": "http://" + "a" * 1_000_001}),
        viber({"message": {"imageUrl": "https://a", "action": {"caption": "Open", "targetUrl": "http://a"}}}),
        viber({"message": {"action": {"caption": "Open", "targetUrl": "http://a"}}}),
        voice({"to": {"phone": "+306912345678"}}),
        voice({"dialPlan.verbs": [say({"repeat": 10**18})]}),
        voice({"dialPlan.verbs": [say({"repeat": 2.0})]}),
        voice({"dialPlan.verbs": [say({"odd": 1})]}),
        voice({"dialPlan.verbs": [say({"type": LEFT_OUT})]}),
        sms({"type": LEFT_OUT}),
        voice({"dialPlan.verbs": [play()]}),
        voice({"machineDetection": {"strategy": "Hangup"}}),
    ],
)
def test_what_is_unusual_or_wrong_is_left_to_the_full_reader(step: Any) -> None:
    """Other members and spellings, empty ones, numbers that readers disagree on, and mistakes."""
    assert quick.read(body(step)) is None


@pytest.mark.parametrize(
    ("found", "written"),
    [
        (b'"to"', b'"to":"+1234567","to"'),
        (b'"Hi"', b'"Hi","body":"Hi"'),
        (b'"Hi"', rb'"a\u003ab","body":"Hi"'),
        (b'"body":"Hi"', rb'"body":"Hi","body":"a\u003Ab"'),
        (b'"body":"Hi"', b'"odd":' + b"[" * 5000 + b"]" * 5000 + b',"body":"Hi"'),
        (b'"Hi"', b'"\xff"'),
        (b'"Hi"', rb'"\ud800"'),
        (b"}]}", b"}]} x"),
        (b'{"flow', b'\xef\xbb\xbf{"flow'),
    ],
)
def test_a_key_twice_and_other_faults_of_the_text_are_left_to_the_full_reader(found: bytes, written: bytes) -> None:
    """Also where the colon of a lost member is made up by an escaped one."""
    plain = body(sms()).replace(b": ", b":")
    assert quick.read(plain) is not None
    assert quick.read(plain.replace(found, written)) is None


def test_its_types_are_made_by_the_first_request() -> None:
    """They take 5 ms, which a start can do without."""
    code = "import sys; import emulator.app; print('emulator.provider.failover.wire' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
