"""Stories on the page: played, paused, stepped and played again; shown on a projector; a phone on a second screen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser.conftest import Open, Standing, expect, served
from tests.support.running import SMS, Emulator

if TYPE_CHECKING:
    from playwright.sync_api import Page

MINE = """
purpose: Mine
application: me
scenes:
  - say: A parcel comes.
    send: {name: one, channels: [Viber, Sms], to: "+306900000200", text: Parcel 71, ttl: 1}
    wait: 1h
  - {say: "Viber gave up.", flow: one, wait: 1h}
"""
UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[tuple[Emulator, str]]:
    """An emulator whose time stands, with a story of the user's, each of whose scenes would stand an hour."""
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "mine.yaml").write_text(MINE)
    with served("--rate", "0", "--scenarios", str(tmp_path)) as found:
        yield found


def asked(server: Emulator, name: str, act: str, pace: float = 1) -> Any:
    """A story that was asked to do something."""
    body = json.dumps({"act": act, "pace": pace}).encode()
    return server.call("POST", f"/_emulator/stories/{name}", body).json()


def test_a_story_is_played_paused_and_stepped_from_the_page(telling: Standing, profile: Open) -> None:
    """In two clicks from the board that is empty; its caption, its flow and where it stands are shown."""
    _, origin = telling
    page = profile(origin).open()
    page.get_by_role("link", name="Play a story").click()
    mine = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="mine"))
    expect(mine).to_contain_text("yours")
    mine.get_by_role("button", name="Play").click()
    expect(mine).to_contain_text("playing")
    mine.get_by_role("link", name="mine").click()
    caption = page.locator(".caption")
    expect(caption).to_have_text("A parcel comes.")
    expect(page.get_by_text("playing, scene 1 of 2")).to_be_visible()
    expect(page.locator(".scenes [aria-current=step]")).to_contain_text("A parcel comes.")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused, scene 1 of 2")).to_be_visible()
    page.get_by_role("button", name="Next scene").click()
    expect(caption).to_have_text("Viber gave up.")
    expect(page.get_by_text("over, scene 2 of 2")).to_be_visible()
    expect(page.locator(".ending")).to_have_text("rescued by Sms")
    page.get_by_role("button", name="Play again").click()
    expect(page.get_by_text("playing, scene 1 of 2")).to_be_visible()
    page.get_by_role("button", name="From the beginning").click()
    expect(page.get_by_text("playing, scene 1 of 2")).to_be_visible()


def test_a_story_whose_file_is_wrong_says_so(tmp_path: Path, profile: Open) -> None:
    """Beside those that are right."""
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "wrong.yaml").write_text("purpose: x\nscens: []\n")
    with served("--rate", "0", "--scenarios", str(tmp_path)) as (_, origin):
        page = profile(origin).open("stories")
        expect(page.get_by_role("alert").filter(has_text="did you mean 'scenes'?")).to_be_visible()
        expect(page.get_by_role("button", name="Play")).to_have_count(3)


def test_a_presentation_shows_the_story_that_is_played_without_ids(telling: Standing, profile: Open) -> None:
    """Wherever it was begun; its keys play, pause, step and leave."""
    server, origin = telling
    watched = profile(origin)
    page = watched.context.new_page()
    page.goto(f"{origin}/_emulator/#/present")
    expect(page.locator(".caption")).to_have_text("What is sent next is shown here.")
    asked(server, "mine", "step")
    expect(page.locator(".caption")).to_have_text("A parcel comes.")
    expect(page.locator(".way")).to_contain_text("Viber")
    assert page.locator("header.head").count() == 0
    assert not UUID.search(page.locator("main").inner_text())
    page.keyboard.press("ArrowRight")
    expect(page.locator(".caption")).to_have_text("Viber gave up.")
    expect(page.locator(".ending")).to_have_text("rescued by Sms")
    expect(page.get_by_text("over, scene 2 of 2")).to_be_visible()
    server.send(SMS)
    expect(page.locator(".stage .to")).to_contain_text(SMS["to"])
    expect(page.get_by_text("over, scene 2 of 2")).to_have_count(0)


