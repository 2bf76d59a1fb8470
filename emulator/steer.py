"""Looking at and moving an emulator's time from the command line."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from msgspec import json

from emulator.exchange import exchange
from emulator.model import Json


def clock(url: str, application: str) -> Json:
    """The state of a clock. Raises ExchangeError."""
    return exchange(url, f"/_emulator/clock?application={quote(application)}", {})


def advance(url: str, application: str, goal: str) -> Json:
    """What happened while time was moved. Raises ExchangeError."""
    if goal in ("next", "idle"):
        wanted: dict[str, Any] = {"until": goal}
    elif re.match(r"[0-9]{4}-", goal):
        wanted = {"to": goal}
    else:
        wanted = {"by": goal}
    body = wanted | ({"application": application} if application else {})
    return exchange(url, "/_emulator/clock/advance", {"Content-Type": "application/json"}, json.encode(body))


def shown(state: Json) -> str:
    """A clock's state in a line."""
    rate = {0: "stands still"}.get(state["rate"], f"rate {state['rate']}")
    following = f"next event at {state['next']}" if state["next"] else "nothing is left to happen"
    return f"{state['now']} ({rate}), {following}"


def told(entry: Json) -> str:
    """A journal entry in a line."""
    data = {key: value for key, value in entry["data"].items() if key not in ("body", "url", "id")}
    return f"{entry['at']} {entry['flow'] or ''} {entry['kind']} {json.encode(data).decode()}"
