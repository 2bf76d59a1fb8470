"""Claiming callbacks that are due, and writing how attempts at them ended.

Callbacks are claimed origin by origin, each up to the room that it has left: so a receiver that is slow or never
answers delays no other, however many of its own callbacks wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from emulator.journal.kinds import Attempt
from emulator.store.bodies import with_unpacked
from emulator.store.postgres.queries import NEXT_FLOW
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction
from emulator.store.postgres.writing import entry_row, turned
from emulator.store.records import Claimed, Delivery, Settlement

_AHEAD: Final = f"""
WITH RECURSIVE o(origin) AS (
  (SELECT origin FROM delivery WHERE clock = $1 AND due_at IS NOT NULL ORDER BY origin DESC LIMIT 1)
  UNION ALL
  SELECT (SELECT d.origin FROM delivery d WHERE d.clock = $1 AND d.due_at IS NOT NULL
    AND d.origin < o.origin ORDER BY d.origin DESC LIMIT 1)
  FROM o WHERE o.origin IS NOT NULL
)
SELECT origin, (SELECT due_at FROM delivery d WHERE d.clock = $1 AND d.origin = o.origin
  AND d.due_at > $2 ORDER BY d.due_at LIMIT 1)
FROM o WHERE origin IS NOT NULL
UNION ALL SELECT NULL, ({NEXT_FLOW})"""
"""The origins that callbacks of a clock wait for, and when the next one after a time is due at each; without an origin,
when the next flow of the clock is due. It begins at each origin with what is due last: before what is due first, the
index has all that was due and is done, until the database clears that away.
"""

_CLAIM: Final = """
WITH d AS (
  UPDATE delivery SET owner = {owner} FROM ({due}) q WHERE delivery.callback = q.callback RETURNING delivery.*
)
SELECT d.callback, c.id, d.flow, f.id, f.application, d.clock, c.url, d.origin, c.body, d.attempts, d.due_at,
  d.first_at
