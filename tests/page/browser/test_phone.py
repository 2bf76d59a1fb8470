"""The recipient's phone on a flow's view: notifications, ticks, calls, and what the phone can't do."""

from __future__ import annotations

import re

import pytest

from tests.page.browser.conftest import Open, Standing, expect
from tests.support.running import SMS, VIBER, VOICE, Emulator


def statuses(server: Emulator, name: str) -> list[str]:
    """What became of a flow's messages."""
    flow = server.call("GET", f"/_emulator/flows/{name}").json()
    return [each["status"]["name"] for each in flow["messages"]]


def test_a_message_that_arrives_is_told_ticked_and_read(standing: Standing, profile: Open) -> None:
    """What was there before is no news; a screen reader hears it too."""
    server, origin = standing
    name = server.send({**VIBER, "to": "+306900000000", "message": {"text": "Parcel 71"}})
    page = profile(origin).open(f"flows/{name}")
    phone = page.get_by_role("complementary", name="The recipient's phone")
    expect(phone).to_contain_text("Nothing has arrived yet")
    server.advance(by="1m")
    expect(phone.get_by_role("status")).to_contain_text(re.compile("Viber.*Parcel 71"))
    expect(phone.locator(".when")).to_contain_text("✓✓")
    expect(phone.locator(".when")).not_to_contain_text("seen")
    phone.get_by_role("button", name="Read it").click()
    expect(phone.locator(".when")).to_contain_text("✓✓ seen")
    expect(phone.get_by_role("button", name="Read it")).to_have_count(0)
    again = profile(origin).open(f"flows/{name}")
    expect(again.locator(".thread-viber")).to_be_visible()
    expect(again.locator(".notice")).to_have_count(0)


COVERED = """notice => {
  const { left, right, top, bottom } = notice.getBoundingClientRect();
  const screen = notice.closest(".screen-of").querySelector(".screen").getBoundingClientRect();
  return left < screen.right && right > screen.left && top < screen.bottom && bottom > screen.top;
}"""
"""Whether a notification lies over the screen on which is what it tells of."""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("view", ["flows/{name}", "phone/{to}"])
@pytest.mark.parametrize(("step", "to", "by"), [(SMS, "+306900000000", "10s"), (VOICE, "+306900000007", "4s")])
def test_a_notification_covers_nothing_of_what_it_tells(
    standing: Standing, profile: Open, width: int, view: str, step: dict[str, object], to: str, by: str
) -> None:
    """A message, or a call that waits to be answered; however long its sender and its text are. It can be seen."""
    server, origin = standing
    name = server.send({**step, "to": to})
    view = view.format(name=name, to=to.replace("+", "%2B"))
    page = profile(origin, viewport={"width": width, "height": 800}).open(view)
    expect(page.get_by_text("Nothing has arrived yet")).to_be_visible()
    server.advance(by=by)
    notice = page.locator(".notice")
    expect(notice).to_be_visible()
    notice.evaluate("notice => Promise.all(notice.getAnimations().map((each) => each.finished))")
    assert not notice.evaluate(COVERED)
    notice.scroll_into_view_if_needed()
    expect(notice).to_be_in_viewport(ratio=1)


def test_the_screen_scrolls_to_what_is_new(standing: Standing, profile: Open) -> None:
    """A reply below a long message; what is there at first begins at its top."""
    server, origin = standing
    text = "\n".join(f"line {number}" for number in range(60))
    name = server.send(
        {**VIBER, "to": "+306900000000", "message": {"text": text}, "inboundUrl": f"{origin}/_emulator/sink"}
    )
    server.advance(by="1m")
    page = profile(origin).open(f"flows/{name}")
    expect(page.locator(".thread-viber")).to_be_visible()
    screen = page.get_by_role("region", name="Screen")
    assert screen.evaluate("screen => screen.scrollTop") == 0
    assert server.call("POST", f"/_emulator/flows/{name}/replies", b'{"message": "Thank you"}').status == 200
    expect(page.locator(".bubble.mine")).to_be_in_viewport()
    assert screen.evaluate("screen => screen.scrollTop") > 0


@pytest.mark.parametrize(("button", "status"), [("Answer", "InProgress"), ("Decline", "Busy")])
def test_a_call_rings_and_is_taken_or_not(standing: Standing, profile: Open, button: str, status: str) -> None:
    """By keyboard."""
    server, origin = standing
    name = server.send({**VOICE, "to": "+306900000007"})
    page = profile(origin).open(f"flows/{name}")
    server.advance(by="4s")
    expect(page.locator(".ringing")).to_contain_text("ringing…")
    page.get_by_role("button", name=button, exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=f"Voice reported {status}.")).to_be_visible()
    assert statuses(server, name) == [status]


def test_a_phone_is_switched_off_and_on_again(standing: Standing, profile: Open) -> None:
    """From the next message on, for its number alone; the scenario's view shows it."""
    server, origin = standing
    steps = [
        {**VIBER, "to": "+306900000000", "ttl": 1, "order": 1},
        {**SMS, "to": "+306900000000", "ttl": 60, "order": 2},
    ]
    page = profile(origin).open(f"flows/{server.send(*steps)}")
    page.get_by_text("What this phone can't do").click()
    page.get_by_label("Switched off").check()
    expect(page.get_by_role("status").filter(has_text="+306900000000 is off.")).to_be_visible()
    names = [server.send(*steps), server.send({**SMS, "to": "+306900000001"})]
    server.advance(by="3h")
    assert [statuses(server, name) for name in names] == [["EXPIRED", "Undelivered"], ["Delivered"]]
    page.get_by_label("Switched off").uncheck()
    expect(page.get_by_role("status").filter(has_text="is no longer off.")).to_be_visible()
    page.get_by_label("No Viber").check()
    expect(page.get_by_role("status").filter(has_text="is without Viber.")).to_be_visible()
    server.forget_token()
    last = server.send(*steps)
    server.advance(by="3h")
    assert statuses(server, last) == ["UNDELIVERED", "Delivered"]
    overrides = server.call("GET", "/_emulator/scenario?application=app").json()["overrides"]
    assert [each["name"] for each in overrides] == ["override 2: +306900000000 is without Viber"]


def test_what_is_pointed_at_on_the_time_axis_is_marked_in_the_list(standing: Standing, profile: Open) -> None:
    """And the other way about; a click goes there."""
    server, origin = standing
    name = server.send({**VIBER, "to": "+306900000100", "order": 1}, {**SMS, "to": "+306900000100", "order": 2})
    server.advance(by="1m")
    page = profile(origin).open(f"flows/{name}")
    page.locator(".axis .mark.bad").hover()
    lit = page.locator(".events > .lit")
    expect(lit).to_have_count(2)
    expect(lit.first).to_contain_text("Viber UNDELIVERED")
    page.locator(".events > li", has_text="Sms Delivered").hover()
    expect(page.locator(".axis .mark.lit")).to_have_count(1)
    page.locator("h1").hover()
    expect(page.locator(".lit")).to_have_count(0)
