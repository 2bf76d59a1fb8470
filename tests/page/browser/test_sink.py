"""The sink on the page: what a receiver got, and a webhook that is broken and mended with one click each."""

from __future__ import annotations

import re

from tests.page.browser.conftest import Open, Standing, expect
from tests.support.running import SMS


def test_the_sink_shows_what_it_got(standing: Standing, profile: Open) -> None:
    """To whom and what, as it comes; the whole post with its headers when it is opened."""
    server, origin = standing
    page = profile(origin).open("sink")
    expect(page.get_by_text("Nothing here.")).to_be_visible()
    name = server.send(SMS, callback=f"{origin}/_emulator/sink")
    row = page.locator("tbody tr:not([hidden])")
    expect(row).to_contain_text(SMS["to"])
    expect(row).to_contain_text("Sms Queued, InProgress")
    page.get_by_role("button", name="Show post 1").click()
    expect(page.locator("tbody pre")).to_contain_text("content-type: application/json")
    expect(page.locator("tbody pre")).to_contain_text(name)
    page.get_by_label("Text", exact=True).fill("nothing of it")
    expect(row).to_have_count(0)


def test_a_webhook_is_broken_and_mended_with_a_click(standing: Standing, profile: Open) -> None:
    """By keyboard too; which answer holds is told to a screen reader."""
    server, origin = standing
    page = profile(origin).open("sink")
    broken = page.get_by_role("button", name="answers 500")
    broken.focus()
    page.keyboard.press("Enter")
    expect(broken).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status").filter(has_text="Each attempt is refused")).to_be_visible()
    server.send(SMS, callback=f"{origin}/_emulator/sink")
    expect(page.locator("tbody tr:not([hidden])")).to_contain_text("500")
    page.get_by_role("button", name="answers 200").click()
    expect(broken).to_have_attribute("aria-pressed", "false")
    server.advance(by="1h")
    expect(page.locator("tbody tr:not([hidden])").first).to_contain_text(re.compile("200$"))
