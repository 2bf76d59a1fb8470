"""Where all flows stand, lane by lane: how many there are in each, and the latest of them.

A flow is queued for a moment after it was accepted, then on the channel of its running step, at last Succeeded or
Failed. That moment depends on clocks, so it is found when it is asked for: among the newest flows, which alone can be
so young. Under a flood of more than NEWEST flows in a moment, those beyond count as on their channel.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from msgspec import Struct, json

from emulator.model import Flow, FlowStatus
from emulator.store import LANES, QUEUED_MS, Applied, Lane, Search
from emulator.store.flows import ROW, Stored
from emulator.store.reading import matching

NEWEST: Final = 1000
"""Among how many of the newest flows those are looked for that are queued."""

_OF: Final = "(SELECT value FROM json_each(?))"


class _Young(Struct, frozen=True):
    """A queued flow: its number, and the lane that it will be in next."""

    seq: int
    lane: str


def board(connection: sqlite3.Connection, wanted: Search, now: Mapping[str, int]) -> list[Lane]:
    """The flows that a search finds, in the order of LANES."""
    where, values = matching(wanted)
    counts = dict(connection.execute(f"SELECT lane, COUNT(*) FROM flow WHERE {where} GROUP BY lane", values).fetchall())
    young = _young(connection, where, values, now)
    for each in young:
        counts[each.lane] -= 1
    seqs = json.encode([each.seq for each in young]).decode()
    found = [Lane(LANES[0], len(young), _flows(connection, f"seq IN {_OF}", [seqs], wanted.size))]
    for name in LANES[1:]:
        inside = f"lane = ? AND {where} AND seq NOT IN {_OF}"
        flows = _flows(connection, inside, [name, *values, seqs], wanted.size) if counts.get(name) else []
        found.append(Lane(name, counts.get(name, 0), flows))
    return found


def _young(connection: sqlite3.Connection, where: str, values: list[Any], now: Mapping[str, int]) -> list[_Young]:
    """The queued flows, newest first."""
    query = f"SELECT seq, lane, status, clock, created_at FROM flow WHERE {where} ORDER BY seq DESC LIMIT {NEWEST}"
    return [
        _Young(seq, lane)
        for seq, lane, status, clock, created_at in connection.execute(query, values)
        if status == FlowStatus.QUEUED and created_at > now.get(clock, created_at) - QUEUED_MS
    ]


def _flows(connection: sqlite3.Connection, where: str, values: list[Any], size: int) -> list[Flow]:
    rows = connection.execute(f"SELECT {ROW} FROM flow WHERE {where} ORDER BY changed DESC LIMIT ?", [*values, size])
    return [Stored(*row).flow() for row in rows]


def applications(connection: sqlite3.Connection) -> list[Applied]:
    """The applications that flows are of, by name."""
    rows = connection.execute("SELECT application, COUNT(*) FROM flow GROUP BY application ORDER BY application")
    return [Applied(*row) for row in islice(rows, NEWEST)]


def scenarios(connection: sqlite3.Connection) -> list[str]:
    """The names of the scenarios that flows began under."""
    return [name for (name,) in connection.execute("SELECT DISTINCT scenario FROM flow ORDER BY scenario")]
