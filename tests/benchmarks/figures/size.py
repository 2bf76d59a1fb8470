"""How costs grow with the number of live flows: of a POST, and of reading calls, which block everybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median
from typing import Final

from tests.benchmarks import flows, processes
from tests.benchmarks.load import Stream, beside, get, post
from tests.benchmarks.metering import STANDING, TURNS, Subject, loaded
from tests.benchmarks.processes import Served
from tests.benchmarks.values import Bound, Value, at_most

SIZES: Final = (1_000, 30_000, 100_000, 1_000_000)
USUAL: Final = 30_000
"""The size that the largest is compared with."""
PART: Final = 20_000
"""How many requests are made in advance at a time."""
TELLING: Final = "telling"
"""The application that sends every tenth flow, each with a callback."""
TRIES: Final = 3
HELD: Final = at_most(20)
"""Milliseconds that a call may block everybody else at the largest size."""
JUDGED: Final = frozenset({"ready", "board", "newest flows", "search by recipient", "callback by id"})
"""The calls that HELD applies to."""
FAILING: Final = {
    "purpose": "The first step fails at once, and the second waits.",
    "rules": [{"plan": {"Viber": [{"after": "0s", "status": "FAILED"}], "Sms": "silence"}}],
}


def curve(subject: Subject) -> Iterator[Value]:
    """POST /failover, and how long reading calls take and block others, by the number of live flows."""
    emulator = subject.emulator
    with processes.receiver() as receiver, emulator(*STANDING) as served, emulator(*STANDING) as small:
        filling, usual = _Filling(served, receiver.port), _Filling(small, receiver.port)
        usual.fill(min(USUAL, subject.flows))
        sizes = sorted({*(size for size in SIZES if size < subject.flows), subject.flows})
        for size in sizes:
            filling.fill(size)
            yield Value(f"memory at {size:,}", served.kilobytes / 1024, "MB")
            if size != USUAL:
                yield from _reading(served, size, HELD if size == subject.flows else None)
            yield Value(f"CPU of a POST from {size:,} on", filling.plain(subject.requests // 3), "µs")
        what = f"CPU from {subject.flows:,} on / from {USUAL:,} on"
        yield Value(what, _grown(filling, usual, subject.requests // 3), "x", at_most(1.1))


def _grown(large: _Filling, usual: _Filling, count: int) -> float:
    """The cost of a post with many flows divided by that with few; both emulators are loaded turn by turn."""
    costs = [(large.plain(count // TURNS), usual.plain(count // TURNS)) for _ in range(2 * TURNS)]
    return median(ours for ours, _ in costs) / median(theirs for _, theirs in costs)


class _Filling:
    """An emulator that is filled with flows, each to a recipient of its own."""

    def __init__(self, served: Served, receiver: int) -> None:
        self._served = served
        self._count = 0
        self._told = flows.with_callback(receiver, "OnStep")
        self._token = processes.token(served.port)
        self._telling = processes.token(served.port, TELLING)
        choice = json.dumps({"application": TELLING, "scenario": FAILING}).encode()
        processes.fetch(served.port, "/_emulator/scenario", "POST", choice)

    def fill(self, size: int) -> None:
        """Post flows until there are `size`, a tenth of them with a callback each."""
        while (left := size - self._count) > 0:
            part = min(left, PART)
            self._post(self._told, self._telling, part // 10)
            self._post(flows.ORDER, self._token, part - part // 10)

    def plain(self, count: int) -> float:
        """Post flows without callback; the microseconds that each cost."""
        return self._post(flows.ORDER, self._token, count)

    def _post(self, template: bytes, token: str, count: int) -> float:
        first, self._count = self._count, self._count + count
        return loaded(self._served, flows.posts(template, token, range(first, first + count))).micros if count else 0.0


def _reading(served: Served, size: int, held: Bound | None) -> Iterator[Value]:
    """How long reading calls take, and how long another connection waits at most meanwhile: the best of TRIES."""
    ping = get("/_emulator/health")
    for name, request in _calls(served).items():
        took, longest = [], []
        for _ in range(TRIES):
            run, others = beside(served.port, Stream([request], 1), Stream([ping], 1))
            if run.bad:
                raise RuntimeError(f"{name} was answered with {dict(run.answers)}")
            took.append(run.wait(1.0))
            longest.append(others.wait(1.0))
        yield Value(f"{name} at {size:,}", min(took), "ms")
        yield Value(f"{name} at {size:,} holds up", min(longest), "ms", held if name in JUDGED else None)


def _calls(served: Served) -> dict[str, bytes]:
    """The reading calls by name. The recipient is that of an old flow, the callback the newest."""
    newest = f"/_emulator/callbacks?application={TELLING}&before={2**40}&limit=1"
    (callback,) = json.loads(processes.fetch(served.port, newest))["callbacks"]
    wanted = [{"fieldName": "to", "searchTerm": flows.recipient(SIZES[0] - 1), "searchOperator": "is"}]
    headers = f"Authorization: Bearer {processes.token(served.port)}\r\n"
    return {
        "ready": get("/_emulator/ready"),
        "board": get("/_emulator/board"),
        "board of an application": get("/_emulator/board?application=benchmark"),
        "newest flows": get("/_emulator/flows"),
        "search by recipient": post("/failover/tracking?page=0&size=10", json.dumps(wanted).encode(), headers),
        "callback by id": get(f"/_emulator/callbacks/{callback['id']}"),
        "applications": get("/_emulator/applications"),
    }
