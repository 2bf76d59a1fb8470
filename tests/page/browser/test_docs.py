"""The documentation in a browser: for everybody, by keyboard, on a phone, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.page.docs.shelf import PAGES
from tests.page.browser.conftest import Open, expect, served

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """An emulator's origin."""
    with served() as (_, found):
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["README.md", "scenarios/README.md", "emulator/page/README.md", "search?q=callback"])
def test_axe_finds_no_fault(origin: str, profile: Open, path: str, scheme: str) -> None:
    """On pages with tables, code and pictures, nor in what is found."""
    from axe_playwright_python.sync_playwright import Axe

    page = profile(origin, color_scheme=scheme, reduced_motion="reduce").context.new_page()
    page.goto(f"{origin}/_emulator/docs/{path}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_every_page_fits_a_phone(origin: str, profile: Open) -> None:
    """What is wider scrolls by itself, and all pictures come."""
    page = profile(origin, viewport=PHONE).context.new_page()
    for path in PAGES:
        page.goto(f"{origin}/_emulator/docs/{path}")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 390, path
        assert page.evaluate("[...document.images].every(each => each.naturalWidth > 0)"), path


def test_the_page_leads_to_it_and_links_lead_on(origin: str, profile: Open) -> None:
    """To a heading of another page, and back to the page."""
    page = profile(origin).open()
    page.get_by_role("link", name="Docs", exact=True).click()
    expect(page.get_by_role("heading", name="failover-emulator", level=1)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="magic number").first.click()
    page.wait_for_url("**/docs/README.md#scenarios")
    page.get_by_role("main").get_by_role("link", name="so on").click()
    page.wait_for_url("**/docs/scenarios/README.md#magic-numbers")
    expect(page.get_by_role("heading", name="Magic numbers")).to_be_in_viewport()
    page.get_by_role("link", name="Failover emulator").click()
    page.locator(".state-live").wait_for()


def test_what_is_searched_is_shown_while_it_is_typed_by_keyboard_alone(origin: str, profile: Open) -> None:
    """From any page, whose folder plays no part in where what is found leads."""
    page = profile(origin).context.new_page()
    page.goto(f"{origin}/_emulator/docs/emulator/control/metrics/README.md")
    page.keyboard.press("/")
    page.keyboard.type("magic numbers")
    expect(page.get_by_role("status")).to_contain_text("sections have “magic numbers”")
    for _ in ("the button", *PAGES, "what is found"):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Magic numbers")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs/scenarios/README.md#magic-numbers")


def test_a_browser_without_scripts_searches_too(origin: str, profile: Open) -> None:
    """By the form."""
    page = profile(origin, java_script_enabled=False).context.new_page()
    page.goto(f"{origin}/_emulator/docs/scenarios/README.md")
    page.get_by_role("searchbox").fill("readyz")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("“readyz”")


def test_it_has_the_theme_that_was_chosen_on_the_page(origin: str, profile: Open) -> None:
    """Whatever the system's is."""
    page = profile(origin, color_scheme="light").open()
    page.get_by_role("button", name="Theme: auto").click()
    page.get_by_role("button", name="Theme: light").click()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    page.goto(f"{origin}/_emulator/docs/README.md")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 28)"
