"""Looking at and moving an emulator's time from the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from msgspec import json

from emulator.client.exchange import ExchangeError, exchange
from emulator.clock import durations
from emulator.clock.clock import INSTANT
from emulator.errors import Json

_LONG: Final = frozenset({"body", "url", "id", "answer", "callback", "ms", "path"})
"""What a line leaves out of an entry."""


def clock(url: str, token: str, application: str) -> Json:
    """The state of a clock. Raises ExchangeError."""
    return exchange(url, f"/_emulator/clock?application={quote(application)}", _headers(token))


def standing(url: str, application: str) -> bool:
    """Whether a clock stands still, as far as it can be told without a control token."""
    try:
        return bool(clock(url, "", application)["rate"] == 0)
    except ExchangeError:
        return False


def set_rate(url: str, token: str, application: str, rate: float) -> Json:
    """The state of a clock whose rate was set. Raises ExchangeError."""
    body = {"rate": "instant" if rate == INSTANT else rate, "application": application}
    return exchange(url, "/_emulator/clock", _headers(token), json.encode(body), "PUT")


def advance(url: str, token: str, application: str, goal: str) -> Json:
    """What happened while time was moved. Raises ExchangeError."""
    if goal in ("next", "idle"):
        wanted: dict[str, Any] = {"until": goal}
    elif re.match(r"[0-9]{4}-", goal):
        wanted = {"to": goal}
    else:
        wanted = {"by": _duration(goal)}
    body = wanted | ({"application": application} if application else {})
    return exchange(url, "/_emulator/clock/advance", _headers(token), json.encode(body))


def journal(url: str, token: str, application: str) -> Iterator[Json]:
    """The journal of an application, or all of it, from the oldest entry on. Raises ExchangeError."""
    after, more = 0, True
    while more:
        path = f"/_emulator/journal?after={after}" + (f"&application={quote(application)}" if application else "")
        page = exchange(url, path, _headers(token))
        yield from page["entries"]
        after, more = page["next"], bool(page["entries"])


def _headers(token: str) -> dict[str, str]:
    return {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})


def _duration(goal: str) -> str:
    try:
        durations.parse(goal)
    except ValueError as error:
        expected = "a duration such as 24h, a time such as 2026-01-01T12:00Z, next or idle"
        raise ExchangeError(f"'{goal}' is no time to go to; expected {expected}") from error
    return goal


def shown(state: Json) -> str:
    """A clock's state in a line."""
    rate = {0: "stands still"}.get(state["rate"], f"rate {state['rate']}")
    following = f"next event at {state['next']}" if state["next"] else "nothing is left to happen"
    return f"{state['now']} ({rate}), {following}"


def told(entry: Json) -> str:
    """A journal entry in a line."""
    data = {key: value for key, value in entry["data"].items() if key not in _LONG}
    return f"{entry['at']} {entry['flow'] or ''} {entry['kind']} {json.encode(data).decode()}"
