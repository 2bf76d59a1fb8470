"""What the page offers works: D16 to D23 of its review, in its order."""

from __future__ import annotations

import json
import re

from tests.page.browser.conftest import Open, Standing, expect
from tests.page.browser.test_page import has, lane
from tests.support.proxy import proxied
from tests.support.running import SMS, VIBER, emulator

TALL = {"width": 390, "height": 844}


def test_d16_it_works_below_the_path_of_a_proxy(profile: Open) -> None:
    """From its root on; Send and the sink are below the path too."""
    with emulator("--rate", "0", "--allowed-hosts", "emu.example") as server, proxied(server.port, "/emu") as url:
        watched = profile(f"{url}/emu")
        page = watched.context.new_page()
        page.goto(f"{url}/emu/")
        page.get_by_role("link", name="Send one here").click()
        expect(page.get_by_label("Callback URL", exact=True)).to_have_value(f"{url}/emu/_emulator/sink")
        page.get_by_role("button", name="Send", exact=True).click()
        page.get_by_role("link", name="See the board").click()
        has(page, "Viber", 1)


def test_d17_a_row_of_a_table_opens_in_its_place(standing: Standing, profile: Open) -> None:
    """Nothing becomes wider, so that it can be closed where it was opened."""
    server, origin = standing
    server.send({**SMS, "message": {"body": "x" * 400}}, callback="http://127.0.0.1:9/" + "long" * 60)
    for viewport in ({"width": 1440, "height": 900}, TALL):
        page = profile(origin, viewport=viewport).open("journal?kind=accepted,attempt")
        toggle = page.get_by_role("button", name=re.compile("^Show entry")).first
        before = page.locator("table").bounding_box()
        place = toggle.bounding_box()
        toggle.click()
        page.locator("tbody pre").wait_for()
        opened = page.get_by_role("button", name=re.compile("^Hide entry"))
        assert opened.bounding_box() == place
        after = page.locator("table").bounding_box()
        assert before is not None
        assert after is not None
        assert after["width"] == before["width"]


def test_d18_the_board_fits_a_projector(standing: Standing, profile: Open) -> None:
    """At 1024 pixels all lanes are in sight, and a number breaks at most between its groups."""
    server, origin = standing
    server.send({**SMS, "to": "+306900000800"})
    page = profile(origin, viewport={"width": 1024, "height": 768}).open()
    has(page, "Sms", 1)
    assert page.locator(".lanes").evaluate("each => each.scrollWidth <= each.clientWidth")
    number = page.locator(".card .number")
    expect(number).to_have_text("+306900000800")
    groups = number.locator("span")
    assert groups.all_inner_texts() == ["+30", "690", "000", "0800"]
    assert all(each.evaluate("group => group.getClientRects().length") == 1 for each in groups.all())


def test_d19_a_new_view_begins_at_its_top_and_the_one_before_where_it_was_left(
    standing: Standing, profile: Open
) -> None:
    """Its heading is never under the header."""
    server, origin = standing
    for _ in range(40):
        server.send(SMS)
    page = profile(origin, bypass_csp=True).open("journal")
    expect(page.locator("tbody tr:not([hidden])")).to_have_count(41)
    page.evaluate("scrollTo(0, 600)")
    page.get_by_role("link", name="Board", exact=True).click()
    has(page, "Sms", 40)
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.wait_for_function("scrollY === 600")
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    under = (
        "document.querySelector('main h1').getBoundingClientRect().top - document.querySelector('.head').offsetHeight"
    )
    page.wait_for_function(f"{under} >= 0")


