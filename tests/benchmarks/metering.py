"""Measuring one load: what it cost the server, beside what it would have cost a bare application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.benchmarks import flows, processes
from tests.benchmarks.load import CONNECTIONS, load
from tests.benchmarks.processes import ROOT, Served
from tests.benchmarks.values import Bound, Value

STANDING: Final = ("--rate", "0")
"""A clock that stands still: flows are accepted and then wait."""
FAST: Final = ("--rate", "10000")
"""A clock on which the reports of three seconds come within a millisecond."""


class Subject(Struct, frozen=True):
    """What is measured: the emulator of a tree, by so many requests; `flows` is the most that the curve goes up to."""

    tree: Path = ROOT
    requests: int = 30_000
    flows: int = 1_000_000

    @property
    def warming(self) -> int:
        """Requests that come before those that are measured."""
        return self.requests // 15

    def emulator(self, *options: str) -> AbstractContextManager[Served]:
        """The tree's emulator with these options of `serve`."""
        return processes.emulator(self.tree, *options)


class Cost(Struct, frozen=True):
    """What one operation cost: the server's CPU time in microseconds; and how many there were in a second."""

    micros: float
    rate: float


def loaded(served: Served, requests: Iterable[bytes], connections: int = CONNECTIONS) -> Cost:
    """The cost of a load that every request of must be answered with 200."""
    made = list(requests)
    before = served.nanoseconds
    run = load(served.port, made, connections)
    if run.bad:
        raise RuntimeError(f"not every answer was 200: {dict(run.answers)}")
    return Cost((served.nanoseconds - before) / 1000 / len(made), run.rate)


def warmed(served: Served, subject: Subject, template: bytes) -> Cost:
    """The cost of posts of a template, after some that are not counted."""
    token = processes.token(served.port)
    loaded(served, flows.posts(template, token, range(subject.warming)))
    return loaded(served, flows.posts(template, token, range(subject.warming, subject.warming + subject.requests)))


def posted(subject: Subject, template: bytes, *options: str) -> Cost:
    """The cost of posts to the emulator while its time stands still."""
    with subject.emulator(*STANDING, *options) as served:
        return warmed(served, subject, template)


def bare(subject: Subject, template: bytes = flows.ORDER) -> Cost:
    """The cost of the same posts to the bare application, which reads none of it."""
    with processes.bare() as served:
        loaded(served, flows.posts(template, "none", range(subject.warming)))
        return loaded(served, flows.posts(template, "none", range(subject.requests)))


def beside_bare(cost: Cost, bare: Cost, micros: Bound | None = None, share: Bound | None = None) -> Iterator[Value]:
    """A cost as values: CPU and rate, and their ratios to the bare application's."""
    yield Value("CPU", cost.micros, "µs", micros)
    yield Value("CPU / bare's", cost.micros / bare.micros, "x")
    yield Value("rate", cost.rate, "/s")
    yield Value("rate / bare's", cost.rate / bare.rate, "x", share)
