"""The page for everybody: screen readers, keyboards, small screens, both colour schemes; and for any message: nothing
that one says can do anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from emulator.page.page import FOLDER
from tests.page.browser.conftest import Open, expect, served
from tests.support.running import SMS, VIBER, VOICE, Emulator

if TYPE_CHECKING:
    from playwright.sync_api import Page

VIEWS = (
    "board",
    "board?view=list",
    "flow",
    "missing",
    "send",
    "mending",
    "scenarios",
    "scenarios/default",
    "scenarios/~new",
    "time",
    "journal",
    "callbacks",
    "sink",
    "refused",
    "nonsense",
    "stories",
    "stories/clinic",
    "present?story=clinic",
    "phone/%2B306900000111",
    "phone",
    "compare",
    "comparing",
)
ABSENT = "40[04]"
"""What the browser complains of where a flow is not there, or a body that is mended is not right yet."""
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'`${alert(3)}</textarea></pre>"
RICH = {
    "text": "Parcel 71 is ready",
    "imageUrl": "https://shop.example/parcel.png",
    "action": {"caption": "Track it", "targetUrl": "https://shop.example/71"},
}


@pytest.fixture(scope="module")
def busy() -> Iterator[tuple[Emulator, str]]:
    """An emulator with something in every lane and every list."""
    with served("--rate", "0") as (server, origin):
        sink = f"{origin}/_emulator/sink"
        for last in ("000", "100", "111", "200", "500", "600"):
            to = f"+306900000{last}"
            viber = {**VIBER, "to": to, "message": RICH, "inboundUrl": sink, "order": 1}
            server.send(viber, {**SMS, "to": to, "order": 2}, {**VOICE, "to": to, "order": 3}, callback=sink)
        server.advance(by="7s")
        server.send(SMS, callback="http://127.0.0.1:9/")
        server.api("POST", "/failover", {"flow": [{"type": "Viber"}]})
        for _ in range(3):
            assert server.call("POST", "/_emulator/stories/clinic", b'{"act": "step"}').status == 200
        yield server, origin


def address(server: Emulator, view: str) -> str:
    """Where a view is; `flow` is the view of the first flow, `missing` of one that there is not, `comparing` is that of
    several flows, `mending` that of a refused request.
    """
    if view == "mending":
        refused = server.call("GET", "/_emulator/requests?kind=refused").json()["requests"][0]["seq"]
        return f"send?request={refused}"
    if view == "comparing":
        page = server.call("GET", "/_emulator/flows?application=app&limit=3").json()
        return f"compare/{','.join(each['trackingId'] for each in page['flows'])}"
    if view == "flow":
        found = server.call("GET", "/_emulator/flows?status=Succeeded").json()["flows"][0]["trackingId"]
        return f"flows/{found}"
    return "flows/nobody" if view == "missing" else view


def shown(page: Page) -> None:
    """Wait until a view has what it asked for."""
    page.locator("main h1").wait_for(state="attached")
    expect(page.locator("main")).not_to_contain_text(re.compile("(Reading|Loading)…"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_has_a_fault_that_axe_finds(busy: tuple[Emulator, str], profile: Open, view: str, scheme: str) -> None:
    """With every part of it opened."""
    from axe_playwright_python.sync_playwright import Axe

    server, origin = busy
    watched = profile(origin, ABSENT, color_scheme=scheme, reduced_motion="reduce")
    page = watched.open(address(server, view))
    shown(page)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    shown(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_that_is_locked_or_cut_off_has_no_fault_that_axe_finds(profile: Open, scheme: str) -> None:
    """It asks for its token then, or says what to do."""
    from axe_playwright_python.sync_playwright import Axe

    with served("--rate", "0", "--control-token", "secret") as (server, origin):
        page = profile(origin, "401", color_scheme=scheme, reduced_motion="reduce").context.new_page()
        page.goto(f"{origin}/_emulator/")
        page.get_by_label("Control token", exact=True).fill("secret")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.get_by_role("button", name="Unlock").click()
        page.locator(".state-live").wait_for()
        server.stop()
        expect(page.locator(".down")).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_of_keys_has_no_fault_that_axe_finds(busy: tuple[Emulator, str], profile: Open, scheme: str) -> None:
    """It fits a phone, and holds the focus."""
    from axe_playwright_python.sync_playwright import Axe

    page = profile(busy[1], color_scheme=scheme, reduced_motion="reduce", viewport={"width": 390, "height": 844}).open()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_fits_a_phone(busy: tuple[Emulator, str], profile: Open, view: str) -> None:
    """At 390 pixels nothing makes the page itself scroll sideways."""
    server, origin = busy
    watched = profile(origin, ABSENT, viewport={"width": 390, "height": 844})
    page = watched.open(address(server, view))
    shown(page)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    shown(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_a_flow_is_reached_and_steered_by_keyboard_alone(busy: tuple[Emulator, str], profile: Open) -> None:
    """Skip to the content, walk to a card, open it; the focus goes where the content is."""
    _, origin = busy
    page = profile(origin).open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.card') !== null"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("list", name="Events").wait_for()
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.title().endswith("· Failover emulator")


def test_what_is_done_is_said_to_a_screen_reader(standing: tuple[Emulator, str], profile: Open) -> None:
    """In a live region, which is there before anything is said."""
    server, origin = standing
    page = profile(origin).open(f"flows/{server.send(VIBER)}")
    region = page.locator(".said [role=status]")
    assert region.inner_text() == ""
    page.get_by_role("button", name="EXPIRED").click()
    expect(region).to_contain_text("Viber reported EXPIRED.")


def test_the_colours_are_chosen_and_kept(standing: tuple[Emulator, str], profile: Open) -> None:
    """Against the system's own."""
    _, origin = standing
    page = profile(origin, color_scheme="light").open()
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Theme: auto").click()
    page.get_by_role("button", name="Theme: light").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    page.get_by_role("button", name="Theme: dark").wait_for()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark != before