def test_in_forced_colours_the_winner_is_told_by_its_border(telling: Standing, profile: Open) -> None:
    """And the loser by another."""
    server, origin = telling
    for _ in range(2):
        asked(server, "mine", "step")
    page = profile(origin, forced_colors="active").context.new_page()
    page.goto(f"{origin}/_emulator/#/present?story=mine")
    expect(page.locator(".stop.won")).to_have_css("border-style", "double")
    expect(page.locator(".stop.bad")).to_have_css("border-style", "dashed")


def test_a_presenter_s_keys_play_and_leave(telling: Standing, profile: Open) -> None:
    """Blank, Home and Escape, on the story that the address names."""
    _, origin = telling
    watched = profile(origin)
    page = watched.context.new_page()
    page.goto(f"{origin}/_emulator/#/present?story=mine")
    expect(page.get_by_text("not begun")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("playing, scene 1 of 2")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("paused, scene 1 of 2")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("status").filter(has_text="Home begins again, Escape leaves")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_text("playing, scene 1 of 2")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url("**/#/stories/mine")
    page.locator(".state-live").wait_for()


def test_a_presentation_without_a_story_shows_what_moved_last(standing: Standing, profile: Open) -> None:
    """And goes on to the next flow by itself."""
    server, origin = standing
    page = profile(origin).context.new_page()
    page.goto(f"{origin}/_emulator/#/present")
    viber = {"type": "Viber", "senderInfoTrackingId": "s", "message": {"text": "Hello"}, "order": 1}
    server.send({**viber, "to": "+306900000000"})
    expect(page.locator(".stage .to")).to_contain_text("+30690000000")
    server.advance(by="1m")
    expect(page.locator(".ending")).to_have_text("Delivered")
    server.send({**viber, "to": "+306900000100"})
    expect(page.locator(".stage .to")).to_contain_text("+306900000100")


def test_site_data_may_be_blocked(telling: Standing, profile: Open) -> None:
    """A browser without storage presents all the same."""
    server, origin = telling
    watched = profile(origin)
    watched.context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    page = watched.context.new_page()
    page.goto(f"{origin}/_emulator/#/present?story=mine")
    asked(server, "mine", "step")
    expect(page.locator(".caption")).to_have_text("A parcel comes.")


def phone_of(page: Page) -> Any:
    """The phone that a page shows."""
    return page.get_by_role("complementary", name=re.compile("phone"))


def test_a_phone_stands_on_a_second_screen(standing: Standing, profile: Open) -> None:
    """It shows what comes to its number, with a notification, and answers from there."""
    server, origin = standing
    watched = profile(origin, viewport={"width": 390, "height": 844})
    page = watched.context.new_page()
    page.goto(f"{origin}/_emulator/#/phone/%2B306900000500")
    expect(phone_of(page)).to_contain_text("Nothing has arrived yet")
    viber = {"type": "Viber", "senderInfoTrackingId": "s", "order": 1, "inboundUrl": f"{origin}/_emulator/sink"}
    server.send({**viber, "to": "+306900000500", "message": {"text": "Parcel 71"}})
    server.send({**viber, "to": "+306900000000", "message": {"text": "for another"}})
    server.advance(by="1m")
    expect(page.locator(".notice")).to_contain_text("Parcel 71")
    expect(page.locator(".thread-viber")).to_contain_text("✓✓ seen")
    assert "for another" not in page.locator("main").inner_text()
    page.get_by_label("Reply as the recipient").fill("Thank you")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.locator(".bubble.mine")).to_have_text("Thank you")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_a_number_is_asked_for_where_there_is_none(standing: Standing, profile: Open) -> None:
    """However it is written."""
    _, origin = standing
    page = profile(origin).context.new_page()
    page.goto(f"{origin}/_emulator/#/phone")
    page.get_by_label("Number", exact=True).fill("0030 690 000 0500")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="+306900000500")).to_be_visible()
