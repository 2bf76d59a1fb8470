"""`python -m tests.benchmarks`: every figure side by side with a bare Starlette application, as a table.

Machines differ and are noisy, so what counts is the ratio; the bare application is measured again before each figure.
Name figures to measure only those.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from msgspec import Struct

from emulator.client import Client
from tests.benchmarks import processes
from tests.benchmarks.load import Run, load, post
from tests.benchmarks.processes import Served

REQUESTS: Final = 30_000
STANDING: Final = ("--rate", "0")
"""A clock that stands still: flows are accepted and then wait."""
FAST: Final = ("--rate", "10000")
"""A clock on which the reports of three seconds come within a millisecond."""
_numbers = itertools.count()


class Figure(Struct, frozen=True):
    """One line of the table: what was measured, what came out, and what is wanted."""

    name: str
    measured: str
    wanted: str
    good: bool


def flows(port: int, count: int, callback: str = "") -> Iterator[bytes]:
    """So many POST /failover requests, each to another recipient."""
    headers = f"Authorization: Bearer {processes.token(port)}\r\n"
    told = {"callback": {"strategy": "OnCompletion", "url": callback}} if callback else {}
    for number in itertools.islice(_numbers, count):
        message = {"body": "Parcel 71 is ready", "label": "june"}
        step = {"type": "Sms", "from": "Shop", "to": f"+30697{number % 10**7:07d}", "ttl": 120, "message": message}
        yield post("/failover", json.dumps({"flow": [step], **told}).encode(), headers)


def loaded(served: Served, requests: Iterator[bytes]) -> Run:
    """A load that every request of must be answered with 200."""
    run = load(served.port, iter(list(requests)))
    if run.bad:
        raise RuntimeError(f"{run.bad} requests were not answered with 200")
    return run


def bare_rate() -> float:
    """Requests per second of the bare application, now."""
    with processes.bare() as served:
        loaded(served, flows_without_token(2000))
        return loaded(served, flows_without_token(REQUESTS)).rate


def flows_without_token(count: int) -> Iterator[bytes]:
    """The same requests for the bare application, which reads none of it."""
    yield from itertools.repeat(post("/failover", b'{"flow":[' + b" " * 200 + b"]}"), count)


def _posts(name: str, wanted: float, *options: str) -> Figure:
    bare = bare_rate()
    with processes.emulator(*STANDING, *options) as served:
        loaded(served, flows(served.port, 2000))
        rate = loaded(served, flows(served.port, REQUESTS)).rate
    ratio = rate / bare
    return Figure(name, f"{rate:,.0f}/s = {ratio:.2f} of bare {bare:,.0f}/s", f">= {wanted}", ratio >= wanted)


def posts_in_memory() -> Figure:
    """POST /failover, validated and stored in memory."""
    return _posts("POST /failover, in memory", 0.4)


def posts_on_a_file() -> Figure:
    """POST /failover, validated and stored on a file."""
    with tempfile.TemporaryDirectory() as folder:
        return _posts("POST /failover, on a file", 0.3, "--store", str(Path(folder) / "emulator.db"))


def rules() -> Figure:
    """POST /failover with 1,000 rules in force, against ten."""
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (10, 1000):
            path = Path(folder) / f"rules{count}.yaml"
            path.write_text(json.dumps({"purpose": "Rules.", "rules": list(_rules(count))}))
            with processes.emulator(*STANDING, "--scenario", str(path)) as served:
                loaded(served, flows(served.port, 2000))
                rates.append(loaded(served, flows(served.port, REQUESTS)).rate)
    told = f"{rates[1]:,.0f}/s = {rates[1] / rates[0]:.2f} of {rates[0]:,.0f}/s with ten"
    return Figure("POST /failover with 1,000 rules", told, ">= 0.8", rates[1] >= 0.8 * rates[0])


def _rules(count: int) -> Iterator[object]:
    """Rules of the kinds that testers write, none of which applies: most by recipient, some by text or country."""
    for number in range(count):
        match: object = {"to": f"+3069{number:08d}x"}
        if number % 10 == 0:
            match = {"to": {"glob": f"+44{number:04d}*"}, "country": "GB"}
        if number % 100 == 5:
            match = {"text": {"contains": f"code {number}"}}
        yield {"match": match, "plan": {"Sms": "Failed"}}


def page() -> Figure:
    """POST /failover with the page open in a browser on the same machine, against without: turn by turn."""
    closed, opened, longest = [], [], [0]
    with processes.emulator(*STANDING) as served:
        loaded(served, flows(served.port, 2000))
        for _ in range(3):
            closed.append(loaded(served, flows(served.port, REQUESTS)).rate)
            with processes.browsing(f"http://127.0.0.1:{served.port}/", longest):
                opened.append(loaded(served, flows(served.port, REQUESTS)).rate)
    ratio = statistics.median(opened) / statistics.median(closed)
    told = f"{statistics.median(opened):,.0f}/s = {ratio:.2f} of {statistics.median(closed):,.0f}/s without"
    return Figure(
        "POST /failover with the page open", f"{told}, longest task {max(longest)} ms", ">= 0.9", ratio >= 0.9
    )


def _completed(refuse_every: int, options: tuple[str, ...]) -> tuple[int, float]:
    """How many callbacks were accepted of REQUESTS flows with one each, and the flows per second."""
    with processes.receiver(refuse_every) as receiver, processes.emulator(*options) as served:
        began = time.perf_counter()
        loaded(served, flows(served.port, REQUESTS, f"http://127.0.0.1:{receiver.port}/hook"))
        deadline, seen = began + 120, 0
        while seen < REQUESTS and time.perf_counter() < deadline:
            time.sleep(0.02)
            seen = processes.accepted(receiver.port)
        return seen, REQUESTS / (time.perf_counter() - began)


def completions() -> Figure:
    """Flows carried to completion, one callback each delivered to a local receiver."""
    bare = bare_rate()
    seen, rate = _completed(0, FAST)
    ratio = rate / bare
    told = f"{rate:,.0f}/s = {ratio:.2f} of bare {bare:,.0f}/s; {seen:,} of {REQUESTS:,} callbacks"
    return Figure("flows completed, callback delivered", told, ">= 0.12, none lost", ratio >= 0.12 and seen == REQUESTS)


def refusals() -> Figure:
    """A receiver that refuses every tenth post gets every callback in the end."""
    seen, rate = _completed(10, FAST)
    told = f"{seen:,} of {REQUESTS:,} callbacks; {rate:,.0f} flows/s"
    return Figure("every tenth post refused", told, "none lost", seen == REQUESTS)


def start() -> Figure:
    """From the start of the process to the first answered request, the median of five."""

    def median(run: Callable[[], AbstractContextManager[Served]]) -> float:
        times: list[float] = []
        for _ in range(6):
            with run() as served:
                times.append(served.started_in)
        return statistics.median(times[1:])

    bare, ours = median(processes.bare), median(processes.emulator)
    told = f"{ours * 1000:.0f} ms = {ours / bare:.2f} x bare {bare * 1000:.0f} ms"
    return Figure("start to first answer", told, "<= 2.5 x", ours / bare <= 2.5)


def application() -> Figure:
    """What a test's own application costs: made, with a clock of its own and a scenario, and forgotten; the median."""
    times = []
    with processes.emulator("--rate", "0") as served, Client(f"http://127.0.0.1:{served.port}") as client:
        for number in range(300):
            began = time.perf_counter()
            made = client.application(f"app-{number}")
            made.set_rate(0)
            made.scenario("all-fail")
            made.reset()
            times.append(time.perf_counter() - began)
    median = statistics.median(times) * 1000
    return Figure("a fresh application", f"{median:.1f} ms", "<= 5 ms", median <= 5)


