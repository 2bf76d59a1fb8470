"""A browser with the page open, as a process: `python -m tests.benchmarks.browsing URL` says `open` once it is live,
and at the end of its input the milliseconds of the longest task that the page had; or only what is `missing`.
"""

from __future__ import annotations

import importlib.util
import sys

WATCH = """() => {
  window.longest = 0;
  const note = (list) => list.getEntries().forEach(({duration}) => { longest = Math.max(longest, duration); });
  new PerformanceObserver(note).observe({type: "longtask"});
}"""


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
        page.goto(url)
        page.locator(".state-live").wait_for()
        page.evaluate(WATCH)
        sys.stdout.write("open\n")
        sys.stdout.flush()
        sys.stdin.read()
        sys.stdout.write(f"{page.evaluate('longest'):.0f}\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
