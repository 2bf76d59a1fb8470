"""Writing flows, their journal entries and their callbacks: each a statement, whatever number of flows it is for.

Every statement takes its values as arrays, a column each, so that it costs one round trip. Numbers are given in the
order of the arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from emulator.journal.entry import Entry
from emulator.journal.kinds import Stranded
from emulator.store.bodies import with_packed
from emulator.store.contract import Decide
from emulator.store.postgres.rows import Row
from emulator.store.postgres.states import COUNT, Count, counted
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction
from emulator.store.records import Change, Post
from emulator.store.rows import Rows, columns, encode

_TALLY: Final = """
  INSERT INTO tally SELECT * FROM unnest({}::text[], {}::text[], {}::text[], {}::text[], {}::text[], {}::text[],
    {}::text[], {}::bigint[])
  ON CONFLICT (application, stage, kind, scenario, status, channels, termination)
    DO UPDATE SET flows = tally.flows + excluded.flows
"""
_ADD: Final = f"""
WITH p AS MATERIALIZED (
  SELECT nextval('flow_seq') AS seq, t.* FROM (SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[],
    $4::text[], $5::text[], $6::bigint[],
    $7::bigint[], $8::text[], $9::bool[], $10::bytea[], $11::text[], $12::text[], $13::text[], $14::text[],
    $15::bigint[], $16::text[], $17::bytea[])
    WITH ORDINALITY AS t(key, id, application, clock, kind, ordinal, created_at, scenario, raw, request, status,
    channels, recipients, termination,
    due_at, stage, state, position) ORDER BY position) t
), f AS (
  INSERT INTO flow SELECT seq, key, id, application, kind, ordinal, created_at, scenario, raw, request FROM p
), s AS (
  INSERT INTO stand SELECT seq, application, clock, status, channels, recipients, termination, due_at, stage,
    nextval('change_seq'), state
  FROM (SELECT * FROM p ORDER BY position) p
), y AS ({_TALLY.format(*[f"${number}" for number in range(31, 39)])}), k AS (
  {COUNT.format("$39", "$40", "$41")}
), n AS MATERIALIZED (
  SELECT array_agg(seq ORDER BY position) AS seqs FROM p
), c AS MATERIALIZED (
  SELECT nextval('callback_seq') AS seq, (SELECT seqs FROM n)[t.position] AS flow, t.* FROM (SELECT *
    FROM unnest($18::int[], $19::text[], $20::text[],
    $21::text[], $22::text[], $23::bigint[], $24::bytea[]) WITH ORDINALITY AS t(position, id, clock, url, origin,
    due_at, body, place) ORDER BY place) t
), b AS (
  INSERT INTO callback SELECT seq, id, flow, url, body FROM c
), d AS (
  INSERT INTO delivery(callback, flow, clock, origin, due_at) SELECT seq, flow, clock, origin, due_at FROM c
), e AS (
  INSERT INTO entry(at, kind, application, flow, flow_seq, data) SELECT at, kind, application, flow,
    (SELECT seqs FROM n)[t.position], data
  FROM (SELECT * FROM unnest($25::int[], $26::bigint[], $27::text[], $28::text[], $29::text[],
    $30::bytea[]) WITH ORDINALITY
    AS t(position, at, kind, application, flow, data, place) ORDER BY place) t
)
SELECT unnest(seqs) FROM n"""

_CHANGE: Final = f"""
WITH s AS (
  UPDATE stand SET status = t.status, channels = t.channels, recipients = t.recipients,
    termination = t.termination, due_at = t.due_at,
    stage = t.stage, changed = nextval('change_seq'), state = t.state
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bytea[])
    AS t(seq, status, channels, recipients, termination, due_at, stage, state)
  WHERE stand.flow = t.seq
), c AS MATERIALIZED (
  SELECT nextval('callback_seq') AS seq, t.* FROM (SELECT * FROM unnest($9::bigint[], $10::text[], $11::text[],
    $12::text[], $13::text[], $14::bigint[],
    $15::bytea[], $16::bool[], $17::bool[]) WITH ORDINALITY AS t(flow, id, clock, url, origin, at, body, loose,
    first, place) ORDER BY place) t
), b AS (
  INSERT INTO callback SELECT seq, id, flow, url, body FROM c
), d AS (
  INSERT INTO delivery(callback, flow, clock, origin, due_at) SELECT seq, flow, clock, origin,
    CASE WHEN loose OR (first AND (
    SELECT true FROM delivery o WHERE o.flow = c.flow AND o.outcome IS NULL AND o.attempts = 0 LIMIT 1) IS NULL)
    THEN at END FROM c
), y AS ({_TALLY.format(*[f"${number}" for number in range(24, 32)])})
INSERT INTO entry(at, kind, application, flow, flow_seq, data) SELECT at, kind, application, flow, flow_seq, data
FROM (SELECT * FROM unnest($18::bigint[], $19::text[], $20::text[], $21::text[], $22::bigint[],
  $23::bytea[]) WITH ORDINALITY
  AS t(at, kind, application, flow, flow_seq, data, place) ORDER BY place) t"""

_RECORD: Final = """
INSERT INTO entry(at, kind, application, flow, flow_seq, data) SELECT at, kind, application, flow, flow_seq, data
FROM (SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[],
  $6::bytea[]) WITH ORDINALITY
  AS t(at, kind, application, flow, flow_seq, data, place) ORDER BY place) t
