"""How the page looks and what it is called: D32 to D39 of its review, in its order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from emulator.control.stories.calls import body
from emulator.control.stories.story import find
from emulator.page.page import FOLDER
from tests.page.browser.conftest import Open, Standing, expect, served
from tests.page.browser.test_page import has
from tests.support.running import SMS, VIBER

if TYPE_CHECKING:
    from playwright.sync_api import Page

DEAD = "http://127.0.0.1:9/hook"


def test_d32_a_webhook_s_error_is_told_whole_and_in_words(standing: Standing, profile: Open) -> None:
    """On the flow, in callbacks and journal."""
    server, origin = standing
    name = server.send(SMS, callback=DEAD)
    watched = profile(origin)
    for view in (f"flows/{name}", "callbacks", "journal?kind=attempt"):
        text = watched.open(view).locator(".told .more, td.what").filter(has_text="nothing listens on port 9")
        expect(text).to_be_visible()
        assert text.evaluate(
            "each => each.scrollHeight <= each.clientHeight + 1 || getComputedStyle(each).display === 'inline'"
        )
        assert "…" not in text.inner_text()
        assert "Error" not in text.inner_text()


def test_d33_many_attempts_at_a_callback_are_one_row(standing: Standing, profile: Open) -> None:
    """Beside what caused it, which says how many and how it ended; they can be seen one by one."""
    server, origin = standing
    name = server.send(SMS, callback=DEAD, strategy="OnCompletion")
    server.advance(by="72h")
    page = profile(origin).open(f"flows/{name}")
    expect(page.locator(".event-attempt")).to_have_count(0)
    row = page.locator(".told")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile(r"Callback 1 given up, \d+ attempts"))
    row.locator("summary").click()
    expect(row.locator(".attempts li").first).to_contain_text("2026-01-01 00:00:03: refused")


def test_d34_a_filter_without_a_result_says_so(standing: Standing, profile: Open) -> None:
    """With the way out."""
    server, origin = standing
    server.send(SMS)
    page = profile(origin).open("board?to=999")
    expect(page.get_by_text("No flow matches.")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    has(page, "Sms", 1)


def test_d35_the_clock_s_buttons_stay_where_they_are(standing: Standing, profile: Open) -> None:
    """Whatever becomes due, and whenever; in whole seconds."""
    server, origin = standing
    page = profile(origin).open()
    pause, following = page.get_by_role("button", name="Let time run"), page.locator(".clock .next")
    expect(following).to_have_text("No event")
    before = pause.bounding_box()
    server.send(SMS)
    expect(following).to_have_text(re.compile(r"^Next in \d+ s$"))
    assert pause.bounding_box() == before
    server.send({**VIBER, "ttl": 1400, "to": "+306900000600"})
    for _ in range(2):
        following.click()
    expect(following).to_have_text(re.compile("^Next in .* h"))
    assert pause.bounding_box() == before


def test_d36_forced_colours_leave_the_axis_to_be_seen(standing: Standing, profile: Open) -> None:
    """What is good and what is bad have different shapes."""
    server, origin = standing
    to = "+306900000100"
    name = server.send({**VIBER, "to": to, "order": 1}, {**SMS, "to": to, "order": 2})
    server.advance(by="1m")
    page = profile(origin, forced_colors="active").open(f"flows/{name}")
    page.locator(".axis .bar").first.wait_for()
    border = "each => [getComputedStyle(each).borderTopWidth, getComputedStyle(each).borderTopStyle].join(' ')"
    assert page.locator(".axis .bar").first.evaluate(border) == "2px solid"
    assert page.locator(".axis .mark.bad").first.evaluate(border) != page.locator(".axis .mark.good").first.evaluate(
        border
    )


def test_d37_another_host_name_gets_a_page_with_the_command_and_copying_works(profile: Open) -> None:
    """Also where the browser has no clipboard for pages, as on plain http."""
    with served("--rate", "0") as (server, origin):
        browser = {"Accept": "text/html", "Host": "my-laptop.local"}
        refused = server.call("GET", "/_emulator/", headers=browser)
        assert refused.status == 403
        assert "<code>--allowed-hosts my-laptop.local</code>" in refused.body.decode()
        elsewhere = server.call("GET", "/_emulator/", headers={"Host": "emulator"})
        assert "cross-origin-opener-policy" not in elsewhere.headers
        assert server.call("GET", "/_emulator/").headers["cross-origin-opener-policy"] == "same-origin"
        watched = profile(origin)
        watched.context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        page = watched.open(f"flows/{server.send(SMS)}")
        page.get_by_role("button", name="Copy: the id").click()
        expect(page.locator(".said")).to_contain_text("Copied the id.")
        field = watched.open().get_by_label("Search", exact=True)
        field.focus()
        page.bring_to_front()
        field.press("Control+V")
        expect(field).to_have_value(re.compile("^[0-9a-f-]{36}$"))


def test_d38_the_pictures_of_demo_and_samples_are_there(standing: Standing, profile: Open) -> None:
    """They are shipped with the page, so nothing is fetched from elsewhere."""
    server, origin = standing
    sendings = [scene.send for name in ("shop", "bank-code", "clinic") for scene in find(name, "").scenes if scene.send]
    (taxi,) = [each for each in sendings if each.picture == "taxi"]
    name = server.send({**body(taxi, f"{origin}/_emulator/sink")["flow"][0], "to": "+306900000000"})
    server.advance(by="1m")
    picture = profile(origin).open(f"flows/{name}").get_by_role("img", name="Picture of the message: taxi")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    pictures = {each.picture for each in sendings if each.picture}
    assert len(pictures) > 3
    assert all((FOLDER / "pictures" / f"{each}.svg").is_file() for each in pictures)


def test_d39_each_view_has_its_title_and_a_way_back(standing: Standing, profile: Open) -> None:
    """Also one that there is not; a mistyped scenario leads to the right one."""
    server, origin = standing
    name = server.send(SMS)
    watched = profile(origin, "404")
    flow = watched.open(f"flows/{name}")
    flow.get_by_role("list", name="Events").wait_for()
    assert flow.title() == f"{SMS['to']} InProgress · Failover emulator"
    nowhere = watched.open("nonsense")
    expect(nowhere.get_by_role("heading", name="There is no view “nonsense”")).to_be_visible()
    nowhere.get_by_role("link", name="Go to the board").click()
    has(nowhere, "Sms", 1)
    missing = watched.open("scenarios/hapy")
    expect(missing.get_by_role("link", name="← All scenarios")).to_be_visible()
    missing.get_by_role("link", name="happy", exact=True).click()
    expect(missing.get_by_role("heading", name="happy", exact=True)).to_be_visible()


@pytest.mark.parametrize("view", ["journal", "callbacks", "refused"])
def test_d39_applications_are_chosen_from_a_list(standing: Standing, profile: Open, view: str) -> None:
    """As on the board."""
    server, origin = standing
    server.send(SMS)
    page = profile(origin).open(view)
    page.get_by_role("combobox", name="Application").select_option("app")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("application=app")


def test_d39_a_token_can_be_forgotten_and_the_theme_has_a_name(profile: Open) -> None:
    """The page is locked then, and asks for the token again."""
    with served("--rate", "0", "--control-token", "secret") as (_, origin):
        page = profile(origin, "401").context.new_page()
        page.goto(f"{origin}/_emulator/")
        unlock(page)
        page.get_by_role("button", name="Lock", exact=True).click()
        unlock(page)
        expect(page.get_by_role("button", name="Theme: auto")).to_have_attribute("title", "Theme: auto")


def unlock(page: Page) -> None:
    """Give the token."""
    page.get_by_label("Control token", exact=True).fill("secret")
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()


def test_d39_no_message_covers_the_answer(standing: Standing, profile: Open) -> None:
    """On a small screen either: it is brought into sight."""
    page = profile(standing[1], viewport={"width": 390, "height": 844}).open("send")
    page.get_by_role("button", name="Send", exact=True).click()
    answer = page.get_by_role("heading", name="Answer: 200")
    expect(answer).to_be_in_viewport()
    expect(page.locator(".said")).to_have_text("")
