"""Bodies of POST /voice/conversation: what is read, and what is refused with which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import UNSET

from emulator.flow.request import Callback, DialPlan, Strategy, VoiceStep, VoiceTarget
from emulator.provider.voice import reading
from emulator.provider.voice.reading import Invalid, Malformed

SAY = {"type": "SAY", "message": {"text": "Parcel 71 is ready", "language": "en-GB"}}
PLAY = {"type": "PLAY", "fileURL": "https://cdn.example/a.wav", "repeat": 0, "bargeIn": False}
COLLECT = {"type": "COLLECT", "eventUrl": "https://app.example/keys", "submitOnHash": True, "maxDigits": 4}
PAUSE = {"type": "PAUSE", "duration": 2}
DIAL = {"type": "DIAL", "to": {"phone": "+306900000002"}}
PLAIN = {"to": {"phone": "+306912345678"}, "from": "302100000000", "dialPlan": {"verbs": [SAY]}}
URL = "https://app.example/v"


def written(**more: Any) -> bytes:
    """A body with more members; those that are UNSET are left out."""
    return json.dumps({name: value for name, value in (PLAIN | more).items() if value is not UNSET}).encode()


def step(**more: Any) -> VoiceStep:
    """The step that a body becomes."""
    (found,) = reading.read(written(**more)).request.flow
    assert isinstance(found, VoiceStep)
    return found


def wrong(**more: Any) -> dict[str, str]:
    """What is wrong with a body."""
    with pytest.raises(Invalid) as found:
        reading.read(written(**more))
    assert found.value.entity == "VoiceConversation"
    return found.value.properties


def test_a_call_is_one_step() -> None:
    """What is not asked for is absent."""
    found = step()
    assert found == VoiceStep("302100000000", VoiceTarget("+306912345678"), [DialPlan([SAY])], 1, ["Busy", "NoAnswer"])
    assert reading.read(written()).request.callback is UNSET
    assert reading.read_stored(written()) == reading.read(written()).request


@pytest.mark.parametrize("verb", [SAY, PLAY, COLLECT, PAUSE, DIAL, {"type": "DIAL"}])
def test_each_verb_is_read_as_it_came(verb: Any) -> None:
    """With its members in their order."""
    (plan,) = step(dialPlan={"verbs": [verb]}).dial_plans
    assert json.dumps(plan.verbs) == json.dumps([verb])


def test_all_members_are_read() -> None:
    """A plan may be asked for in place of being given."""
    detection = {"strategy": "Continue", "eventUrl": URL}
    found = step(dialPlan=UNSET, dialPlanUrl=URL, hangupDelay=20, maxDuration=600, machineDetection=detection)
    assert (found.dial_plans, found.dial_plan_url, found.hangup_delay, found.max_duration) == ([], URL, 20, 600)
    assert found.machine_detection == detection
    told = reading.read(written(callback={"url": URL})).request.callback
    assert told == Callback(Strategy.ON_CHANGE, URL)
    told = reading.read(written(callback={"url": URL, "strategy": "OnCompletion"})).request.callback
    assert told == Callback(Strategy.ON_COMPLETION, URL)


def test_what_real_clients_send_is_forgiven() -> None:
    """Empty members, other spellings, texts for numbers, a number without +."""
    to = {"phone": "306912345678", "viber": "", "sip": ""}
    found = reading.read(written(to=to, dialPlan=UNSET, dialPlans={"verbs": [SAY]}, hangupDelay="20"))
    (made,) = found.request.flow
    assert made == step(hangupDelay=20)
    assert found.remarks == (
        "to.phone has no + and was read as +306912345678",
        "hangupDelay is a text and was read as 20",
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"to": UNSET}, {"to": "is required"}),
        ({"to": "+306912345678"}, {"to": "must be an object; found '+306912345678'"}),
        ({"to": {}}, {"to": "must have a phone, viber or sip"}),
        ({"from": UNSET}, {"from": "is required"}),
        ({"dialPlan": UNSET}, {"body": "must have a dialPlan or a dialPlanUrl"}),
        ({"dialPlanUrl": URL}, {"body": "can't have both a dialPlan and a dialPlanUrl"}),
        ({"dialPlan": {"verbs": []}}, {"dialPlan.verbs": "must be an array of at least one verb; found an array of 0"}),
        ({"dialPlan": {"verbs": [DIAL, DIAL]}}, {"dialPlan.verbs": "can have one DIAL"}),
        ({"dialPlan": {"verbs": [{"type": "COLLECT"}]}}, {"dialPlan.verbs[0].eventUrl": "is required"}),
        ({"dialPlan": {"verbs": [{"type": "PAUSE"}]}}, {"dialPlan.verbs[0].duration": "is required"}),
        ({"dialPlan": {"verbs": [{"type": "SAY"}]}}, {"dialPlan.verbs[0].message": "is required"}),
        ({"hangupDelay": 61}, {"hangupDelay": "must be at most 60 seconds; found 61"}),
        ({"maxDuration": 0}, {"maxDuration": "must be at least 1 second; found 0"}),
        ({"callback": {"strategy": "OnChange"}}, {"callback.url": "is required"}),
        (
            {"callback": {"url": URL, "strategy": "OnStep"}},
            {"callback.strategy": "must be one of OnChange, OnCompletion; found 'OnStep'"},
        ),
        ({"machineDetection": {"eventUrl": URL}}, {"machineDetection.strategy": "is required"}),
    ],
)
def test_what_is_wrong_is_told(more: Any, told: dict[str, str]) -> None:
    """Where, what would be right, and what was found."""
    assert wrong(**more) == told


def test_an_unknown_verb_is_refused() -> None:
    """With those that there are."""
    told = wrong(dialPlan={"verbs": [{"type": "HANGUP"}]})
    assert told["dialPlan.verbs[0].type"].startswith("must be one of SAY, PLAY, COLLECT, DIAL, PAUSE; found 'HANGUP'")


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b'{"to": 1,'])
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    """And says so."""
    with pytest.raises(Malformed):
        reading.read(body)
