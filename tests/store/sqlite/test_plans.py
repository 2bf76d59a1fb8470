"""How SQLite reaches what a statement needs: one that reads a whole table gets slower with each flow that is kept."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY, Clock
from emulator.flow.state import Flow, Report
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset, Stranded
from emulator.store.records import CallbackQuery, Change, Delivery, Filter, JournalQuery, Post, Search, Settlement
from emulator.store.sqlite import opening
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW, flow, sms

pytestmark = pytest.mark.anyio
KEEP = 20_000
"""Bytes that are kept: of some twenty flows."""
WHOLE = re.compile(r"SCAN (flow|delivery|entry)\b|SEARCH (flow|delivery|entry)($| .*\(rowid<\?\)$)")
"""A part of a plan that reads all of a table, or all that is before a row; a minimum or maximum is called a search, but
uses an index or none.
"""
END = re.compile(r"SELECT (IFNULL\()?M(AX|IN)\(seq\)(, \d\))? FROM \w+(?=\)|$)")
"""What SQLite finds at an end of a table, though its plan is called a search as well."""
PART = re.compile(r"ORDER BY (\w\.)?seq( DESC)? LIMIT \d+( OFFSET \d+)?$")
"""The end of a statement that reads a table in its own order, up to a limit."""
OPENING = ("CREATE", "PRAGMA", "ALTER", "BEGIN", "COMMIT", "ROLLBACK")


def entry(of: str | None = None) -> Entry:
    """A journal entry."""
    return Entry(NOW, "app", of, Stranded("test"))


def settled(delivery: Delivery, due_at: int | None = None) -> Settlement:
    """How an attempt ended: done, or to be repeated at `due_at`."""
    return Settlement(delivery, NOW, due_at, "refused" if due_at else "received", entry(delivery.flow))


async def busy(store: SqliteStore) -> None:
    """Have the store do what it does for requests, events, attempts, and for the page where that looks at single flows:
    more than it may keep.
    """

    def ended(each: Flow) -> Change:
        return Change(replace(each, agenda=()), (entry(each.id),))

    for number in range(60):
        new = replace(flow([sms()], name=f"f{number}", ordinal=number + 1), agenda=(Report(NOW, 0, "Sent"),))
        told = [Post(f"{new.id}-{each}", "http://a/hook", "http://a", b"{}", NOW) for each in (1, 2)]
        await store.add(Change(new, (entry(new.id),), tuple(told)), EVERYBODY)
        taken = await store.claim({EVERYBODY: NOW}, lambda _: 64)
        again = [settled(each, NOW + 1) for each in taken.deliveries]
        taken = await store.claim({EVERYBODY: NOW + 1}, lambda _: 64, again)
        over = [settled(each) for each in taken.deliveries]
        await store.carry(EVERYBODY, NOW, 200, ended, lambda _: 64, moved=Clock(NOW, NOW, 0), settlements=over)
        await store.change(new.id, ended)
    last = f"f{number}"
    await store.record([entry()])
    await store.add_taking(Change(flow([sms()], name="taken", ordinal=99)), EVERYBODY, NOW)
    await store.next_due(EVERYBODY)
    await store.overdue(lambda _: NOW)
    await store.upcoming(EVERYBODY, 10)
    await store.alike(last[:6], "app")
    await store.callback(f"{last}-1")
    await store.waiting((EVERYBODY,), "http://a")
    await store.latest()
    await store.counts()
    failed = Filter("status", "is", "Failed")
    for search in (Search("app"), Search("app", offset=99), Search(), Search("app", conditions=(failed,))):
        await store.search(search)
    for journal in (JournalQuery(), JournalQuery(before=50, limit=10), JournalQuery(flow=last)):
        await store.journal(journal)
    for callbacks in (CallbackQuery(), CallbackQuery(before=50, limit=10), CallbackQuery(flow=last)):
        await store.callbacks(callbacks)
    await store.drop(last, entry())
    await store.reset("app", Entry(NOW, "app", None, Reset()))


async def test_no_frequent_statement_reads_a_whole_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that run for requests, events, attempts, and what the page asks of single flows."""
    connect, made, said = opening.connect, list[sqlite3.Connection](), list[str]()

    def traced(path: str | None) -> sqlite3.Connection:
        made.append(connect(path))
        return made[0]

    monkeypatch.setattr(opening, "connect", traced)
    store = SqliteStore(str(tmp_path / "store.db"), KEEP)
    await store.open()
    made[0].set_trace_callback(said.append)
    await busy(store)
    made[0].set_trace_callback(None)
    assert (await store.dropped()).flows
    found = {}
    for statement in {each for each in said if not each.startswith(("--", *OPENING))}:
        plan = made[0].execute(f"EXPLAIN QUERY PLAN {END.sub('SELECT 1', statement)}").fetchall()
        parts = [part for *_, part in plan if WHOLE.search(part)]
        if parts and not PART.search(statement):
            found[re.sub(r"\d+", "1", statement)] = parts
    await store.close()
    assert len(said) > 1000
    assert not found, "\n".join(f"{parts}: {statement[:200]}" for statement, parts in found.items())
