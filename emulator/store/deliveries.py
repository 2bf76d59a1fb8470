"""Claiming callbacks that are due and settling their attempts, on an open transaction.

Claims go origin by origin, each up to the room it has left, so that a receiver that answers slowly or never holds up
nobody else's callbacks however many of its own are waiting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping

from emulator.store import Claimed, Delivery, Settlement
from emulator.store.flows import Cost, recorded, released

_READY = "FROM delivery WHERE clock = ? AND due_at IS NOT NULL AND claimed = 0"


def claimed(connection: sqlite3.Connection, now: Mapping[str, int], room: Callable[[str], int]) -> Claimed:
    """Take what is due on each clock, origin by origin, and find out when the next ones are."""
    taken: list[Delivery] = []
    next_due: dict[str, int] = {}
    for clock, at in now.items():
        for origin in _origins(connection, clock):
            taken += _taken(connection, clock, origin, at, room(origin))
            following = _head(connection, clock, origin)
            if following is not None and following > at:
                next_due[clock] = min(following, next_due.get(clock, following))
    return Claimed(sorted(taken, key=lambda delivery: (delivery.due_at, delivery.number)), next_due)


def _origins(connection: sqlite3.Connection, clock: str) -> Iterator[str]:
    query = f"SELECT origin {_READY} AND origin > ? ORDER BY origin LIMIT 1"
    row = connection.execute(query, (clock, "")).fetchone()
    while row:
        yield row[0]
        row = connection.execute(query, (clock, row[0])).fetchone()


def _head(connection: sqlite3.Connection, clock: str, origin: str) -> int | None:
    query = f"SELECT due_at {_READY} AND origin = ? ORDER BY due_at LIMIT 1"
    row = connection.execute(query, (clock, origin)).fetchone()
    return row[0] if row else None


def _taken(connection: sqlite3.Connection, clock: str, origin: str, now: int, room: int) -> list[Delivery]:
    if room <= 0:
        return []
    rows = connection.execute(
        "SELECT d.seq, d.id, f.id, f.application, d.clock, d.url, d.origin, d.body, d.attempts, d.due_at, d.first_at"
        " FROM delivery d JOIN flow f ON f.seq = d.flow"
        " WHERE d.clock = ? AND d.due_at IS NOT NULL AND d.claimed = 0 AND d.origin = ? AND d.due_at <= ?"
        " ORDER BY d.due_at, d.seq LIMIT ?",
        (clock, origin, now, room),
    )
    taken = [Delivery(*row) for row in rows]
    connection.executemany("UPDATE delivery SET claimed = 1 WHERE seq = ?", [(each.number,) for each in taken])
    return taken


def settled(connection: sqlite3.Connection, settlement: Settlement) -> Cost:
    """Write how an attempt ended. One that ends the delivery lets the flow's next one go."""
    delivery, over = settlement.delivery, settlement.due_at is None
    row = connection.execute(
        "UPDATE delivery SET claimed = 0, attempts = ?, first_at = ?, due_at = ?, outcome = ? WHERE seq = ?"
        " RETURNING flow",
        (
            delivery.attempts + 1,
            delivery.due_at if delivery.first_at is None else delivery.first_at,
            settlement.due_at,
            settlement.outcome if over else None,
            delivery.number,
        ),
    ).fetchone()
    entries = recorded(connection, [settlement.entry], row[0] if row else None)
    return Cost(_next(connection, row[0], settlement.at) if over and row else 0, entries)


def _next(connection: sqlite3.Connection, flow: int, at: int) -> int:
    """Let a flow's next delivery go; answers the bytes that the flow keeps if there is nothing left to do."""
    size = released(connection, flow)
    if size is not None:
        return size
    connection.execute(
        "UPDATE delivery SET due_at = ? WHERE seq = (SELECT MIN(seq) FROM delivery WHERE flow = ? AND outcome IS NULL)",
        (at, flow),
    )
    return 0


def next_due(connection: sqlite3.Connection, clock: str) -> int | None:
    """When the first delivery of a clock is due."""
    heads = [_head(connection, clock, origin) for origin in _origins(connection, clock)]
    return min((head for head in heads if head is not None), default=None)
