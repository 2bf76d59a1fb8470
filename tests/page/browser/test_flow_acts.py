"""What can be done with a flow on its view: go on in time, have the next one fail, send it again, or changed."""

from __future__ import annotations

import re

from tests.page.browser.conftest import Open, Standing, expect, served
from tests.support.running import SMS, VIBER, receiver

TO = "+306900000200"


def test_a_flow_goes_to_its_next_event_and_to_its_end(standing: Standing, profile: Open) -> None:
    """Its own: what is due before to others happens too, but time stops only there."""
    server, origin = standing
    server.send({**SMS, "to": "+306900000060"})
    name = server.send({**VIBER, "to": TO, "order": 1}, {**SMS, "to": TO, "order": 2})
    page = profile(origin).open(f"flows/{name}")
    page.get_by_role("button", name="To its next event").click()
    expect(page.locator(".clock .now")).to_contain_text("00:10:00")
    expect(page.locator(".outcome")).to_contain_text("Trying Sms after Viber EXPIRED")
    page.get_by_role("button", name="To its end").click()
    expect(page.locator(".outcome")).to_contain_text("Delivered by Sms after Viber EXPIRED")
    expect(page.get_by_role("button", name="To its end")).to_have_count(0)
    expect(page.get_by_role("button", name="To its next event")).to_be_disabled()
    assert server.clock("app")["application"] is None


def test_the_next_event_may_be_an_attempt_at_a_callback(standing: Standing, profile: Open) -> None:
    """On the application's own clock, if it has one."""
    server, origin = standing
    server.call("PUT", "/_emulator/clock", b'{"application": "app", "rate": 0}')
    name = server.send({**VIBER, "to": TO}, callback="http://127.0.0.1:9/hook")
    page = profile(origin).open(f"flows/{name}")
    expect(page.locator(".told.loud")).to_contain_text("Callback 1 failing")
    page.get_by_role("button", name="To its next event").click()
    expect(page.locator(".told.loud")).to_contain_text("Callback 1 failing, 2 attempts")
    assert server.clock("app")["now"] == "2026-01-01T00:00:30Z"
    assert server.clock()["now"] == "2026-01-01T00:00:00Z"


def test_the_next_one_to_this_number_fails_and_only_that(standing: Standing, profile: Open) -> None:
    """In two clicks; on another channel, in another way by keyboard."""
    server, origin = standing
    steps = [{**VIBER, "to": "+306900000000", "order": 1}, {**SMS, "to": "+306900000000", "order": 2}]
    page = profile(origin).open(f"flows/{server.send(*steps)}")
    page.get_by_text("Make the next one fail").click()
    page.get_by_role("button", name="Fail the next one to this number").click()
    expect(page.get_by_role("status").get_by_text("comes to Viber UNDELIVERED")).to_be_visible()
    names = [server.send(*steps), server.send({**VIBER, "to": "+306900000001"}), server.send(*steps)]
    server.advance(by="1h")
    found = [server.call("GET", f"/_emulator/flows/{name}").json()["messages"] for name in names]
    assert [each[0]["status"]["name"] for each in found] == ["UNDELIVERED", "DELIVERED", "DELIVERED"]
    server.forget_token()
    server.call("DELETE", "/_emulator/scenario/overrides")
    page.get_by_role("combobox", name="Channel").focus()
    page.keyboard.type("S")
    page.keyboard.press("Tab")
    page.keyboard.type("F")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("comes to Sms Failed")).to_be_visible()
    name = server.send({**SMS, "to": "+306900000000"})
    server.advance(by="1h")
    assert server.call("GET", f"/_emulator/flows/{name}").json()["messages"][0]["status"]["name"] == "Failed"


def test_a_flow_is_sent_again_and_shown(profile: Open) -> None:
    """The same body as the same application; a single message too; its token may have ended."""
    with served("--rate", "0") as (server, origin), receiver() as hook:
        first = server.send({**VIBER, "label": "Größe"}, callback=hook.url)
        page = profile(origin).open(f"flows/{first}")
        server.advance(by="3h")
        page.get_by_role("button", name="Send again").click()
        page.wait_for_url(lambda url: not url.endswith(first))
        expect(page.locator(".outcome")).to_contain_text("Trying Viber")
        flows = server.call("GET", "/_emulator/flows").json()["flows"]
        bodies = [
            server.call("GET", f"/_emulator/flows/{flow['trackingId']}").json()["journal"][0]["data"]["body"]
            for flow in flows
        ]
        assert len(bodies) == 2
        assert bodies[0] == bodies[1]
        assert {flow["applicationId"] for flow in flows} == {"app"}
        single = server.api("POST", "/sms", {"body": "Hi", "to": TO, "from": "Shop"}, server.token()).json()
        page = profile(origin).open(f"flows/{single['trackingId']}")
        expect(page.get_by_role("link", name="Edit and send")).to_have_count(0)
        page.get_by_role("button", name="Send again").click()
        page.wait_for_url(lambda url: not url.endswith(single["trackingId"]))
        expect(page.locator(".facts")).to_contain_text("POST /sms")


def test_what_can_t_be_sent_again_says_why(standing: Standing, profile: Open) -> None:
    """Here the account is empty now."""
    server, origin = standing
    name = server.send(SMS)
    server.call("POST", "/_emulator/scenario", b'{"text": "purpose: x\\nbalance: 0\\nwhen_empty: refuse\\n"}')
    page = profile(origin, "40[0-9]").open(f"flows/{name}")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("Answered with 4"))


def test_a_flow_is_changed_and_sent(standing: Standing, profile: Open) -> None:
    """Send has its body; what was being written there is kept."""
    server, origin = standing
    name = server.send({**SMS, "label": "from afar"})
    watched = profile(origin)
    page = watched.open("send")
    page.get_by_label("Text", exact=True).fill("my draft")
    page.goto(f"{origin}/_emulator/#/flows/{name}")
    page.get_by_role("link", name="Edit and send").click()
    expect(page.get_by_label("Body of POST /failover")).to_have_value(re.compile('"label": "from afar"'))
    expect(page.get_by_label("Application")).to_have_value("app")
    page.get_by_label("Text", exact=True).fill("Another text")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Answer: 200")).to_be_visible()
    assert len(server.call("GET", "/_emulator/flows?search=Another+text").json()["flows"]) == 1
    page.get_by_role("link", name="Send", exact=True).click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("my draft")
