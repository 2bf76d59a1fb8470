"""What a POST /failover or /sms costs: in memory, on a file, under many rules, refused."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import flows, processes
from tests.benchmarks.load import Stream, beside
from tests.benchmarks.metering import STANDING, Cost, Subject, bare, beside_bare, in_turns, loaded, warmed
from tests.benchmarks.values import Value, at_least, at_most


def posts_in_memory(subject: Subject) -> Iterator[Value]:
    """POST /failover of three steps, in memory."""
    plain, cost = in_turns(subject, flows.ORDER, None, ())
    yield Value("CPU of the bare application", plain.micros, "µs")
    yield Value("rate of the bare application", plain.rate, "/s")
    yield from beside_bare(cost, plain, at_most(65), at_least(0.48))


def posts_on_a_file(subject: Subject) -> Iterator[Value]:
    """POST /failover of three steps, on a file."""
    with tempfile.TemporaryDirectory() as folder:
        store = ("--store", str(Path(folder) / "emulator.db"))
        plain, memory, cost = in_turns(subject, flows.ORDER, None, (), store)
    yield from beside_bare(cost, plain)
    yield Value("CPU / in memory", cost.micros / memory.micros, "x", at_most(1.1))


def one_step(subject: Subject) -> Iterator[Value]:
    """POST /failover of one Sms, in memory."""
    plain, cost = in_turns(subject, flows.ONE_STEP, None, ())
    yield from beside_bare(cost, plain)


def sms(subject: Subject) -> Iterator[Value]:
    """POST /sms, in memory, against POST /failover of the same one Sms: turn by turn."""
    single: list[Cost] = []
    step: list[Cost] = []
    with subject.emulator(*STANDING) as one, subject.emulator(*STANDING) as other:
        for _ in range(3):
            single.append(warmed(one, subject, flows.SINGLE))
            step.append(warmed(other, subject, flows.ONE_STEP))
    micros = _median(single)
    yield Value("CPU", micros, "µs")
    yield Value("CPU / of one step", micros / _median(step), "x", at_most(1.05))
    rate = statistics.median(each.rate for each in single)
    yield Value("rate", rate, "/s")
    yield Value("rate / of one step", rate / statistics.median(each.rate for each in step), "x", at_least(0.95))


def rules(subject: Subject) -> Iterator[Value]:
    """POST /failover with 1,000 rules in force, a fifth of them by time, share or operator, against ten."""
    with tempfile.TemporaryDirectory() as folder:
        under = [_ruled(Path(folder) / f"{count}.yaml", count) for count in (10, 1000)]
        plain, ten, thousand = in_turns(subject, flows.ORDER, None, *under)
    yield from beside_bare(thousand, plain)
    yield Value("CPU with ten / with 1,000", ten.micros / thousand.micros, "x", at_least(0.95))
    yield Value("rate with 1,000 / with ten", thousand.rate / ten.rate, "x", at_least(0.95))


def _ruled(path: Path, count: int) -> tuple[str, ...]:
    """The options of an emulator under so many rules, which are written to a file."""
    path.write_text(json.dumps({"purpose": "Rules.", "rules": list(_rules(count))}))
    return ("--scenario", str(path))


def _rules(count: int) -> Iterator[object]:
    """Rules of the kinds that testers write, none of which applies: most by recipient, a fifth by time, share or
    operator, some by text or country.
    """
    networks = ("Cosmote", "Vodafone", "Nova", "Forthnet", "Telekom")
    for number in range(count):
        match: object = {"to": f"+3069{number:08d}x"}
        if number % 10 == 0:
            match = {"to": {"glob": f"+44{number:04d}*"}, "country": "GB"}
        if number % 100 == 5:
            match = {"text": {"contains": f"code {number}"}}
        if number % 5 == 1:
            part = number // 5
            match = (
                {"time": {"between": f"{part % 24:02d}:00..{(part + 2) % 24:02d}:00", "zone": "Europe/Athens"}},
                {"share": f"{part % 90}%..{part % 90 + 10}%"},
                {"operator": networks[part % 5]},
            )[part % 3] | {"steps": 9}
        yield {"match": match, "plan": {"Viber": "FAILED", "Sms": "Failed"}}


def wrong(subject: Subject) -> Iterator[Value]:
    """POST /failover with a handful of errors, refused; and 200 good ones a second meanwhile."""
    count = subject.requests // 10
    plain = bare(subject, flows.WRONG)
    with subject.emulator(*STANDING) as served:
        token = processes.token(served.port)
        loaded(served, flows.posts(flows.ORDER, token, range(subject.warming)))
        refused = Stream(list(flows.posts(flows.WRONG, token, range(count))))
        good = Stream(list(flows.posts(flows.ORDER, token, range(count))), connections=4, rate=200)
        before = served.nanoseconds
        run, meanwhile = beside(served.port, refused, good)
        micros = (served.nanoseconds - before) / 1000 / count
    if run.answers != {400: count} or meanwhile.bad:
        raise RuntimeError(f"expected 400 and 200, not {dict(run.answers)} and {dict(meanwhile.answers)}")
    yield Value("CPU, the good ones included", micros, "µs")
    yield Value("CPU / bare's", micros / plain.micros, "x")
    yield Value("rate", run.rate, "/s", at_least(2000))
    yield Value("rate / bare's", run.rate / plain.rate, "x")
    yield Value("a good one waits, median", meanwhile.wait(0.5), "ms")
    yield Value("a good one waits, p99", meanwhile.wait(0.99), "ms")


def _median(costs: list[Cost]) -> float:
    return statistics.median(each.micros for each in costs)
