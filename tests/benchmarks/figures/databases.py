"""What the store on PostgreSQL costs, beside that on a file: the emulator's CPU, and that of the database."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from tests.benchmarks import flows, processes
from tests.benchmarks.figures.callbacks import SOON, awaited, completed
from tests.benchmarks.metering import STANDING, Cost, Subject, loaded, turn_by_turn
from tests.benchmarks.processes import Served, family_nanoseconds
from tests.benchmarks.values import Missing, Value, at_most
from tests.support import postgres

CONNECTIONS: Final = 64
"""Connections of a load: what comes at once shares a transaction."""
EVENTS: Final = 3
"""Callbacks that tell of the ends of an order's steps, if no channel reports; one before tells that the first began."""
JSON: Final = {"Content-Type": "application/json"}
SILENT: Final = (*STANDING, "--scenario", "silence-until-ttl")
"""No channel reports, so that each step ends by its ttl, once time moves."""


def posts_on_postgresql(subject: Subject) -> Iterator[Value]:
    """POST /failover of three steps over 64 connections, on a PostgreSQL of this machine, turn by turn with a file."""
    with tempfile.TemporaryDirectory() as folder, _server() as server, ExitStack() as stack:
        file = ("--store", str(Path(folder) / "emulator.db"))
        ways = (file, ("--store", server.schema()), ("--store", server.schema(), "--workers", "2"))
        served = [stack.enter_context(subject.emulator(*STANDING, *way)) for way in ways]
        running = [(each, processes.token(each.port)) for each in served]
        on_file, one, two = turn_by_turn(subject, flows.ORDER, running, partial(_posted, server))
    for named, (micros, database, rate) in (("", one), (" of two workers", two)):
        yield Value(f"CPU{named}", micros, "µs")
        yield Value(f"CPU{named} / on a file", micros / on_file[0], "x")
        yield Value(f"CPU of the database{named and ', two workers'}", database, "µs")
        yield Value(f"rate{named}", rate, "/s")
        yield Value(f"rate{named} / on a file", rate / on_file[2], "x")


def _posted(server: postgres.Server, served: Served, orders: list[bytes]) -> tuple[float, float, float]:
    """The CPU of a post and that of the database in microseconds, and the rate."""
    spent, database = family_nanoseconds(served.pid), family_nanoseconds(server.process.pid)
    rate = loaded(served, orders, CONNECTIONS).rate
    spent, database = family_nanoseconds(served.pid) - spent, family_nanoseconds(server.process.pid) - database
    return spent / 1000 / len(orders), database / 1000 / len(orders), rate


def completions_on_postgresql(subject: Subject) -> Iterator[Value]:
    """Flows of three steps completed, callback delivered, on a PostgreSQL of this machine."""
    with tempfile.TemporaryDirectory() as folder, _server() as server:
        file, _ = completed(subject, "--store", str(Path(folder) / "emulator.db"))
        before = family_nanoseconds(server.process.pid)
        cost, lost = completed(subject, "--store", server.schema())
        database = family_nanoseconds(server.process.pid) - before
    yield Value("CPU", cost.micros, "µs")
    yield Value("CPU / on a file", cost.micros / file.micros, "x")
    yield Value("CPU of the database", database / 1000 / (subject.requests + subject.warming), "µs")
    yield Value("callbacks lost", lost, wanted=at_most(0))


def events_on_postgresql(subject: Subject) -> Iterator[Value]:
    """Changes of flows whose channels are silent, each told by a callback, on a PostgreSQL of this machine."""
    with tempfile.TemporaryDirectory() as folder, _server() as server:
        file, _ = _events(subject, server, "--store", str(Path(folder) / "emulator.db"))
        cost, database = _events(subject, server, "--store", server.schema())
    yield Value("CPU", cost.micros, "µs", at_most(60))
    yield Value("CPU / on a file", cost.micros / file.micros, "x")
    yield Value("CPU of the database", database, "µs", at_most(50))
    yield Value("rate", cost.rate, "/s")
    yield Value("rate / on a file", cost.rate / file.rate, "x")


def _events(subject: Subject, server: postgres.Server, *options: str) -> tuple[Cost, float]:
    """The cost of a change and its callback, and that of the database in microseconds: flows wait until their clock is
    set to a rate at which all their time passes at once.
    """
    made, count = subject.requests, EVENTS * subject.requests
    with processes.receiver() as receiver, subject.emulator(*SILENT, *options) as served:
        orders = flows.posts(
            flows.with_callback(receiver.port, "OnStep"), processes.token(served.port), range(subject.requests)
        )
        loaded(served, orders, CONNECTIONS)
        awaited(receiver, made)
        time.sleep(SOON)
        spent, database = family_nanoseconds(served.pid), family_nanoseconds(server.process.pid)
        began = time.perf_counter()
        processes.fetch(served.port, "/_emulator/clock", "PUT", b'{"rate":1000000}', JSON)
        if lost := awaited(receiver, made + count):
            raise RuntimeError(f"{lost} callbacks did not come")
        rate = count / (time.perf_counter() - began)
        time.sleep(SOON)
        spent, database = family_nanoseconds(served.pid) - spent, family_nanoseconds(server.process.pid) - database
    return Cost(spent / 1000 / count, rate), database / 1000 / count


def _server() -> AbstractContextManager[postgres.Server]:
    """A PostgreSQL that loses nothing."""
    if postgres.programs() is None:
        raise Missing("a PostgreSQL")
    return postgres.server("fsync=on", "full_page_writes=on")
