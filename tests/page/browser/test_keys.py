"""The page's keys, and what the tab tells of failures while nobody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.page.browser.conftest import Open, Standing, expect
from tests.page.browser.test_page import has
from tests.support.running import SMS, VIBER

if TYPE_CHECKING:
    from playwright.sync_api import Page

HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""A browser without a screen shows every tab at once; so a tab is told that it is hidden."""

AT_ONCE = """() => new Promise((done) => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector("main [data-flow] a")) return;
    observer.disconnect();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "k", bubbles: true }));
    const tell = () => done(document.activeElement.closest("[data-flow]")?.dataset.flow);
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(tell)));
  }).observe(document.querySelector("main"), { childList: true, subtree: true });
  location.hash = "#/board";
})"""
"""Goes to the board and presses k before the first flow there has been painted; gives the flow that has the focus two
frames later.
"""


def focused(page: Page) -> str:
    """The text of what has the focus."""
    found: str = page.evaluate("document.activeElement.textContent")
    return found


def test_question_mark_lists_the_keys(standing: Standing, profile: Open) -> None:
    """The button does it too; Escape closes the list, and the focus is where it was."""
    _, origin = standing
    page = profile(origin).open()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_text("Go to journal")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Keys"


def test_g_and_a_letter_go_to_a_view(standing: Standing, profile: Open) -> None:
    """To each of them; g alone, or with another letter, does nothing."""
    _, origin = standing
    page = profile(origin).open()
    goes = {"s": "send", "n": "scenarios", "y": "stories", "t": "time", "j": "journal", "c": "callbacks", "k": "sink"}
    for letter, view in {**goes, "r": "refused", "b": "board"}.items():
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"**/#/{view}")
        page.locator("main h1").wait_for(state="attached")
    page.keyboard.press("g")
    page.keyboard.press("x")
    assert page.url.endswith("#/board")


def test_j_and_k_walk_along_flows_and_enter_opens_one(standing: Standing, profile: Open) -> None:
    """On the board and in the list; ] and [ go on from there."""
    server, origin = standing
    names = [server.send({**SMS, "to": f"+30690000000{last}"}) for last in range(3)]
    page = profile(origin).open("board?view=list")
    expect(page.locator("tbody [data-flow]")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert focused(page) == names[1][:8]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{names[1]}")
    expect(page.get_by_role("heading", name="+306900000001")).to_be_visible()
    page.keyboard.press("]")
    page.wait_for_url(f"**/{names[0]}")
    expect(page.get_by_role("heading", name="+306900000000")).to_be_visible()
    expect(page.get_by_role("link", name="Next flow")).to_have_count(0)
    page.keyboard.press("[")
    page.wait_for_url(f"**/{names[1]}")
    expect(page.get_by_role("heading", name="+306900000001")).to_be_visible()
    page.get_by_role("link", name="Previous flow").click()
    page.wait_for_url(f"**/{names[2]}")
    page.keyboard.press("g")
    page.keyboard.press("b")
    has(page, "Sms", 3)
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('[data-flow]').dataset.flow") == names[0]


def test_a_key_that_is_pressed_before_the_view_is_painted_counts(standing: Standing, profile: Open) -> None:
    """The focus stays where it led, rather than to go to the view's beginning a frame later."""
    server, origin = standing
    sent = server.send(SMS)
    page = profile(origin).open("journal")
    assert page.evaluate(AT_ONCE) == sent


def test_slash_searches_and_letters_that_are_typed_are_letters(standing: Standing, profile: Open) -> None:
    """From a view without a search it leads to the board's."""
    server, origin = standing
    server.send({**SMS, "message": {"body": "g j parcel"}})
    page = profile(origin).open("send")
    page.keyboard.press("/")
    page.wait_for_url("**/#/board")
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    page.keyboard.type("g j parcel")
    expect(page.get_by_label("Search", exact=True)).to_have_value("g j parcel")
    has(page, "Sms", 1)
    assert "/board" in page.url


def test_time_is_moved_and_paused_by_keys(standing: Standing, profile: Open) -> None:
    """To the next event by a full stop; a blank pauses, or lets it run, but presses a button that has the focus."""
    server, origin = standing
    server.send(SMS)
    page = profile(origin).open()
    expect(page.locator(".clock .next")).to_be_enabled()
    page.keyboard.press(".")
    expect(page.locator(".clock .now")).to_contain_text("00:00:01")
    page.keyboard.press("Space")
    expect(page.locator(".clock .rate")).to_have_text("× 1")
    page.keyboard.press("Space")
    expect(page.locator(".clock .rate")).to_have_text("paused")
    page.get_by_role("button", name="Theme: auto").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    assert server.clock()["rate"] == 0


def test_keys_can_be_switched_off(standing: Standing, profile: Open) -> None:
    """For who speaks to the computer, or types elsewhere; that is kept."""
    _, origin = standing
    page = profile(origin).open()
    page.keyboard.press("?")
    page.get_by_label("Keys work").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.locator(".state-live").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.url.endswith("_emulator/")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Keys work").check()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.wait_for_url("**/#/journal")


def test_title_icon_and_desktop_tell_of_failures_while_the_page_is_hidden(standing: Standing, profile: Open) -> None:
    """Those before, and those that were seen, are no news."""
    server, origin = standing
    watched = profile(origin)
    watched.context.grant_permissions(["notifications"], origin=origin)
    watched.context.add_init_script(
        "window.told = []; const Told = window.Notification; window.Notification = class extends Told {"
        " constructor(title, how) { super(title, how); told.push(how.body); } };"
    )
    fails = {**VIBER, "to": "+306900000100"}
    server.send(fails)
    server.advance(by="1m")
    page = watched.open()
    has(page, "Failed", 1)
    page.keyboard.press("?")
    page.get_by_label("Tell this desktop").check()
    page.keyboard.press("Escape")
    page.evaluate(HIDDEN, True)
    server.send(fails), server.send({**VIBER, "to": "+306900000000"}), server.send(fails)
    server.advance(by="1m")
    page.wait_for_function("() => document.title.startsWith('(2 ✗) Board')")
    assert page.locator("link[rel=icon]").get_attribute("href") == "page/failed.svg"
    assert page.evaluate("told.at(-1)") == "2 flows failed."
    page.evaluate(HIDDEN, False)
    page.wait_for_function("() => document.title.startsWith('Board')")
    assert page.locator("link[rel=icon]").get_attribute("href") == "page/icon.svg"


def test_notifications_that_the_browser_refuses_are_not_said_to_be_on(standing: Standing, profile: Open) -> None:
    """It says what can be done."""
    _, origin = standing
    watched = profile(origin)
    watched.context.add_init_script("Notification.requestPermission = async () => 'denied';")
    page = watched.open()
    page.keyboard.press("?")
    page.get_by_label("Tell this desktop").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("does not allow it")
    expect(page.get_by_label("Tell this desktop")).not_to_be_checked()
