"""The journal on the page: it follows what happens until it is told to stop, and is downloaded."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from tests.page.browser.conftest import Open, Standing, expect
from tests.support.running import SMS, Emulator

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOWHERE = "http://127.0.0.1:9/hook"


def downloaded(page: Page, form: str) -> str:
    """What is saved when the journal is downloaded in this form."""
    with page.expect_download() as found:
        page.get_by_role("button", name=f"Download as {form}").click()
    return found.value.path().read_text("utf-8")


def entries(server: Emulator, query: str = "") -> list[dict[str, Any]]:
    """The journal by the API."""
    found: list[dict[str, Any]] = server.call("GET", f"/_emulator/journal{query}").json()["entries"]
    return found


def test_the_journal_stops_following_and_goes_on(standing: Standing, profile: Open) -> None:
    """What is shown stays while more happens; one click goes back to the newest."""
    server, origin = standing
    server.send(SMS)
    page = profile(origin).open("journal?kind=accepted")
    rows = page.locator("tbody tr:not([hidden])")
    expect(rows).to_have_count(1)
    server.send(SMS)
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Stop following").click()
    expect(page.get_by_text("Showing what came before number")).to_be_visible()
    server.send(SMS)
    server.send(SMS)
    expect(page.locator(".clock .next")).to_contain_text("Next in")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Go to the newest").click()
    expect(rows).to_have_count(4)


def test_the_journal_is_downloaded_as_it_is_filtered(standing: Standing, profile: Open) -> None:
    """Also what is not on the page; as JSON lines just as the API has it, as CSV without formulas."""
    server, origin = standing
    application = '=cmd|"x"'
    for _ in range(150):
        server.api("POST", "/failover", {"flow": [SMS]}, server.token(application))
    page = profile(origin).open("journal?kind=accepted")
    expect(page.locator("tbody tr:not([hidden])")).to_have_count(100)
    told = entries(server, "?kind=accepted")
    assert len(told) == 150
    assert [json.loads(each) for each in downloaded(page, "JSON lines").splitlines()] == told
    rows = list(csv.DictReader(io.StringIO(downloaded(page, "CSV"))))
    assert [int(each["seq"]) for each in rows] == [each["seq"] for each in told]
    assert {each["application"] for each in rows} == {f"'{application}"}


def test_what_went_over_the_wire_is_downloaded_as_har(standing: Standing, profile: Open) -> None:
    """Requests, accepted and refused, and each attempt at each callback, in the order of time."""
    server, origin = standing
    server.send(SMS, callback=NOWHERE, strategy="OnCompletion")
    server.api("POST", "/failover", {"flow": [{"type": "Sms"}]})
    server.advance(by="1m")
    page = profile(origin).open("journal")
    har = json.loads(downloaded(page, "HAR"))["log"]
    assert har["version"] == "1.2"
    assert [(each["request"]["url"].removeprefix(origin), each["response"]["status"]) for each in har["entries"]] == [
        ("/failover", 200),
        ("/failover", 400),
        (NOWHERE, 0),
        (NOWHERE, 0),
    ]
    first, refused, tried, _ = har["entries"]
    assert json.loads(first["request"]["postData"]["text"])["flow"][0]["to"] == SMS["to"]
    assert "flow[0].to" in refused["response"]["content"]["text"]
    assert json.loads(tried["request"]["postData"]["text"])["status"] == "Succeeded"
    assert "nothing listens on port 9" in tried["response"]["content"]["text"]
