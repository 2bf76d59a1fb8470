"""What the page says is so: D1 to D8 of its review, in its order."""

from __future__ import annotations

import re
import signal

import pytest

from tests.page.browser.conftest import Open, Standing, expect, served
from tests.page.browser.test_page import lane
from tests.support import postgres
from tests.support.running import SMS, VIBER, VOICE, emulator, receiver

DEAD = "http://127.0.0.1:9/hook"
ALONE = "delete window.SharedWorker"
"""A script that has each tab follow the emulator itself, so that a test's clock rules its patience."""


def test_d1_a_cancelled_flow_says_that_it_was_cancelled(standing: Standing, profile: Open) -> None:
    """On card and page, in words; nothing of it seems to go on."""
    server, origin = standing
    name = server.send({**VIBER, "to": "+306900000600"})
    page = profile(origin).open(f"flows/{name}")
    page.get_by_role("button", name="Cancel the flow").click()
    expect(page.locator(".outcome")).to_contain_text("Not delivered, cancelled on the page")
    event = page.get_by_role("list", name="Events").locator(".event-cancelled")
    expect(event).to_contain_text("cancelled Failed, statusCode 0: cancelled on the page")
    expect(page.locator("main")).not_to_contain_text("server failed")
    page.get_by_role("link", name="← Board").click()
    card = lane(page, "Failed").locator(".card")
    expect(card).to_contain_text("cancelled on the page")
    expect(card.locator(".status")).to_have_text("Failed")
    expect(card.locator(".chip")).to_have_text(re.compile("■ Viber .*, stopped"))


def test_d2_a_late_report_is_told_in_words(standing: Standing, profile: Open) -> None:
    """What came, and why it changed nothing."""
    server, origin = standing
    to = "+306900000800"
    name = server.send({**VIBER, "to": to, "ttl": 1, "order": 1}, {**SMS, "to": to, "order": 2})
    server.advance(by="3m")
    ignored = profile(origin).open(f"flows/{name}").locator(".event-ignored")
    expect(ignored.first).to_contain_text(re.compile("Viber DELIVERED, since .*EXPIRED"))
    expect(ignored.first).not_to_contain_text("{")


def test_d3_a_reply_says_what_came_of_it(standing: Standing, profile: Open) -> None:
    """Here nobody listens at the inboundUrl; the attempt is one at a reply, not at a callback."""
    server, origin = standing
    name = server.send({**VIBER, "inboundUrl": DEAD})
    server.advance(by="1m")
    page = profile(origin).open(f"flows/{name}")
    page.get_by_label("Reply as the recipient").fill("On my way")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator(".reply-note")).to_contain_text(
        re.compile("failing at the inboundUrl: .*nothing listens on port 9")
    )
    expect(page.locator(".event-reply .told")).to_contain_text("Reply 1 failing")
    expect(page.locator(".traffic")).to_contain_text(f"Reply 1 to {DEAD}: failing")
    expect(page.locator("main")).not_to_contain_text(re.compile("callback 1", re.IGNORECASE))


def test_d4_a_call_that_rings_can_be_answered_or_declined(standing: Standing, profile: Open) -> None:
    """Nobody has failed to take it yet."""
    server, origin = standing
    name = server.send(VOICE)
    server.advance(by="4s")
    page = profile(origin).open(f"flows/{name}")
    screen = page.get_by_role("region", name="Screen")
    expect(screen).to_contain_text("ringing…")
    expect(screen).not_to_contain_text("Not heard")
    expect(screen.get_by_role("button", name="Answer")).to_be_visible()
    screen.get_by_role("button", name="Decline").click()
    expect(screen).to_contain_text("Not heard: nobody took the call.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Failed")


