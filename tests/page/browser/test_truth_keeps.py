"""What the page offers works: D24 to D31 of its review, in its order."""

from __future__ import annotations

import json
import re

from tests.page.browser.conftest import Open, Standing, expect, served
from tests.page.browser.test_page import has
from tests.support.running import SMS, VIBER

INSIDE = "document.activeElement !== document.body && document.querySelector('main').contains(document.activeElement)"
ARABIC = "طلبك 71 جاهز للاستلام"


def test_d24_the_focus_stays_where_a_button_has_gone(standing: Standing, profile: Open) -> None:
    """So that the next Tab goes on from there."""
    server, origin = standing
    page = profile(origin, bypass_csp=True).open(f"flows/{server.send(VIBER)}")
    for name, text in (("DELIVERED", "Succeeded"), ("SEEN", "SEEN")):
        button = page.get_by_role("button", name=name, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("list", name="Events")).to_contain_text(text)
        expect(button).to_have_count(0)
        page.wait_for_function(INSIDE)
    cancelled = profile(origin, bypass_csp=True).open(f"flows/{server.send(VIBER)}")
    cancelled.get_by_role("button", name="Cancel the flow").focus()
    cancelled.keyboard.press("Enter")
    expect(cancelled.get_by_role("button", name="Cancel the flow")).to_have_count(0)
    cancelled.wait_for_function(INSIDE)


def test_d25_override_rules_are_taken_back_one_by_one_and_not_put_twice(standing: Standing, profile: Open) -> None:
    """The scenario stays; the same text again replaces them, if that is meant."""
    server, origin = standing
    server.call("POST", "/_emulator/scenario", json.dumps({"name": "all-fail"}).encode())
    page = profile(origin).open("scenarios")
    page.get_by_text("Add override rules").click()
    expect(page.get_by_text("Valid", exact=True)).to_be_visible()
    page.get_by_role("button", name="Apply", exact=True).click()
    rules = page.locator(".overrides li")
    expect(rules).to_have_count(1)
    expect(page.get_by_role("button", name="Apply as well")).to_be_disabled()
    page.get_by_role("button", name="Replace the overrides").click()
    expect(rules).to_contain_text("override 2")
    page.get_by_role("button", name="Remove override 2: this customer has no Viber").click()
    expect(rules).to_have_count(0)
    expect(page.get_by_role("heading", name="Active: all-fail")).to_be_visible()


def test_d26_a_copy_that_does_not_come_to_what_it_expects_is_not_valid(standing: Standing, profile: Open) -> None:
    """Which expectation, and what came instead."""
    page = profile(standing[1]).open("scenarios/viber-undelivered")
    page.get_by_text("Edit a copy").click()
    editor = page.locator(".editor").last
    text = page.get_by_label("Scenario (YAML)")
    expect(editor.get_by_text("Valid", exact=True)).to_be_visible()
    text.fill(text.input_value().replace("UNDELIVERED", "EXPIRED", 1))
    expect(editor.get_by_text(re.compile("^[0-9]+ warnings?$"))).to_be_visible()
    expect(editor.get_by_text("Valid", exact=True)).to_have_count(0)


def test_d27_time_runs_on_at_the_rate_that_it_had(profile: Open) -> None:
    """After a pause."""
    with served("--rate", "60") as (server, origin):
        page = profile(origin).open()
        for pause, run in ((0.0, 60.0), (0.0, 60.0)):
            page.get_by_role("button", name="Pause time").click()
            expect(page.get_by_role("link", name="paused")).to_be_visible()
            assert server.clock()["rate"] == pause
            page.get_by_role("button", name="Let time run").click()
            expect(page.get_by_role("link", name="× 60")).to_be_visible()
            assert server.clock()["rate"] == run


def test_d28_a_flow_is_found_by_the_beginning_of_its_id(standing: Standing, profile: Open) -> None:
    """As lists show it."""
    server, origin = standing
    name = server.send(SMS)
    server.send(SMS)
    watched = profile(origin, "404")
    page = watched.open("journal?kind=accepted")
    expect(page.locator("tbody tr:not([hidden])")).to_have_count(2)
    page.get_by_role("searchbox", name="Flow").fill(name[:8])
    expect(page.locator("tbody tr:not([hidden])")).to_have_count(1)
    expect(watched.open(f"flows/{name[:8]}").locator(".facts")).to_contain_text(name)


def test_d29_a_number_is_found_however_it_is_written(standing: Standing, profile: Open) -> None:
    """One field for number, text and id."""
    server, origin = standing
    name = server.send({**SMS, "to": "+306900000100", "message": {"body": "Bring a pen"}})
    server.send({**SMS, "to": "+306900000200"})
    page = profile(origin).open()
    has(page, "Sms", 2)
    search = page.get_by_label("Search", exact=True)
    for text in (
        "+30 690 0000 100",
        "00306900000100",
        "306900000100",
        "(690) 0000-100",
        "0100",
        "bring A pen",
        name[:8],
    ):
        search.fill(text)
        has(page, "Sms", 1)
        search.fill("")
        has(page, "Sms", 2)


def test_d30_text_from_right_to_left_is_laid_out_so(standing: Standing, profile: Open) -> None:
    """On card and phone, in replies too."""
    server, origin = standing
    name = server.send({**VIBER, "message": {"text": ARABIC}, "inboundUrl": f"{origin}/_emulator/sink"})
    server.advance(by="1m")
    server.call("POST", f"/_emulator/flows/{name}/replies", json.dumps({"message": ARABIC}).encode())
    watched = profile(origin)
    flow, board = watched.open(f"flows/{name}"), watched.open()
    for place in (flow.locator(".words").first, flow.locator(".mine .words"), board.locator(".card .text")):
        expect(place).to_have_text(ARABIC)
        assert place.evaluate("each => getComputedStyle(each).direction") == "rtl"


def test_d31_a_long_application_name_breaks_nothing(standing: Standing, profile: Open) -> None:
    """Neither the width of a phone, nor the time beside it."""
    server, origin = standing
    application = "the-application-of-the-shop-at-the-corner-of-the-long-street"
    assert server.api("POST", "/failover", {"flow": [SMS]}, server.token(application)).status == 200
    watched = profile(origin, viewport={"width": 390, "height": 844})
    page = watched.open(f"scenarios?application={application}")
    expect(page.get_by_label("Applies to")).to_have_value(application)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    time = watched.open().locator(".card time")
    assert time.evaluate("each => each.getClientRects().length") == 1


def test_d24_the_focus_is_not_brought_back_to_what_was_left(standing: Standing, profile: Open) -> None:
    """Whatever changes then."""
    server, origin = standing
    page = profile(origin).open(f"flows/{server.send(VIBER)}")
    page.get_by_role("button", name="Cancel the flow").focus()
    page.mouse.click(600, 5)
    expect(page.get_by_role("button", name="Cancel the flow")).not_to_be_focused()
    server.advance(by="1h")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Succeeded")
    assert page.evaluate("document.activeElement === document.body")
