"""The board tells what failover was worth, and its list is worked through by many flows at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.page.browser.conftest import Open, Standing, expect, served
from tests.page.browser.test_page import has, lane
from tests.support.running import SMS, VIBER, VOICE, Emulator

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

NOWHERE = "http://127.0.0.1:9/hook"
REACHED, RESCUED, LOST = "+306900000000", "+306900000100", "+306900000111"


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Emulator, str]]:
    """An emulator with two flows that Viber reached, one that Sms rescued, and one that was lost and whose webhook
    fails.
    """
    with served() as (server, origin):
        for to in (REACHED, REACHED, RESCUED):
            send(server, to)
        send(server, LOST, callback=NOWHERE)
        server.advance(by="20m")
        yield server, origin


def send(server: Emulator, to: str, callback: str = "") -> str:
    """A flow over all channels to this number."""
    steps = [{**step, "to": to, "order": order} for order, step in enumerate((VIBER, SMS, VOICE), 1)]
    return server.send(*steps, callback=callback)


def strip(page: Page) -> Locator:
    """The numbers of the strip."""
    return page.get_by_role("region", name="Statistics")


def rows(page: Page) -> Locator:
    """The flows of the list."""
    return page.locator(".listed tbody tr")


def test_the_strip_says_what_failover_was_worth(told: Standing, profile: Open) -> None:
    """In one line, without a click: sent, reached, rescued and by what, failed, webhooks, and the cost."""
    _, origin = told
    page = profile(origin).open()
    shown = strip(page)
    for text in ("4 sent", "3 reached (75 %)", "1 rescued by failover", "1 by Sms", "1 failed", "1 webhook failing"):
        expect(shown.get_by_role("link", name=text, exact=True)).to_be_visible()
    expect(shown.locator(".cost")).to_have_text(re.compile(r"€\d\.\d+ €\d\.\d+ less than everything by Sms \(€0\.14\)"))


@pytest.mark.parametrize(
    ("name", "count"),
    [("3 reached", 3), ("1 rescued by failover", 1), ("1 by Sms", 1), ("1 failed", 1), ("1 webhook failing", 1)],
)
def test_each_number_is_a_filter(told: Standing, profile: Open, name: str, count: int) -> None:
    """One click shows its flows, another all of them again; the numbers stay those of all."""
    _, origin = told
    page = profile(origin).open()
    number = strip(page).get_by_role("link", name=re.compile(f"^{name}"))
    number.click()
    expect(page.locator(".total")).to_have_text(re.compile(f"^{count} flow"))
    expect(number).to_have_attribute("aria-current", "true")
    expect(strip(page)).to_contain_text("4 sent")
    page.get_by_role("link", name="List").click()
    expect(rows(page)).to_have_count(count)
    number.click()
    expect(rows(page)).to_have_count(4)


def test_the_numbers_are_of_the_application_and_the_time_that_are_chosen(standing: Standing, profile: Open) -> None:
    """And follow what happens."""
    server, origin = standing
    send(server, REACHED)
    server.advance(by="30m")
    page = profile(origin).open()
    expect(strip(page)).to_contain_text("1 sent")
    server.api("POST", "/failover", {"flow": [SMS]}, server.token("shop"))
    expect(strip(page)).to_contain_text("2 sent")
    page.get_by_label("Application").focus()
    page.get_by_label("Application").select_option("shop")
    expect(strip(page)).to_contain_text("1 sent")
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Time range").click()
    page.get_by_label("Until", exact=True).fill("2026-01-01T00:10")
    expect(strip(page)).to_contain_text("1 reached")
    expect(page.locator(".total")).to_have_text("1 flow")


def test_the_charts_are_tables_too(told: Standing, profile: Open) -> None:
    """What the eye sees as bars is there in numbers."""
    _, origin = told
    page = profile(origin).open()
    page.get_by_text("Channels, time to deliver, receivers").click()
    viber = page.get_by_role("region", name="Channels").get_by_role("row", name=re.compile("^Viber"))
    expect(viber.get_by_role("cell")).to_have_text(["", "4", "2", "2", re.compile("DELIVERED 2 UNDELIVERED 2")])
    times = page.get_by_role("table", name="Time to deliver").get_by_role("row", name=re.compile("^up to"))
    expect(times.first).to_be_visible()
    receivers = page.get_by_role("region", name="Receivers")
    expect(receivers.get_by_role("link", name="http://127.0.0.1:9")).to_be_visible()
    receivers.get_by_role("link").click()
    page.get_by_role("heading", name="Callbacks").wait_for()
    expect(page.get_by_label("Text", exact=True)).to_have_value("http://127.0.0.1:9")


def test_no_column_of_the_receivers_is_cut_off(standing: Standing, profile: Open) -> None:
    """On a usual screen, with an address as long as they come; on a phone they are scrolled to."""
    server, origin = standing
    server.send(SMS, callback=f"http://{'receiver-of-the-shop.' * 4}example:8080/hook", strategy="OnCompletion")
    server.advance(by="1m")
    page = profile(origin).open()
    page.get_by_text("Channels, time to deliver, receivers").click()
    table = page.get_by_role("region", name="Receivers")
    expect(table.get_by_role("columnheader", name="95 % within")).to_be_visible()
    assert table.evaluate("table => table.scrollWidth - table.clientWidth") == 0
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    table.evaluate("table => table.scrollTo(table.scrollWidth, 0)")
    expect(table.get_by_role("columnheader", name="95 % within")).to_be_in_viewport()


def test_the_winner_stands_out_from_the_losers(told: Standing, profile: Open) -> None:
    """Filled and named, while those that lost are struck out; the lost one has no winner."""
    _, origin = told
    page = profile(origin).open()
    card = lane(page, "Succeeded").locator(".card", has_text="rescued by Sms")
    expect(card.locator(".chip.won")).to_have_text(re.compile("✓ Sms"))
    struck = card.locator(".chip.bad .channel").evaluate("each => getComputedStyle(each).textDecorationLine")
    filled = card.locator(".chip.won").evaluate("each => getComputedStyle(each).backgroundColor")
    assert (struck, filled == "rgba(0, 0, 0, 0)") == ("line-through", False)
    expect(lane(page, "Failed").locator(".chip.won")).to_have_count(0)


def test_empty_lanes_are_rails_and_all_fits_a_projector(told: Standing, profile: Open) -> None:
    """At 1024 pixels nothing has to be scrolled sideways, and no number breaks within a group."""
    _, origin = told
    page = profile(origin, viewport={"width": 1024, "height": 768}).open()
    expect(lane(page, "Voice")).to_have_class(re.compile("rail"))
    assert lane(page, "Voice").bounding_box()["width"] < 60  # type: ignore[index]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 1024
    right = lane(page, "Failed").bounding_box()
    assert right is not None
    assert right["x"] + right["width"] <= 1024


def test_the_heads_of_lanes_stay_while_one_scrolls(standing: Standing, profile: Open) -> None:
    """Below the page's own."""
    server, origin = standing
    for number in range(30):
        server.send({**SMS, "to": f"+3069000001{number:02d}"})
    page = profile(origin).open()
    has(page, "Sms", 30)
    page.mouse.wheel(0, 2000)
    page.wait_for_function("scrollY > 1000")
    head, own = lane(page, "Sms").locator("h2").bounding_box(), page.locator("header.head").bounding_box()
    assert head is not None
    assert own is not None
    assert abs(head["y"] - own["height"]) < 3


