"""Declared senders from outside: each service refuses others in its own way, and recipients see their names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, Emulator, emulator, receiver

TO = "+306912345678"
FILE = """
viber:
  - { id: 3f0c, name: Shop, picture: "https://shop.example/logo.png" }
  - { id: old, active: false }
sms:
  - { from: Shop }
"""
VIBER: dict[str, Any] = {"type": "Viber", "senderInfoTrackingId": "3f0c", "to": TO, "message": {"text": "Hi"}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator that knows two Viber senders and one of Sms."""
    file = Path(tmp_path_factory.mktemp("senders")) / "senders.yaml"
    file.write_text(FILE)
    with emulator("--rate", "0", "--seed", "senders", "--senders", str(file)) as running:
        yield running


def test_known_senders_send_and_are_seen_by_their_names(server: Emulator) -> None:
    """In answers, callbacks, trackings and on the phone."""
    with receiver() as hook:
        flow = server.send(VIBER, callback=hook.url)
        server.advance(until="idle")
        assert {hook.next()["messages"][0]["from"] for _ in range(2)} == {"Shop"}
        tracked = server.api("GET", f"/failover/tracking/{flow}").json()
        assert tracked["messages"][0]["from"] == "Shop"
        (shown,) = server.call("GET", f"/_emulator/flows/{flow}").json()["phone"]
        assert (shown["from"], shown["picture"]) == ("Shop", "https://shop.example/logo.png")
        asked = {"senderInfoTrackingId": "3f0c", "to": TO, "body": {"text": "Hi"}, "callbackUrl": hook.url}
        sent = server.api("POST", "/viber", asked).json()
        assert sent["from"] == "Shop"
        server.advance(until="idle")
        assert hook.next()["from"] == "Shop"
        assert server.api("GET", f"/viber/tracking/{sent['trackingId']}").json()["from"] == "Shop"
    assert server.api("POST", "/sms", {"body": "Hi", "to": TO, "from": "Shop"}).status == 200


def test_a_step_that_is_not_taken_has_no_rule_but_a_reason(server: Emulator) -> None:
    """Where rules are told, and in the journal."""
    flow = server.send(VIBER | {"senderInfoTrackingId": "none"}, SMS)
    viber, sms = server.call("GET", f"/_emulator/flows/{flow}/rules").json()["steps"]
    assert (viber["match"], viber["passed"]) == (None, [])
    assert viber["rejected"] == "'none' is no Viber sender of this account."
    assert ("rejected" in sms, sms["rule"]) == (False, "happy")
    assert "Viber (not taken by its channel) starts" in server.journal(flow)[0]["text"]


def test_templates_are_those_of_a_sender_that_there_is(server: Emulator) -> None:
    """404 for any other, when they are listed as when one is handed in; the journal says which may be meant."""
    path = "/viber/transactional/templates?senderInfoTrackingId="
    for name, status in (("3f0c", 200), ("old", 200), ("3f0d", 404)):
        answers = [server.api("GET", path + name), server.api("POST", path + name, {"content": "Hi {{name}}"})]
        assert [answer.status for answer in answers] == [status, status]
    assert answers[1].json() == {
        "code": "404020000",
        "developerMessage": "senderInfo with trackingId '3f0d' was not found!",
        "entity": "senderInfo",
        "property": "trackingId",
        "value": "3f0d",
    }
    refused = server.newest()
    assert refused["data"]["note"] == "'3f0d' is no Viber sender of this account; did you mean '3f0c'?"
    assert server.api("POST", f"{path}3f0d", {"content": ""}).status == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sms", {"body": "Hi", "to": TO, "from": "Shp"}),
        ("/sms/campaign", {"body": "Hi", "to": [TO], "from": "Shp"}),
        ("/2step", {"method": "sms", "type": "code", "recipient": TO, "originator": "Shp"}),
    ],
)
def test_an_unknown_sender_of_an_sms_is_refused_by_its_code(server: Emulator, path: str, body: object) -> None:
    """As one that is no sender at all; journal and body say which was meant."""
    answer = server.api("POST", path, body)
    assert (answer.status, answer.json()["code"]) == (400, "400005000")
    (error,) = answer.json()["errors"]
    assert error["errorCode"] == "005"
    assert "'Shp' is no sender of this account; did you mean 'Shop'?" in error["developerMessage"]
    assert "did you mean 'Shop'?" in [each for each in server.journal() if each["kind"] == "refused"][-1]["text"]


def test_a_code_without_an_originator_has_the_provider_s(server: Emulator) -> None:
    """Which is always there."""
    assert server.api("POST", "/2step", {"method": "sms", "type": "code", "recipient": TO}).status == 200


@pytest.mark.parametrize(
    ("name", "why"),
    [("none", "'none' is no Viber sender of this account"), ("old", "the Viber sender 'old' is not active")],
)
def test_an_unknown_viber_sender_is_not_found(server: Emulator, name: str, why: str) -> None:
    """The journal says whether it is there."""
    answer = server.api("POST", "/viber", {"senderInfoTrackingId": name, "to": TO, "body": {"text": "Hi"}})
    assert answer.status == 404
    assert answer.json()["developerMessage"] == f"senderInfo with trackingId '{name}' was not found!"
    assert why in [each for each in server.journal() if each["kind"] == "refused"][-1]["text"]


@pytest.mark.parametrize("path", ["/failover", "/failover/transactional"])
def test_in_a_flow_the_step_of_an_unknown_sender_fails(server: Emulator, path: str) -> None:
    """The next one starts; the request is accepted, since that service knows only shapes."""
    viber = VIBER if path == "/failover" else {key: VIBER[key] for key in VIBER if key != "message"}
    more = {} if path == "/failover" else {"templateId": "t", "templateLang": "en"}
    wrong = viber | more | {"senderInfoTrackingId": "none"}
    steps = [wrong, SMS | {"order": 2, "from": "Shp"}, SMS | {"order": 3}]
    flow = server.api("POST", path, {"flow": steps}).json()["trackingId"]
    server.advance(until="idle")
    server.forget_token()
    tracked = server.api("GET", f"/failover/tracking/{flow}").json()
    assert [each["status"]["name"] for each in tracked["messages"]] == ["FAILED", "Failed", "Delivered"]
    assert [each["status"]["reason"]["detailedStatus"] for each in tracked["messages"][:2]] == [
        "Message Rejected",
        "Failed",
    ]
    note = server.journal(flow)[0]["data"]["note"]
    assert note.startswith("flow[0] will fail: 'none' is no Viber sender of this account; flow[1] will fail: 'Shp' is")