RETURNING seq"""

_PARK: Final = "UPDATE stand SET due_at = NULL WHERE flow = ANY($1::bigint[])"

_DUE: Final = 14
"""The place of the time at which a flow is due among the columns of a new one."""
_DUE_AGAIN: Final = 5
"""The same among those of a flow that has changed."""

EntryRow = tuple[int, str, str, str | None, int | None, bytes]
"""The columns of an entry, without its number."""


def turned(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    """The columns of rows that have so many."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def entry_row(entry: Entry, flow: int | None = None) -> EntryRow:
    """The columns of a journal entry, which belongs to the flow of this number."""
    data = entry.data
    return entry.at, str(data.kind), clean(entry.application), clean(entry.flow), flow, encode(data)


async def record(transaction: Transaction, entries: Sequence[EntryRow], *, loose: bool = True) -> None:
    """Append to the journal. The entries are `loose` if they are of no flow that is there."""
    if entries:
        transaction.entries += len(entries)
        numbers = await transaction.write(_RECORD, *turned(entries, 6))
        if loose:
            transaction.loose += [(seq, len(data)) for (seq,), (*_, data) in zip(numbers, entries, strict=True)]


class _Tally:
    """How many flows more, or less, there are of each group: of an application, stage, kind, scenario, status, channels
    and termination.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], int] = {}

    def count(self, group: tuple[str, ...], by: int) -> None:
        """Count some more."""
        self._counts[group] = self._counts.get(group, 0) + by

    def columns(self) -> tuple[list[Any], ...]:
        """The columns for the table."""
        return *turned(self._counts, 7), list(self._counts.values())


class Writer:
    """Writes flows by transactions. `rows` makes flows of what is stored."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(
        self, transaction: Transaction, adding: Sequence[tuple[Change, str]], counts: Sequence[Count] = ()
    ) -> None:
        """Write new flows, each living on the named clock, and counters that have changed."""
        flows, posts, entries = list[tuple[Any, ...]](), list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        tally = _Tally()
        for position, (given, clock) in enumerate(adding, 1):
            change = with_packed(given)
            flow, where = change.flow, clean(clock)
            key, state, moving = columns(flow)
            fixed = (key, clean(flow.id), clean(flow.application), where, flow.kind, flow.ordinal, flow.created_at)
            raw = change.request is not None
            request = change.request or encode(flow.request)
            scenario, told = clean(flow.scenario), _moving(moving)
            flows.append((*fixed, scenario, raw, request, *told, state))
            status, channels, _, termination, _, stage = told
            tally.count((fixed[2], stage, flow.kind, scenario, status, channels, termination), 1)
            first = True
            for post in change.posts:
                due_at = post.at if first or post.loose else None
                posts.append((position, clean(post.id), where, clean(post.url), clean(post.origin), due_at, post.body))
                first = False
            for at, kind, application, of, _, data in map(entry_row, change.entries):
                entries.append((position, at, kind, application, of, data))
        transaction.entries += len(entries)
        rows = *turned(flows, 17), *turned(posts, 7), *turned(entries, 6), *tally.columns()
        numbers = await transaction.write(_ADD, *rows, *counted(counts))
        for (seq,), (change, _), row in zip(numbers, adding, flows, strict=True):
            self._rows.remember(seq, change.flow.request, len(change.request or b""))
            transaction.touch(seq)
            if row[_DUE] is None:
                transaction.ending[seq] = None

    async def write(self, transaction: Transaction, changed: Sequence[tuple[Row, Change]]) -> None:
        """Write the new states of flows over their rows."""
        flows, posts, entries = list[tuple[Any, ...]](), list[tuple[Any, ...]](), list[EntryRow]()
        tally = _Tally()
        for row, given in changed:
            change = with_packed(given)
            _, state, moving = columns(change.flow)
            status, channels, _, termination, _, stage = told = _moving(moving)
            flows.append((row.seq, *told, state))
            now = row.application, stage, row.kind, row.scenario, status, channels, termination
            before = row.application, row.stage, row.kind, row.scenario, row.status, row.channels, row.termination
            if now != before:
                tally.count(before, -1)
                tally.count(now, 1)
            transaction.touch(row.seq)
            if flows[-1][_DUE_AGAIN] is None:
                transaction.ending[row.seq] = None
            posts += [_post_row(row, post, first=not place) for place, post in enumerate(change.posts)]
            entries += [entry_row(entry, row.seq) for entry in change.entries]
        transaction.entries += len(entries)
        rows = *turned(flows, 8), *turned(posts, 9), *turned(entries, 6), *tally.columns()
        await transaction.write(_CHANGE, *rows)

    async def step(self, transaction: Transaction, due: Sequence[Row], now: int, decide: Decide) -> int:
        """Write what is decided about each of these flows; answers how many there are. A flow whose `decide` raises is
        parked: its timer is cleared, so that it blocks no other, and the journal says so.
        """
        changed, parked = list[tuple[Row, Change]](), list[EntryRow]()
        for row in due:
            try:
                changed.append((row, decide(self._rows.flow(row))))
            except Exception as error:
                parked.append(entry_row(Entry(now, row.application, row.id, Stranded(repr(error))), row.seq))
        if parked:
            seqs = [seq for *_, seq, _ in parked if seq is not None]
            await transaction.write(_PARK, seqs)
            await record(transaction, parked, loose=False)
            transaction.ending |= dict.fromkeys(seqs)
        if changed:
            await self.write(transaction, changed)
        return len(due)


def _moving(moving: tuple[Any, ...]) -> tuple[Any, ...]:
    """The columns of `rows.columns` that change, as PostgreSQL takes them: asyncpg takes no text of another type."""
    status, channels, recipients, termination, due_at, stage = moving
    return str(status), channels, clean(recipients), termination, due_at, str(stage)


def _post_row(row: Row, post: Post, *, first: bool) -> tuple[Any, ...]:
    """The columns of a flow's new callback."""
    url, origin = clean(post.url), clean(post.origin)
    return row.seq, clean(post.id), row.clock, url, origin, post.at, post.body, post.loose, first