def test_the_list_is_paged_sorted_and_searched(standing: Standing, profile: Open) -> None:
    """By what stands anywhere in a request: a number as people write it, a text, a callback's URL, an id."""
    server, origin = standing
    for number in range(60):
        server.send({**SMS, "to": f"+3069000010{number:02d}"})
    server.advance(by="1m")
    last = server.send({**VIBER, "to": "+306955550000"}, callback="https://shop.example/hooks/71")
    page = profile(origin).open("board?view=list")
    expect(rows(page)).to_have_count(50)
    expect(rows(page).first).to_contain_text(last[:8])
    page.get_by_role("button", name="Next", exact=True).click()
    expect(rows(page)).to_have_count(11)
    expect(page.get_by_text("51 to 61 of 61 flows")).to_be_visible()
    page.get_by_label("Sort").select_option("Oldest first")
    expect(rows(page)).to_have_count(50)
    expect(rows(page).first).to_contain_text("+306900001000")
    for text in ("+30 695 555 0000", "shop.example/hooks", last[:8]):
        page.get_by_label("Search", exact=True).fill(text)
        expect(rows(page)).to_have_count(1)
        expect(rows(page)).to_contain_text(last[:8])
    page.get_by_label("Search", exact=True).fill("nothing like it")
    expect(page.get_by_text("No flow matches.")).to_be_visible()


