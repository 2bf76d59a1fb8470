"""Answers the pages, and what is found in them. A browser shows them without scripts too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from emulator import __version__
from emulator.page.docs.rendering import Page, page
from emulator.page.docs.searching import Hit, hits
from emulator.page.docs.shelf import FRONT, PAGES, files, kind
from emulator.page.page import headers
from emulator.provider.errors import Problem
from emulator.shipped import place

SEARCH: Final = "search"
"""The path of the search below that of the pages; `?q=` has the words."""


async def answer(request: Request) -> Response:
    """Answer the page or file at this path, or a search. Raises Problem 404."""
    path = request.path_params.get("path")
    if not path:
        return RedirectResponse(FRONT if path == "" else f"docs/{FRONT}")
    if media_type := kind(path):
        return FileResponse(place(path), media_type=media_type, headers=headers())
    inside = files(path)
    if path != SEARCH and path not in PAGES and not inside:
        raise Problem(404, f"there is no page {path!r}; the first is /_emulator/docs/{FRONT}")
    pages = await asyncio.to_thread(lambda: [page(each) for each in PAGES])
    if path == SEARCH:
        words = request.query_params.get("q", "").strip()
        return _shown(path, words or "Search", results(hits(pages, words), words), pages, words)
    if inside:
        return _shown(path, path, listing(path, inside), pages)
    asked = page(path)
    return _shown(path, asked.title, asked.html, pages)


def _shown(path: str, title: str, text: str, pages: Sequence[Page], words: str = "") -> Response:
    """A page with what is around each of them."""
    up = "../" * (path.count("/") + 1)
    here = ' aria-current="page"'
    listed = [
        f'<li><a href="{up}docs/{each.path}"{here if each.path == path else ""}>{escape(each.title)}</a></li>'
        for each in pages
    ]
    layout = Template(Path(__file__).with_name("layout.html").read_text(encoding="utf-8"))
    shown = layout.substitute(
        title=f"{escape(title)} · documentation",
        up=up,
        version=__version__,
        words=escape(words),
        pages="".join(listed),
        text=text,
    )
    own = headers()
    own["Content-Security-Policy"] = own["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
    return HTMLResponse(shown, headers=own)


def listing(folder: str, paths: Sequence[str]) -> str:
    """The files of a folder, as HTML."""
    links = [("/".join(each.split("/")[-2:]), each.rpartition("/")[2]) for each in paths]
    items = [f'<li><a href="{link}">{name}</a></li>' for link, name in links]
    return f"<h1>{folder}</h1><ul>{''.join(items)}</ul>"


def results(found: Sequence[Hit], words: str) -> str:
    """What is found, as HTML: how much it is, then each section with a piece of its text."""
    have = "section has" if len(found) == 1 else "sections have"
    told = f"{len(found) or 'No'} {have} “{escape(words)}”" if words else ""
    items = [
        f'<li><a href="{hit.page.path}#{hit.section.anchor}">{escape(hit.section.heading)}</a> '
        f"<small>{escape(hit.page.title)}</small><p>{escape(hit.piece)}</p></li>"
        for hit in found
    ]
    return f'<h1>Search</h1><p role="status">{told}</p><ol class="found">{"".join(items)}</ol>'
