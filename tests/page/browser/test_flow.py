"""The view of one flow: why it ended so, its callbacks beside what caused them, where it stands in time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.page.browser.conftest import Open, Standing, expect
from tests.support.running import SMS, VIBER

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.support.running import Emulator

DEAD = "http://127.0.0.1:9/hook"


def two(server: Emulator, last: str, callback: str = "") -> str:
    """Send Viber, then Sms, to a magic number that ends so."""
    to = f"+306900000{last}"
    return server.send({**VIBER, "to": to, "order": 1}, {**SMS, "to": to, "order": 2}, callback=callback)


def place(part: Locator) -> float:
    """How far right something is."""
    box = part.bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.parametrize(
    ("last", "by", "told"),
    [
        ("000", "1m", "Delivered by Viber. It took 2 s and cost €0.01."),
        (
            "100",
            "1m",
            "Delivered by Sms after Viber UNDELIVERED (Not Viber User: The recipient has no Viber account). "
            "It took 5 s and cost €0.045 (Viber €0.01, Sms €0.035).",
        ),
        (
            "110",
            "1m",
            "Not delivered, all channels tried (statusCode 2): "
            "Viber UNDELIVERED (Not Viber User: The recipient has no Viber account) → "
            "Sms Undelivered (Undelivered on Handset: The handset did not take the message). "
            "It took 6 s and cost €0.045 (Viber €0.01, Sms €0.035).",
        ),
        ("600", "1m", "Trying Viber. So far it costs €0.01."),
        (
            "100",
            "3s",
            "Trying Sms after Viber UNDELIVERED (Not Viber User: The recipient has no Viber account). "
            "So far it costs €0.045 (Viber €0.01, Sms €0.035).",
        ),
    ],
)
def test_one_sentence_says_why(standing: Standing, profile: Open, last: str, by: str, told: str) -> None:
    """Who won, or what failed in the journal's words, how long it took, what it cost."""
    server, origin = standing
    name = two(server, last)
    server.advance(by=by)
    expect(profile(origin).open(f"flows/{name}").locator(".outcome")).to_have_text(told)


def test_callbacks_stand_beside_what_caused_them_with_what_is_new(standing: Standing, profile: Open) -> None:
    """Quiet, as all were received; opened, each has its attempts and its differences from the one before."""
    server, origin = standing
    name = two(server, "110", f"{origin}/_emulator/sink")
    server.advance(by="1m")
    page = profile(origin).open(f"flows/{name}")
    told = page.locator(".told")
    expect(told).to_have_count(4)
    expect(page.locator(".told.loud, .event-attempt")).to_have_count(0)
    beside = page.locator(".events > li", has=page.get_by_text("Viber UNDELIVERED")).locator(".told")
    expect(beside).to_have_text(re.compile(r"✓ Callback 2 200, 0 ms"))
    beside.locator("summary").click()
    expect(beside.locator(".news li")).to_have_text(
        [
            "messages[0].status.name QUEUED UNDELIVERED",
            "messages[0].status.reason.detailedStatus Queued Not Viber User",
            re.compile("description The message is waiting to be delivered. The recipient has no Viber account."),
            "messages[0].status.updatedDate 2026-01-01T00:00:00Z 2026-01-01T00:00:02Z",
            "messages[1] new",
            "totalPrice 0.01 0.045",
            "updatedAt 2026-01-01T00:00:00Z 2026-01-01T00:00:02Z",
        ]
    )
    expect(page.locator(".traffic")).to_contain_text("received · Viber UNDELIVERED, Sms Queued")
    said = [each.split(" · ")[1] for each in page.locator(".traffic summary", has_text="Callback").all_inner_texts()]
    for view in ("sink", "callbacks"):
        page.goto(f"{origin}/_emulator/#/{view}")
        expect(page.locator("tbody tr:not([hidden])")).to_have_count(4)
        for row, what in zip(page.locator("tbody tr:not([hidden])").all(), reversed(said), strict=True):
            expect(row.get_by_role("cell", name=what, exact=True)).to_be_visible()


