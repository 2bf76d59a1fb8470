"""Flows side by side, and flows and stories as files of their own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.page.browser.conftest import Open, Standing, expect
from tests.support.running import SMS, VIBER

if TYPE_CHECKING:
    from playwright.sync_api import Download, Page

FOREIGN = re.compile(r"(?:src|href)=\"(?!https?://|data:)|url\(|@import|<script|<link", re.IGNORECASE)
"""What a file would need that is not in it."""


def test_flows_are_chosen_in_the_list_and_compared_in_four_clicks(standing: Standing, profile: Open) -> None:
    """On one axis, in a table, and by their phones; as things happen."""
    server, origin = standing
    for to in ("+306900000000", "+306900000100", "+306900000110"):
        server.send({**VIBER, "to": to, "order": 1}, {**SMS, "to": to, "order": 2})
    page = profile(origin).open("board?view=list")
    page.get_by_label("Choose the flow").nth(0).check()
    expect(page.get_by_role("link", name="Compare")).to_have_count(0)
    page.get_by_label("Choose the flow").nth(1).check()
    page.get_by_label("Choose the flow").nth(2).check()
    page.get_by_role("link", name="Compare").click()
    table = page.get_by_role("region", name="In a table")
    expect(table.get_by_role("columnheader")).to_have_count(4)
    server.advance(by="1m")
    expect(table.get_by_role("row", name="What became of it")).to_have_text(
        re.compile("Not delivered, all channels tried.*Delivered by Sms.*Delivered by Viber")
    )
    expect(table.get_by_role("row", name="Took")).to_have_text("Took6 s5 s2 s")
    expect(page.locator(".axis-flow")).to_have_count(3)
    expect(page.locator(".axis .bar")).to_have_count(5)
    expect(page.get_by_role("complementary", name="The recipient's phone")).to_have_count(3)
    expect(page.get_by_role("complementary", name="The recipient's phone 2")).to_have_count(1)


def test_a_comparison_is_an_address_and_says_what_is_missing(standing: Standing, profile: Open) -> None:
    """One that there is not hides no other; one alone asks for more."""
    server, origin = standing
    name = server.send(SMS)
    page = profile(origin, "404").open(f"compare/{name},nobody")
    expect(page.get_by_role("alert").filter(has_text="there is no flow nobody")).to_be_visible()
    expect(page.locator(".axis-flow")).to_have_count(1)
    page.goto(f"{origin}/_emulator/#/compare")
    expect(page.get_by_text("Choose two to four flows in the list")).to_be_visible()


def opened(page: Page, download: Download, tmp_path: Path) -> tuple[str, Page]:
    """The text of a file that was saved, and the file in a browser that can reach nobody."""
    path = tmp_path / download.suggested_filename
    download.save_as(path)
    file = page.context.new_page()
    file.goto(path.as_uri())
    return path.read_text("utf-8"), file


def test_a_flow_is_saved_as_one_file_that_needs_nothing_else(standing: Standing, profile: Open, tmp_path: Path) -> None:
    """Its texts, its time axis, its bodies and its pictures; hostile ones are texts there too."""
    server, origin = standing
    shown = {"text": "</style><script>alert(1)</script>", "imageUrl": "https://shop.example/taxi.png"}
    action = {"caption": "Go", "targetUrl": "https://shop.example/"}
    name = server.send(
        {**VIBER, "to": "+306900000000", "message": {**shown, "action": action}}, callback=f"{origin}/_emulator/sink"
    )
    server.advance(by="1m")
    page = profile(origin).open(f"flows/{name}")
    page.get_by_role("list", name="Events").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as HTML").click()
    assert download.value.suggested_filename == f"flow-{name}.html"
    text, file = opened(page, download.value, tmp_path)
    assert not FOREIGN.search(re.sub("<style>.*?</style>", "", text, flags=re.DOTALL))
    assert "script-src" not in text
    expect(file.locator(".outcome")).to_contain_text("Delivered by Viber")
    expect(file.locator(".words")).to_have_text(shown["text"])
    expect(file.locator(".axis .bar")).to_have_count(1)
    assert file.locator(".axis .bar").evaluate("bar => bar.getBoundingClientRect().width") > 100
    assert file.locator("img.picture").evaluate("image => image.complete && image.naturalWidth") > 0
    file.locator("summary", has_text="Request: POST /failover").click()
    expect(file.locator("pre").first).to_contain_text("senderInfoTrackingId")
    assert file.locator("button, input, form").count() == 0


def test_a_story_is_saved_with_its_captions_and_flows(standing: Standing, profile: Open, tmp_path: Path) -> None:
    """As far as it was played; each flow once."""
    server, origin = standing
    body = json.dumps({"act": "step"}).encode()
    for _ in range(7):
        story = server.call("POST", "/_emulator/stories/bank-code", body).json()
    assert story["stand"] == "ended"
    page = profile(origin).open("stories/bank-code")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as HTML").click()
    _, file = opened(page, download.value, tmp_path)
    expect(file.get_by_role("heading", level=1)).to_have_text(story["purpose"])
    assert file.locator(".caption").all_inner_texts() == [scene["say"] for scene in story["scenes"]]
    assert file.locator("main > section").count() == 2
    expect(file.locator("body")).to_contain_text("482 913 is your code")
