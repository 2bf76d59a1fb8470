"""Time on the page: what happens next, and the way back to the shared clock."""

from __future__ import annotations

import json
import re

from tests.page.browser.conftest import Open, Standing, expect
from tests.support.running import SMS, VIBER

NOWHERE = "http://127.0.0.1:9/hook"


def test_one_click_goes_to_what_happens_next(standing: Standing, profile: Open) -> None:
    """Each event says when, what and to whom; past ones are gone from the list."""
    server, origin = standing
    server.send(VIBER, callback=NOWHERE)
    page = profile(origin).open("time")
    coming = page.get_by_role("region", name="What happens next").get_by_role("listitem")
    expect(coming).to_have_count(2)
    expect(coming.first).to_contain_text("Viber reports DELIVERED")
    expect(coming.first.get_by_role("link")).to_have_text(VIBER["to"])
    coming.last.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".watch .face")).to_have_text("2026-01-01 00:00:30")
    expect(coming.filter(has_text="Viber reports DELIVERED")).to_have_count(0)
    expect(page.locator(".said")).to_contain_text("Time is 2026-01-01 00:00:30")


def test_an_application_goes_back_to_the_shared_clock(standing: Standing, profile: Open) -> None:
    """At once if that is not behind; else it is said by how much it is, and the shared one can be moved as far."""
    server, origin = standing
    server.send(SMS)
    server.call("PUT", "/_emulator/clock", json.dumps({"application": "app", "rate": 0}).encode())
    server.advance("app", by="3h")
    page = profile(origin).open("time?application=app")
    expect(page.get_by_text("It is 3 h ahead of the shared clock, and time only goes forward.")).to_be_visible()
    page.get_by_role("button", name="Move the shared clock as far").click()
    page.get_by_role("button", name="Back to the shared clock").click()
    expect(page.locator(".said")).to_contain_text("app uses the shared clock again.")
    expect(page.get_by_text("app uses the shared clock.", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="1 clock")).to_be_visible()
    assert server.clock("app")["application"] is None


def test_the_sessions_of_pytest_are_a_table_that_can_be_searched(standing: Standing, profile: Open) -> None:
    """However many there are; each with its own next event."""
    server, origin = standing
    for number in range(60):
        body = json.dumps({"application": f"test-{number}", "rate": 0}).encode()
        server.call("PUT", "/_emulator/clock", body)
    page = profile(origin).open("time")
    rows = page.get_by_role("region", name="Clocks").locator("tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_label("Search", exact=True).fill("test-59")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name=re.compile("test-59")).click()
    expect(page.get_by_role("region", name="test-59's own clock")).to_be_visible()