FROM d CROSS JOIN LATERAL (SELECT * FROM callback WHERE seq = d.callback LIMIT 1) c CROSS JOIN LATERAL (SELECT *
  FROM flow WHERE seq = d.flow LIMIT 1) f"""

_FREE: Final = """SELECT d.callback FROM unnest($3::text[], $4::bigint[]) AS o(origin, room) CROSS JOIN LATERAL (
  SELECT callback FROM delivery WHERE clock = $1 AND origin = o.origin AND due_at <= $2
    AND callback <> ALL(ARRAY(SELECT unnest($5::bigint[]))) AND (owner IS NULL OR owner = $6)
  ORDER BY due_at, callback LIMIT o.room) d"""

_TAKE: Final = _CLAIM.format(owner="$6", due=_FREE)
_TAKE_OF: Final = _CLAIM.format(
    owner="$4",
    due="SELECT callback FROM flow JOIN delivery ON delivery.flow = flow.seq"
    " WHERE flow.key = $1 AND flow.id = $2 AND outcome IS NULL AND due_at <= $3",
)
_OTHERS: Final = "SELECT FROM delivery WHERE clock = $1 AND due_at IS NOT NULL AND owner <> $2 LIMIT 1"
"""Whether other processes have claimed callbacks of a clock."""
_UNDER_WAY: Final = (
    "SELECT callback, attempts FROM delivery WHERE clock = $1 AND due_at IS NOT NULL AND owner IS NOT NULL"
)
_RELEASE: Final = "UPDATE delivery SET owner = NULL WHERE outcome IS NULL AND owner = ANY($1::int[])"
_GIVE_BACK: Final = (
    "UPDATE delivery SET owner = NULL WHERE callback = ANY($1::bigint[]) AND coalesce(outcome, '') = '' AND owner = $2"
)
_ENDED: Final = "DELETE FROM process WHERE number = ANY($1::int[])"
_OLDEST: Final = """
SELECT min((SELECT due_at FROM delivery WHERE clock = $1 AND origin = o AND due_at <= $2
  AND callback <> ALL(ARRAY(SELECT unnest($4::bigint[]))) AND (owner IS NULL OR owner = $5)
  ORDER BY due_at, callback LIMIT 1)) FROM unnest($3::text[]) o"""

_CLOCKS: Final = "SELECT clock FROM delivery WHERE due_at IS NOT NULL AND clock > $1 ORDER BY clock LIMIT 1"

_SETTLE: Final = """
WITH d AS (
  UPDATE delivery SET attempts = t.attempts, first_at = t.first_at, due_at = t.due_at, outcome = t.outcome, ms = t.ms,
    owner = NULL
  FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::bigint[], $5::text[], $6::int[], $9::bigint[], $10::text[],
    $11::text[], $12::text[], $13::bigint[], $14::bytea[])
    WITH ORDINALITY AS t(seq, attempts, first_at, due_at, outcome, ms, at, kind, application, name, flow, data, place)
  WHERE delivery.callback = t.seq AND coalesce(delivery.outcome, '') = '' AND delivery.attempts = t.attempts - 1
  RETURNING t.at, t.kind, t.application, t.name, t.flow, t.data, t.place
), h AS MATERIALIZED (
  SELECT at, (SELECT x.callback FROM delivery x WHERE x.flow = t.flow AND x.outcome IS NULL AND x.attempts = 0
    AND x.callback <> ALL(ARRAY(SELECT unnest($1::bigint[]))) ORDER BY x.callback LIMIT 1) AS callback
  FROM unnest($7::bigint[], $8::bigint[]) AS t(flow, at)
), n AS (
  UPDATE delivery SET due_at = h.at FROM h WHERE delivery.callback = h.callback AND delivery.due_at IS NULL
)
INSERT INTO entry(at, kind, application, flow, flow_seq, data) SELECT at, kind, application, name, flow, data
FROM (SELECT * FROM d ORDER BY place) d
RETURNING 1"""
"""Of flows that were reset meanwhile nothing is written, nor of an attempt that somebody else has made too, since this
process seemed to have ended. The first attempt at a callback makes due what waits at the head of its flow's line, in
which each callback is until its first attempt has ended. The condition on the outcome is one that no index is for: a
plan made while few callbacks waited would read that index whole for ever.
"""

Read = Callable[..., Any]
"""Answers the rows of a query."""


async def release(transaction: Transaction, ended: Sequence[int]) -> None:
    """Release what these processes have claimed, which have ended."""
    await transaction.write(_RELEASE, ended)
    await transaction.write(_ENDED, ended)


async def give_back(transaction: Transaction, numbers: Sequence[int], owner: int) -> None:
    """Release some of what a process has claimed itself."""
    await transaction.write(_GIVE_BACK, numbers, owner)


async def others(read: Read, clock: str, owner: int) -> bool:
    """Whether other processes than this have claimed callbacks on a clock."""
    return bool(await read(_OTHERS, clean(clock), owner))


async def under_way(read: Read, clock: str) -> set[tuple[int, int]]:
    """The attempts at callbacks of a clock that are under way: the callback's number, and how many were before."""
    return {(number, attempts) for number, attempts in await read(_UNDER_WAY, clean(clock))}


async def free(
    transaction: Transaction,
    now: Callable[[], Mapping[str, int]],
    room: Callable[[str], int],
    away: AbstractSet[int],
    owner: int,
) -> tuple[Claimed, dict[str, int]]:
    """Claim what is due on each clock for the process of this number, by origin; answers that, and when the next flow
    of each clock is due. `away` has the numbers of those that it has claimed already. The transaction begins if there
    is something to claim, and `now` is asked again then.
    """
    taken: list[Delivery] = []
    next_due: dict[str, int] = {}
    next_flow: dict[str, int] = {}
    held: set[str] = set()
    for clock, at in now().items():
        origins, flow = await _ahead(transaction.read, clock, at)
        following = [due_at for due_at in origins.values() if due_at is not None]
        if following:
            next_due[clock] = min(following)
        if flow is not None:
            next_flow[clock] = flow
        if not origins:
            continue
        left = {origin: max(0, room(origin)) for origin in origins}
        if not transaction.begun:
            roomy = [origin for origin, most in left.items() if most]
            ((since,),) = await transaction.read(_OLDEST, clean(clock), at, roomy, list(away), owner)
            if since is not None:
                await transaction.begin()
                return await free(transaction, now, room, away, owner)
        else:
            taken += await _take(transaction, clock, at, left, away, owner)
        if min(left.values()) == 0:
            held.add(clock)
    taken.sort(key=lambda delivery: (delivery.due_at, delivery.number))
    return Claimed(taken, next_due, frozenset(held)), next_flow