def test_d5_a_server_that_hangs_is_shown_within_ten_seconds(profile: Open) -> None:
    """The clock stands, and whatever is asked for says that nothing answers."""
    with emulator("--rate", "1") as server:
        watched = profile(f"http://127.0.0.1:{server.port}")
        watched.context.add_init_script(ALONE)
        page = watched.context.new_page()
        page.clock.install()
        page.goto(f"{watched.origin}/_emulator/")
        page.locator(".state-live").wait_for()
        server.process.send_signal(signal.SIGSTOP)
        try:
            page.clock.run_for(9_500)
            down = page.locator(".down")
            expect(down).to_contain_text("The emulator isn't responding.")
            expect(down).to_contain_text("failover-emulator serve")
            frozen = page.locator(".clock .now").inner_text()
            page.get_by_role("button", name="+1 h").click()
            page.clock.run_for(11_000)
            assert page.locator(".clock .now").inner_text() == frozen
            said = page.locator(".said")
            expect(said).to_contain_text("What you asked for may still be done.")
            page.get_by_role("link", name="Journal").click()
            page.clock.run_for(11_000)
            expect(page.locator("main")).to_contain_text("The emulator isn't responding")
        finally:
            server.process.send_signal(signal.SIGCONT)
        page.clock.run_for(5_000)
        expect(down).to_have_count(0)


def test_d6_a_server_that_is_down_is_said_to_be_and_old_answers_go(profile: Open) -> None:
    """What to do about it is said; once it is back, nothing of that is left."""
    with served("--rate", "1") as (server, origin):
        page = profile(origin).open("send")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("heading", name="Answer: 200")).to_be_visible()
        server.stop()
        expect(page.locator(".down")).to_contain_text("failover-emulator serve")
        shown = page.locator(".clock .now").inner_text()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator(".said")).to_contain_text("The emulator isn't responding")
        expect(page.get_by_role("heading", name="Answer")).to_have_count(0)
        page.get_by_role("link", name="Board", exact=True).click()
        expect(page.locator(".said")).to_have_text("")
        assert page.locator(".clock .now").inner_text() == shown
        with emulator("--rate", "0", "--port", str(server.port)):
            expect(page.locator(".down")).to_have_count(0)
            expect(page.get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()


def test_d6_a_store_that_is_away_is_said_to_be(profile: Open) -> None:
    """The emulator answers, so nobody is told to start it; it says why it is not ready."""
    if postgres.programs() is None:
        pytest.skip("there is no PostgreSQL here")
    with postgres.server() as database, emulator("--rate", "0", "--store", database.schema()) as server:
        watched = profile(f"http://127.0.0.1:{server.port}", "503 .Service Unavailable.")
        watched.context.add_init_script(ALONE)
        page = watched.context.new_page()
        page.clock.install()
        page.goto(f"{watched.origin}/_emulator/")
        page.locator(".state-live").wait_for()
        database.stop()
        try:
            page.clock.run_for(9_500)
            down = page.locator(".down")
            expect(down).to_contain_text("The emulator isn't ready: the store postgresql:")
            expect(down).not_to_contain_text("failover-emulator serve")
        finally:
            database.start()
        page.clock.run_for(5_000)
        expect(down).to_have_count(0)


def test_d7_the_filters_of_callbacks_find_what_is_not_loaded(profile: Open) -> None:
    """However many newer ones there are; the oldest can be reached without filters too."""
    with served("--rate", "0") as (server, origin), receiver() as hook:
        server.send(SMS, callback=DEAD, strategy="OnCompletion")
        server.advance(by="72h")
        server.forget_token()
        for _ in range(120):
            server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.advance(by="1m")
        page = profile(origin).open("callbacks")
        rows = page.locator("tbody tr:not([hidden])")
        expect(rows).to_have_count(100)
        page.get_by_label("Outcome").select_option("given up")
        expect(rows).to_have_count(1)
        page.get_by_label("Outcome").select_option("")
        page.get_by_label("Text", exact=True).fill(":9/HOOK")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("given up")
        page.get_by_label("Text", exact=True).fill("")
        page.get_by_role("button", name="Load more").click()
        expect(rows).to_have_count(121)
        older = profile(origin).open("callbacks?before=3")
        expect(older.locator("tbody tr:not([hidden])")).to_have_count(2)
        older.get_by_role("button", name="Go to the newest").click()
        expect(older.locator("tbody tr:not([hidden])")).to_have_count(100)


def test_d8_more_events_than_an_answer_tells_are_said_to_be_more(standing: Standing, profile: Open) -> None:
    """Three of each flow."""
    server, origin = standing
    page = profile(origin).open("time")
    for _ in range(340):
        server.send(SMS)
    page.get_by_role("button", name="Run until idle").click()
    expect(page.locator(".said")).to_contain_text("more than 1,000 events.")
