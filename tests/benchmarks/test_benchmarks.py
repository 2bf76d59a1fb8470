"""The benchmarks still run, and what they print and write is what was measured."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmarks import __main__ as command
from tests.benchmarks import browsing as opened
from tests.benchmarks import flows, results
from tests.benchmarks.figures import crossings, size
from tests.benchmarks.figures.crossings import Crossing
from tests.benchmarks.load import Run, Stream, beside, get, load
from tests.benchmarks.metering import Subject
from tests.benchmarks.processes import ROOT, browsing, receiver, resident, spent
from tests.benchmarks.results import Result
from tests.benchmarks.values import Missing, Value, at_least, at_most, medians

FEW = ("--requests", "60", "--flows", "1000")
FAST = Value("CPU", 61.25, "µs", at_most(65))
OF_A_TRACE = ((1, 1, 90), (2, 1, 18), (2, 1, 20), (2, 2, 70))
"""Tasks: process, thread, milliseconds."""
SLOW = Value("CPU", 122.5, "µs", at_most(65))


def test_a_figure_is_measured_printed_and_written(tmp_path: Path) -> None:
    """Flows to completion, against this very tree: none is lost in either column. Times are not judged."""
    file = tmp_path / "figures.json"
    run = CliRunner().invoke(command.main, ["completions", *FEW, "--json", str(file), "--against", str(ROOT)])
    assert "completions: Flows of three steps completed" in run.output
    told = json.loads(file.read_text())
    assert {"date", "machine", "python", "commit", "against", "rounds"} <= told.keys()
    (figure,) = told["figures"]
    lost = {"what": "callbacks lost", "unit": "", "number": 0, "against": 0, "wanted": "<= 0", "good": True}
    assert figure["values"][-1] == lost
    assert figure["values"][0]["number"] > 0


def test_the_curve_runs_at_every_size() -> None:
    """Each call that reads is answered, and another connection is answered meanwhile."""
    values = {value.what: value.number for value in size.curve(Subject(requests=60, flows=1000))}
    assert values["callback by id at 1,000"] > 0
    assert values["callback by id at 1,000 holds up"] > 0


def test_crossings_are_counted_by_each_way() -> None:
    """There are some: a door calls others, and what is called returns. A plain request has at most MOST. The listing
    has a line for each crossing.
    """
    values = {value.what: value.number for value in crossings.crossings(Subject())}
    listed = list(crossings.details(ROOT))
    assert max(values[f"by {way}"] for way in crossings.PLAIN) <= crossings.MOST
    for way in crossings.WAYS:
        assert values[f"by {way}"] > values[f"by {way}: modules"] > crossings.SHOWN
    assert len(listed) == sum(values[f"by {way}"] + 1 for way in crossings.WAYS)
    assert any("-> provider.sending SendingDoor.__call__  (from " in line for line in listed)


def test_a_module_is_visited_by_calls_and_by_returns() -> None:
    """The most visited is first; the listing is indented by calls."""
    found = [
        Crossing("call", "emulator.app", "emulator.engine", "submit", 7),
        Crossing("call", "emulator.engine", "emulator.seed", "flow_id", 8),
        Crossing("return", "emulator.seed", "emulator.engine", "submit", 9),
    ]
    assert crossings.visits(found) == [("emulator.engine", 2), ("emulator.seed", 1)]
    assert list(crossings.listed(found)) == [
        "   1 -> engine submit  (from app:7)",
        "   2   -> seed flow_id  (from engine:8)",
        "   3   <- engine submit  (from seed:9)",
    ]


def test_a_figure_that_wants_for_something_is_left_out_and_says_what() -> None:
    """The run goes on, and is no failure for it."""

    def page(_: Subject) -> list[Value]:
        """The page."""
        raise Missing("a chromium")

    result = command.measured(page, Subject(), None, rounds=1)
    assert list(results.lines(result)) == ["page: The page", "  left out: it needs a chromium"]
    assert result.good


def test_the_longest_task_is_the_page_s_own() -> None:
    """Not one of those by which the browser draws its own tabs and menus, nor of another thread of the page's."""
    mark = {"name": opened.HERE, "pid": 2, "tid": 1, "ph": "I"}
    tasks = [{"name": "task", "pid": pid, "tid": tid, "tdur": 1000 * ms} for pid, tid, ms in OF_A_TRACE]
    assert opened.longest_of([*tasks, mark]) == 20


def test_without_a_browser_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether playwright is there or only the browser is not."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(Missing, match=r"playwright|chromium"), browsing("http://127.0.0.1:9/", []):
        pass


def test_a_figure_that_goes_wrong_says_how() -> None:
    """The run goes on, and is a failure."""

    def page(_: Subject) -> list[Value]:
        """The page."""
        raise RuntimeError("the page did not open")

    result = command.measured(page, Subject(), None, rounds=1)
    assert list(results.lines(result)) == ["page: The page", "  FAILED: RuntimeError: the page did not open"]
    assert not result.good


