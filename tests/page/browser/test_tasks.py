"""What people come to the page for, each from the board, with the clicks that it takes: the browser counts them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.page.browser.conftest import Open, Standing, expect
from tests.page.browser.test_page import lane
from tests.support.running import SMS, VIBER, VOICE, Emulator

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MOST = 3
"""How many clicks a task may take."""
COMPARING = 4
"""How many it may take to compare three flows."""
WATCH = """(() => {
  const field = "textarea, input:not([type=checkbox], [type=radio])";
  const typed = ({ target, key, ctrlKey }) => target.matches(field) && key.length === 1 && !ctrlKey;
  addEventListener("pointerdown", () => acted("pressed"), true);
  addEventListener("keydown", (event) => typed(event) || acted("key"), true);
  addEventListener("change", ({ target }) => target.matches("select") && (acted("opened"), acted("chosen")), true);
})()"""
"""A script that tells of each act of a person: a press of the mouse; a key, but for what is typed into a field; what is
chosen from a list, which is two.
"""
NOWHERE = "http://127.0.0.1:9/hook"
TO, RESCUED, LOST = "+306900000000", "+306900000100", "+306900000110"


@contextmanager
def task(standing: Standing, profile: Open, clicks: int, most: int = MOST) -> Iterator[Page]:
    """The board of somebody who does something by so many clicks, and by no more than a task may take. That person
    goes nowhere but by what the page offers.
    """
    watched = profile(standing[1], "40[0-9]", permissions=["clipboard-read", "clipboard-write"])
    acts: list[str] = []
    watched.context.expose_binding("acted", lambda _, what: acts.append(what))
    watched.context.add_init_script(WATCH)
    page = watched.open()
    page.goto = None  # type: ignore[method-assign, assignment]
    yield page
    page.evaluate("true")  # so that all that was told has come
    assert len(acts) == clicks <= most, acts


def write(field: Locator, text: str) -> None:
    """Type into a field in place of what is there: a click, unless the page itself has brought the typing there."""
    if not field.evaluate("each => each === document.activeElement"):
        field.click()
    field.fill(text)


def over(server: Emulator, to: str, callback: str = "") -> str:
    """A flow over Viber and Sms."""
    steps = ({**VIBER, "inboundUrl": callback} if callback else VIBER, SMS)
    return server.send(*[{**each, "to": to, "order": order} for order, each in enumerate(steps, 1)], callback=callback)


def test_why_a_flow_failed(standing: Standing, profile: Open) -> None:
    """In one sentence."""
    over(standing[0], LOST)
    standing[0].advance(by="1h")
    with task(standing, profile, clicks=1) as page:
        lane(page, "Failed").locator(".card a").click()
        expect(page.locator(".outcome")).to_contain_text(
            "Not delivered, all channels tried (statusCode 2): Viber UNDELIVERED"
        )


def test_the_recipient_replies(standing: Standing, profile: Open) -> None:
    """And one sees whether that has arrived."""
    over(standing[0], TO, callback=f"{standing[1]}/_emulator/sink")
    standing[0].advance(by="1h")
    with task(standing, profile, clicks=3) as page:
        page.locator(".card a").click()
        write(page.get_by_label("Reply as the recipient"), "On my way")
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator(".reply-note")).to_have_text("received at the inboundUrl")


def test_the_next_request_to_this_number_fails_on_viber(standing: Standing, profile: Open) -> None:
    """Without its being typed again."""
    server = standing[0]
    over(server, TO)
    server.advance(by="1h")
    server.forget_token()
    with task(standing, profile, clicks=3) as page:
        page.locator(".card a").click()
        page.get_by_text("Make the next one fail").click()
        page.get_by_role("button", name="Fail the next one to this number").click()
        expect(page.get_by_role("status").get_by_text("comes to Viber UNDELIVERED")).to_be_visible()
    name = over(server, TO)
    server.advance(by="1h")
    found = server.call("GET", f"/_emulator/flows/{name}").json()["messages"]
    assert [each["status"]["name"] for each in found] == ["UNDELIVERED", "Delivered"]


def test_a_callback_is_resent(standing: Standing, profile: Open) -> None:
    """Where one sees which it is."""
    server, origin = standing
    server.send(SMS, callback=f"{origin}/_emulator/sink", strategy="OnCompletion")
    server.advance(by="1h")
    with task(standing, profile, clicks=2) as page:
        page.get_by_role("link", name="Callbacks", exact=True).click()
        page.get_by_role("button", name="Resend callback").click()
        expect(page.locator(".said")).to_contain_text("Callback resent.")
    assert len(server.call("GET", "/_emulator/sink/posts").json()["posts"]) == 2


def test_time_goes_to_the_next_event(standing: Standing, profile: Open) -> None:
    """Anybody's; the button says when that is."""
    standing[0].send(SMS)
    with task(standing, profile, clicks=1) as page:
        page.get_by_role("button", name="Next in 1 s").click()
        expect(page.locator(".clock .now")).to_contain_text("00:00:01")


