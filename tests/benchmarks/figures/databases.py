"""What the store on PostgreSQL costs, beside that on a file: the emulator's CPU, and that of the database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from tests.benchmarks import flows
from tests.benchmarks.figures.callbacks import completed
from tests.benchmarks.metering import STANDING, Subject, warmed
from tests.benchmarks.processes import family_nanoseconds
from tests.benchmarks.values import Missing, Value, at_most
from tests.support import postgres


def posts_on_postgresql(subject: Subject) -> Iterator[Value]:
    """POST /failover of three steps, on a PostgreSQL of this machine."""
    with tempfile.TemporaryDirectory() as folder, _server() as server:
        with subject.emulator(*STANDING, "--store", str(Path(folder) / "emulator.db")) as served:
            file = warmed(served, subject, flows.ORDER)
        with subject.emulator(*STANDING, "--store", server.schema()) as served:
            before = family_nanoseconds(server.process.pid)
            cost = warmed(served, subject, flows.ORDER)
            database = family_nanoseconds(server.process.pid) - before
    yield Value("CPU", cost.micros, "µs")
    yield Value("CPU / on a file", cost.micros / file.micros, "x")
    yield Value("CPU of the database", database / 1000 / (subject.requests + subject.warming), "µs")
    yield Value("rate", cost.rate, "/s")
    yield Value("rate / on a file", cost.rate / file.rate, "x")


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


def _server() -> AbstractContextManager[postgres.Server]:
    """A PostgreSQL that loses nothing."""
    if postgres.programs() is None:
        raise Missing("a PostgreSQL")
    return postgres.server("fsync=on", "full_page_writes=on")
