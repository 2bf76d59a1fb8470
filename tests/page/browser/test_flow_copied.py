"""A flow's request copied as code, what it came to as a test and as a scenario: each is run here by its own tool."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser.conftest import Open, Standing, expect
from tests.support.projects import Project
from tests.support.running import SMS, VIBER

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.running import Emulator

TEXT = 'It\'s $5 "only" \\u0041 for Größe 😀 `x` ${y} %s\nand {more}'
"""What each language writes in a way of its own."""
TO = "+306900000110"
STEPS = ({**VIBER, "to": TO, "ttl": 2.5, "order": 1}, {**SMS, "to": TO, "message": {"body": TEXT}, "order": 2})
TOOLS: dict[str, tuple[str, ...]] = {
    "curl": ("sh",),
    "Python": (sys.executable, "-"),
    "Node": ("node", "-"),
    "Java": ("java", "Send.java"),
}
"""By what each is run; what is no file is read from standard input."""


def copied(page: Page, language: str) -> str:
    """Copy the flow's request in a language."""
    page.get_by_text("Copy as", exact=True).click()
    page.get_by_role("group", name="Copy as").get_by_role("button", name=language, exact=True).click()
    expect(page.get_by_role("status").get_by_text(f"Copied the request as {language}.")).to_be_visible()
    found: str = page.evaluate("navigator.clipboard.readText()")
    return found


def opened(standing: Standing, profile: Open, name: str) -> Page:
    """The view of a flow, in a browser that may copy."""
    return profile(standing[1], permissions=["clipboard-read", "clipboard-write"]).open(f"flows/{name}")


def body(server: Emulator, name: str) -> Any:
    """What a flow's request was."""
    return server.call("GET", f"/_emulator/flows/{name}").json()["journal"][0]["data"]["body"]


@pytest.mark.parametrize("language", TOOLS)
def test_a_request_is_copied_as_code_that_works(
    standing: Standing, profile: Open, tmp_path: Path, language: str
) -> None:
    """It has a token that is good, also once the one of then has ended, and sends the very same."""
    if not shutil.which(TOOLS[language][0]):
        pytest.skip(f"{TOOLS[language][0]} is not installed")
    server, _ = standing
    name = server.send(*STEPS)
    server.advance(by="3h")
    text = copied(opened(standing, profile, name), language)
    (tmp_path / "Send.java").write_text(text)
    done = subprocess.run(TOOLS[language], input=text, capture_output=True, text=True, check=True, cwd=tmp_path)
    (again,) = re.findall(r'"trackingId":"([^"]+)"', done.stdout)[:1]
    assert again != name
    assert body(server, again) == body(server, name)


def test_what_it_came_to_is_copied_as_a_test_that_passes(standing: Standing, profile: Open, tmp_path: Path) -> None:
    """Under the scenario that was recorded of it: here somebody had Viber fail by hand."""
    server, _ = standing
    to = "+306912345678"
    name = server.send({**VIBER, "to": to, "order": 1}, {**SMS, "to": to, "message": {"body": TEXT}, "order": 2})
    page = opened(standing, profile, name)
    expect(page.get_by_role("group", name="Copy as").get_by_role("button", name="pytest")).to_have_count(0)
    server.call("POST", f"/_emulator/flows/{name}/reports", b'{"status": "FAILED"}')
    server.advance(by="1h")
    expect(page.locator(".outcome")).to_contain_text("Delivered by Sms after Viber FAILED")
    text = copied(page, "pytest")
    assert 'failover.assert_messages(flow, "FAILED", "Delivered")' in text
    output, status = Project(tmp_path / "right", text).run()
    assert status == 0, output
    output, status = Project(tmp_path / "wrong", text.replace('"FAILED", "Delivered"', '"FAILED"')).run()
    assert status == 1, output


def repeated(server: Emulator, page: Page, tmp_path: Path, name: str) -> None:
    """That what a page shows of a flow can be copied as a test that passes, and sent again as it was."""
    output, status = Project(tmp_path, copied(page, "pytest")).run()
    assert status == 0, output
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url(lambda url: not url.endswith(name))
    expect(page.locator(".outcome")).to_contain_text("So far it costs")
    assert body(server, page.url.rpartition("/")[2]) == body(server, name)


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        ("otp", "/failover-otp/otp/send-failover"),
        ("2step", "/2step"),
        ("voice", "/voice/conversation"),
        ("transactional", "/failover/transactional"),
    ],
)
def test_what_single_messages_codes_and_calls_came_to_is_a_test_too(
    standing: Standing, profile: Open, tmp_path: Path, endpoint: str, path: str
) -> None:
    """And each is sent again as it was."""
    server, _ = standing
    sample = server.call("GET", f"/_emulator/sample?endpoint={endpoint}&seed=1").json()
    sent = server.api("POST", path, sample).json()
    name = sent.get("flowId") or sent["trackingId"]
    server.advance(by="10m")
    repeated(server, opened(standing, profile, name), tmp_path, name)


def test_a_message_of_a_campaign_is_sent_again_by_itself(standing: Standing, profile: Open, tmp_path: Path) -> None:
    """And copied so: the journal has the body of each message, not the campaign's."""
    server, _ = standing
    campaign = {"from": "Shop", "to": ["+306912345678", "+306912345679"], "body": "We open at 9"}
    assert server.api("POST", "/sms/campaign", campaign).status == 200
    name = server.call("GET", "/_emulator/flows?limit=1").json()["flows"][0]["trackingId"]
    server.advance(by="1h")
    page = opened(standing, profile, name)
    expect(page.get_by_text("Request: POST /sms · as this message")).to_be_visible()
    repeated(server, page, tmp_path, name)


def test_it_is_copied_as_a_scenario_that_replays_it(standing: Standing, profile: Open) -> None:
    """The one that `record` writes."""
    server, _ = standing
    name = server.send(*STEPS)
    server.advance(by="1h")
    text = copied(opened(standing, profile, name), "Scenario")
    assert text.startswith("purpose: Recorded from")
    answer = server.call("POST", "/_emulator/scenario", text.encode(), {"Content-Type": "application/yaml"})
    assert answer.status == 200, answer.body
    server.forget_token()
    again = server.send(*STEPS)
    server.advance(by="1h")
    found = server.call("GET", f"/_emulator/flows/{again}").json()
    assert (found["scenario"], found["status"], found["statusCode"]) == ("inline", "Failed", "2")


def test_a_callback_is_copied_as_curl(standing: Standing, profile: Open) -> None:
    """The copied command is one that a shell runs."""
    server, origin = standing
    name = server.send({**SMS, "message": {"body": TEXT}}, callback=f"{origin}/_emulator/sink")
    page = opened(standing, profile, name)
    page.get_by_text("Callback 1 to").click()
    page.get_by_role("button", name="Copy as curl: Callback 1").click()
    expect(page.get_by_role("status").get_by_text("Copied")).to_be_visible()
    before = server.call("GET", "/_emulator/sink/posts").json()
    command = page.evaluate("navigator.clipboard.readText()")
    subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    posts = server.call("GET", "/_emulator/sink/posts").json()["posts"]
    assert len(posts) == len(before["posts"]) + 1
    assert len({post["body"] for post in posts}) == 1
