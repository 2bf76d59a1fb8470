"""POST /viber and GET /viber/tracking/{id}, over real sockets: who may, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.running import Emulator, emulator

VIBER: dict[str, Any] = {"senderInfoTrackingId": "3f0c", "to": "+306912345678", "body": {"text": "Hi"}}


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0", "--seed", "viber") as running:
        yield running


def test_an_accepted_message_is_answered_and_tracked(server: Emulator) -> None:
    """As one object, which begins as the answer does."""
    sent = server.api("POST", "/viber", VIBER).json()
    found = server.api("GET", f"/viber/tracking/{sent['trackingId']}?page=0&size=20").json()
    assert list(found)[: len(sent)] == list(sent)
    assert found["status"] == sent["status"] | {"reason": found["status"]["reason"]}
    assert list(found)[len(sent) :] == ["price", "originatingService", "expireOnDelivery"]


@pytest.mark.parametrize("name", ["nope", "7b1f0c62-9a0d-4e55-8d5e-000000000001", "a b"])
def test_an_unknown_message_is_not_found(server: Emulator, name: str) -> None:
    """Nor another application's."""
    answer = server.api("GET", f"/viber/tracking/{name.replace(' ', '%20')}")
    assert answer.status == 404
    assert answer.json()["code"] == "404019006"
    assert answer.json()["developerMessage"] == f"viberTracking with trackingId '{name}' was not found!"


def test_messages_of_another_application_are_not_found(server: Emulator) -> None:
    """They are that one's."""
    sent = server.api("POST", "/viber", VIBER).json()
    other = server.token("other")
    assert server.api("GET", f"/viber/tracking/{sent['trackingId']}", token=other).status == 404


def test_a_forbidden_layout_is_refused_in_the_third_shape(server: Emulator) -> None:
    """By its number within the module; the journal has it too."""
    answer = server.api("POST", "/viber", VIBER | {"body": {"text": "a", "imageURL": "https://a.example/b"}})
    assert answer.status == 400
    assert answer.json()["code"] == "400019000"
    assert [each["errorCode"] for each in answer.json()["errors"]] == ["007"]
    entry = [each for each in server.journal() if each["kind"] == "refused"][-1]
    assert "Invalid viber message type combination" in entry["text"]


def test_it_needs_the_scope_of_viber(server: Emulator) -> None:
    """Sms alone is not enough."""
    form = b"grant_type=client_credentials&scope=sms"
    headers = {"Authorization": "Basic b3RoZXI6c2VjcmV0", "Content-Type": "application/x-www-form-urlencoded"}
    token = server.call("POST", "/oauth/token", form, headers).json()["access_token"]
    assert server.api("POST", "/viber", VIBER, token).status == 403
    assert server.api("GET", "/viber/tracking/x", token=token).status == 403
