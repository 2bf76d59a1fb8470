"""Keeping within a limit of bytes by dropping what has ended, oldest first, and forgetting by a reset.

With a limit, the table `ended` has the flows about which nothing is left to do, and the journal's entries that are of
no flow, in the order in which that came to be. A transaction adds what it has ended, and drops some of the oldest while
all of it takes more than the limit. So the work is bounded, and the limit may be exceeded by what one transaction ends.
Rows that are deleted take room until they are cleared away: whoever has dropped half as much as is kept has that done,
since autovacuum looks once a minute only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import asyncpg

from emulator.clock.clock import EVERYBODY
from emulator.store.postgres.news import Kept
from emulator.store.postgres.opening import SLOW
from emulator.store.postgres.tables import ALONE
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction
from emulator.store.rows import key

CHUNK: Final = 200
"""How many rows of `ended` a transaction drops at most, and twice as many as it adds."""
SLACK: Final = 32
"""The part of the limit (1/32) that is dropped beyond what must be, so that not every transaction has to."""
CLEARED: Final = 1 << 20
"""How many bytes are dropped at least until room is made."""
FLOW_BYTES: Final = 500
"""About how many bytes a flow takes beside its request and its state: columns, heads of rows, indexes."""
CALLBACK_BYTES: Final = 400
"""The same of a callback beside its body."""
ENTRY_BYTES: Final = 200
"""The same of an entry of the journal beside its data."""

_OF: Final = ("stand", "flow", "tally", "grant_", "counter", "ledger", "label", "contact", "template")
"""The tables that a reset clears by application, last."""
_DROP: Final = """
WITH y AS (
  INSERT INTO tally SELECT f.application, s.stage, f.kind, f.scenario, s.status, s.channels, s.termination, -count(*)
  FROM unnest($1::bigint[]) t(seq) JOIN flow f ON f.seq = t.seq JOIN stand s ON s.flow = t.seq
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  ON CONFLICT (application, stage, kind, scenario, status, channels, termination)
    DO UPDATE SET flows = tally.flows + excluded.flows
), s AS (
  DELETE FROM stand WHERE flow = ANY($1::bigint[])
), c AS (
  DELETE FROM callback WHERE flow = ANY($1::bigint[]) RETURNING seq
), d AS (
  DELETE FROM delivery WHERE callback = ANY(ARRAY(SELECT seq FROM c))
), f AS (
  DELETE FROM flow WHERE seq = ANY($1::bigint[]) RETURNING seq
), e AS (
  DELETE FROM entry WHERE flow_seq = ANY($1::bigint[]) RETURNING seq
)
SELECT (SELECT count(*) FROM f), (SELECT count(*) FROM e)"""
_DROP_ENTRIES: Final = """
WITH e AS (
  DELETE FROM entry WHERE seq = ANY(ARRAY(SELECT e.seq FROM unnest($1::bigint[], $2::bigint[]) t(first, last)
    CROSS JOIN LATERAL (SELECT seq, flow_seq FROM entry WHERE seq BETWEEN t.first AND t.last) e
    WHERE NOT EXISTS(SELECT FROM flow WHERE seq = e.flow_seq)))
  RETURNING seq
)
SELECT count(*) FROM e"""
_COUNT: Final = (
    "INSERT INTO fact VALUES('dropped 1', $1), ('dropped 2', $2) ON CONFLICT (name)"
    " DO UPDATE SET value = (fact.value::bigint + excluded.value::bigint)::text"
)

_FLOW: Final = f"""
  {FLOW_BYTES} + octet_length(f.request) + octet_length(s.state)
  + (SELECT coalesce(sum({CALLBACK_BYTES} + octet_length(body)), 0) FROM callback WHERE flow = f.seq)
  + (SELECT coalesce(sum({ENTRY_BYTES} + octet_length(data)), 0) FROM entry WHERE flow_seq = f.seq)"""
_IS_OVER: Final = (
    "s.due_at IS NULL AND (SELECT true FROM delivery WHERE flow = s.flow AND outcome IS NULL LIMIT 1) IS NULL"
)
"""No callback waits. NOT EXISTS could be planned to look at all that wait, of all flows."""
_END: Final = f"""
WITH e AS (
  INSERT INTO ended(flow, bytes) SELECT f.seq, {_FLOW}
  FROM unnest($1::bigint[]) WITH ORDINALITY t(seq, position)
  CROSS JOIN LATERAL (SELECT * FROM stand WHERE flow = t.seq LIMIT 1) s
  CROSS JOIN LATERAL (SELECT seq, request FROM flow WHERE seq = t.seq LIMIT 1) f
  WHERE {_IS_OVER} ORDER BY t.position
  ON CONFLICT (flow) DO NOTHING RETURNING bytes
)
SELECT coalesce(sum(bytes), 0)::bigint, count(*) FROM e"""
_END_ENTRIES: Final = "INSERT INTO ended(first, last, bytes) VALUES($1, $2, $3)"
_REVIVE: Final = "DELETE FROM ended WHERE flow = $1 RETURNING bytes"
_OLDEST: Final = "SELECT place, flow, first, last, bytes FROM ended WHERE place > $1 ORDER BY place LIMIT $2"
_LATEST: Final = """
SELECT (SELECT place FROM ended ORDER BY place DESC LIMIT 1),
  (SELECT place FROM ended WHERE flow IS NOT NULL ORDER BY place DESC LIMIT 1)"""
"""The places of what ended last, and of the flow that did."""
_NUMBERS: Final = "SELECT f.seq FROM unnest($1::bigint[], $2::text[]) t(key, id) JOIN flow f USING (key, id)"
_DROPPED: Final = "DELETE FROM ended WHERE place = ANY($1::bigint[])"
_KEPT: Final = "SELECT coalesce(sum(bytes), 0)::bigint, coalesce(min(place), 1) - 1 FROM ended"

CLEAR: Final = "VACUUM (TRUNCATE off, SKIP_LOCKED) flow, stand, callback, delivery, entry, ended, news"
"""Makes room where rows were deleted, for new ones. Nobody waits for it."""

_IS_KEPT: Final = "SELECT 1 FROM fact WHERE name = 'ended'"
_KEEP: Final = "INSERT INTO fact VALUES('ended', '')"
_KEEP_ALL: Final = "DELETE FROM fact WHERE name = 'ended'"
_ENTRIES_SO_FAR: Final = f"""
INSERT INTO ended(first, last, bytes) SELECT min(seq), max(seq), sum({ENTRY_BYTES} + octet_length(data)) FROM entry e
WHERE NOT EXISTS(SELECT FROM flow WHERE seq = e.flow_seq) GROUP BY seq / 256 ORDER BY 1"""
_FLOWS_SO_FAR: Final = f"""
INSERT INTO ended(flow, bytes) SELECT f.seq, {_FLOW} FROM stand s JOIN flow f ON f.seq = s.flow
WHERE {_IS_OVER} ORDER BY s.changed"""


class Keeper:
    """Drops the oldest of what has ended beyond a limit of bytes (None: no limit). `spared` has the ids of the flows
    that somebody waits for at this process; `clear` is called when this process is to make room.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._kept = Kept()  # no query steps over the rows that are dropped, since it has their last place
        self.spared: list[str] = []
        self.clear: Callable[[], None] = lambda: None

    async def load(self, connection: asyncpg.Connection) -> None:
        """Read anew how much is kept."""
        if self._limit is not None:
            self._kept = Kept(*await connection.fetchrow(_KEPT, timeout=SLOW))

    def learn(self, kept: Kept | None, *, own: bool = False) -> None:
        """Take note of what a transaction has made of it, which may be this process's `own`."""
        if kept is not None:
            before, self._kept = self._kept, kept
            if own and kept.dropped < before.dropped:
                self.clear()

    async def prepare(self, transaction: Transaction) -> None:
        """List what has ended so far, or drop that list, unless the process that was here before had a limit as this
        one has. No other process may be there.
        """
        if (await transaction.one(_IS_KEPT) is None) == (self._limit is None):
            return
        await transaction.write("DELETE FROM ended", seconds=SLOW)
        if self._limit is None:
            await transaction.write(_KEEP_ALL)
            return
        await transaction.write(_KEEP)
        for statement in (_ENTRIES_SO_FAR, _FLOWS_SO_FAR):
            await transaction.write(statement, seconds=SLOW)
        kept, _ = await transaction.one(_KEPT)
        transaction.freed = self._kept.bytes - kept

    async def revive(self, transaction: Transaction, seq: int) -> None:
        """Note that a flow may not be over any more, or is about to be dropped by hand."""
        if self._limit is not None:
            transaction.freed += sum([size for (size,) in await transaction.write(_REVIVE, seq)])

    async def keep(self, transaction: Transaction) -> None:
        """Note what the transaction has ended, and drop what is beyond the limit."""
        if self._limit is None or not (transaction.ending or transaction.loose or transaction.freed):
            return
        kept, added = self._kept.bytes - transaction.freed, 0
        if transaction.ending:
            ((size, added),) = await transaction.write(_END, [*transaction.ending])
            kept += size
        if transaction.loose:
            numbers, sizes = zip(*transaction.loose, strict=True)
            size = ENTRY_BYTES * len(sizes) + sum(sizes)
            await transaction.write(_END_ENTRIES, min(numbers), max(numbers), size)
            kept += size
        left, head = kept, self._kept.head
        if kept > self._limit:
            left, head = await self._drop(transaction, kept, CHUNK + 2 * added)
        dropped = self._kept.dropped + kept - left
        transaction.news.kept = Kept(left, head, dropped if dropped < max(self._limit // 2, CLEARED) else 0)

    async def _drop(self, transaction: Transaction, kept: int, most: int) -> tuple[int, int]:
        """Drop the oldest, so many at most; answers what is kept then, and up to which place nothing is left."""
        rows = await transaction.read(_OLDEST, self._kept.head, most)
        latest, flows = await transaction.one(_LATEST), list[int]()
        spared = await self._numbers(transaction) if self.spared else ()
        least, head, gone, entries, stays = self._least, self._kept.head, list[int](), list[tuple[int, int]](), False
        for place, flow, first, last, size in rows:
            if kept <= least:
                break
            if place in latest or flow in spared:
                stays = True
                continue
            gone.append(place)
            kept -= size
            if flow is None:
                entries.append((first, last))
            else:
                flows.append(flow)
            head = head if stays else place
        if gone:
            await transaction.write(_DROPPED, gone)
            await drop(transaction, flows)
            await _drop_entries(transaction, entries)
        return kept, head

    @property
    def _least(self) -> int:
        limit = self._limit or 0
        return limit - limit // SLACK

    async def _numbers(self, transaction: Transaction) -> list[int]:
        """The numbers of the flows that are spared."""
        rows = await transaction.read(
            _NUMBERS, [key(each) for each in self.spared], [clean(each) for each in self.spared]
        )
        return [seq for (seq,) in rows]


async def drop(transaction: Transaction, flows: Sequence[int]) -> None:
    """Delete the flows of these numbers, with their callbacks and journal entries, and count them as dropped."""
    if flows:
        ((gone, entries),) = await transaction.write(_DROP, flows)
        transaction.entries -= entries
        for seq in flows:
            transaction.touch(seq)
        await transaction.write(_COUNT, str(gone), str(entries))


async def _drop_entries(transaction: Transaction, spans: Sequence[tuple[int, int]]) -> None:
    """Delete the entries in these spans of numbers that are of no flow, and count them as dropped."""
    if spans:
        firsts, lasts = zip(*spans, strict=True)
        ((entries,),) = await transaction.write(_DROP_ENTRIES, firsts, lasts)
        transaction.entries -= entries
        await transaction.write(_COUNT, "0", str(entries))


def deletions(*, everybody: bool) -> dict[str, str]:
    """The statements by which a reset deletes everything of one application ($1), or of everybody, in their order, by
    what they delete. Each statement reaches an application's rows by an index, however many others there are.
    """
    flows = "ANY(ARRAY(SELECT seq FROM flow WHERE application = $1))"
    callbacks = f"ANY(ARRAY(SELECT seq FROM callback WHERE flow = {flows}))"
    wanted = {
        "entries of flows": f"flow_seq = {flows}",
        "other entries": f"({ALONE}) AND application = $1",
        "ended": f"flow = {flows}",
        "delivery": f"callback = {callbacks}",
        "callback": f"flow = {flows}",
    } | dict.fromkeys(_OF, "application = $1")
    wanted |= {"clock": "name = $1"}
    if everybody:
        wanted = dict.fromkeys(wanted, "true") | {"other entries": "false", "clock": "name <> ''"}
    entry = "DELETE FROM entry WHERE {} AND seq < (SELECT max(seq) FROM entry) RETURNING seq"
    counted = f"WITH e AS ({entry}) SELECT count(*) FROM e"
    deleted = "WITH d AS (DELETE FROM delivery WHERE {} RETURNING owner) SELECT DISTINCT owner FROM d"
    worded = {
        "entries of flows": counted,
        "other entries": counted,
        "ended": "DELETE FROM ended WHERE {} RETURNING bytes",
        "delivery": f"{deleted} WHERE owner IS NOT NULL",
    }
    return {name: worded.get(name, f"DELETE FROM {name} WHERE {{}}").format(of) for name, of in wanted.items()}


async def forget(transaction: Transaction, application: str) -> set[int]:
    """Delete everything of one application, or of everybody; of the journal all but its last entry. Answers the numbers
    of the processes that have claimed callbacks of it.
    """
    everybody = application == EVERYBODY
    given = [] if everybody else [clean(application)]
    gone = {
        name: await transaction.write(statement, *given, seconds=SLOW)
        for name, statement in deletions(everybody=everybody).items()
    }
    transaction.entries -= gone["entries of flows"][0][0] + gone["other entries"][0][0]
    transaction.freed += sum(size for (size,) in gone["ended"])
    if everybody:
        await transaction.write("DELETE FROM fact WHERE name IN ('dropped 1', 'dropped 2')")
    return {owner for (owner,) in gone["delivery"]}