def hostile_flow() -> list[dict[str, Any]]:
    """A flow whose every text is hostile."""
    button = {"caption": HOSTILE[:30], "targetUrl": "https://evil.example/<script>"}
    said = {"type": "SAY", "message": {"language": "en-GB", "text": HOSTILE}}
    return [
        {
            **VIBER,
            "order": 1,
            "label": HOSTILE,
            "message": {"text": HOSTILE, "imageUrl": "https://evil.example/x.png", "action": button},
        },
        {**SMS, "order": 2, "message": {"body": HOSTILE, "label": HOSTILE}},
        {**VOICE, "order": 3, "dialPlan": {"verbs": [said]}},
    ]


def test_hostile_texts_are_texts(profile: Open) -> None:
    """On no view do they run, load or become part of the page; nothing leaves the machine."""
    with served("--rate", "0") as (server, origin):
        application = "<svg onload=alert(4)>"
        token = server.token(application)
        answer = server.api("POST", "/failover", {"flow": hostile_flow()}, token)
        assert answer.status == 200, answer.body
        server.api("POST", "/failover", HOSTILE.encode(), token)
        server.api("POST", "/failover", {"flow": [{"type": HOSTILE, "to": HOSTILE}]}, token)
        name = answer.json()["trackingId"]
        reason = {"detailedStatus": "<u>x</u>", "description": "<script>alert(5)</script>"}
        body = json.dumps({"status": "UNDELIVERED", "reason": reason}).encode()
        assert server.call("POST", f"/_emulator/flows/{name}/reports", body).status == 200
        server.advance(by="1h")
        watched = profile(origin)
        watched.context.on("dialog", lambda dialog: watched.complaints.append(dialog.message))
        for view in ("board", f"flows/{name}", "journal", "refused", "scenarios", "time"):
            page = watched.open(view)
            shown(page)
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            page.evaluate("document.querySelectorAll('tbody button, .check input').forEach(each => each.click())")
            strays = "main script, main img[src=x], main svg:not(.icon, .gauge), main u, [onerror], [onload]"
            assert page.locator(strays).count() == 0
            page.close()


def test_pictures_are_fetched_only_if_that_is_asked_for(profile: Open) -> None:
    """Then from where the message says, and from nowhere else."""
    with served("--rate", "0") as (server, origin):
        picture = "https://pictures.example/parcel.svg"
        name = server.send({**VIBER, "message": {"imageUrl": picture}})
        server.advance(by="1h")
        watched = profile(origin)
        watched.context.route(picture, lambda route: route.fulfill(path=FOLDER / "icon.svg"))
        page = watched.open(f"flows/{name}")
        page.locator(".placeholder").wait_for()
        assert watched.foreign == []
        page.get_by_role("link", name="Load remote images").click()
        drawn = page.get_by_role("img", name="Picture of the message")
        drawn.wait_for()
        expect(drawn).to_have_js_property("complete", value=True)
        assert drawn.evaluate("image => image.naturalWidth") > 0
        assert watched.foreign == [picture]
        watched.foreign.clear()