def memory_live() -> Figure:
    """Memory for each live flow, over 50,000 of them."""
    with processes.emulator(*STANDING) as served:
        loaded(served, flows(served.port, 1000))
        before = served.kilobytes
        loaded(served, flows(served.port, 50_000))
        each = (served.kilobytes - before) / 50_000
        told = f"{each:.2f} KB; idle {before / 1024:.0f} MB"
    return Figure("memory per live flow", told, "<= 6 KB", each <= 6)


def memory_finished() -> Figure:
    """Memory after 100,000 finished flows, and after 200,000."""
    sizes = []
    with processes.emulator(*FAST) as served:
        for _ in range(2):
            loaded(served, flows(served.port, 100_000))
            while json.loads(processes.fetch(served.port, "/_emulator/ready"))["liveFlows"]:
                time.sleep(0.05)
            sizes.append(served.kilobytes / 1024)
    told = f"{sizes[0]:.0f} MB after 100,000, {sizes[1]:.0f} MB after 200,000"
    return Figure("memory of finished flows", told, "no bigger", sizes[1] <= sizes[0] * 1.01)


def day() -> Figure:
    """10,000 flows of three steps over a simulated day, by one advance, every change told to a live receiver; twice."""
    (seconds, seen, digest), (_, __, again) = _day(), _day()
    told = (
        f"{seconds:.1f} s, {seen:,} callbacks, {seen / seconds:,.0f}/s, {'equal' if digest == again else 'OTHER'} bytes"
    )
    return Figure(
        "a day of 10,000 flows by one advance", told, "30,000, twice the same", seen == 30_000 and digest == again
    )


