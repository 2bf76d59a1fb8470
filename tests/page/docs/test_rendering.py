"""HTML of Markdown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from emulator.page.docs import rendering, shelf
from emulator.shipped import place
from tests.whole.test_readme import headings


class Reading(HTMLParser):
    """Notes what is in some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [str(given["id"])] if "id" in given else []
        self.links += [str(given["href"])] if tag == "a" else []
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("br", "hr", "img"), attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", shelf.PAGES)
def test_each_page_is_whole(path: str) -> None:
    """All that is opened is closed, no id stands twice, and every link leads somewhere: also to a heading."""
    page = rendering.page(path)
    read = Reading(page.html)
    assert read.open == []
    assert len(set(read.ids)) == len(read.ids)
    assert [section.anchor for section in page.sections] == read.ids
    for link in read.links:
        if not rendering.ELSEWHERE.match(link):
            led = shelf.led(path, link)
            assert led, link
            _, hashed, anchor = link.partition("#")
            assert not hashed or anchor in Reading(rendering.page(led).html).ids, link


@pytest.mark.parametrize("path", [each for each in shelf.PAGES if each != "CHANGELOG.md"])
def test_headings_have_the_ids_that_links_on_github_know(path: str) -> None:
    """Those that the READMEs use among themselves."""
    assert [each.anchor for each in rendering.page(path).sections] == headings(place(path).read_text())


def test_headings_of_one_text_have_ids_of_their_own() -> None:
    """The changelog has several *Added*, as soon as there are releases."""
    tokens = MarkdownIt().parse("# A\n## Added\n## Added\n### Added\n")
    assert [each.anchor for each in rendering.sections(tokens)] == ["a", "added", "added-1", "added-2"]


def test_what_marks_tests_is_not_shown() -> None:
    """The READMEs have such comments."""
    assert "<!-- run -->" in place("README.md").read_text()
    assert "run --" not in rendering.page("README.md").html


def test_what_is_wide_is_scrolled_by_keys() -> None:
    """Code and tables."""
    html = rendering.page("scenarios/README.md").html
    assert len(re.findall(r'<pre tabindex="0"><code>', html)) == html.count("<pre")
    assert (
        len(re.findall(r'<div class="wide" tabindex="0" role="group" aria-label="Table"><table>', html))
        == html.count("<table")
        > 0
    )


def test_text_is_searched_without_its_marks() -> None:
    """Code, links and tables are words."""
    (section,) = [each for each in rendering.page("README.md").sections if each.heading == "Start"]
    assert "http://127.0.0.1:8080. A client that has these hosts built in needs only an environment." in section.text


@pytest.mark.parametrize("path", shelf.PAGES)
def test_no_page_has_styles_within_it(path: str) -> None:
    """The policy of the page's contents refuses them: a class says how a cell is aligned."""
    assert " style=" not in rendering.page(path).html
    if path == "emulator/store/README.md":
        assert '<td class="right">' in rendering.page(path).html
