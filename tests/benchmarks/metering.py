"""Measuring one load: what it costs the server, and what it costs a bare application."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import median
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
TURNS: Final = 6
"""Turns in which servers that are compared are loaded."""


class Subject(Struct, frozen=True):
    """What is measured: the emulator of a checkout, by this many requests; the curve goes up to this many `flows`."""

    tree: Path = ROOT
    requests: int = 30_000
    flows: int = 1_000_000

    @property
    def warming(self) -> int:
        """Requests that are sent before those that are measured."""
        return self.requests // 15

    def emulator(self, *options: str) -> AbstractContextManager[Served]:
        """The tree's emulator with these options of `serve`."""
        return processes.emulator(self.tree, *options)


class Cost(Struct, frozen=True):
    """The cost of one operation: the server's CPU time in microseconds; and how many there were per second."""

    micros: float
    rate: float


def loaded(served: Served, requests: Iterable[bytes], connections: int = CONNECTIONS) -> Cost:
    """The cost of each request of a load. Raises RuntimeError unless every answer is 200."""
    made = list(requests)
    before = served.nanoseconds
    run = load(served.port, made, connections)
    if run.bad:
        raise RuntimeError(f"not every answer was 200: {dict(run.answers)}")
    return Cost((served.nanoseconds - before) / 1000 / len(made), run.rate)


def warmed(served: Served, subject: Subject, template: bytes) -> Cost:
    """The cost of posts of a template, after the warming."""
    token = processes.token(served.port)
    loaded(served, flows.posts(template, token, range(subject.warming)))
    return loaded(served, flows.posts(template, token, range(subject.warming, subject.warming + subject.requests)))


def in_turns(subject: Subject, template: bytes, *ways: tuple[str, ...] | None) -> list[Cost]:
    """The cost of posts to emulators with these options, whose time stands still, and to the bare application (None).
    All run at once and are loaded turn by turn, so that a slow moment of the machine affects all alike; medians.
    """
    with ExitStack() as stack:
        running = [_running(stack, subject, way) for way in ways]
        return [Cost(*each) for each in turn_by_turn(subject, template, running, _costs)]


def turn_by_turn(
    subject: Subject,
    template: bytes,
    running: Sequence[tuple[Served, str]],
    measured: Callable[[Served, list[bytes]], Sequence[float]],
) -> list[list[float]]:
    """What is measured of posts to servers, each with its token, that are loaded in turn after the warming; medians."""
    for served, token in running:
        measured(served, list(flows.posts(template, token, range(subject.warming))))
    taken = list[list[Sequence[float]]]([] for _ in running)
    size = subject.requests // TURNS
    for begin in range(subject.warming, subject.warming + TURNS * size, size):
        for found, (served, token) in zip(taken, running, strict=True):
            found.append(measured(served, list(flows.posts(template, token, range(begin, begin + size)))))
    return [[median(column) for column in zip(*found, strict=True)] for found in taken]


def _costs(served: Served, requests: list[bytes]) -> tuple[float, float]:
    cost = loaded(served, requests)
    return cost.micros, cost.rate


def _running(stack: ExitStack, subject: Subject, way: tuple[str, ...] | None) -> tuple[Served, str]:
    """A server that runs until the stack is left, and a token for it."""
    if way is None:
        return stack.enter_context(processes.bare()), "none"
    served = stack.enter_context(subject.emulator(*STANDING, *way))
    return served, processes.token(served.port)


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
