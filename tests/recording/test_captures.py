"""Reading captures of traffic: HAR, lines, arrays."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from msgspec import UNSET, json
from msgspec.structs import replace

from emulator.errors import Json
from emulator.recording.captures import Callback, Capture, CaptureError, Exchange, read

ASKED = {"flow": [{"type": "Sms", "to": "+306900000001"}]}
GIVEN = {"trackingId": "t-1"}
TOLD = {"trackingId": "t-1", "messages": []}
AT = 1_772_442_944_440


def text(*things: Any) -> str:
    """One JSON text a line."""
    return "\n".join(json.encode(each).decode() for each in things)


def unplaced(capture: Capture) -> Capture:
    """A capture without the places of what is in it."""
    exchanges = tuple(replace(each, where="") for each in capture.exchanges)
    return replace(capture, exchanges=exchanges, callbacks=tuple(replace(each, where="") for each in capture.callbacks))


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
        {"request": {"path": "/2step/b"}, "answer": {"status": 200, "body": None}},
    ]
    wanted = Capture(
        (
            Exchange("/failover", json.encode(ASKED), 200, GIVEN, where="line 1"),
            Exchange("/sms?x=1", b"{}", 400, "no", where="line 3"),
            Exchange("/2step/a", b"", 200, UNSET, "GET", {"authorization": "Bearer b"}, AT, "line 7"),
            Exchange("/2step/b", b"", 200, UNSET, "GET", where="line 9"),
        ),
        (Callback(TOLD, AT, 204, where="line 4"), Callback(TOLD, where="line 5"), Callback(TOLD, where="line 6")),
        1,
    )
    first, *others = map(text, lines)
    assert read("\n".join([first, "", *others])) == wanted
    listed = read(json.encode(lines).decode())
    assert [each.where for each in listed.callbacks] == ["element 3", "element 4", "element 5"]
    assert unplaced(listed) == unplaced(wanted)


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
        entry("GET", "https://connect.routee.net/failover/tracking/t-1", None, 200, {"size": 0, "text": ""}),
        entry("POST", "https://app.example/other", {"a": 1}, 200, {}),
        confirmed,
        entry("GET", "https://connect.routee.net/failover/tracking/t-1", None, 0, {}),
    ]
    exchanges = (
        Exchange("/failover", json.encode(ASKED), 200, GIVEN, at=AT, where="entry 1"),
        Exchange("/failover/tracking/t-1", b"", 200, UNSET, "GET", at=AT, where="entry 3"),
        Exchange("/failover/tracking/t-1", b"", 200, "", "GET", at=AT, where="entry 4"),
        Exchange("/2step/t-1", b"answer=1+2", 400, "no", headers={"authorization": "Bearer b"}, at=AT, where="entry 6"),
    )
    wanted = Capture(exchanges, (Callback(TOLD, AT, 500, where="entry 2"),), 1, 1)
    whole = {"log": {"version": "1.2", "entries": entries}}
    assert read(json.encode(whole).decode()) == read(json.format(json.encode(whole)).decode()) == wanted


def test_an_unknown_path_is_the_provider_s_if_its_framework_says_so() -> None:
    """At a host of its, or where none is named: others have the same framework."""
    told = {"timestamp": 1, "status": 404, "error": "Not Found", "message": "No", "path": "/x"}
    urls = ("/x", "https://connect.routee.net/x?y=1", "https://app.example/x", "http://[", "https://connect.routee.net")
    lines = [{"request": {"url": url}, "answer": {"status": 404, "body": told}} for url in urls]
    lines.append({"request": {"path": "/x"}, "answer": {"status": 404, "body": {"error": "Not Found"}}})
    found = read(text(lines))
    assert [each.path for each in found.exchanges] == ["/x", "/x?y=1", ""]
    assert found.others == 3


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ("{", "line 1: Input data was truncated"),
        ('{"a": 1}\n\n{"b"\n{"c": 3}', "line 3: Input data was truncated"),
        ('{"b\n{"c": 3}', "line 1: Input data was truncated"),
        ('{\n  "log": {\n    "entries": [,]\n  }\n}\n', "line 3: JSON is malformed"),
        ('{"request": {"path": "/sms", "body": {}}}', "line 1: the request has no answer"),
        ('[{"request": 1}]', "element 1: Expected `object"),
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
