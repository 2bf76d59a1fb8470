"""The view of callbacks tells at a glance what was told to whom, and what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.page.browser.conftest import Open, Standing, expect, served
from tests.support.running import SMS, VIBER, receiver

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

NOWHERE = "http://127.0.0.1:9/hook"


def rows(page: Page) -> Locator:
    """The callbacks that are shown, without what is folded."""
    return page.locator("tbody tr:not([hidden])")


def test_a_callback_says_what_it_told_to_whom(standing: Standing, profile: Open) -> None:
    """With its time, the number, the status, the receiver, each attempt as a dot, and when the next one is."""
    server, origin = standing
    server.send({**VIBER, "to": "+306900000100", "order": 1}, {**SMS, "order": 2}, callback=NOWHERE)
    server.advance(by="3s")
    page = profile(origin).open("callbacks?outcome=failing")
    row = rows(page).filter(has_text="Viber QUEUED")
    page.set_viewport_size({"width": 700, "height": 800})
    number = row.locator(".number").bounding_box()
    assert number is not None
    assert number["height"] < 30
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(row.get_by_role("cell").nth(1)).to_have_text("2026-01-01 00:00:00")
    for text in ("+306900000100", "InProgress", "127.0.0.1:9/hook", "failing", "2026-01-01 00:00:30"):
        expect(row).to_contain_text(text)
    expect(row.locator(".dots")).to_have_text("✗○1 failed, one to come")
    server.advance(by="1h")
    expect(rows(page).filter(has_text="Viber QUEUED").locator(".dots")).to_have_text(re.compile("^[0-9]* ?[+]? ?✗+○"))


def test_failing_waiting_received_and_given_up_are_apart(profile: Open) -> None:
    """Each with its number, which shows them alone, and a second time all."""
    with served() as (server, origin), receiver() as hook:
        hook.answer = lambda _: 200
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.send(SMS, callback=NOWHERE, strategy="OnCompletion")
        server.advance(by="72h")
        server.forget_token()
        server.send(SMS, callback=NOWHERE, strategy="OnCompletion")
        server.advance(by="10s")
        page = profile(origin).open("callbacks")
        expect(rows(page)).to_have_count(3)
        for name in ("1 received", "1 failing", "1 given up"):
            page.get_by_role("group", name="How they stand").get_by_role("button", name=name).click()
            expect(rows(page)).to_have_count(1)
            expect(rows(page)).to_contain_text(name[2:])
        page.get_by_role("button", name="1 given up").click()
        expect(rows(page)).to_have_count(3)


def test_all_that_was_given_up_is_resent_with_one_click(profile: Open) -> None:
    """Of what is filtered; one of them with one click too."""
    with served() as (server, origin), receiver() as hook:
        hook.answer = lambda _: 500
        for _ in range(3):
            server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.advance(by="72h")
        hook.answer = lambda _: 200
        page = profile(origin).open("callbacks")
        page.get_by_label("Text", exact=True).fill("nothing has this")
        expect(rows(page)).to_have_count(0)
        page.get_by_role("button", name="Resend all that were given up").click()
        expect(page.locator(".said")).to_contain_text("Nothing to resend")
        page.get_by_label("Text", exact=True).fill("")
        page.get_by_role("button", name="Resend callback 1", exact=True).click()
        expect(page.locator(".said")).to_contain_text("Callback resent.")
        page.get_by_role("button", name="Resend all that were given up").click()
        expect(page.locator(".said")).to_contain_text("2 callbacks resent.")
        expect(page.get_by_role("button", name="3 received")).to_be_visible()
