"""A browser with the page open, as a process: `python -m tests.benchmarks.browsing URL` says `open` once it shows what
there is, with the milliseconds of its longest task by then, and at the end of its input those of the longest since; or
only what is `missing`. A task's milliseconds are those of CPU: on a busy machine it waits much longer.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOWN = ".lane, .first"
"""What the board has once it shows anything: lanes, or what to do first."""
TASKS = ["toplevel", "blink.user_timing"]
"""The categories of a trace that have each task of each thread, with the time of its thread (`tdur`), and marks."""
HERE = "the page's own thread"
"""A mark of the page: the browser draws its own tabs and menus as pages too, in threads of the same name."""


def longest(browser: Browser, page: Page) -> float:
    """The milliseconds of CPU that the page's longest task took since the tracing began, which ends."""
    page.evaluate("name => performance.mark(name)", HERE)
    return longest_of(json.loads(browser.stop_tracing())["traceEvents"])


def longest_of(events: list[dict[str, Any]]) -> float:
    """The milliseconds of CPU of the longest task in the thread of the page that set the mark."""
    own = next((each["pid"], each["tid"]) for each in events if each["name"] == HERE)
    return max(float(each.get("tdur", 0)) for each in events if (each["pid"], each["tid"]) == own) / 1000


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
        browser.start_tracing(page=page, categories=TASKS)
        page.goto(url)
        page.locator(".state-live").wait_for()
        page.locator(SHOWN).first.wait_for()
        sys.stdout.write(f"open {longest(browser, page):.0f}\n")
        sys.stdout.flush()
        browser.start_tracing(page=page, categories=TASKS)
        sys.stdin.read()
        sys.stdout.write(f"{longest(browser, page):.0f}\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
