"""The page as who integrates the API uses it: send, watch it move, reach into it, look at all that was said."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.page.browser.conftest import Open, expect, served
from tests.support.running import SMS, VIBER, Emulator, emulator, receiver

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

NO_VIBER = "+306900000100"


def lane(page: Page, name: str) -> Locator:
    """A lane of the board."""
    return page.locator(f'[data-lane="{name}"]')


def has(page: Page, name: str, count: int) -> None:
    """A lane has come to have so many flows."""
    expect(lane(page, name).locator(".count")).to_have_text(str(count))


def test_the_root_leads_to_the_page(standing: tuple[Emulator, str], profile: Open) -> None:
    """So that the address on the terminal is enough."""
    _, origin = standing
    page = profile(origin).open()
    page.goto(origin)
    expect(page.get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()
    assert page.url == f"{origin}/_emulator/"


def test_the_first_step_is_there_to_be_copied_and_works(standing: tuple[Emulator, str], profile: Open) -> None:
    """The lines that an empty board shows, run by a shell, put a card on it, which then moves to its end."""
    _, origin = standing
    page = profile(origin).open()
    lines = page.locator(".first pre").inner_text()
    done = subprocess.run(["sh", "-c", lines], capture_output=True, text=True, check=True)
    assert '"trackingId"' in done.stdout
    has(page, "Viber", 1)
    page.get_by_role("button", name=re.compile("^Next")).click()
    has(page, "Sms", 1)
    page.get_by_role("button", name="+1 h").click()
    has(page, "Succeeded", 1)
    card = lane(page, "Succeeded").locator(".card")
    expect(card).to_contain_text(NO_VIBER)
    expect(card).to_contain_text("Delivered")


def test_send_move_callback_advance_report(standing: tuple[Emulator, str], profile: Open) -> None:
    """The whole path on the page alone: compose, send, watch, report a status, see the callbacks."""
    _, origin = standing
    page = profile(origin).open("send")
    page.get_by_role("button", name="+ Voice").click()
    page.get_by_label("Recipient", exact=True).fill("+306900000110")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("link", name="Watch this flow").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("InProgress")
    page.get_by_role("button", name=re.compile("^Next")).click()
    events = page.get_by_role("list", name="Events")
    expect(events).to_contain_text("since the step before ended in one of its failoverOnStatuses")
    expect(events).to_contain_text("Callback 2 200, 0 ms")
    page.get_by_role("group", name="Sms, step 2").get_by_role("button", name="Failed").click()
    expect(events).to_contain_text("Voice as step 3")
    page.get_by_role("group", name="Voice, step 3").get_by_role("button", name="Completed").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Succeeded")
    expect(events).to_contain_text("completed Succeeded")
    expect(page.locator(".outcome")).to_contain_text("Delivered by Voice")
    page.get_by_text("Callback 4 to").click()
    expect(page.locator(".traffic details[open] pre")).to_contain_text('"terminationChannel": "Voice"')


def test_the_bodies_on_the_page_are_those_that_went_over_the_wire(profile: Open) -> None:
    """Request, answer and callback; the callback can be sent again, and comes with the same bytes."""
    with served("--rate", "0") as (server, origin), receiver() as hook:
        name = server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.advance(by="1h")
        _, _, body = hook.next_post()
        page = profile(origin).open(f"flows/{name}")
        page.get_by_text("Request: POST /failover").click()
        expect(page.get_by_role("region", name="Request: POST /failover")).to_contain_text('"body": "')
        page.get_by_text("Response: 200").click()
        expect(page.get_by_role("region", name="Response: 200")).to_contain_text(name)
        page.get_by_text("Callback 1 to").click()
        shown = page.get_by_role("region", name=re.compile("Callback 1")).inner_text()
        assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", body.decode())
        page.get_by_role("button", name="Resend").click()
        assert hook.next_post()[2] == body


def test_the_recipient_replies_from_the_phone(profile: Open) -> None:
    """The reply stands on the phone, and the inboundUrl is told."""
    with served("--rate", "0") as (server, origin), receiver() as hook:
        name = server.send({**VIBER, "inboundUrl": hook.url})
        server.advance(by="1h")
        page = profile(origin).open(f"flows/{name}")
        page.get_by_label("Reply as the recipient").fill("On my way <b>now</b>")
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator(".bubble.mine")).to_have_text("On my way <b>now</b>")
        assert b"On my way <b>now</b>" in hook.next_post()[2]


def test_the_recipient_sends_a_file_and_answers_an_sms(profile: Open) -> None:
    """A Viber message's reply may have a file; an Sms is answered at the URL of its number."""
    with served("--rate", "0") as (server, origin), receiver() as hook:
        chat = server.send({**VIBER, "inboundUrl": hook.url})
        text = server.api("POST", "/sms", {"body": "Hi", "to": "+306912345678", "from": "Shop"}).json()["trackingId"]
        server.advance(by="1h")
        page = profile(origin).open(f"flows/{chat}")
        page.get_by_text("With a picture or file").click()
        page.get_by_label("URL of the picture or file").fill("https://cdn.example/p.png")
        page.get_by_label("Name of the file").fill("p.png")
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator(".bubble.mine")).to_have_text("[p.png]")
        assert hook.next()["media"] == "https://cdn.example/p.png"
        page = profile(origin).open(f"flows/{text}")
        page.get_by_label("Reply as the recipient").fill("STOP")
        expect(page.get_by_label("URL of the number")).to_have_value(f"{origin}/_emulator/sink")
        expect(page.locator(".reply")).to_contain_text("An Sms names no URL for replies")
        page.get_by_label("URL of the number").fill(hook.url)
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator(".bubble.mine")).to_have_text("STOP")
        assert hook.next()["originatingService"] == "Sms"


