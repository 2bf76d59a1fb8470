"""What it costs to carry flows to their end and to post callbacks: at once, by a jump of the clock, in real time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks import flows, processes
from tests.benchmarks.load import load
from tests.benchmarks.metering import FAST, STANDING, Cost, Subject, bare, beside_bare, loaded
from tests.benchmarks.processes import Served
from tests.benchmarks.values import Value, at_most

PATIENCE: Final = 120
"""Seconds to wait for the last callback."""
SOON: Final = 0.02
"""Seconds between two looks at the receiver, and until the emulator has stored how its last posts ended."""
TOLD: Final = 4
"""Callbacks of an order of a day: its first step begins, and each of its three ends."""
PER_SECOND: Final = 1000
"""Flows that start and end per second while lateness is measured."""


def completions(subject: Subject) -> Iterator[Value]:
    """Flows of three steps completed, callback delivered, in memory."""
    plain = bare(subject)
    cost, lost = completed(subject)
    yield from beside_bare(cost, plain, at_most(150))
    yield Value("callbacks lost", lost, wanted=at_most(0))


def completions_on_a_file(subject: Subject) -> Iterator[Value]:
    """Flows of three steps completed, callback delivered, on a file."""
    plain = bare(subject)
    memory, _ = completed(subject)
    with tempfile.TemporaryDirectory() as folder:
        cost, lost = completed(subject, "--store", str(Path(folder) / "emulator.db"))
    yield from beside_bare(cost, plain)
    yield Value("CPU / in memory", cost.micros / memory.micros, "x")
    yield Value("callbacks lost", lost, wanted=at_most(0))


def refusals(subject: Subject) -> Iterator[Value]:
    """The same with a receiver that refuses every tenth post; the retries deliver those too."""
    plain = bare(subject)
    cost, lost = completed(subject, refuse_every=10)
    yield from beside_bare(cost, plain)
    yield Value("callbacks lost", lost, wanted=at_most(0))


def completed(subject: Subject, *options: str, refuse_every: int = 0) -> tuple[Cost, int]:
    """The cost of a flow from its POST to its callback, and the number of lost callbacks."""
    with processes.receiver(refuse_every) as receiver, subject.emulator(*FAST, *options) as served:
        template, token = flows.with_callback(receiver.port), processes.token(served.port)
        total = subject.warming + subject.requests
        loaded(served, flows.posts(template, token, range(subject.warming)))
        awaited(receiver, subject.warming)
        orders = list(flows.posts(template, token, range(subject.warming, total)))
        before, began = served.nanoseconds, time.perf_counter()
        loaded(served, orders)
        lost = awaited(receiver, total)
        rate = subject.requests / (time.perf_counter() - began)
        time.sleep(SOON)
        return Cost((served.nanoseconds - before) / 1000 / subject.requests, rate), lost


def awaited(receiver: Served, count: int) -> int:
    """Wait until a receiver has this many callbacks; how many are missing after PATIENCE."""
    deadline = time.perf_counter() + PATIENCE
    while (seen := processes.accepted(receiver.port)) < count and time.perf_counter() < deadline:
        time.sleep(SOON)
    return count - seen


def day(subject: Subject) -> Iterator[Value]:
    """A day of 10,000 flows of three steps by one advance, every change told to a receiver; twice."""
    count = subject.requests // 3
    (cost, seconds, seen, digest), (*_, again) = _day(subject, count), _day(subject, count)
    yield Value("CPU of a callback", cost.micros, "µs")
    yield Value("rate of callbacks", cost.rate, "/s")
    yield Value("a day", seconds, "s", at_most(5))
    yield Value("callbacks lost", TOLD * count - seen, wanted=at_most(0))
    yield Value("days with other bytes", digest != again, wanted=at_most(0))


def _day(subject: Subject, count: int) -> tuple[Cost, float, int, int]:
    """The cost of a callback, the real seconds of a day, its callbacks, and the checksum of them all."""
    options = (*STANDING, "--seed", "1", "--scenario", "silence-until-ttl")  # ids follow from the order of posts
    with processes.receiver() as receiver, subject.emulator(*options) as served:
        loaded(served, flows.day(processes.token(served.port), receiver.port, count), connections=1)
        before, began = served.nanoseconds, time.perf_counter()
        processes.fetch(served.port, "/_emulator/clock/advance", "POST", b'{"by":"24h"}')
        seconds = time.perf_counter() - began
        micros = (served.nanoseconds - before) / 1000
        seen, digest = processes.accepted(receiver.port), int(processes.fetch(receiver.port, "/digest"))
    return Cost(micros / max(seen, 1), seen / seconds), seconds, seen, digest


def lateness(subject: Subject) -> Iterator[Value]:
    """How late callbacks are in real time, while 1,000 flows come and 1,000 end in a second."""
    count = subject.requests // 2
    with processes.receiver() as early, processes.receiver() as receiver, subject.emulator() as served:
        token = processes.token(served.port)
        loaded(served, flows.posts(flows.with_callback(early.port), token, range(100)))
        awaited(early, 100)
        orders = list(flows.posts(flows.with_callback(receiver.port), token, range(100, 100 + count)))
        before = served.nanoseconds
        run = load(served.port, orders, rate=PER_SECOND)
        lost = awaited(receiver, count)
        micros = (served.nanoseconds - before) / 1000 / count
        median, p99 = (float(each) for each in processes.fetch(receiver.port, "/late").split())
    yield Value("CPU", micros, "µs")
    yield Value("rate", run.rate, "/s")
    yield Value("late, median", median, "ms")
    yield Value("late, p99", p99, "ms", at_most(20))
    yield Value("callbacks lost", lost, wanted=at_most(0))
