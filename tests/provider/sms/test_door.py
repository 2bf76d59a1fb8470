"""POST /sms and its errors, over real sockets: by the fast path, and by ASGI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Answer, Emulator, emulator

SMS: dict[str, Any] = {"body": "Parcel 71 is ready", "to": "+306912345678", "from": "Shop"}
URL = "http://127.0.0.1:9/hook"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0", "--seed", "sms") as running:
        yield running


def both(server: Emulator, body: object, token: str = "") -> Answer:
    """The answer to a request, which is the same both ways but for the message's id."""
    quick = server.api("POST", "/sms", body, token)
    headers = {"Authorization": f"Bearer {token or server.token()}", "Content-Type": "application/json"}
    slow = server.call("POST", "/sms", json.dumps(body).encode(), headers | {"Connection": "close"})
    assert quick.status == slow.status
    assert {**quick.json(), "trackingId": ""} == {**slow.json(), "trackingId": ""}
    assert list(quick.json()) == list(slow.json())
    return quick


def test_an_accepted_message_is_answered_as_it_will_be_sent(server: Emulator) -> None:
    """With a + before the number, whether it came with one or not; compact."""
    told = both(server, SMS | {"to": "306912345678", "callback": {"url": URL}, "label": "june"})
    assert told.status == 200
    assert b": " not in told.body
    found = told.json()
    assert (found["status"], found["to"], found["createdAt"]) == ("Queued", "+306912345678", "2026-01-01T00:00:00Z")
    assert found["bodyAnalysis"] == {"parts": 1, "unicode": False, "characters": 18}
    assert found["callback"] == {"url": URL, "strategy": "OnChange"}


def test_all_errors_of_a_request_are_told_at_once(server: Emulator) -> None:
    """Each by its member."""
    found = both(server, {"to": "12", "ttl": 0}).json()
    assert (found["code"], found["developerMessage"]) == ("400000000", "Validation Error!")
    assert found["entity"] == "SmsTracking"
    assert list(found["properties"]) == ["to", "ttl", "body", "from"]


@pytest.mark.parametrize("path", ["/sms", "/sms/analyze"])
@pytest.mark.parametrize("to", ["12", "abc", 12, ["+306912345678"], "+30691234567890123"])
def test_a_number_that_is_none_is_refused_as_the_provider_words_it(server: Emulator, path: str, to: object) -> None:
    """What it should be, the journal tells."""
    answer = server.api("POST", path, SMS | {"to": to})
    assert answer.json() == {
        "code": "400000000",
        "developerMessage": "Validation Error!",
        "entity": "SmsTracking",
        "properties": {"to": "Invalid mobile number"},
    }
    entry = server.newest()["data"]
    assert entry["properties"] == {"to": "Invalid mobile number"}
    assert entry["note"].startswith("to must be a ")


def test_a_number_that_is_missing_is_told_as_any_member_is(server: Emulator) -> None:
    """Or what is spelled like it."""
    assert both(server, {"body": "Hi", "from": "Shop"}).json()["properties"] == {"to": "is required"}


def test_a_sender_that_is_no_sender_is_refused_in_another_shape(server: Emulator) -> None:
    """Numbered within the module; the journal says what was wrong."""
    answer = both(server, SMS | {"from": "Seventeen letters"})
    found = answer.json()
    assert (answer.status, found["code"], found["developerMessage"]) == (400, "400005000", "SMS contains invalid data")
    (told,) = found["errors"]
    assert list(told) == ["errorCode", "developerMessage"]
    assert "at most 11 letters and digits" in told["developerMessage"]
    entry = server.newest()
    assert entry["data"]["errors"] == found["errors"]
    assert told["developerMessage"] in entry["text"]


def test_a_token_needs_the_scope(server: Emulator) -> None:
    """Whatever other scopes it has."""
    answer = both(server, SMS, server.token(scope="failover viber"))
    assert (answer.status, answer.json()["code"]) == (403, "403000000")
    assert both(server, SMS, server.token(scope="sms")).status == 200


def test_another_body_than_json_is_refused(server: Emulator) -> None:
    """By its Content-Type, and by its text."""
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/x-www-form-urlencoded"}
    assert server.call("POST", "/sms", b"body=Hi", headers).json()["code"] == "400000000"
    assert server.api("POST", "/sms", b"{").json()["developerMessage"].startswith("The body is not JSON")
    assert server.call("POST", "/sms", b"{}").status == 401


def test_the_journal_and_the_log_name_the_recipient(server: Emulator) -> None:
    """As of a flow's steps."""
    server.api("POST", "/sms", SMS)
    assert server.newest()["text"].startswith("to +306912345678; Sms (rule happy) starts")


def test_a_national_number_is_taken_and_remarked_on_in_journal_and_log(tmp_path: Path) -> None:
    """By every service, and both ways; the remark names the country that it was read as a number of."""
    remark = "has no + and was read as +6912345678, which no number of FM (+691) looks like; a national number needs"
    with emulator("--rate", "0", log=tmp_path / "log") as server:
        assert both(server, SMS | {"to": "6912345678"}).json()["to"] == "+6912345678"
        step = {"type": "Sms", "from": "Shop", "to": "6912345678", "message": {"body": "Hi"}}
        assert server.api("POST", "/failover", {"flow": [step]}).status == 200
        assert server.api("POST", "/2step", {"method": "sms", "type": "code", "recipient": "6912345678"}).status == 200
        many = {"body": "Hi", "from": "Shop", "to": ["6912345678", "+306912345678"]}
        assert server.api("POST", "/sms/campaign", many).status == 200
        notes = [each["data"].get("note", "") for each in server.journal() if each["kind"] == "accepted"]
        places = ["to", "to", "flow[0].to", "recipient", "to"]
        for note, place in zip(notes[:5], places, strict=True):
            assert f"{place} {remark}" in note
        assert (len(notes), notes[5]) == (6, "")
        server.stop()
        logged = [line for line in (tmp_path / "log").read_text().splitlines() if remark in line]
    assert len(logged) == 5


def test_messages_without_a_callback_have_the_default_one() -> None:
    """It is shown in the answer, and kept over the way by which the message came."""
    with emulator("--rate", "0", "--default-callback", URL) as server:
        told = both(server, SMS).json()
        assert told["callback"] == {"url": URL, "strategy": "OnChange"}
        own = both(server, SMS | {"callback": {"url": "http://127.0.0.1:9/own", "strategy": "OnCompletion"}}).json()
        assert own["callback"]["url"] == "http://127.0.0.1:9/own"
        kept = server.call("GET", f"/_emulator/flows/{told['trackingId']}").json()
        assert [each["url"] for each in kept["callbacks"]] == [URL]
