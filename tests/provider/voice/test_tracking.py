"""POST /voice/conversation and its trackings, over real sockets: who may, and what is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.provider.voice.test_reading import PLAIN, SAY
from tests.support.running import Emulator, emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0", "--seed", "voice") as running:
        yield running


def test_a_call_is_found_as_it_was_asked_for(server: Emulator) -> None:
    """With its recordings, of which there are none."""
    sent = server.api("POST", "/voice/conversation", PLAIN).json()
    assert sent["dialPlans"] == [PLAIN["dialPlan"]]
    found = server.api("GET", f"/voice/conversation/{sent['trackingId']}").json()
    assert found == sent | {"recordings": []}


def test_the_dials_of_a_conversation_are_a_page(server: Emulator) -> None:
    """Of one, which is found by its own id too."""
    sent = server.api("POST", "/voice/conversation", PLAIN).json()
    page = server.api("GET", f"/voice/tracking/conversation/{sent['trackingId']}").json()
    (dial,) = page["content"]
    assert (page["totalElements"], dial["status"]["status"], dial["answeredBy"]) == (1, "Queued", "UNKNOWN")
    alone = server.api("GET", f"/voice/tracking/{dial['messageId']}").json()
    assert alone == dial | {"message": SAY["message"]}
    beyond = server.api("GET", f"/voice/tracking/conversation/{sent['trackingId']}?page=1").json()
    assert beyond["content"] == []
    assert server.api("GET", f"/voice/tracking/conversation/{sent['trackingId']}?page=x").status == 400


@pytest.mark.parametrize("path", ["conversation", "tracking/conversation", "tracking"])
@pytest.mark.parametrize("name", ["nope", "7b1f0c62-9a0d-4e55-8d5e-000000000001"])
def test_an_unknown_call_is_not_found(server: Emulator, path: str, name: str) -> None:
    """By none of its trackings."""
    server.api("POST", "/voice/conversation", PLAIN)
    answer = server.api("GET", f"/voice/{path}/{name}")
    assert (answer.status, answer.json()["code"]) == (404, "404013000")


def test_the_voice_steps_of_flows_are_tracked_too(server: Emulator) -> None:
    """By the ids that they have there, but they are no conversations of this service."""
    step = {"type": "Voice", "from": PLAIN["from"], "to": "+306912345678", "dialPlan": PLAIN["dialPlan"]}
    flow = server.send(step)
    (message,) = server.api("GET", f"/failover/tracking/{flow}").json()["messages"]
    alone = server.api("GET", f"/voice/tracking/{message['messageId']}").json()
    assert (alone["originatingService"], alone["conversationTrackingId"]) == (
        "Failover",
        message["conversationTrackingId"],
    )
    assert server.api("GET", f"/voice/conversation/{flow}").status == 404


def test_it_needs_the_scope_of_voice(server: Emulator) -> None:
    """Sms alone is not enough."""
    token = server.token("other", "sms")
    assert server.api("POST", "/voice/conversation", PLAIN, token).status == 403
    assert server.api("GET", "/voice/tracking/x", token=token).status == 403
