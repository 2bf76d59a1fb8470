"""The figures of one scrape, as the parts of an emulator have them. How they are written is up to `exposition`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from emulator.channels.table import Channel
from emulator.clock.timings import Timings
from emulator.errors import Json
from emulator.flow.state import FlowStatus
from emulator.http.log import CLOSED
from emulator.store.found import Group
from emulator.store.records import Dropped

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""The methods that have a name; whatever else a client may send is OTHER."""
OTHER: Final = "other"
UNANSWERED: Final = "closed"
"""In place of the class of a status: the connection was closed without an answer, as by a scenario."""
UNSERVED: Final = "none"
"""The endpoint of what reached no call: there is none, or the request was refused before."""


Counts = Mapping[tuple[str, ...], int]
"""Numbers by the values of their labels."""


class Figures(Struct, frozen=True):
    """What a scrape tells: `requests` by method, endpoint and class of status (`2xx`, or UNANSWERED); `flows` by state
    and channel; `counts` and what was `dropped`, as the store tells them; `attempts` at callbacks by outcome; how late
    these began (`lateness`), how long `commits` took; for how many real seconds the oldest flow and callback are
    overdue.
    """

    requests: Counts
    flows: Counts
    counts: Json
    dropped: Dropped
    attempts: Mapping[str, int]
    lateness: Timings
    commits: Timings
    flow_overdue: float
    callback_overdue: float


def requests(answered: Mapping[tuple[str, Any], Mapping[int, int]], paths: Mapping[Any, str]) -> Counts:
    """The requests by method, path and class of status, or UNANSWERED; `paths` has the path, with its parameters, of
    each endpoint.
    """
    found = Counter[tuple[str, ...]]()
    for (method, endpoint), statuses in answered.items():
        on = method if method in METHODS else OTHER, paths.get(endpoint, UNSERVED)
        for status, count in statuses.items():
            found[*on, UNANSWERED if status == CLOSED else f"{status // 100}xx"] += count
    return found


def flows(groups: Iterable[Group]) -> Counts:
    """How many flows are in each state: those in progress by the channel that they are on, all others without one."""
    found: dict[tuple[str, ...], int] = {(FlowStatus.IN_PROGRESS.value, channel.value): 0 for channel in Channel}
    found |= {(status.value, ""): 0 for status in FlowStatus if status is not FlowStatus.IN_PROGRESS}
    for group in groups:
        on = (FlowStatus.IN_PROGRESS.value, group.name)
        found[on if on in found else (group.name, "")] = group.count
    return found