def test_trees_take_turns_and_medians_count() -> None:
    """One round of each after another; neither the best nor the worst round is told."""
    numbers = iter([1.0, 20.0, 9.0, 10.0, 2.0, 90.0])
    turns: list[str] = []

    def figure(subject: Subject) -> Iterator[Value]:
        """A figure."""
        turns.append(subject.tree.name)
        yield Value("CPU", next(numbers), "µs")

    result = command.measured(figure, Subject(Path("new")), Subject(Path("old")), rounds=3)
    assert turns == ["new", "old"] * 3
    assert [value.number for value in (*result.values, *result.against)] == [2.0, 20.0]


def test_a_value_is_good_within_its_bound() -> None:
    """The bound itself is."""
    assert at_most(65).met(65)
    assert not at_most(65).met(65.1)
    assert at_least(0.48).met(0.48)
    assert not at_least(0.48).met(0.47)
    assert Value("rate", 0).good
    assert not medians([])


def test_a_line_has_both_trees_their_ratio_and_the_verdict() -> None:
    """A value that nothing is wanted of has no verdict, and nothing is divided by zero."""
    lost = Value("callbacks lost", 0)
    made = list(results.lines(Result("posts", "POST.", (FAST, lost), (SLOW, lost))))
    assert made[1].split() == ["CPU", "61.2", "µs", "122", "µs", "0.50", "<=", "65", "good"]
    assert made[2].split() == ["callbacks", "lost", "0", "0"]
    assert list(results.lines(Result("posts", "POST.", (SLOW,))))[1].split()[-1] == "MISSED"
    assert results.heading("7a82b48").split() == ["here", "7a82b48", "here", "/", "it", "wanted"]


def test_a_value_that_the_other_tree_lacks_has_no_ratio() -> None:
    """Values are paired by what they are, not by their order."""
    result = Result("posts", "POST.", (Value("engine", 25, "visits"), FAST), (SLOW, Value("door", 9, "visits")))
    assert [line.split() for line in results.lines(result)][1:] == [
        ["engine", "25", "visits"],
        ["CPU", "61.2", "µs", "122", "µs", "0.50", "<=", "65", "good"],
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Value("", 16_300.4, "/s"), "16,300 /s"),
        (Value("", 0.4951, "x"), "0.50 x"),
        (Value("", 2.04, "KB"), "2.04 KB"),
        (Value("", 12.34, "µs"), "12.3 µs"),
        (Value("", 3), "3"),
    ],
)
def test_numbers_are_shown_as_exactly_as_they_are_known(value: Value, shown: str) -> None:
    """About three digits."""
    assert shown in " ".join(list(results.lines(Result("", "", (value,))))[1].split())


def test_json_has_every_value_with_its_unit() -> None:
    """A value is as it was measured, not as it is shown."""
    told = results.plain(Result("posts", "POST.", (FAST,), (SLOW,)))
    value = {"what": "CPU", "unit": "µs", "number": 61.25, "against": 122.5, "wanted": "<= 65", "good": True}
    assert told == {"figure": "posts", "title": "POST.", "good": True, "values": [value]}


def test_the_time_of_all_threads_counts() -> None:
    """The first number of each thread's schedstat; a system that has none is no system that took no time."""
    assert spent(["29490527 9888506 75\n", "1000 5 1\n"]) == 29491527
    with pytest.raises(ValueError, match="no thread"):
        spent([])
    assert resident("Name:\tpython\nVmRSS:\t   46312 kB\nThreads:\t2\n") == 46312


def test_orders_are_alike_but_for_their_recipient() -> None:
    """So each costs as much as the other, and none is a repetition."""
    first, second = flows.posts(flows.ORDER, "token", [7, 8])
    assert len(first) == len(second)
    assert first.count(b"+306970000007") == second.count(b"+306970000008") == 3


def test_a_load_counts_each_answer() -> None:
    """Also those that are refused; the time that each took is known. A second stream lasts as long as the first."""
    with receiver(refuse_every=2) as served:
        run = load(served.port, flows.posts(flows.ORDER, "token", range(10)), connections=3)
        assert run.answers == {200: 5, 500: 5}
        assert (run.good, run.bad, len(run.waits)) == (5, 5, 10)
        run, others = beside(served.port, Stream([get("/")] * 5, 1, rate=1000), Stream([get("/late")], 1))
        assert run.good == 5
        assert others.good > 0


def test_the_wait_of_a_share_is_that_of_the_slowest_in_it() -> None:
    """In milliseconds; without answers there is none."""
    run = Run(Counter({200: 4}), 1.0, [0.001, 0.002, 0.003, 0.004])
    assert [run.wait(0.5), run.wait(0.99), run.wait(1.0)] == [3.0, 4.0, 4.0]
    assert Run(Counter(), 1.0, []).wait(0.5) == 0
