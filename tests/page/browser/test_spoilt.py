"""Answers that a scenario spoilt, on the page: it tells what the client got, and nothing that it did not get."""

from __future__ import annotations

import http.client
import json
from contextlib import suppress
from typing import Any

import pytest

from tests.page.browser.conftest import Open, Standing, expect
from tests.page.browser.test_journal import downloaded
from tests.support.running import SMS, Emulator

CLOSED = "The connection was closed without an answer."
UNKEPT = "The journal does not keep this answer."


def sent(server: Emulator, fault: Any) -> None:
    """Send a flow whose answer has this fault."""
    rules = {"application": "app", "rules": [{"name": "bad day", "answer": fault, "uses": 1}]}
    assert server.call("POST", "/_emulator/scenario/overrides", json.dumps(rules).encode()).status == 200
    with suppress(http.client.HTTPException):  # it may be no answer
        server.api("POST", "/failover", {"flow": [SMS]})


def test_the_archive_has_what_was_answered(standing: Standing, profile: Open) -> None:
    """No status for a connection that was closed, and no body that was not sent."""
    server, origin = standing
    for fault in ({"close": "before"}, {"close": "after"}, {"status": 202}, "unavailable", "forbidden"):
        sent(server, fault)
    har = json.loads(downloaded(profile(origin).open("journal"), "HAR"))["log"]
    told = [(each["response"]["status"], each.get("comment")) for each in har["entries"]]
    assert told == [(0, CLOSED), (0, CLOSED), (202, UNKEPT), (503, UNKEPT), (403, None)]
    *unkept, kept = (each["response"]["content"]["text"] for each in har["entries"])
    assert unkept == [""] * 4
    assert json.loads(kept) == {"code": "403000000", "developerMessage": "Access is denied"}


@pytest.mark.parametrize(("fault", "status"), [({"close": "before"}, "no answer"), ("unavailable", "503")])
def test_a_refusal_is_told_as_its_client_met_it(standing: Standing, profile: Open, fault: Any, status: str) -> None:
    """In the list, and where it is opened to be mended."""
    server, origin = standing
    sent(server, fault)
    page = profile(origin).open("refused")
    expect(page.locator("tbody .bad")).to_have_text(status)
    expect(page.locator("tbody .what")).to_have_text("spoilt by override 1: bad day")
    page.get_by_role("link", name="Open the refused request").click()
    how = "without an answer" if status == "no answer" else f"with {status}"
    expect(page.locator(".panel.refused")).to_contain_text(f"It was refused {how}:")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"close": "after"}, "No response: the connection was closed, spoilt by override 1: bad day."),
        ({"body": "<h1>Well</h1>"}, "Response: 200, its body replaced by override 1: bad day."),
        ({"status": 202, "truncate": 5}, "Response: 202 · it broke off, spoilt by override 1: bad day"),
    ],
)
def test_a_flow_tells_how_its_request_was_answered(standing: Standing, profile: Open, fault: Any, told: str) -> None:
    """Among what went over the wire."""
    server, origin = standing
    sent(server, fault)
    (entry,) = [each for each in server.journal() if each["kind"] == "accepted"]
    page = profile(origin).open(f"flows/{entry['flow']}")
    expect(page.locator(".traffic")).to_contain_text(told)