def test_many_flows_are_cancelled_and_deleted_after_a_question(standing: Standing, profile: Open) -> None:
    """What is under way is not deleted, and that is said; the question can be answered with no."""
    server, origin = standing
    for _ in range(3):
        server.send(SMS)
    page = profile(origin, "409").open("board?view=list")
    page.get_by_label("All of this page").check()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert").first).to_contain_text("Delete 3 flows, with their callbacks and journal entries?")
    page.get_by_role("button", name="Keep them").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".said")).to_contain_text("0 flows deleted. 3 refused: something is left to happen")
    page.get_by_label("All of this page").check()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".said")).to_contain_text("3 flows cancelled.")
    expect(rows(page).first).to_contain_text("Failed")
    page.get_by_label(re.compile("^Choose the flow")).first.check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(2)


def test_what_was_given_up_is_resent_for_the_chosen_flows(standing: Standing, profile: Open) -> None:
    """Only for those."""
    server, origin = standing
    for _ in range(2):
        server.send(SMS, callback=NOWHERE, strategy="OnCompletion")
    server.advance(by="48h")
    page = profile(origin).open("board?view=list")
    page.get_by_label(re.compile("^Choose the flow")).first.check()
    page.get_by_role("button", name="Resend callbacks").click()
    expect(page.locator(".said")).to_contain_text("1 callback resent.")


def test_the_list_is_worked_by_keyboard_on_a_phone(told: Standing, profile: Open) -> None:
    """The boxes are reached by Tab and ticked by Space; nothing but the table itself scrolls sideways."""
    _, origin = told
    page = profile(origin, viewport={"width": 390, "height": 844}).open("board?view=list")
    page.get_by_label("All of this page").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_text("1 chosen")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert json.dumps(page.url).count("view=list") == 1


def test_a_new_run_can_be_undone_and_keeps_the_scenario(standing: Standing, profile: Open) -> None:
    """Nothing is cleared before the time to undo it is over, or somebody says so; the focus stays near."""
    server, origin = standing
    server.call("POST", "/_emulator/scenario", b'{"name": "viber-undelivered"}')
    server.send(SMS)
    page = profile(origin).open()
    page.get_by_role("button", name="New run").click()
    expect(page.get_by_text("Clearing all flows.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="New run")).to_be_visible()
    assert server.call("GET", "/_emulator/flows").json()["total"] == 1
    page.get_by_role("button", name="New run").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Clear now").click()
    expect(page.get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()
    assert server.call("GET", "/_emulator/scenario").json()["scenario"] == "viber-undelivered"


def test_a_new_run_of_one_application_leaves_the_others(standing: Standing, profile: Open) -> None:
    """It begins by itself once nobody has undone it; the page's clock decides, not the wall's."""
    server, origin = standing
    server.send(SMS)
    server.api("POST", "/failover", {"flow": [VIBER]}, server.token("shop"))
    page = profile(origin).open("board?application=shop")
    expect(page.locator(".total")).to_have_text("1 flow")
    page.clock.install()
    page.get_by_role("button", name="New run").click()
    expect(page.get_by_text("Clearing flows of shop.")).to_be_visible()
    for _ in range(12):
        page.clock.run_for(1000)
    expect(page.get_by_text("No flow matches.")).to_be_visible()
    assert server.call("GET", "/_emulator/flows").json()["flows"][0]["applicationId"] == "app"
