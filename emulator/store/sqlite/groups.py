"""Flows in groups: how many there are in each, and the latest of them.

A flow's group is its *stage*: the status in which it ended, or else the channel that it is on. The tally has how many
there are, an index the latest. Young flows that are wanted apart depend on clocks, so no column has them: they are
looked for among the newest flows, which alone can be so young. If more than NEWEST came in so short a time, those
beyond are grouped by their stage.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from heapq import nlargest
from typing import Final

from msgspec import Struct, json

from emulator.clock.clock import EVERYBODY
from emulator.store.records import Apart, Group, Search
from emulator.store.sqlite import queries
from emulator.store.sqlite.rows import Rows
from emulator.store.sqlite.tally import Tally

NEWEST: Final = 1000
"""Among how many of the newest flows the young ones are looked for."""
MANY: Final = 100
"""Up to how many applications the latest flows of everybody are put together from those of each; with more, all flows
are read.
"""
COLUMNS: Final = "seq, stage, changed, status, clock, created_at"
"""The columns of a `Place`."""
_LATEST: Final = (
    "SELECT changed, seq FROM flow WHERE application = ? AND stage = ?"
    " AND seq NOT IN (SELECT value FROM json_each(?)) ORDER BY changed DESC LIMIT ?"
)


class Place(Struct, frozen=True, gc=False):
    """What must be known of a flow to put it into a group."""

    seq: int
    stage: str
    changed: int
    status: str
    clock: str
    created_at: int

    def belongs(self, apart: Apart) -> bool:
        """Whether the flow is one of those that are wanted apart. On a clock without a time, every flow is young."""
        return self.status == apart.status and self.created_at > apart.since.get(self.clock, self.created_at - 1)


class Groups:
    """Groups that are being filled: counts, and of each group the numbers of its latest `size` flows."""

    def __init__(self, size: int, apart: Apart) -> None:
        self._size = size
        self._apart = apart
        self._counts = Counter[str]()
        self._latest = defaultdict[str, list[tuple[int, int]]](list)

    def count(self, group: str, by: int) -> None:
        """Count so many flows more in a group."""
        self._counts[group] += by

    def show(self, group: str, found: Iterable[tuple[int, int]]) -> None:
        """Add flows to the latest of a group: each one's last change and number."""
        self._latest[group] = nlargest(self._size, [*self._latest[group], *found])

    def take(self, places: Iterable[Place]) -> None:
        """Count and show flows in their groups."""
        found = defaultdict[str, list[tuple[int, int]]](list)
        for place in places:
            group = self._apart.name if place.belongs(self._apart) else place.stage
            found[group].append((place.changed, place.seq))
        for group, latest in found.items():
            self.count(group, len(latest))
            self.show(group, latest)

    def read(self, connection: sqlite3.Connection, rows: Rows) -> list[Group]:
        """The groups that have flows, with their latest."""
        return [
            Group(name, count, queries.numbered(connection, rows, [seq for _, seq in self._latest[name]]))
            for name, count in self._counts.items()
            if count
        ]


def quick(wanted: Search, tally: Tally) -> bool:
    """Whether the groups can be made without reading every flow."""
    narrowed = wanted.conditions or wanted.start is not None or wanted.end is not None
    return not narrowed and (wanted.application != EVERYBODY or len(tally.applications()) <= MANY)


def grouped(connection: sqlite3.Connection, rows: Rows, tally: Tally, wanted: Search, apart: Apart) -> list[Group]:
    """The groups of one application's flows, or of everybody's, from the tally."""
    query, values = queries.scan(Search(wanted.application), COLUMNS)
    newest = [Place(*row) for *row, _ in connection.execute(f"{query} LIMIT {NEWEST}", values)]
    young = [place for place in newest if place.belongs(apart)]
    made = Groups(wanted.size, apart)
    for stage, count in tally.stages(wanted.application).items():
        made.count(stage, count)
    for place in young:
        made.count(place.stage, -1)
    made.take(young)
    without = json.encode([place.seq for place in young]).decode()
    for application in tally.applications() if wanted.application == EVERYBODY else [wanted.application]:
        for stage, count in tally.stages(application).items():
            if count:
                made.show(stage, connection.execute(_LATEST, (application, stage, without, wanted.size)))
    return made.read(connection, rows)
