"""A real Chromium on the page of a real emulator.

Without playwright or a chromium these tests are left out, unless CHROMIUM names the browser: then it must be there.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.support.running import Emulator, emulator

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
)
"""Options that have Chromium itself call nobody."""
CUT_OFF = "net::ERR_(CONNECTION|INCOMPLETE|EMPTY|CONTENT_LENGTH|SOCKET|ABORTED)"
"""What the browser complains of once an emulator has ended, as each does before its pages are closed."""
PATIENCE = 20_000
"""Real milliseconds after which waiting for anything on a page is a failure."""


def expect(what: Locator) -> Any:
    """Playwright's assertions, which wait."""
    from playwright.sync_api import expect as expecting

    expecting.set_options(timeout=PATIENCE)
    return expecting(what)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser."""
    if not os.environ.get("CHROMIUM"):
        pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")
        if not CHROMIUM:
            pytest.skip("no chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield launched
        launched.close()


class Watched:
    """A browser's profile whose pages are watched: what they complain of, and whom they call."""

    def __init__(self, context: BrowserContext, origin: str, errors: str) -> None:
        context.set_default_timeout(PATIENCE)
        self.context = context
        self.origin = origin
        self._expected = f"{CUT_OFF}|{errors}" if errors else CUT_OFF
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", lambda message: self._said(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https") and not url.startswith(self.origin + "/"):
            self.foreign.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not re.search(self._expected, text):
            self.complaints.append(text)

    def open(self, view: str = "") -> Page:
        """A new tab on a view of the page, once it is live."""
        page = self.context.new_page()
        page.goto(f"{self.origin}/_emulator/{f'#/{view}' if view else ''}")
        page.locator(".state-live").wait_for()
        return page


Open = Callable[..., Watched]
Standing = tuple[Emulator, str]
"""An emulator whose clock stands, and its origin."""


@pytest.fixture
def profile(chromium: Browser) -> Iterator[Open]:
    """Makes watched profiles; at the end none of them may have complained, or called anybody but the emulator. `errors`
    is a pattern of what the browser itself may complain of: answers that the test asks for.
    """
    made: list[Watched] = []

    def make(origin: str, errors: str = "", **options: Any) -> Watched:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        made.append(Watched(context, origin, errors))
        return made[-1]

    yield make
    for each in made:
        each.context.close()
    assert [each.foreign for each in made if each.foreign] == []
    assert [each.complaints for each in made if each.complaints] == []


@contextmanager
def served(*options: str) -> Iterator[tuple[Emulator, str]]:
    """An emulator whose clock stands, unless told otherwise, and its origin."""
    with emulator("--seed", "page", *(options or ("--rate", "0"))) as running:
        yield running, f"http://127.0.0.1:{running.port}"


@pytest.fixture
def standing() -> Iterator[tuple[Emulator, str]]:
    """A new emulator whose time stands still, and its origin."""
    with served() as found:
        yield found
