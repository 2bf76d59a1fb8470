"""Which keys were pressed in a call."""

from __future__ import annotations

from typing import Any

from msgspec import json

from emulator.recording.captures import Callback
from emulator.recording.keys import pressed

HASH = {"type": "COLLECT", "submitOnHash": True}
PLAIN = {"type": "COLLECT", "maxDigits": 1}
SAY = {"type": "SAY"}


def post(keys: str | None, call: str = "c-1", answer: Any = "") -> Callback:
    """What a call asks."""
    ids = {"messageId": f"m-{call}", "conversationTrackingId": call}
    return Callback(ids | ({"answeredBy": "MACHINE"} if keys is None else {"collectedTones": keys}), answer=answer)


def keys(request: Any, *posts: Callback) -> list[str | None]:
    """The keys of posts about a request."""
    return [each.body.get("collectedTones") for each in pressed(posts, json.encode(request))]


def test_the_hash_is_of_the_collects_that_wait_for_it() -> None:
    """By their places; the others post what was pressed, and without keys there was none."""
    call = {"dialPlan": {"verbs": [SAY, HASH, PLAIN, HASH]}}
    assert keys(call, post("71"), post("5"), post(""), post("8")) == ["71#", "5", "", "8"]


def test_an_answer_s_verbs_take_the_place_of_those_left() -> None:
    """As they do in the call; one without verbs lets it go on."""
    call = {"dialPlan": {"verbs": [PLAIN, PLAIN]}}
    answered = [post(None, answer={"verbs": [SAY, HASH]}), post("1", answer={"verbs": []}), post("2")]
    assert keys(call, *answered) == [None, "1#", "2"]


def test_each_call_of_a_flow_has_its_own_dial_plan() -> None:
    """In the order of the steps that have any; a request that is not JSON has none."""
    flow = {"flow": [{"type": "Sms"}, {"dialPlan": {"verbs": [HASH]}}, {"dialPlans": [{"verbs": [PLAIN, HASH]}]}]}
    posts = [post("1"), post("2", "c-2"), post("3", "c-2"), post("4", "c-3"), Callback({"messageId": "m"})]
    assert keys(flow, *posts) == ["1#", "2", "3#", "4", None]
    assert pressed(posts, b"{") == posts
