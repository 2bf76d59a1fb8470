"""What an emulator costs beside its requests: its start, an application of its own for a test, its memory."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator

from emulator.client.client import Client
from tests.benchmarks import flows, processes
from tests.benchmarks.metering import FAST, STANDING, Subject, loaded
from tests.benchmarks.processes import Served
from tests.benchmarks.values import Value, at_most


def start(subject: Subject) -> Iterator[Value]:
    """From the start of the process to the first answer, turn by turn with the bare application; medians of nine."""
    ours, plain = [], []
    for _ in range(10):
        with subject.emulator() as served:
            ours.append((served.started_in, served.nanoseconds))
        with processes.bare() as served:
            plain.append((served.started_in, served.nanoseconds))
    (seconds, spent), (bare_seconds, bare_spent) = _medians(ours), _medians(plain)
    yield Value("CPU", spent / 1e6, "ms")
    yield Value("CPU / bare's", spent / bare_spent, "x")
    yield Value("time", seconds * 1000, "ms")
    yield Value("time / bare's", seconds / bare_seconds, "x", at_most(1.2))


def _medians(starts: list[tuple[float, int]]) -> tuple[float, float]:
    """The medians of seconds and nanoseconds, without the first start, which may have to compile modules."""
    seconds, nanoseconds = zip(*starts[1:], strict=True)
    return statistics.median(seconds), statistics.median(nanoseconds)


def application(subject: Subject) -> Iterator[Value]:
    """One test's application: made, given a clock and a scenario of its own, and reset; the median of 300, after the
    first, which imports what these calls take.
    """
    with subject.emulator(*STANDING) as served, Client(f"http://127.0.0.1:{served.port}") as client:

        def tested(number: int) -> float:
            """How many seconds one took."""
            began = time.perf_counter()
            made = client.application(f"app-{number}")
            made.set_rate(0)
            made.scenario("all-fail")
            made.reset()
            return time.perf_counter() - began

        started = served.nanoseconds
        tested(0)
        before = served.nanoseconds
        times = [tested(number) for number in range(1, 301)]
        yield Value("CPU of the first", (before - started) / 1e6, "ms")
        yield Value("CPU", (served.nanoseconds - before) / 1000 / len(times), "µs")
    yield Value("time", statistics.median(times) * 1000, "ms", at_most(5))


def memory_live(subject: Subject) -> Iterator[Value]:
    """Memory of live flows of three steps."""
    with subject.emulator(*STANDING) as served:
        token = processes.token(served.port)
        loaded(served, flows.posts(flows.ORDER, token, range(subject.warming)))
        before = served.kilobytes
        loaded(served, flows.posts(flows.ORDER, token, range(subject.warming, subject.warming + subject.requests)))
        each = (served.kilobytes - before) / subject.requests
    yield Value("idle", before / 1024, "MB")
    yield Value("each flow", each, "KB", at_most(2.0))


def memory_finished(subject: Subject) -> Iterator[Value]:
    """Memory after many finished flows of three steps, and after twice as many."""
    sizes = []
    with subject.emulator(*FAST) as served:
        token = processes.token(served.port)
        for half in range(2):
            numbers = range(half * 2 * subject.requests, (half + 1) * 2 * subject.requests)
            loaded(served, flows.posts(flows.ORDER, token, numbers))
            _finished(served)
            sizes.append(served.kilobytes / 1024)
    yield Value("after half", sizes[0], "MB")
    yield Value("after all / after half", sizes[1] / sizes[0], "x", at_most(1.01))


def _finished(served: Served) -> None:
    """Wait until no flow is live."""
    while json.loads(processes.fetch(served.port, "/_emulator/ready"))["liveFlows"]:
        time.sleep(0.05)
