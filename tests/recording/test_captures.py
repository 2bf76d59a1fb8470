"""Reading captures of traffic: HAR, lines, arrays."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from msgspec import json

from emulator.errors import Json
from emulator.recording.captures import Callback, Capture, CaptureError, Exchange, read

ASKED = {"flow": [{"type": "Sms", "to": "+306900000001"}]}
GIVEN = {"trackingId": "t-1"}
TOLD = {"trackingId": "t-1", "messages": []}
AT = 1_772_442_944_440


def text(*things: Any) -> str:
    """One JSON text a line."""
    return "\n".join(json.encode(each).decode() for each in things)


def test_lines_tell_of_exchanges_and_callbacks() -> None:
    """Bodies are JSON, or texts that have it; a bare body is a callback without time and answer."""
    lines: list[Json] = [
        {"request": {"path": "/failover", "body": ASKED}, "answer": {"status": 200, "body": GIVEN}},
        {
            "request": {"url": "https://connect.routee.net/sms?x=1", "body": "{}"},
            "answer": {"status": 400, "body": "no"},
        },
        {"at": "2026-03-02T09:15:44.44Z", "callback": json.encode(TOLD).decode(), "answer": {"status": 204}},
        {"callback": TOLD},
        TOLD,
        {
            "at": "2026-03-02T09:15:44.44Z",
            "request": {"path": "/2step/a", "headers": {"Authorization": "Bearer b", "Accept": "x"}},
            "answer": {"status": 200},
        },
        {"request": {"path": "/smsish"}, "answer": {"status": 200}},
    ]
    wanted = Capture(
        (
            Exchange("/failover", json.encode(ASKED), 200, GIVEN),
            Exchange("/sms?x=1", b"{}", 400, "no"),
            Exchange("/2step/a", b"", 200, None, "GET", {"authorization": "Bearer b"}, AT),
        ),
        (Callback(TOLD, AT, 204), Callback(TOLD), Callback(TOLD)),
        1,
    )
    assert read(text(*lines)) == read(json.encode(lines).decode()) == wanted


def test_har_tells_the_same() -> None:
    """As a proxy has recorded it, in which callbacks are posts to other paths."""
    answer = {"text": base64.b64encode(json.encode(GIVEN)).decode(), "encoding": "base64"}

    def entry(method: str, url: str, body: Any, status: int, content: Json) -> Json:
        posted = {"postData": {"mimeType": "application/json", "text": json.encode(body).decode()}} if body else {}
        sent = {"method": method, "url": url} | posted
        return {
            "startedDateTime": "2026-03-02T09:15:44.440Z",
            "request": sent,
            "response": {"status": status, "content": content},
        }

    form = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "answer", "value": "1 2"}]}
    confirmed = entry("POST", "https://connect.routee.net/2step/t-1", None, 400, {"text": "no"})
    confirmed["request"] |= {"postData": form, "headers": [{"name": "Authorization", "value": "Bearer b"}]}
    entries = [
        entry("POST", "https://connect.routee.net/failover", ASKED, 200, answer),
        entry("POST", "https://app.example/sms", TOLD, 500, {}),
        entry("GET", "https://connect.routee.net/failover/tracking/t-1", None, 200, {}),
        entry("POST", "https://app.example/other", {"a": 1}, 200, {}),
        confirmed,
    ]
    exchanges = (
        Exchange("/failover", json.encode(ASKED), 200, GIVEN, at=AT),
        Exchange("/failover/tracking/t-1", b"", 200, "", "GET", at=AT),
        Exchange("/2step/t-1", b"answer=1+2", 400, "no", headers={"authorization": "Bearer b"}, at=AT),
    )
    wanted = Capture(exchanges, (Callback(TOLD, AT, 500),), 1)
    whole = {"log": {"version": "1.2", "entries": entries}}
    assert read(json.encode(whole).decode()) == read(json.format(json.encode(whole)).decode()) == wanted


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ("{", "expected one JSON text a line"),
        ('{"request": {"path": "/sms", "body": {}}}', "line 1: the request has no answer"),
        ('[{"request": 1}]', "line 1: Expected `object"),
        ('{"log": {"entries": [{}]}}', "entry 1: Object missing required field `request`"),
    ],
)
def test_what_is_no_capture_is_refused(found: str, why: str) -> None:
    """With its place, and the form that is expected."""
    with pytest.raises(CaptureError) as error:
        read(found)
    assert why in str(error.value)
    assert "expected one JSON text a line" in str(error.value)


def test_an_empty_capture_has_nothing() -> None:
    """Whoever asks says so."""
    assert read("") == Capture()
