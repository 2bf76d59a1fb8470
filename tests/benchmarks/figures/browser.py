"""What an open page costs the emulator, and whether it keeps up: with a flood of changes, with a full board."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks import flows, processes
from tests.benchmarks.metering import STANDING, TURNS, Cost, Subject, loaded, warmed
from tests.benchmarks.processes import Served
from tests.benchmarks.values import Value, at_least, at_most

FLOWS: Final = 5000
SPAN: Final = 50
"""The seconds within which each of them reports twice: 200 changes in a second."""
SPREAD: Final = {
    "purpose": "Reports come spread over fifty seconds.",
    "rules": [{"plan": {"Sms": [{"after": "1s..25s", "status": "Sent"}, {"after": "1s..25s", "status": "Delivered"}]}}],
}
PART: Final = 20_000
"""How many requests are made in advance at a time."""
TASK: Final = at_most(50)
"""Milliseconds after which a person notices that the page does not answer."""


def page(subject: Subject) -> Iterator[Value]:
    """POST /failover with the page open in a browser on the same machine, against without: turn by turn."""
    closed: list[Cost] = []
    opened: list[Cost] = []
    longest: list[int] = []
    with subject.emulator(*STANDING) as served:
        for _ in range(3):
            closed.append(warmed(served, subject, flows.ORDER))
            with processes.browsing(_url(served), longest):
                opened.append(warmed(served, subject, flows.ORDER))
    micros, before = (median(each.micros for each in costs) for costs in (opened, closed))
    yield Value("CPU", micros, "µs")
    yield Value("CPU without / with the page", before / micros, "x", at_least(0.9))
    yield Value("rate", median(each.rate for each in opened), "/s")
    yield Value("longest task of the page", max(longest), "ms")


def flood(subject: Subject) -> Iterator[Value]:
    """The page while 5,000 flows change 200 times in a second."""
    longest: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "spread.yaml"
        scenario.write_text(json.dumps(SPREAD))
        with subject.emulator(*STANDING, "--scenario", str(scenario)) as served:
            loaded(served, flows.posts(flows.ONE_STEP, processes.token(served.port), range(FLOWS)))
            with processes.browsing(_url(served), longest) as opening:
                before, began = served.nanoseconds, time.perf_counter()
                processes.fetch(served.port, "/_emulator/clock", "PUT", b'{"rate": 1}')
                while json.loads(processes.fetch(served.port, "/_emulator/ready"))["liveFlows"]:
                    time.sleep(0.5)
                seconds, spent = time.perf_counter() - began, served.nanoseconds - before
    yield Value("longest task while it opens", opening, "ms", TASK)
    yield Value("longest task", longest[0], "ms", TASK)
    yield Value("changes", 2 * FLOWS / seconds, "/s")
    yield Value("CPU of the emulator", spent / 1e7 / seconds, "%")


def full(subject: Subject) -> Iterator[Value]:
    """The page on a board of `--flows` flows, and POST /failover with it open, against without: turn by turn."""
    return _full(subject, (), ())


def full_on_a_file(subject: Subject) -> Iterator[Value]:
    """The same, with the flows on a file."""
    with tempfile.TemporaryDirectory() as folder:
        stores = [("--store", str(Path(folder) / name)) for name in ("served.db", "alone.db")]
        yield from _full(subject, *stores)


def _full(subject: Subject, *stores: tuple[str, ...]) -> Iterator[Value]:
    """The page on one emulator with these options and not on the other. It first counts the flows all the while; how
    long the rest of that takes without a load is told too.
    """
    longest: list[int] = []
    with ExitStack() as stack:
        running = [stack.enter_context(subject.emulator(*STANDING, *store)) for store in stores]
        tokens = [processes.token(each.port) for each in running]
        for first in range(0, subject.flows, PART):
            for each, token in zip(running, tokens, strict=True):
                loaded(each, flows.posts(flows.ORDER, token, range(first, min(first + PART, subject.flows))))
        began = time.perf_counter()
        with processes.browsing(_url(running[0]), longest) as opening:
            shown = time.perf_counter() - began
            size = subject.requests // TURNS
            costs: list[list[float]] = []
            for first in range(subject.flows, subject.flows + 2 * TURNS * size, size):
                turn = [flows.posts(flows.ORDER, token, range(first, first + size)) for token in tokens]
                costs.append([loaded(each, made).micros for each, made in zip(running, turn, strict=True)])
            before, began = running[0].nanoseconds, time.perf_counter()
            processes.fetch(running[0].port, "/_emulator/statistics")
            counted, work = time.perf_counter() - began, running[0].nanoseconds - before
    yield Value("shown after", 1000 * shown, "ms")
    yield Value("longest task while it opens", opening, "ms", TASK)
    yield Value("longest task", longest[0], "ms", TASK)
    with_it, without = (median(each) for each in zip(*costs, strict=True))
    yield Value("CPU of a POST", with_it, "µs")
    yield Value("CPU without / with the page", without / with_it, "x", at_least(0.9))
    yield Value("rest of the first count", counted, "s")
    yield Value("rest of the first count: CPU", work / 1e9, "s")


def _url(served: Served) -> str:
    return f"http://127.0.0.1:{served.port}/"