def test_d20_what_is_pressed_thrice_is_done_once(standing: Standing, profile: Open) -> None:
    """As long as the first time is under way."""
    server, origin = standing
    page = profile(origin).open("send")
    page.locator("form.compose").evaluate(
        "form => { form.requestSubmit(); form.requestSubmit(); form.requestSubmit(); }"
    )
    expect(page.get_by_role("heading", name="Answer: 200")).to_be_visible()
    assert server.call("GET", "/_emulator/flows").json()["total"] == 1
    hour = page.get_by_role("button", name="+1 h")
    hour.evaluate("each => { each.click(); each.click(); each.click(); }")
    expect(page.locator(".clock .now")).to_contain_text("01:00:00")
    expect(page.locator(".said")).to_contain_text("Time is 2026-01-01 01:00:00")
    moved = server.call("GET", "/_emulator/journal?kind=clock").json()["entries"]
    assert [each["text"] for each in moved] == ["advanced 1h"]


def test_d21_nothing_that_was_typed_is_lost(standing: Standing, profile: Open) -> None:
    """Form and JSON are of one mind; both, and the editors, are as they were left."""
    _, origin = standing
    page = profile(origin).open("send")
    body = page.get_by_label("Body of POST /failover")
    own = json.loads(body.input_value())
    own["flow"][0]["ttl"] = 77
    body.fill(json.dumps(own))
    page.get_by_label("Recipient", exact=True).fill("+306900000300")
    page.get_by_label("Text", exact=True).fill("Bring a pen")
    sent = json.loads(body.input_value())
    assert [each["to"] for each in sent["flow"]] == ["+306900000300"] * 2
    assert (sent["flow"][0]["ttl"], sent["flow"][0]["message"]["text"]) == (77, "Bring a pen")
    page.evaluate("Math.random = () => 3.5e-9")  # of this seed, the first message has a text: many have none
    page.get_by_role("button", name="Fill with a random request").click()
    expect(page.get_by_label("Text", exact=True)).not_to_have_value("Bring a pen")
    filled = json.loads(body.input_value())
    assert page.get_by_label("Text", exact=True).input_value() == filled["flow"][0]["message"]["text"]
    body.fill("{")
    expect(page.get_by_label("Recipient", exact=True)).to_be_disabled()
    page.get_by_role("link", name="Scenarios").click()
    page.get_by_text("Add override rules").click()
    page.get_by_label("Rules (YAML)").fill("rules: []")
    page.get_by_role("link", name="Send", exact=True).click()
    expect(page.get_by_label("Body of POST /failover")).to_have_value("{")
    page.get_by_role("link", name="Scenarios").click()
    page.get_by_text("Add override rules").click()
    expect(page.get_by_label("Rules (YAML)")).to_have_value("rules: []")


def test_d22_the_way_back_to_the_board_keeps_its_filters(standing: Standing, profile: Open) -> None:
    """As the browser's own does."""
    server, origin = standing
    server.send(VIBER)
    server.send(SMS)
    page = profile(origin).open("board?channel=Viber")
    lane(page, "Viber").locator(".card a").click()
    page.get_by_role("link", name="← Board").click()
    has(page, "Viber", 1)
    has(page, "Sms", 0)
    expect(page.get_by_role("combobox", name="Channel")).to_have_value("Viber")


def test_d23_two_hundred_clocks_are_one_table_and_one_request(standing: Standing, profile: Open) -> None:
    """Searched where the table ends."""
    server, origin = standing
    for number in range(200):
        server.call("PUT", "/_emulator/clock", json.dumps({"rate": 0, "application": f"test-{number}"}).encode())
    watched = profile(origin)
    asked: list[str] = []
    watched.context.on("request", lambda request: asked.append(request.url) if "/clock" in request.url else None)
    page = watched.open("time")
    rows = page.get_by_role("region", name="Clocks").locator("tbody tr")
    expect(rows).to_have_count(50)
    expect(page.get_by_role("heading", name="201 clocks")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") < 4000
    page.get_by_label("Search", exact=True).fill("test-177")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name="test-177").click()
    expect(page.get_by_role("region", name="test-177's own clock")).to_be_visible()
    assert len([url for url in asked if re.search("/clocks?($|[?])", url)]) < 8