def test_what_the_user_does_shows_at_once_however_slow_the_emulator_is(
    standing: tuple[Emulator, str], profile: Open
) -> None:
    """A view rests after each question, the longer the longer that took; here each seems to take an hour."""
    server, origin = standing
    name = server.send({**VIBER, "inboundUrl": f"{origin}/_emulator/sink"})
    server.advance(by="1h")
    watched = profile(origin)
    watched.context.add_init_script("let hours = 0; performance.now = () => 3600e3 * hours++;")
    page = watched.open(f"flows/{name}")
    for reply in ("On my way", "There"):
        page.get_by_label("Reply as the recipient").fill(reply)
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator(".bubble.mine").last).to_have_text(reply)


def test_a_flow_is_cancelled(standing: tuple[Emulator, str], profile: Open) -> None:
    """It fails at once."""
    server, origin = standing
    page = profile(origin).open(f"flows/{server.send(VIBER)}")
    page.get_by_role("button", name="Cancel the flow").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Failed")
    expect(page.get_by_role("button", name="Cancel the flow")).to_have_count(0)


def test_it_says_which_rule_applied_and_why(standing: tuple[Emulator, str], profile: Open) -> None:
    """And why those before it did not."""
    server, origin = standing
    page = profile(origin).open(f"flows/{server.send({**VIBER, 'to': '+306900000200'})}")
    page.get_by_role("heading", name="Rules: Viber 2").click()
    expect(page.get_by_text("Matches because the number looks like +3069000002??")).to_be_visible()
    page.get_by_text("1 earlier rule didn't match").click()
    expect(page.get_by_text("which does not look like +3069000001??")).to_be_visible()


def test_two_tabs_show_the_same(standing: tuple[Emulator, str], profile: Open) -> None:
    """What is done in one moves in the other, and in a browser of its own."""
    server, origin = standing
    watched = profile(origin)
    one, two, other = watched.open(), watched.open(), profile(origin).open()
    server.send(SMS)
    for page in (one, two, other):
        has(page, "Sms", 1)
    one.get_by_role("button", name="+1 h").click()
    for page in (one, two, other):
        has(page, "Succeeded", 1)


