"""Makes HTML of a page's Markdown, and the sections that are searched. Headings have the ids that they have on GitHub;
a link to what is not here becomes its text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from msgspec import Struct

from emulator.page.docs.shelf import led
from emulator.shipped import place

ELSEWHERE: Final = re.compile(r"https?:")
"""Begins a link that leads away from the pages."""


class Section(Struct, frozen=True):
    """A heading, its `anchor`, and in `text` what stands below it up to the next heading."""

    anchor: str
    heading: str
    text: str


class Page(Struct, frozen=True):
    """A page: its path, its title, its HTML, and its sections."""

    path: str
    title: str
    html: str
    sections: Sequence[Section]


@cache
def page(path: str) -> Page:
    """The page at one of the paths of the shelf."""
    parser = MarkdownIt("commonmark", renderer_cls=Html).enable("table")
    tokens = parser.parse(place(path).read_text(encoding="utf-8"))
    found = sections(tokens)
    html = parser.renderer.render(tokens, parser.options, {"page": path, "open": []})
    return Page(path, found[0].heading, html, found)


class Html(RendererHTML):
    """Renders tokens; the environment has the path of the `page`. What may be wider than a small screen can be scrolled
    by keys.
    """

    def html_block(self, *_: Any) -> str:
        """Nothing: comments mark what tests run."""
        return ""

    def fence(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """A block of code."""
        return f'<pre tabindex="0"><code>{escape(tokens[index].content)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """A block of code that is indented."""
        return self.fence(tokens, index)

    def table_open(self, *_: Any) -> str:
        """A table begins."""
        return '<div class="wide" tabindex="0" role="group" aria-label="Table"><table>\n'

    def table_close(self, *_: Any) -> str:
        """And ends."""
        return "</table></div>\n"

    def cell(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A cell of a table begins. The page may have no styles within it, so a class says how it is aligned."""
        style = tokens[index].attrs.pop("style", None)
        if style:
            tokens[index].attrJoin("class", str(style).removeprefix("text-align:"))
        return self.renderToken(tokens, index, options, env)

    th_open = td_open = cell

    def link_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """A link begins, if it leads somewhere."""
        link = str(tokens[index].attrGet("href"))
        env["open"].append(bool(ELSEWHERE.match(link) or led(env["page"], link)))
        return self.renderToken(tokens, index, options, env) if env["open"][-1] else ""

    def link_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """And ends."""
        return self.renderToken(tokens, index, options, env) if env["open"].pop() else ""


def sections(tokens: Sequence[Token]) -> list[Section]:
    """The sections of a page, whose headings get their ids. What stands above the first heading is in none."""
    found: list[tuple[str, str, list[str]]] = []
    taken = Counter[str]()
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "heading_open":
            heading = plain(token)
            anchor = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            taken[anchor] += 1
            anchor += f"-{taken[anchor] - 1}" if taken[anchor] > 1 else ""
            before.attrSet("id", anchor)
            found.append((anchor, heading, []))
        elif found and token.type in ("inline", "fence"):
            found[-1][2].append(plain(token))
    return [Section(anchor, heading, " ".join(texts)) for anchor, heading, texts in found]


def plain(token: Token) -> str:
    """The text of a token without its marks, in one line."""
    parts = token.children if token.type == "inline" and token.children else [token]
    return " ".join("".join([part.content or " " * part.type.endswith("break") for part in parts]).split())