async def _take(  # noqa: PLR0913, PLR0917  # they are one statement's values
    transaction: Transaction, clock: str, now: int, left: dict[str, int], away: AbstractSet[int], owner: int
) -> list[Delivery]:
    """Claim what is due on a clock, up to what is `left` at each origin, which is less by these then."""
    rows = await transaction.write(_TAKE, clean(clock), now, list(left), list(left.values()), list(away), owner)
    taken = [with_unpacked(Delivery(*row)) for row in rows]
    for delivery in taken:
        left[delivery.origin] -= 1
    return taken


async def overdue(read: Read, now: Callable[[str], int | None], away: AbstractSet[int], owner: int) -> dict[str, int]:
    """By clock, since when the oldest callback is due that is not `away`, nor claimed by another process than this."""
    found: dict[str, int] = {}
    rows = await read("SELECT min(clock) FROM delivery WHERE due_at IS NOT NULL")
    while rows and rows[0][0] is not None:
        clock = rows[0][0]
        at = now(clock)
        if at is not None:
            origins, _ = await _ahead(read, clock, at)
            ((since,),) = await read(_OLDEST, clock, at, [*origins], list(away), owner)
            found |= {} if since is None else {clock: since}
        rows = await read(_CLOCKS, clock)
    return found


async def take_of(transaction: Transaction, key: int, flow_id: str, now: int, owner: int) -> list[Delivery]:
    """Claim the callbacks of one flow that are due for the process of this number."""
    rows = await transaction.write(_TAKE_OF, key, clean(flow_id), now, owner)
    found = [with_unpacked(Delivery(*row)) for row in rows]
    return sorted(found, key=lambda delivery: delivery.number)


async def settle(transaction: Transaction, settlements: Sequence[Settlement]) -> None:
    """Write how attempts ended."""
    rows, next_at = list[tuple[Any, ...]](), dict[int, int]()
    for each in settlements:
        delivery, outcome, told = each.delivery, each.outcome if each.due_at is None else None, each.entry.data
        ms = told.ms if isinstance(told, Attempt) else None
        rows.append((delivery.number, delivery.attempts + 1, delivery.began_at, each.due_at, outcome, ms))
        next_at.setdefault(delivery.flow_seq, each.at)
    entries = [entry_row(each.entry, each.delivery.flow_seq) for each in settlements]
    following = list(next_at), list(next_at.values())
    written = await transaction.write(_SETTLE, *turned(rows, 6), *following, *turned(entries, 6))
    transaction.entries += len(written)
    for flow in next_at:
        transaction.touch(flow)
    transaction.ending |= {each.delivery.flow_seq: None for each in settlements if each.due_at is None}


async def next_due(read: Read, clock: str) -> int | None:
    """The time at which the next thing is due on a clock, a flow or a callback; None if nothing is."""
    origins, flow = await _ahead(read, clock, -1)
    return min((due_at for due_at in (flow, *origins.values()) if due_at is not None), default=None)


async def _ahead(read: Read, clock: str, now: int) -> tuple[dict[str, int | None], int | None]:
    """When the next callback is due at each origin, after a time, and when the next flow is."""
    found = dict(await read(_AHEAD, clean(clock), now))
    flow = found.pop(None)
    return found, flow
