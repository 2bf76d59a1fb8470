"""What of a request nobody reads: members of its query that its call does not have, and headers that are spelled almost
like the emulator's own.

The provider ignores both, so a mistyped one would vanish without a trace.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Message, Scope, Send

from emulator.errors import Json
from emulator.http.addresses import HEADERS
from emulator.http.log import about
from emulator.journal.kinds import Remarked
from emulator.provider import oauth
from emulator.provider.errors import ApiError
from emulator.provider.service import Calls, Parts, Service
from emulator.provider.services import HOMES, below, service, services, silent
from emulator.validation.hints import LONGEST, hint
from emulator.validation.printing import printable

HEADER: Final = "X-Emulator-Scenario"
"""The one that the provider's calls read here."""
MOST: Final = 10
"""At most so many remarks are made on a request."""
_TOKEN: Final = ("grant_type", "scope", "client_id", "client_secret")


def unread(scope: Scope) -> list[str]:
    """Remarks on a request of the provider's API, the query's members first. None on the query of an unknown path."""
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    known = members(scope["method"], scope["path"]) if query else None
    strange = [] if known is None else [(name, known) for name in query if name not in known]
    found = [f"{shown(name)} in the query is not known here and ignored{hint(name, told)}" for name, told in strange]
    headers = {name.decode("latin-1") for name, _ in scope["headers"] if name.startswith(HEADERS)} - {HEADER.lower()}
    found += [
        f"the header {shown(name)} is not known here and ignored{hint(name, [HEADER])}" for name in sorted(headers)
    ]
    return found[:MOST]


def shown(name: str) -> str:
    """A name as it can be printed."""
    return printable(name[:LONGEST])


@lru_cache(64)
def members(method: str, path: str) -> Collection[str] | None:
    """What a call may have in its query, as its documentation says; None for a call that there is not."""
    if path == oauth.PATH:
        return _TOKEN
    near: list[Service | Calls] = [service(kind) for kind, home in HOMES.items() if below(path, home.root)]
    for part in (*near, *silent(), *services()):
        for template, calls in part.paths().items():
            if re.fullmatch(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)), path) and method.lower() in calls:
                told: list[Json] = calls[method.lower()].get("parameters", [])
                return [each["name"] for each in told if each["in"] == "query"]
    return None


async def remarked(scope: Scope, send: Send, parts: Parts) -> Send:
    """What sends the answer to a request, after its remarks were noted in the journal; the log's line has them too."""
    found = "; ".join(unread(scope))
    if not found:
        return send
    application = ""
    with suppress(ApiError):
        application = parts.access.bearer(scope).application
    await parts.engine.note(application, Remarked(scope["method"], scope["path"], found))

    async def noted(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = about(scope)
            said.words = "; ".join(filter(None, (said.words, found)))
        await send(message)

    return noted