def test_more_tabs_than_a_browser_has_connections(standing: tuple[Emulator, str], profile: Open) -> None:
    """Ten are live at once, and do not keep the emulator from ending."""
    server, origin = standing
    watched = profile(origin)
    pages = [watched.open() for _ in range(10)]
    server.send(SMS)
    for page in pages:
        has(page, "Sms", 1)
    assert server.stop() == 0
    expect(pages[0].get_by_text("no connection")).to_be_visible()


def test_it_goes_on_after_a_restart(profile: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It says that it is cut off, and is right again once the emulator is back."""
    store = str(tmp_path_factory.mktemp("store") / "emulator.db")
    with served("--rate", "0", "--store", store) as (server, origin):
        server.send(SMS)
        page = profile(origin).open()
        has(page, "Sms", 1)
        server.stop()
        expect(page.get_by_text("no connection")).to_be_visible()
        with emulator("--rate", "0", "--store", store, "--port", str(server.port)) as again:
            expect(page.get_by_text("live", exact=True)).to_be_visible()
            again.advance(by="1h")
            again.send(SMS)
            has(page, "Succeeded", 1)
            has(page, "Sms", 1)


def test_the_board_is_filtered_and_the_filter_is_in_the_address(standing: tuple[Emulator, str], profile: Open) -> None:
    """By recipient, status, channel, application and scenario; a link to it shows the same."""
    server, origin = standing
    server.send({**SMS, "to": "+306900000001"})
    server.send({**VIBER, "to": "+306900000002"})
    watched = profile(origin)
    page = watched.open()
    has(page, "Sms", 1)
    has(page, "Viber", 1)
    page.get_by_role("combobox", name="Channel").select_option("Viber")
    has(page, "Sms", 0)
    has(page, "Viber", 1)
    page.get_by_label("Search", exact=True).fill("0001")
    expect(page.get_by_text("No flow matches.")).to_be_visible()
    page.get_by_role("combobox", name="Channel").select_option("Sms")
    has(page, "Sms", 1)
    again = watched.context.new_page()
    again.goto(page.url)
    has(again, "Sms", 1)
    has(again, "Viber", 0)
    page.get_by_role("button", name="Clear", exact=True).click()
    has(page, "Sms", 1)
    has(page, "Viber", 1)
    page.get_by_role("combobox", name="Application").select_option("app")
    page.get_by_role("combobox", name="Scenario").select_option("default")
    page.get_by_role("combobox", name="Status").select_option("InProgress")
    has(page, "Sms", 1)
    has(page, "Viber", 1)
    page.get_by_role("combobox", name="Status").select_option("Queued")
    expect(page.get_by_text("No flow matches.")).to_be_visible()


def test_time_is_moved_paused_and_run(standing: tuple[Emulator, str], profile: Open) -> None:
    """The shared clock, and that of one application alone."""
    server, origin = standing
    server.send(SMS)
    page = profile(origin).open("time")
    shared = page.get_by_role("region", name="Shared clock")
    shared.get_by_role("button", name="+1 day").click()
    expect(shared.locator(".face")).to_contain_text("2026-01-02 00:00:00")
    for typed in ("yesterday", "12x", "-1h"):
        shared.get_by_label("Jump by or to").fill(typed)
        shared.get_by_role("button", name="Move", exact=True).click()
        said = page.get_by_role("alert").filter(has_text=f"“{typed}” is neither a duration such as 90m")
        expect(said).to_contain_text("nor a time such as 2026-01-02T00:00Z")
    shared.get_by_label("Jump by or to").fill("2026-01-03T12:00Z")
    shared.get_by_role("button", name="Move", exact=True).click()
    expect(shared.locator(".face")).to_contain_text("2026-01-03 12:00:00")
    page.get_by_label("Uses the shared clock").select_option("app")
    page.get_by_role("button", name="Give it its own clock").click()
    own = page.get_by_role("region", name="app's own clock", exact=True)
    own.get_by_role("button", name="+1 h").click()
    expect(own.locator(".face")).to_contain_text("13:00:00")
    page.get_by_role("link", name="Shared clock").click()
    expect(shared.locator(".face")).to_contain_text("12:00:00")
    page.get_by_role("button", name="Let time run").click()
    expect(page.get_by_role("button", name="Pause time")).to_be_visible()
    assert server.clock()["rate"] == 1.0


def test_a_scenario_is_found_read_and_chosen(standing: tuple[Emulator, str], profile: Open) -> None:
    """For everybody; and reset."""
    server, origin = standing
    page = profile(origin).open("scenarios")
    page.get_by_label("Search", exact=True).fill("no channel")
    page.get_by_role("link", name="all-fail").click()
    expect(page.get_by_role("region", name="the scenario all-fail")).to_contain_text("purpose")
    page.get_by_role("button", name="Activate all-fail").click()
    expect(page.get_by_role("heading", name="Active: all-fail")).to_be_visible()
    server.send(SMS)
    server.advance(by="24h")
    page.get_by_role("link", name="Board", exact=True).click()
    has(page, "Failed", 1)
    page.get_by_role("link", name="Scenarios").click()
    page.get_by_role("button", name="Back to default").click()
    expect(page.get_by_role("heading", name="Active: default")).to_be_visible()


def test_what_the_documentation_leaves_open_is_listed(standing: tuple[Emulator, str], profile: Open) -> None:
    """With the answers in force, those of the scenario too."""
    server, origin = standing
    text = b'{"text": "purpose: Ours.\\nchoices: { latency: milliseconds }"}'
    assert server.call("POST", "/_emulator/scenario", text).status == 200
    page = profile(origin).open("scenarios")
    region = page.get_by_role("region", name="What the documentation leaves open")
    expect(region).to_contain_text("1 of them answered in another way than usual")
    region.get_by_text("All questions").click()
    expect(region.get_by_text("latency: milliseconds")).to_be_visible()
    expect(region.get_by_text("total-price: all-messages")).to_be_visible()
    page.get_by_role("button", name="Back to default").click()
    expect(region).to_contain_text("0 of them answered")


def test_rules_are_written_with_their_errors_in_place(standing: tuple[Emulator, str], profile: Open) -> None:
    """What is wrong is said while it is written, with a way to its place; what is right is put on top."""
    server, origin = standing
    page = profile(origin).open("scenarios")
    page.get_by_text("Add override rules").click()
    text = page.get_by_label("Rules (YAML)")
    text.fill('rules:\n  - match: {to: "+306912345678"}\n    plan: {Sms: Faild}\n')
    expect(page.get_by_role("button", name="line 3, column 17")).to_be_visible()
    expect(page.locator(".problems").get_by_text("did you mean")).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    page.get_by_role("button", name="line 3, column 17").click()
    assert text.evaluate("area => [area.selectionStart, area === document.activeElement]") == [56, True]
    text.fill('rules:\n  - match: {to: "+306912345678"}\n    plan: {Sms: Failed}\n')
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Overrides")).to_be_visible()
    server.send({**SMS, "to": "+306912345678"})
    server.advance(by="1h")
    page.get_by_role("link", name="Board", exact=True).click()
    has(page, "Failed", 1)


def test_rules_that_say_something_in_vain_are_warned_of_and_taken_all_the_same(
    standing: tuple[Emulator, str], profile: Open
) -> None:
    """Each warning has a way to its place, too."""
    _, origin = standing
    page = profile(origin).open("scenarios")
    page.get_by_text("Add override rules").click()
    page.get_by_label("Rules (YAML)").fill('rules:\n  - match: {to: "6912345678"}\n    plan: {Sms: Failed}\n')
    expect(page.get_by_text("1 warning")).to_be_visible()
    expect(page.get_by_role("button", name="line 2, column 5")).to_be_visible()
    expect(page.locator(".problems").get_by_text("a recipient is written with +")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Overrides")).to_be_visible()


def test_the_journal_tells_what_happened_as_it_happens(standing: tuple[Emulator, str], profile: Open) -> None:
    """Filtered by kind; each entry opens to show all of itself; older ones can be asked for."""
    server, origin = standing
    for _ in range(70):
        server.send(SMS)
    page = profile(origin).open("journal?kind=accepted,status")
    rows = page.locator("tbody tr:not([hidden])")
    expect(rows).to_have_count(70)
    server.advance(by="1h")
    expect(rows.first).to_contain_text("Delivered")
    for count in (200, 210):
        page.get_by_role("button", name="Load more").click()
        expect(rows).to_have_count(count)
    expect(page.get_by_role("button", name="Load more")).to_have_count(0)
    page.get_by_label("Text", exact=True).fill("Sms Sent")
    expect(rows).to_have_count(70)
    page.get_by_role("button", name=re.compile("^Show entry")).first.click()
    expect(page.locator("tbody pre")).to_contain_text('"status": "Sent"')


def test_callbacks_show_each_attempt_and_answer(profile: Open) -> None:
    """One that was refused first, and received then."""
    with served("--rate", "0") as (server, origin), receiver() as hook:
        hook.answer = lambda count: 503 if count == 1 else 200
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.advance(by="1h")
        page = profile(origin).open("callbacks")
        expect(page.locator("tbody")).to_contain_text("received")
        page.get_by_role("button", name="Show callback 1").click()
        attempts = page.locator(".attempts li")
        expect(attempts).to_have_count(2)
        expect(attempts.first).to_contain_text("503")
        expect(attempts.last).to_contain_text("200")


def test_refused_requests_show_their_reasons(standing: tuple[Emulator, str], profile: Open) -> None:
    """Where in the body, and what would be right."""
    server, origin = standing
    server.api("POST", "/failover", {"flow": [{"type": "Viber"}]})
    page = profile(origin).open("refused")
    expect(page.locator("tbody")).to_contain_text("flow[0].to")
    expect(page.locator("tbody")).to_contain_text("is required")


def test_a_sample_is_made_up_and_sent(standing: tuple[Emulator, str], profile: Open) -> None:
    """Of the channels that were chosen; it is valid."""
    _, origin = standing
    page = profile(origin, "400").open("send")
    page.get_by_text("Magic numbers").click()
    page.get_by_role("button", name="+306900000300").click()
    body = page.get_by_label("Body of POST /failover")
    before = body.input_value()
    assert "+306900000300" in before
    page.get_by_role("button", name="Fill with a random request").click()
    expect(body).not_to_have_value(before)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Answer: 200")).to_be_visible()
    page.get_by_label("Body of POST /failover").fill('{"flow": []}')
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Answer: 400")).to_be_visible()


def test_a_sample_with_a_template_stays_one(standing: tuple[Emulator, str], profile: Open) -> None:
    """It goes to the transactional twin; a flow without any text has none to write."""
    _, origin = standing
    page = profile(origin).open("send")
    page.get_by_label("On Viber as a template").check()
    body = page.get_by_label("Body of POST /failover/transactional")
    before = body.input_value()
    text = page.get_by_label("Text", exact=True)
    expect(text).to_have_value("Parcel 71 is ready. Track it, or tell us when you are at home.")
    page.get_by_role("button", name="Fill with a random request").click()
    expect(body).not_to_have_value(before)
    expect(page.get_by_label("On Viber as a template")).to_be_checked()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Answer: 200")).to_be_visible()
    page.get_by_role("button", name="Remove Sms").click()
    expect(text).to_be_disabled()


def test_a_flow_with_a_template_is_composed_and_shown(standing: tuple[Emulator, str], profile: Open) -> None:
    """The phone shows the text of one that is known, and of another what was sent."""
    server, origin = standing
    opened = profile(origin)
    for template, shown in (("0aac888f", "Your verification code is 7193."), ("other", "Template other-")):
        page = opened.open("send")
        page.get_by_label("On Viber as a template").check()
        page.get_by_label("Recipient", exact=True).fill("+306900000000")
        body = page.get_by_label("Body of POST /failover/transactional")
        body.fill(body.input_value().replace("0aac888f", template))
        page.get_by_role("button", name="Send", exact=True).click()
        page.get_by_role("link", name="Watch this flow").click()
        expect(page.get_by_text("POST /failover/transactional", exact=True)).to_be_visible()
        server.advance(by="1m")
        phone = page.get_by_role("complementary", name="The recipient's phone")
        expect(phone).to_contain_text(shown)
        expect(phone).to_contain_text("7193")


def test_a_locked_emulator_asks_for_its_token(profile: Open) -> None:
    """And opens with it."""
    with served("--rate", "0", "--control-token", "secret") as (_, origin):
        page = profile(origin, "401").context.new_page()
        page.goto(f"{origin}/_emulator/")
        page.get_by_label("Control token", exact=True).fill("secret")
        page.get_by_role("button", name="Unlock").click()
        expect(page.get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()


def test_a_second_tab_of_a_locked_emulator_leaves_the_first_one_open(profile: Open) -> None:
    """The browser keeps the token for all of them."""
    with served("--rate", "0", "--control-token", "secret") as (_, origin):
        watched = profile(origin, "401")
        first = watched.context.new_page()
        first.goto(f"{origin}/_emulator/")
        for wrong in ("wrong", "λάθος"):
            first.get_by_label("Control token", exact=True).fill(wrong)
            first.get_by_role("button", name="Unlock").click()
            expect(first.get_by_role("alert").get_by_text("Wrong token.")).to_be_visible()
        first.get_by_label("Control token", exact=True).fill("secret")
        first.get_by_role("button", name="Unlock").click()
        empty = "Nothing has been sent yet"
        expect(first.get_by_role("heading", name=empty)).to_be_visible()
        second = watched.open()
        expect(second.get_by_role("heading", name=empty)).to_be_visible()
        expect(first.get_by_role("heading", name=empty)).to_be_visible()


def test_a_page_that_was_left_and_gone_back_to_is_live_again(standing: tuple[Emulator, str], profile: Open) -> None:
    """The browser may have kept it asleep."""
    server, origin = standing
    page = profile(origin, "404").open()  # of the icon that a browser looks for
    page.goto(f"{origin}/_emulator/health")
    page.go_back()
    server.send(SMS)
    has(page, "Sms", 1)


@pytest.mark.parametrize("view", ["flows/%", "constructor", "__proto__", "toString/x?%"])
def test_no_address_blanks_the_page(standing: tuple[Emulator, str], profile: Open, view: str) -> None:
    """One that means nothing leads to the board, or says that there is no such flow."""
    page = profile(standing[1], "404").open(view)
    expect(page.get_by_role("heading", level=1)).to_be_attached()


def test_a_flow_that_is_gone_is_said_to_be_gone(standing: tuple[Emulator, str], profile: Open) -> None:
    """After a reset nothing of it stays on the page."""
    server, origin = standing
    name = server.send(SMS)
    page = profile(origin, "404").open(f"flows/{name}")
    expect(page.get_by_role("list", name="Events")).to_be_visible()
    server.call("POST", "/_emulator/reset", b"{}")
    expect(page.get_by_role("alert").get_by_text(f"there is no flow {name}")).to_be_visible()
    expect(page.get_by_role("list", name="Events")).to_have_count(0)
