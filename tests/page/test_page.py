"""The page's files as they are served, without a browser."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.channels.table import CHANNELS, Kind
from emulator.page.page import FOLDER
from tests.support.running import Emulator, emulator

FILES = sorted(file for file in FOLDER.rglob("*") if file.is_file())
SCRIPTS = [file for file in FILES if file.suffix == ".js"]


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator with a control token."""
    with emulator("--rate", "0", "--control-token", "secret") as running:
        yield running


def test_the_root_leads_to_the_page(server: Emulator) -> None:
    """And so does the API's address without a slash at its end."""
    for path in ("/", "/_emulator"):
        answer = server.call("GET", path)
        assert (answer.status, answer.headers["location"]) == (307, "_emulator/")


def test_by_the_provider_s_name_the_root_says_where_the_page_is(server: Emulator) -> None:
    """To a program and to a browser; another foreign name is told how to be known."""
    place = f"http://localhost:{server.port}/"
    program = server.call("GET", "/", headers={"Host": "connect.routee.net"})
    where = f"its page is at its own address, such as {place}"
    told = f"this is failover-emulator, in the place of connect.routee.net; {where}"
    assert (program.status, program.json()["detail"]) == (404, told)
    browser = server.call("GET", "/", headers={"Host": "auth.routee.net:443", "Accept": "text/html"})
    assert (browser.status, browser.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert where.encode() in browser.body
    assert "--allowed-hosts evil.example" in server.call("GET", "/", headers={"Host": "evil.example"}).json()["detail"]


def test_a_browser_may_fetch_nothing_from_elsewhere(server: Emulator) -> None:
    """Neither scripts nor styles nor pictures; the last only for who asks, by the address."""
    policy = server.call("GET", "/_emulator/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    open_policy = server.call("GET", "/_emulator/?remote").headers["content-security-policy"]
    assert "img-src 'self' data: http: https:;" in open_policy
    assert "script-src 'self';" in open_policy


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(FOLDER).as_posix())
def test_each_file_is_served_without_a_token_and_with_the_headers(server: Emulator, file: Path) -> None:
    """The page itself tells nothing, and asks for the token; names from elsewhere are refused all the same."""
    name = file.relative_to(FOLDER).as_posix()
    answer = server.call("GET", f"/_emulator/page/{name}")
    assert (answer.status, answer.body) == (200, file.read_bytes())
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    again = server.call("GET", f"/_emulator/page/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status == 304
    assert server.call("GET", f"/_emulator/page/{name}", headers={"Host": "evil.example"}).status == 403


def test_files_are_packed_for_who_can_unpack_them(server: Emulator) -> None:
    """So that the page is there at once on a slow line too."""
    answer = server.call("GET", "/_emulator/page/app.js", headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
    assert gzip.decompress(answer.body) == (FOLDER / "app.js").read_bytes()
    assert "accept-encoding" in answer.headers["vary"].lower()


def test_what_is_no_file_is_not_found(server: Emulator) -> None:
    """Nor anything outside the folder."""
    for name in ("nothing.js", "../page.py", "%2e%2e/page.py", "..%2f..%2fcli.py", "lib", ""):
        assert server.call("GET", f"/_emulator/page/{name}").status == 404


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.name)
def test_scripts_import_files_that_are_there(script: Path) -> None:
    """There is no build step that would tell."""
    for name in re.findall(r'^(?:import|export)[^;]*?from\s*"([^"]+)"', script.read_text("utf-8"), re.MULTILINE):
        assert (script.parent / name).resolve() in FILES, name


def test_the_styles_and_scripts_of_the_page_are_there() -> None:
    """All that index.html names; and every style there is, is named."""
    index = (FOLDER / "index.html").read_text("utf-8")
    named = set(re.findall(r'(?:href|src)="page/([^"]+)"', index))
    assert all((FOLDER / name).is_file() for name in named)
    assert {f"css/{file.name}" for file in (FOLDER / "css").iterdir()} <= named


def test_the_failures_that_the_page_offers_are_those_that_channels_report() -> None:
    """Each, and no other."""
    words = (FOLDER / "lib" / "words.js").read_text("utf-8")
    (block,) = re.findall(r"FAILURES = \{(.*?)\};", words, re.DOTALL)
    offered = {name: set(re.findall(r'"(\w+)"', listed)) for name, listed in re.findall(r"(\w+): \[(.*?)\]", block)}
    assert offered == {
        channel: {status for status, kind in traits.statuses.items() if kind is Kind.FAILURE}
        for channel, traits in CHANNELS.items()
    }
