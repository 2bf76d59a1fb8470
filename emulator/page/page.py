"""Serves the page, with headers that keep a browser from fetching anything from elsewhere.

Nothing in a message may load or run anything: scripts, styles and data come from this server only. Images and videos
that a message links to are loaded only if the user asks for it, by the query `remote` in the page's URL.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from emulator.control import guard
from emulator.http import messages
from emulator.http.addresses import CONTROL, LEADS
from emulator.provider.errors import ApiError, Problem, answer
from emulator.provider.hosts import DOMAIN

FOLDER: Final = Path(__file__).parent / "static"
LATER: Final = "later"
"""The folder of what a browser fetches only when a view that few open is asked for."""
REMOTE: Final = "remote"
"""The query parameter that lets the browser load images and videos of messages from other servers."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:{more};"
    " media-src 'self'{more}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def headers(*, remote: bool = False, trusted: bool = False) -> dict[str, str]:
    """The headers of the page and its files; `remote` allows images and videos from other servers, `trusted` keeps
    windows of other pages away, which browsers can only where the connection is.
    """
    apart = {"Cross-Origin-Opener-Policy": "same-origin"} if trusted else {}
    return _HEADERS | apart | {"Content-Security-Policy": _POLICY.format(more=" http: https:" if remote else "")}


async def index(request: Request) -> Response:
    """Answer the page. It names all scripts that it begins with, so that the browser asks for them at once, and not for
    each only when it has read who imports it.
    """
    named = (file for file in FOLDER.rglob("*.js") if file.name != "worker.js" and file.parent.name != LATER)
    scripts = sorted(file.relative_to(FOLDER).as_posix() for file in named)
    links = "".join(f'<link rel="modulepreload" href="page/{name}">' for name in scripts)
    text = (FOLDER / "index.html").read_text("utf-8").replace("<!-- scripts -->", links)
    return HTMLResponse(text, headers=headers(remote=REMOTE in request.query_params, trusted=_trusted(request)))


def _trusted(request: Request) -> bool:
    """Whether a browser takes this for a secure place; elsewhere it complains of headers that need one."""
    return request.url.scheme == "https" or (request.url.hostname or "") in ("127.0.0.1", "localhost", "::1")


async def lead(request: Request) -> Response:
    """Redirect to the page: below the path where a proxy shows the emulator, if that is known, else beside what was
    asked for, which is right below any path. Where that would be refused, say so, and to a caller of the provider's
    names, where the page is.
    """
    settings = request.app.state.settings
    root = settings.root
    try:
        guard.check({**request.scope, "path": CONTROL}, settings)
    except Problem as error:
        host = (messages.header(request.scope, b"host") or "").partition(":")[0]
        if not f".{host}".endswith(DOMAIN):
            return refusal(request.scope, error)
        page = f"http://localhost:{settings.port or request.scope['server'][1]}{root}/"
        why = f"this is failover-emulator, in the place of {host}; its page is at its own address, such as {page}"
        return refusal(request.scope, Problem(404, why))
    return RedirectResponse(f"{root}{CONTROL}" if root else CONTROL[1:])


def refusal(scope: Scope, error: ApiError) -> Response:
    """The answer to a call that is not allowed; where a person's browser asks for a page, one that says what to do."""
    if scope["method"] != "GET" or "text/html" not in (messages.header(scope, b"accept") or ""):
        return answer(error)
    parts = html.escape(error.body["detail"]).split("`")  # what stands between two is to be copied
    why = "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
    page = f'<!doctype html><html lang="en"><title>Failover emulator</title><h1>{error.body["title"]}</h1><p>{why}</p>'
    return HTMLResponse(page, error.status, headers() | error.headers)


class Files(StaticFiles):
    """The page's scripts and styles."""

    def file_response(self, *arguments: Any, **named: Any) -> Response:
        """The response of StaticFiles, with the page's headers."""
        response = super().file_response(*arguments, **named)
        response.headers.update(headers())
        return response


_FILES: Final = Files(directory=FOLDER)


async def files(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one of the page's files, packed for a browser, so that it is there at once on a slow line too."""
    from starlette.middleware.gzip import GZipMiddleware  # no start without a browser needs it

    await GZipMiddleware(_FILES)(scope, receive, send)


async def docs(request: Request) -> Response:
    """Answer the documentation, which is read when somebody first asks for it."""
    from emulator.page.docs import door

    return await door.answer(request)


ROUTES: Final = (
    *(Route(path, lead, methods=["GET"]) for path in LEADS),
    Route(CONTROL, index, methods=["GET"]),
    Mount(f"{CONTROL}page", files),
    *(Route(CONTROL + path, docs, methods=["GET"]) for path in ("docs", "docs/{path:path}")),
)