def test_what_fails_is_told_aloud_and_opened_by_keyboard(standing: Standing, profile: Open) -> None:
    """With each attempt, and when the next one is."""
    server, origin = standing
    name = two(server, "600", DEAD)
    server.advance(by="3m")
    page = profile(origin).open(f"flows/{name}")
    expect(page.locator(".told.loud")).to_contain_text(re.compile("✗✗✗✗ Callback 1 failing, 4 attempts"))
    expect(page.locator(".told.loud > .more")).to_contain_text("nothing listens on port 9")
    page.locator(".told summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".told .attempts li")).to_have_count(5)
    expect(page.locator(".told .attempts li").last).to_have_text("next at 2026-01-01 00:05:00")


def test_the_axis_says_its_scale_and_where_now_is(standing: Standing, profile: Open) -> None:
    """Now moves with the clock, between what was and what is to come, and goes once nothing is."""
    server, origin = standing
    name = two(server, "600", DEAD)
    server.advance(by="3m")
    page: Page = profile(origin).open(f"flows/{name}")
    axis, now = page.locator(".axis"), page.locator(".present")
    expect(axis).to_contain_text("Not to scale")
    expect(now).to_be_visible()
    before = place(now)
    failed, coming = axis.locator(".mark.post.bad").last, axis.locator(".mark.post.going")
    assert place(failed) < before < place(coming) < place(axis.locator(".ttl"))
    server.advance(by="1m")
    page.wait_for_function("was => document.querySelector('.present').getBoundingClientRect().x > was + 1", arg=before)
    server.advance(by="72h")
    expect(page.locator(".outcome")).to_contain_text("Delivered by Sms")
    expect(now).to_have_count(0)


def test_an_attempt_and_its_time_stand_below_what_it_belongs_to(standing: Standing, profile: Open) -> None:
    """Though it comes some milliseconds later, as it does where time runs."""
    server, origin = standing
    name = two(server, "110", f"{origin}/_emulator/sink")
    server.advance(by="1m")
    watched = profile(origin)

    def late(route: Route) -> None:
        flow = route.fetch().json()
        for callback in flow["callbacks"]:
            for tried in callback["attempts"]:
                tried["at"] = tried["at"].replace("Z", ".007Z") if "." not in tried["at"] else tried["at"]
        route.fulfill(json=flow)

    watched.context.route(f"**/_emulator/flows/{name}", late)
    page = watched.open(f"flows/{name}")
    marks = page.locator(".mark.post")
    expect(marks).to_have_count(4)
    dots = [round(place(each) + 7) for each in page.locator(".axis .mark:not(.post)").all()]
    starts = sorted(dots + [round(place(each)) for each in page.locator(".axis .bar").all()])
    for mark in marks.all():
        assert min(abs(place(mark) + 7 - each) for each in starts) < 5
    expect(page.locator(".tick").first).to_have_text("00:00:00")
    last = page.locator(".tick").last.bounding_box()
    assert last is not None
    assert abs(last["x"] + last["width"] / 2 - starts[-1]) < 5


def test_one_slow_answer_leaves_the_view_behind_for_seconds_at_most(standing: Standing, profile: Open) -> None:
    """Though the page rests the longer, the longer an answer took; by the page's clock."""
    server, origin = standing
    name = two(server, "000")
    watched = profile(origin)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    watched.context.route(f"**/_emulator/flows/{name}", hold)
    page = watched.context.new_page()
    page.clock.install()
    with page.expect_request(f"**/_emulator/flows/{name}"):
        page.goto(f"{origin}/_emulator/#/flows/{name}")
    page.clock.run_for(4000)
    held[0].continue_()
    expect(page.locator(".outcome")).to_contain_text("Trying Viber")
    server.advance(by="1m")
    expect(page.locator(".clock .now")).to_contain_text("00:01:00")
    page.clock.run_for(5000)
    expect(page.locator(".outcome")).to_contain_text("Delivered by Viber")
