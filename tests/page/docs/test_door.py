"""The documentation as a real emulator answers it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from emulator import __version__
from emulator.page.docs.shelf import FRONT, PAGES
from tests.support.running import Emulator, emulator

DOCS = "/_emulator/docs"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator with a control token, which the documentation needs none of."""
    with emulator("--rate", "0", "--control-token", "secret") as running:
        yield running


@pytest.mark.parametrize(("path", "first"), [(DOCS, f"docs/{FRONT}"), (f"{DOCS}/", FRONT)])
def test_the_address_leads_to_the_first_page(server: Emulator, path: str, first: str) -> None:
    """Relative to itself, so also behind a proxy that puts a path before it."""
    answer = server.call("GET", path)
    assert (answer.status, answer.headers["location"]) == (307, first)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_answered_with_the_list_of_all(server: Emulator, path: str) -> None:
    """In which it is marked; of the version that runs."""
    answer = server.call("GET", f"{DOCS}/{path}")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = answer.body.decode()
    assert f"Failover emulator {__version__}<" in text
    up = "../" * (path.count("/") + 1)
    for each in PAGES:
        here = ' aria-current="page"' if each == path else ""
        assert f'<a href="{up}docs/{each}"{here}>' in text
    assert "$" not in text.partition("<main")[0]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("tests/page/browser/pictures/board.png", "image/png"),
        ("schemas/scenario.json", "application/json"),
        ("compose.yaml", "text/plain; charset=utf-8"),
        ("scenarios/stories/shop.yaml", "text/plain; charset=utf-8"),
    ],
)
def test_what_pages_show_is_answered_too(server: Emulator, path: str, kind: str) -> None:
    """Pictures and files."""
    answer = server.call("GET", f"{DOCS}/{path}")
    assert (answer.status, answer.headers["content-type"]) == (200, kind)


def test_a_folder_is_a_list_of_its_files(server: Emulator) -> None:
    """Which are below it."""
    answer = server.call("GET", f"{DOCS}/scenarios/stories")
    assert answer.status == 200
    assert '<h1>scenarios/stories</h1><ul><li><a href="stories/bank-code.yaml">bank-code.yaml<' in answer.body.decode()


def test_a_page_may_fetch_nothing_from_elsewhere(server: Emulator) -> None:
    """And its form leads to the emulator alone."""
    headers = server.call("GET", f"{DOCS}/{FRONT}").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["none", "pyproject.toml", "emulator/app.py", "..%2fpyproject.toml", "%00", "README.md/"]
)
def test_what_is_no_page_is_not_found(server: Emulator, path: str) -> None:
    """And told where pages begin."""
    answer = server.call("GET", f"{DOCS}/{path}")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert f"the first is {DOCS}/{FRONT}" in answer.json()["detail"]


def test_words_are_found(server: Emulator) -> None:
    """With links to their sections; how many, in words."""
    text = server.call("GET", f"{DOCS}/search?q=magic+numbers").body.decode()
    assert '<a href="scenarios/README.md#magic-numbers">Magic numbers</a> <small>Scenarios</small>' in text
    assert 'value="magic numbers"' in text
    assert (
        "No sections have “nowhere-to-be-found”"
        in server.call("GET", f"{DOCS}/search?q=nowhere-to-be-found").body.decode()
    )
    assert '<p role="status"></p>' in server.call("GET", f"{DOCS}/search").body.decode()


def test_what_is_searched_for_is_text(server: Emulator) -> None:
    """Never HTML."""
    text = server.call("GET", f"{DOCS}/search?q=%3Cscript%3E%22%24up").body.decode()
    assert text.count("<script") == 1
    assert "&lt;script&gt;&quot;$up" in text


def test_a_start_reads_none_of_it() -> None:
    """Nor a call of the emulator's own API: the library is imported when a page is asked for."""
    code = "import sys, emulator.server, emulator.cli.serve, emulator.page.page, emulator.control.calls\n"
    code += "print('markdown_it' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "False"
