"""Claiming callbacks that are due and settling their attempts, on an open transaction.

Claims go origin by origin, each up to the room it has left, so that a receiver that answers slowly or never holds up
nobody else's callbacks however many of its own are waiting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from emulator.store import Claimed, Delivery, Settlement
from emulator.store.flows import Cost, Numbers, entry_row, key, record, released

_READY = "FROM delivery WHERE clock = ? AND due_at IS NOT NULL"


def claimed(
    connection: sqlite3.Connection, now: Mapping[str, int], room: Callable[[str], int], away: AbstractSet[int]
) -> Claimed:
    """Take what is due on each clock, origin by origin, and find out when the next ones are. `away` has the numbers of
    those that are claimed already.
    """
    taken: list[Delivery] = []
    next_due: dict[str, int] = {}
    for clock, at in now.items():
        for origin in _origins(connection, clock):
            taken += _taken(connection, _free(connection, clock, origin, at, room(origin), away))
            following = _following(connection, clock, origin, at)
            if following is not None:
                next_due[clock] = min(following, next_due.get(clock, following))
    return Claimed(sorted(taken, key=lambda delivery: (delivery.due_at, delivery.number)), next_due)


def due_of(connection: sqlite3.Connection, flow: str, now: int) -> list[Delivery]:
    """What is due of one flow."""
    query = (
        "SELECT d.seq FROM delivery d JOIN flow f ON f.seq = d.flow"
        " WHERE f.key = ? AND f.id = ? AND d.due_at <= ? ORDER BY d.seq"
    )
    return _taken(connection, [seq for (seq,) in connection.execute(query, (key(flow), flow, now))])


def _origins(connection: sqlite3.Connection, clock: str) -> Iterator[str]:
    query = f"SELECT origin {_READY} AND origin > ? ORDER BY origin LIMIT 1"
    row = connection.execute(query, (clock, "")).fetchone()
    while row:
        yield row[0]
        row = connection.execute(query, (clock, row[0])).fetchone()


def _following(connection: sqlite3.Connection, clock: str, origin: str, now: int) -> int | None:
    query = f"SELECT due_at {_READY} AND origin = ? AND due_at > ? ORDER BY due_at LIMIT 1"
    row = connection.execute(query, (clock, origin, now)).fetchone()
    return row[0] if row else None


def _free(  # noqa: PLR0913, PLR0917  # they are one query's values
    connection: sqlite3.Connection, clock: str, origin: str, now: int, room: int, away: AbstractSet[int]
) -> list[int]:
    """The numbers of up to `room` deliveries that are due and not claimed."""
    if room <= 0:
        return []
    query = f"SELECT seq {_READY} AND origin = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?"
    rows = connection.execute(query, (clock, origin, now, room + len(away)))
    return [seq for (seq,) in rows if seq not in away][:room]


def _taken(connection: sqlite3.Connection, numbers: list[int]) -> list[Delivery]:
    if not numbers:
        return []
    query = (
        "SELECT d.seq, d.id, f.id, f.application, d.clock, d.url, d.origin, d.body, d.attempts, d.due_at, d.first_at,"
        " d.flow"
        " FROM json_each(?) j CROSS JOIN delivery d ON d.seq = j.value CROSS JOIN flow f ON f.seq = d.flow"
    )
    return [Delivery(*row) for row in connection.execute(query, (str(numbers),))]


def settled(connection: sqlite3.Connection, numbers: Numbers, settlements: Sequence[Settlement]) -> Cost:
    """Write how attempts ended. One that ends the delivery lets the flow's next one go."""
    connection.executemany(
        "UPDATE delivery SET attempts = ?, first_at = ?, due_at = ?, outcome = ? WHERE seq = ?",
        [
            (
                each.delivery.attempts + 1,
                each.delivery.began_at,
                each.due_at,
                each.outcome if each.due_at is None else None,
                each.delivery.number,
            )
            for each in settlements
        ],
    )
    kept, entries = 0, []
    for each in settlements:
        home = each.delivery.home
        size = released(connection, numbers, home) if each.due_at is None else _there(connection, home)
        if size is None:  # its application was reset meanwhile
            continue
        entries.append(entry_row(each.entry, home))
        kept += size
        if each.due_at is None and not size:
            connection.execute(_NEXT, (each.at, home))
    return Cost(kept, record(connection, entries))


def _there(connection: sqlite3.Connection, flow: int) -> int | None:
    """0 if there is a flow of this number."""
    row = connection.execute("SELECT 0 FROM flow WHERE seq = ?", (flow,)).fetchone()
    return row and int(row[0])


_NEXT = (
    "UPDATE delivery SET due_at = ? WHERE due_at IS NULL"
    " AND seq = (SELECT MIN(seq) FROM delivery WHERE flow = ? AND outcome IS NULL)"
)


def next_due(connection: sqlite3.Connection, clock: str) -> int | None:
    """When the first delivery of a clock is due."""
    heads = [_following(connection, clock, origin, -1) for origin in _origins(connection, clock)]
    return min((head for head in heads if head is not None), default=None)
