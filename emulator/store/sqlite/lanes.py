"""Where all flows stand, lane by lane: how many there are in each, and the latest of them.

A flow is queued for a moment after it was accepted, then on the channel of its running step, at last Succeeded or
Failed. That moment depends on clocks, so it is found when it is asked for: among the newest flows, which alone can be
so young. Under a flood of more than NEWEST flows in a moment, those beyond count as on their channel.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from heapq import nlargest
from typing import Final

from msgspec import Struct, json

from emulator.flow.state import FlowStatus
from emulator.store.records import LANES, QUEUED_MS, Lane, Search
from emulator.store.sqlite import reading
from emulator.store.sqlite.rows import Rows
from emulator.store.sqlite.tally import Tally

NEWEST: Final = 1000
"""Among how many of the newest flows those are looked for that are queued."""
MANY: Final = 100
"""Of more applications than this the latest flows are looked for among all flows, not in each application's lanes."""
COLUMNS: Final = "seq, lane, changed, status, clock, created_at"
"""What must be known of a flow to put it on the board: the columns of a `Place`."""


class Place(Struct, frozen=True, gc=False):
    """A flow as the board looks at it."""

    seq: int
    lane: str
    changed: int
    status: str
    clock: str
    created_at: int

    def queued(self, now: Mapping[str, int]) -> bool:
        """Whether the flow was accepted a moment ago; `now` are the times on all clocks."""
        begun = self.created_at > now.get(self.clock, self.created_at) - QUEUED_MS
        return begun and self.status == FlowStatus.QUEUED


class Board:
    """Lanes that are being filled: counts, and the latest flows' numbers, at most `size` of each lane."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._counts = Counter[str]()
        self._latest = defaultdict[str, list[tuple[int, int]]](list)

    def count(self, lane: str, by: int) -> None:
        """Count so many flows more in a lane."""
        self._counts[lane] += by

    def show(self, lane: str, found: Iterable[tuple[int, int]]) -> None:
        """Put flows into a lane: each one's last change and number."""
        self._latest[lane] = nlargest(self._size, [*self._latest[lane], *found])

    def take(self, places: Iterable[Place], now: Mapping[str, int]) -> None:
        """Count and show flows, in the lanes where they are now."""
        found = defaultdict[str, list[tuple[int, int]]](list)
        for place in places:
            lane = LANES[0] if place.queued(now) else place.lane
            found[lane].append((place.changed, place.seq))
        for lane, latest in found.items():
            self.count(lane, len(latest))
            self.show(lane, latest)

    def lanes(self, connection: sqlite3.Connection, rows: Rows) -> list[Lane]:
        """The lanes, each with its flows."""
        return [
            Lane(lane, self._counts[lane], reading.numbered(connection, rows, [seq for _, seq in self._latest[lane]]))
            for lane in LANES
        ]


def quick(wanted: Search, tally: Tally) -> bool:
    """Whether a board can be made without a look at every flow."""
    narrowed = wanted.conditions or wanted.start is not None or wanted.end is not None
    return not narrowed and (wanted.application is not None or len(tally.applications()) <= MANY)


def board(
    connection: sqlite3.Connection, rows: Rows, tally: Tally, wanted: Search, now: Mapping[str, int]
) -> list[Lane]:
    """The board of one application, or of all."""
    made, young = Board(wanted.size), _young(connection, wanted, now)
    for lane, count in tally.lanes(wanted.application).items():
        made.count(lane, count)
    for place in young:
        made.count(place.lane, -1)
    made.take(young, now)
    without = json.encode([place.seq for place in young]).decode()
    for application in [wanted.application] if wanted.application is not None else tally.applications():
        for lane, count in tally.lanes(application).items():
            if count:
                made.show(lane, connection.execute(_LATEST, (application, lane, without, wanted.size)))
    return made.lanes(connection, rows)


_LATEST: Final = (
    "SELECT changed, seq FROM flow WHERE application = ? AND lane = ?"
    " AND seq NOT IN (SELECT value FROM json_each(?)) ORDER BY changed DESC LIMIT ?"
)


def _young(connection: sqlite3.Connection, wanted: Search, now: Mapping[str, int]) -> list[Place]:
    """The queued flows among the newest."""
    query, values = reading.scan(Search(wanted.application), COLUMNS)
    places = [Place(*row) for *row, _ in connection.execute(f"{query} LIMIT {NEWEST}", values)]
    return [place for place in places if place.queued(now)]
