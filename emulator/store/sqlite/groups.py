"""Flows in groups: how many there are in each, and the latest of them.

A flow's group is its *stage*: the channel that it is on, or else its status. The tally has how many there are, an index
the latest.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from heapq import nlargest
from typing import Final

from msgspec import Struct

from emulator.clock.clock import EVERYBODY
from emulator.store.found import Group
from emulator.store.records import Search
from emulator.store.rows import Rows
from emulator.store.sqlite import queries
from emulator.store.sqlite.tally import Tally

MANY: Final = 100
"""Up to how many applications the latest flows of everybody are put together from those of each; with more, all flows
are read.
"""
COLUMNS: Final = "seq, stage, changed"
"""The columns of a `Place`."""
_LATEST: Final = "SELECT changed, seq FROM flow WHERE application = ? AND stage = ? ORDER BY changed DESC LIMIT ?"


class Place(Struct, frozen=True, gc=False):
    """What must be known of a flow to put it into a group."""

    seq: int
    stage: str
    changed: int


class Groups:
    """Groups that are being filled: counts, and of each group the numbers of its latest `size` flows."""

    def __init__(self, size: int) -> None:
        self._size = size
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
            found[place.stage].append((place.changed, place.seq))
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
    few = not wanted.size or wanted.application != EVERYBODY or len(tally.applications()) <= MANY
    return few and not narrowed


def grouped(connection: sqlite3.Connection, rows: Rows, tally: Tally, wanted: Search) -> list[Group]:
    """The groups of one application's flows, or of everybody's, from the tally."""
    made = Groups(wanted.size)
    for application in tally.applications() if wanted.application == EVERYBODY else [wanted.application]:
        for stage, count in tally.stages(application).items():
            if count:
                made.count(stage, count)
                if wanted.size:
                    made.show(stage, connection.execute(_LATEST, (application, stage, wanted.size)))
    return made.read(connection, rows)
