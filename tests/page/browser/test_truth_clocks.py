"""What the page says is so: D9 to D15 of its review, in its order."""

from __future__ import annotations

import re
import urllib.request

from emulator.page.page import FOLDER
from tests.page.browser.conftest import Open, Standing, expect, served
from tests.support.running import SMS, VIBER, Emulator

ALERTS = """() => {
  window.alerts = new Set();
  const note = () => document.querySelectorAll("[role=alert]").forEach((each) => alerts.add(each.textContent));
  new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def test_d9_the_right_token_is_never_told_to_be_wrong(profile: Open) -> None:
    """Not even until the emulator has taken it; a wrong one is not kept."""
    with served("--rate", "0", "--control-token", "secret") as (_, origin):
        page = profile(origin, "401").context.new_page()
        page.goto(f"{origin}/_emulator/")
        field = page.get_by_label("Control token", exact=True)
        expect(field).to_be_focused()
        field.fill("guess")
        page.get_by_role("button", name="Unlock").click()
        expect(page.get_by_role("alert").get_by_text("Wrong token.")).to_be_visible()
        page.reload()
        page.get_by_label("Control token", exact=True).wait_for()
        page.evaluate(ALERTS)
        page.get_by_label("Control token", exact=True).fill("secret")
        page.get_by_role("button", name="Unlock").click()
        expect(page.get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()
        assert "Wrong token." not in page.evaluate("[...alerts]")


def test_d10_the_page_loads_without_a_waterfall_and_says_so(standing: Standing, profile: Open) -> None:
    """All scripts are named at once, but for those of views that few open; that JavaScript is missing is said only
    where it is.
    """
    _, origin = standing
    with urllib.request.urlopen(f"{origin}/_emulator/") as answer:
        html = answer.read().decode()
    named = set(re.findall(r'<link rel="modulepreload" href="page/([^"]+)">', html))
    scripts = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.js")}
    assert {name for name in scripts - named if not name.startswith("later/")} == {"lib/worker.js"}
    assert not any(name.startswith("later/") for name in named)
    text = re.sub(r"<noscript>.*?</noscript>|<[^>]+>", "", html.partition("<body>")[2])
    assert text.split() == ["Loading…"]
    assert '<noscript><p class="loading">The page needs JavaScript' in html
    expect(profile(origin).open().get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()


def test_d11_a_flow_shows_and_moves_its_own_clock(standing: Standing, profile: Open) -> None:
    """As every test by pytest has it."""
    server, origin = standing
    server.advance("app", by="1h")
    server.forget_token()
    name = server.send(VIBER)
    page = profile(origin).open(f"flows/{name}")
    clock = page.get_by_role("group", name="app's own clock")
    expect(clock).to_contain_text("01:00:00")
    clock.get_by_role("button", name=re.compile("^Next in")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Succeeded")
    assert server.clock()["now"] == "2026-01-01T00:00:00Z"


def test_d12_a_filter_by_application_splits_no_clock_off(standing: Standing, profile: Open) -> None:
    """What is moved is what is shown; a clock of its own has its name, and is given on purpose."""
    server, origin = standing
    server.send(SMS)
    page = profile(origin).open("board?application=app")
    page.get_by_role("group", name="Time").get_by_role("button", name="+1 h").click()
    expect(page.locator(".clock .now")).to_contain_text("01:00:00")
    assert clocks(server) == {None: "2026-01-01T01:00:00Z"}
    page.goto(f"{origin}/_emulator/#/time?application=app")
    expect(page.locator("main")).to_contain_text("app uses the shared clock.")
    page.get_by_role("button", name="Give it its own clock").click()
    page.get_by_role("region", name="app's own clock").get_by_role("button", name="+1 h").click()
    expect(page.get_by_role("link", name="app's own clock")).to_be_visible()
    assert clocks(server) == {None: "2026-01-01T01:00:00Z", "app": "2026-01-01T02:00:00Z"}


def clocks(server: Emulator) -> dict[str | None, str]:
    """All clocks, and what they show."""
    found = server.call("GET", "/_emulator/clocks").json()["clocks"]
    return {each["application"]: each["now"] for each in found}


def test_d13_a_scenario_that_was_changed_here_can_be_read_changed_and_kept(standing: Standing, profile: Open) -> None:
    """It has a name of its own, also where flows name it."""
    server, origin = standing
    page = profile(origin, "404").open("scenarios/viber-undelivered")
    page.get_by_text("Edit a copy").click()
    editor = page.get_by_label("Scenario (YAML)")
    editor.fill("purpose: mine\nrules:\n  - plan: {Sms: Failed}\n")
    expect(page.locator(".editor").last.get_by_text("Valid", exact=True)).to_be_visible()
    page.locator(".editor").last.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("heading", name="Active: viber-undelivered-changed")).to_be_visible()
    name = server.send(SMS)
    page.goto(f"{origin}/_emulator/#/flows/{name}")
    page.get_by_role("link", name="viber-undelivered-changed").click()
    expect(page.get_by_role("region", name="the scenario viber-undelivered-changed")).to_contain_text("purpose: mine")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download viber-undelivered-changed.yaml").click()
    assert "purpose: mine" in download.value.path().read_text()


def test_d14_elapsed_times_stay_apart_after_a_minute(standing: Standing, profile: Open) -> None:
    """Each row tells how long after the row before it was."""
    server, origin = standing
    to = "+306900000800"
    name = server.send({**VIBER, "to": to, "ttl": 1, "order": 1}, {**SMS, "to": to, "order": 2})
    server.advance(by="3m")
    page = profile(origin).open(f"flows/{name}")
    page.get_by_role("list", name="Events").wait_for()
    times = page.locator(".events time").all_inner_texts()
    late = [each for each in times if "+1 min" in each]
    assert any(re.search(r"\+1 min \d+ s", each) for each in late), times
    assert any(re.search(r"\(\d+ s later\)", each) for each in late), times


def test_d15_only_what_went_wrong_is_red_on_the_phone(standing: Standing, profile: Open) -> None:
    """How many parts a message has is no reason."""
    server, origin = standing
    name = server.send({**SMS, "to": "+306900000010"})
    server.advance(by="1h")
    page = profile(origin).open(f"flows/{name}")
    page.get_by_label("Show what has not arrived").check()
    colour = "each => getComputedStyle(each).color"
    parts, missed = page.get_by_text("1 part, GSM-7"), page.locator(".missed")
    assert parts.evaluate(colour) != missed.evaluate(colour)
