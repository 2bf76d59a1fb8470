"""A browser with the page open, as a process: `python -m tests.benchmarks.browsing URL` says `open` once it shows what
there is, with the milliseconds of its longest task by then, and at the end of its input those of the longest since; or
only what is `missing`. A task's milliseconds are those of CPU: on a busy machine it waits much longer.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHOWN = ".lane, .first"
"""What the board has once it shows anything: lanes, or what to do first."""
TASKS = "toplevel"
"""The category of a trace that has each task of each thread, with the time of its thread (`tdur`)."""


def longest(browser: Browser) -> float:
    """The milliseconds of CPU that the longest task of any page took since the tracing began, which ends."""
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {(each["pid"], each["tid"]): each["args"]["name"] for each in events if each["name"] == "thread_name"}
    mains = {thread for thread, name in threads.items() if name == "CrRendererMain"}
    return max((each.get("tdur", 0) / 1000 for each in events if (each["pid"], each["tid"]) in mains), default=0.0)


def main(url: str) -> None:
    """Open the page and keep it open."""
    if not (importlib.util.find_spec("playwright") and importlib.util.find_spec("pytest")):
        sys.stdout.write("missing playwright and pytest: pip install '.[browser]'\n")
        return
    from playwright.sync_api import sync_playwright

    from tests.page.browser.conftest import CHROMIUM, QUIET

    if not CHROMIUM:
        sys.stdout.write("missing a chromium\n")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page()
        browser.start_tracing(page=page, categories=[TASKS])
        page.goto(url)
        page.locator(".state-live").wait_for()
        page.locator(SHOWN).first.wait_for()
        sys.stdout.write(f"open {longest(browser):.0f}\n")
        sys.stdout.flush()
        browser.start_tracing(page=page, categories=[TASKS])
        sys.stdin.read()
        sys.stdout.write(f"{longest(browser):.0f}\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