def test_time_goes_to_the_end_of_a_flow(standing: Standing, profile: Open) -> None:
    """However many other events are in between."""
    standing[0].send({**VOICE, "to": {"phone": RESCUED, "viber": "", "sip": ""}})
    over(standing[0], RESCUED)
    with task(standing, profile, clicks=2) as page:
        lane(page, "Viber").locator(".card a").click()
        page.get_by_role("button", name="To its end").click()
        expect(page.locator(".outcome")).to_contain_text("Delivered by Sms after Viber UNDELIVERED")


def test_three_outcomes_stand_side_by_side(standing: Standing, profile: Open) -> None:
    """Chosen on the board, on one time axis."""
    for to in (TO, RESCUED, LOST):
        over(standing[0], to)
    standing[0].advance(by="1h")
    with task(standing, profile, clicks=4, most=COMPARING) as page:
        for number in range(3):
            page.locator(".card").get_by_label("Choose the flow").nth(number).check()
        page.get_by_role("link", name="Compare").click()
        became = page.get_by_role("region", name="In a table").get_by_role("row", name="What became of it")
        for text in ("Delivered by Viber", "Delivered by Sms", "Not delivered, all channels tried"):
            expect(became).to_contain_text(text)
        expect(page.get_by_role("complementary", name="The recipient's phone")).to_have_count(3)


def test_all_flows_whose_callbacks_failed(standing: Standing, profile: Open) -> None:
    """However long ago, and whether they still fail or were given up."""
    server = standing[0]
    server.send(SMS, callback=NOWHERE)
    server.advance(by="72h")
    server.forget_token()
    for _ in range(3):
        server.send(SMS)
    server.send(VIBER, callback=NOWHERE)
    with task(standing, profile, clicks=1) as page:
        page.get_by_role("link", name="2 webhooks failing").click()
        expect(page.locator(".card")).to_have_count(2)


def test_all_is_cleared_between_two_runs(standing: Standing, profile: Open) -> None:
    """But for the scenario."""
    server = standing[0]
    server.call("POST", "/_emulator/scenario", b'{"name": "all-fail"}')
    over(server, TO)
    with task(standing, profile, clicks=2) as page:
        page.get_by_role("button", name="New run").click()
        page.get_by_role("button", name="Clear now").click()
        expect(page.get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()
    assert server.call("GET", "/_emulator/scenario").json()["scenario"] == "all-fail"


def test_what_happened_becomes_a_scenario(standing: Standing, profile: Open) -> None:
    """Which plays it again."""
    server = standing[0]
    over(server, RESCUED)
    server.advance(by="1h")
    with task(standing, profile, clicks=3) as page:
        page.locator(".card a").click()
        page.get_by_text("Copy as", exact=True).click()
        page.get_by_role("group", name="Copy as").get_by_role("button", name="Scenario").click()
        expect(page.get_by_role("status").get_by_text("Copied")).to_be_visible()
        text = page.evaluate("navigator.clipboard.readText()")
    answer = server.call("POST", "/_emulator/scenario", text.encode(), {"Content-Type": "application/yaml"})
    assert answer.status == 200, answer.body


def test_how_much_failover_has_saved(standing: Standing, profile: Open) -> None:
    """At a glance."""
    over(standing[0], TO)
    over(standing[0], RESCUED)
    standing[0].advance(by="1h")
    with task(standing, profile, clicks=0) as page:
        expect(page.locator(".strip")).to_contain_text("1 rescued by failover")
        expect(page.locator(".strip .cost")).to_contain_text("than everything by Sms")


def test_a_story_is_played_again(standing: Standing, profile: Open) -> None:
    """From its beginning."""
    server = standing[0]
    for _ in server.call("GET", "/_emulator/stories/bank-code").json()["scenes"]:
        told = server.call("POST", "/_emulator/stories/bank-code", json.dumps({"act": "step"}).encode()).json()
    assert told["stand"] == "ended"
    with task(standing, profile, clicks=2) as page:
        page.get_by_role("link", name="Stories").click()
        story = page.get_by_role("group", name="The story bank-code")
        story.get_by_role("button", name="Play again").click()
        expect(story).to_contain_text("playing")


def test_a_refused_request_is_mended_and_sent(standing: Standing, profile: Open) -> None:
    """What was wrong stands beside it."""
    server = standing[0]
    server.api("POST", "/failover", {"flow": [{**SMS, "to": "12"}]})
    with task(standing, profile, clicks=3) as page:
        page.get_by_role("link", name="Refused", exact=True).click()
        page.get_by_role("link", name="Open the refused request").click()
        expect(page.get_by_role("status").filter(has_text="It was refused with 400")).to_contain_text("flow[0].to")
        body = page.get_by_label("Body of POST /failover")
        write(body, body.input_value().replace('"12"', f'"{TO}"'))
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("heading", name="Answer: 200")).to_be_visible()