def _day() -> tuple[float, int, int]:
    """Real seconds, callbacks, and the checksum of them all."""
    options = (*STANDING, "--seed", "1", "--scenario", "silence-until-ttl")
    with processes.receiver() as receiver, processes.emulator(*options) as served:
        headers = f"Authorization: Bearer {processes.token(served.port)}\r\n"
        loaded(served, (post("/failover", three_steps(n, receiver.port), headers) for n in range(10_000)))
        began = time.perf_counter()
        processes.fetch(served.port, "/_emulator/clock/advance", "POST", b'{"by":"24h"}')
        seconds = time.perf_counter() - began
        seen, _, digest = (int(each) for each in processes.fetch(receiver.port, "/digest").split())
    return seconds, seen, digest


def three_steps(number: int, port: int) -> bytes:
    """A flow over Viber, a call and Sms, with ttls of its own."""
    to = {"to": f"+30697{number:07d}", "from": "302100000000"}
    say = {"type": "SAY", "message": {"language": "en-GB", "text": "Hi"}}
    viber = {"type": "Viber", "senderInfoTrackingId": "x", "ttl": 0.5 + number % 4000 / 10, "message": {"text": "Hi"}}
    voice = {"type": "Voice", "dialPlan": {"verbs": [say]}}
    sms = {"type": "Sms", "ttl": 1 + number % 1000, "message": {"body": "Hi"}}
    callback = {"strategy": "OnStep", "url": f"http://127.0.0.1:{port}/hook"}
    return json.dumps({"flow": [to | viber, to | voice, to | sms], "callback": callback}).encode()


def lateness() -> Figure:
    """How late timers are in real time, with 20,000 live flows due evenly over 20 seconds; callbacks included."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "spread.yaml"
        scenario.write_text("purpose: Spread.\nrules:\n  - plan: {Sms: [{after: 5s..25s, status: Delivered}]}\n")
        with processes.lateness() as receiver, processes.emulator("--scenario", str(scenario)) as served:
            loaded(served, flows(served.port, 20_000, f"http://127.0.0.1:{receiver.port}/hook"))
            seen, deadline = [0], time.perf_counter() + 40
            while seen[0] < 20_000 and time.perf_counter() < deadline:
                time.sleep(0.2)
                seen = [int(each) for each in processes.fetch(receiver.port, "/").split()]
    told = f"{seen[0]:,} callbacks, median {seen[1]} ms, p99 {seen[2]} ms late"
    return Figure("lateness of 20,000 timers", told, "p99 <= 50 ms", seen[0] == 20_000 and seen[2] <= 50)


FIGURES: Final[tuple[Callable[[], Figure], ...]] = (
    posts_in_memory,
    posts_on_a_file,
    rules,
    page,
    completions,
    refusals,
    start,
    application,
    memory_live,
    memory_finished,
    day,
    lateness,
)


def main(wanted: list[str]) -> int:
    """Measure and print; 1 if a figure is not good enough."""
    failed = 0
    for measure in FIGURES:
        if not wanted or measure.__name__ in wanted:
            figure = measure()
            failed += not figure.good
            verdict = "good" if figure.good else "MISSED"
            sys.stdout.write(f"{figure.name:<38} {figure.measured:<64} {figure.wanted:<20} {verdict}\n")
            sys.stdout.flush()
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
