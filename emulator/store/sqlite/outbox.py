"""Claiming callbacks that are due, and writing how attempts at them ended, on an open transaction.

Callbacks are claimed origin by origin, each up to the room that it has left: so a receiver that is slow or never
answers delays no other, however many of its own callbacks wait.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from heapq import nsmallest

from emulator.journal.kinds import Attempt
from emulator.store.bodies import with_unpacked
from emulator.store.records import Claimed, Delivery, Settlement
from emulator.store.rows import key
from emulator.store.sqlite.flows import Writer, entry_row

_READY = "FROM delivery WHERE clock = ? AND due_at IS NOT NULL"


def claimed(
    connection: sqlite3.Connection, now: Mapping[str, int], room: Callable[[str], int], away: AbstractSet[int]
) -> Claimed:
    """Claim what is due on each clock, by origin, and find when the next ones are due. `away` has the numbers of those
    that are claimed already.
    """
    taken: list[Delivery] = []
    next_due: dict[str, int] = {}
    held: set[str] = set()
    for clock, at in now.items():
        for origin in _origins(connection, clock):
            left = room(origin)
            numbers = _free(connection, clock, origin, at, left, away)
            if len(numbers) >= left:
                held.add(clock)
            taken += _taken(connection, numbers)
            following = _following(connection, clock, origin, at)
            if following is not None:
                next_due[clock] = min(following, next_due.get(clock, following))
    taken.sort(key=lambda delivery: (delivery.due_at, delivery.number))
    return Claimed(taken, next_due, frozenset(held))


def overdue(connection: sqlite3.Connection, now: Callable[[str], int | None], away: AbstractSet[int]) -> dict[str, int]:
    """By clock, since when the oldest callback is due that is not `away`."""
    found: dict[str, int] = {}
    clocks = "SELECT MIN(clock) FROM delivery WHERE due_at IS NOT NULL AND clock > ?"
    (clock,) = connection.execute("SELECT MIN(clock) FROM delivery WHERE due_at IS NOT NULL").fetchone()
    while clock is not None:
        at = now(clock)
        if at is not None:
            free = (_free(connection, clock, origin, at, 1, away) for origin in _origins(connection, clock))
            oldest = str([seq for numbers in free for seq in numbers])
            query = "SELECT MIN(due_at) FROM delivery WHERE seq IN (SELECT value FROM json_each(?))"
            (since,) = connection.execute(query, (oldest,)).fetchone()
            found |= {} if since is None else {clock: since}
        (clock,) = connection.execute(clocks, (clock,)).fetchone()
    return found


def due_of(connection: sqlite3.Connection, flow_id: str, now: int) -> list[Delivery]:
    """The callbacks of one flow that are due."""
    query = (
        "SELECT d.seq FROM delivery d JOIN flow f ON f.seq = d.flow"
        " WHERE f.key = ? AND f.id = ? AND d.due_at <= ? ORDER BY d.seq"
    )
    return _taken(connection, [seq for (seq,) in connection.execute(query, (key(flow_id), flow_id, now))])


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


def upcoming(connection: sqlite3.Connection, clock: str, limit: int) -> list[int]:
    """The numbers of the callbacks that are due next on a clock, whether they are claimed or not."""
    query = f"SELECT due_at, seq {_READY} AND origin = ? ORDER BY due_at, seq LIMIT ?"
    found = [row for origin in _origins(connection, clock) for row in connection.execute(query, (clock, origin, limit))]
    return [seq for _, seq in nsmallest(limit, found)]


def waiting(connection: sqlite3.Connection, clocks: Sequence[str], origin: str, url: str) -> int:
    """See Outbox."""
    to_url = "url = :url OR substr(url, 1, length(:url) + 1) IN (:url || '?', :url || '#')"
    query = "SELECT COUNT(*) FROM delivery WHERE clock = :clock AND due_at IS NOT NULL AND origin = :origin" + (
        f" AND ({to_url})" if url else ""
    )
    values = {"origin": origin, "url": url}
    return sum(connection.execute(query, values | {"clock": clock}).fetchone()[0] for clock in clocks)


def _free(  # noqa: PLR0913, PLR0917  # they are one query's values
    connection: sqlite3.Connection, clock: str, origin: str, now: int, room: int, away: AbstractSet[int]
) -> list[int]:
    """The numbers of up to `room` callbacks that are due and not claimed."""
    if room <= 0:
        return []
    query = f"SELECT seq {_READY} AND origin = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?"
    rows = connection.execute(query, (clock, origin, now, room + len(away)))
    return [seq for (seq,) in rows if seq not in away][:room]


def _taken(connection: sqlite3.Connection, numbers: list[int]) -> list[Delivery]:
    if not numbers:
        return []
    query = (
        "SELECT d.seq, d.id, d.flow, f.id, f.application, d.clock, d.url, d.origin, d.body, d.attempts, d.due_at,"
        " d.first_at FROM json_each(?) j CROSS JOIN delivery d ON d.seq = j.value CROSS JOIN flow f ON f.seq = d.flow"
    )
    return [with_unpacked(Delivery(*row)) for row in connection.execute(query, (str(numbers),))]


def settle(connection: sqlite3.Connection, writer: Writer, settlements: Sequence[Settlement]) -> None:
    """Write how attempts ended. The first attempt at a callback makes its flow's next one due, whatever came of it. Of
    flows that were reset meanwhile nothing is written.
    """
    connection.executemany(
        "UPDATE delivery SET attempts = ?, first_at = ?, due_at = ?, outcome = ?, ms = ? WHERE seq = ?",
        map(_row, settlements),
    )
    finished = [each.delivery.flow_seq for each in settlements if each.due_at is None]
    left: dict[int, int | None] = {**writer.release(finished)}
    entries = []
    for settlement in settlements:
        flow = settlement.delivery.flow_seq
        if flow not in left:
            (left[flow],) = connection.execute(_LEFT, (flow,)).fetchone() or (None,)
            writer.touch(flow)
        if left[flow]:
            connection.execute(_NEXT, (settlement.at, flow))
        if left[flow] is not None:
            entries.append(entry_row(settlement.entry, flow))
    writer.record(entries)


_LEFT = "SELECT pending FROM flow WHERE seq = ?"
_NEXT = (
    "UPDATE delivery SET due_at = ? WHERE due_at IS NULL"
    " AND seq = (SELECT MIN(seq) FROM delivery WHERE flow = ? AND attempts = 0 AND outcome IS NULL)"
)
"""Makes due what waits at the head of a flow's line, in which each callback is until its first attempt has ended."""


def _row(settlement: Settlement) -> tuple[int, int, int | None, str | None, int | None, int]:
    delivery, told = settlement.delivery, settlement.entry.data
    outcome = settlement.outcome if settlement.due_at is None else None
    ms = told.ms if isinstance(told, Attempt) else None
    return delivery.attempts + 1, delivery.began_at, settlement.due_at, outcome, ms, delivery.number


def next_due(connection: sqlite3.Connection, clock: str) -> int | None:
    """The time at which the first callback of a clock is due; None if none is."""
    heads = [_following(connection, clock, origin, -1) for origin in _origins(connection, clock)]
    return min((head for head in heads if head is not None), default=None)
