"""The pictures that the page's README shows: taken of the real page, on what the shipped stories send. With PICTURES
set they are kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator.control.stories.calls import body
from emulator.control.stories.story import find, story_files
from tests.page.browser.conftest import Open, expect, served

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.running import Emulator

FOLDER = Path(__file__).parent / "pictures"
README = (Path(__file__).parents[3] / "emulator" / "page" / "README.md").read_text("utf-8")
WRONG = (
    'rules:\n  - name: no Viber for this customer\n    match: {to: "+306912345678"}\n    plan: {Viber: UNDELIVRED}\n'
)


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[Emulator, str]]:
    """An emulator to which the flows of all stories were sent, two seconds between them."""
    with served("--rate", "0") as (server, origin):
        sink = f"{origin}/_emulator/sink"
        stories = [find(name, "") for name in story_files("")]
        for story in reversed(stories):
            for sending in [each.send for each in story.scenes if each.send and not each.send.refused]:
                answer = server.api("POST", "/failover", body(sending, sink), server.token(story.application))
                assert answer.status == 200, answer.body
                server.advance(by="2s")
        yield server, origin


def keep(page: Page, name: str, tmp_path: Path) -> None:
    """Take a picture, and keep it if that is asked for; README must show one of this name, and it must be there."""
    page.mouse.move(0, 0)
    picture = page.screenshot(animations="disabled", caret="hide")
    (FOLDER if os.environ.get("PICTURES") else tmp_path).joinpath(name).write_bytes(picture)
    assert f"](../../tests/page/browser/pictures/{name})" in README
    assert (FOLDER / name).is_file()


def flow_of(server: Emulator, to: str) -> str:
    """The flow to a number."""
    found: str = server.call("GET", f"/_emulator/flows?to={to}").json()["flows"][0]["trackingId"]
    return found


def test_the_board(shop: tuple[Emulator, str], profile: Open, tmp_path: Path) -> None:
    """In light colours."""
    page = profile(shop[1], viewport={"width": 1360, "height": 760}).open()
    expect(page.locator(".total")).to_have_text("11 flows")
    keep(page, "board.png", tmp_path)


def test_a_flow_and_the_phone(shop: tuple[Emulator, str], profile: Open, tmp_path: Path) -> None:
    """One that failed on Viber and won on Sms."""
    server, origin = shop
    page = profile(origin, viewport={"width": 1360, "height": 860}).open(f"flows/{flow_of(server, '100')}")
    expect(page.get_by_role("list", name="Events")).to_contain_text("completed Succeeded")
    expect(page.locator(".clock .now")).to_be_visible()
    keep(page, "flow.png", tmp_path)


def test_a_viber_message_on_a_small_screen(shop: tuple[Emulator, str], profile: Open, tmp_path: Path) -> None:
    """In dark colours."""
    server, origin = shop
    watched = profile(origin, viewport={"width": 390, "height": 610}, color_scheme="dark")
    page = watched.open(f"flows/{flow_of(server, '500')}")
    phone = page.get_by_role("complementary", name="The recipient's phone")
    expect(phone).to_contain_text("seen")
    phone.scroll_into_view_if_needed()
    keep(page, "phone.png", tmp_path)


def test_rules_with_an_error(shop: tuple[Emulator, str], profile: Open, tmp_path: Path) -> None:
    """It is told in its place."""
    page = profile(shop[1], viewport={"width": 1360, "height": 760}).open("scenarios")
    page.get_by_text("Add override rules").click()
    page.get_by_label("Rules (YAML)").fill(WRONG)
    expect(page.get_by_role("button", name=re.compile("^line 4"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("scenarios$"))).to_be_visible()
    keep(page, "rules.png", tmp_path)


def test_a_presentation(profile: Open, tmp_path: Path) -> None:
    """Of a story, after failover."""
    with served("--rate", "0") as (server, origin):
        for _ in range(4):
            assert server.call("POST", "/_emulator/stories/shop", b'{"act": "step"}').status == 200
        server.advance("corner-shop", by="10s")
        page = profile(origin, viewport={"width": 1360, "height": 760}, reduced_motion="reduce").context.new_page()
        page.goto(f"{origin}/_emulator/#/present?story=shop")
        expect(page.locator(".ending")).to_have_text("rescued by Sms")
        expect(page.locator(".notice")).to_have_count(0)
        keep(page, "present.png", tmp_path)


def test_readme_shows_no_other_picture() -> None:
    """And all that are kept."""
    shown = set(re.findall(r"\]\(../../tests/page/browser/pictures/([^)]+)\)", README))
    assert shown == {file.name for file in FOLDER.iterdir()}
