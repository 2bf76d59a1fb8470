"""Thousands of flows that change hundreds of times a second, on an open page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.benchmarks.load import load, post
from tests.page.browser.conftest import Open, served
from tests.support.running import SMS, Emulator

Record = Callable[[str, object], None]

FLOWS = 5000
RATE = 4
"""Two reports of each flow within fifty emulated seconds: at this rate, 800 changes in a second."""
SCENARIO = """
purpose: reports come spread over fifty seconds
rules:
  - plan:
      Sms:
        - {after: 1s..25s, status: Sent}
        - {after: 26s..50s, status: Delivered}
"""
WATCH = """() => {
  const number = (each) => Number(each.textContent.replace(",", ""));
  const counts = () => [...document.querySelectorAll(".lane .count")].map(number);
  const note = (list) => list.getEntries().forEach(({duration}) => { longest = Math.max(longest, duration); });
  window.longest = 0;
  window.totals = new Set();
  new PerformanceObserver(note).observe({type: "longtask"});
  new MutationObserver(() => totals.add(counts().reduce((all, each) => all + each, 0)))
    .observe(document.querySelector("main"), {subtree: true, childList: true, characterData: true});
}"""
CARDS = """() => [...document.querySelectorAll("[data-lane]")].map((lane) => [
  lane.dataset.lane,
  Number(lane.querySelector(".count").textContent.replace(",", "")),
  [...lane.querySelectorAll("[data-flow]")].map((card) => card.dataset.flow),
])"""


def requests(server: Emulator) -> Iterator[bytes]:
    """The flows, each to another number."""
    head = f"Authorization: Bearer {server.token()}\r\n"
    for number in range(FLOWS):
        step = {**SMS, "to": f"+30690{number:07d}"}
        yield post("/failover", json.dumps({"flow": [step]}).encode(), head)


def apart(job: Callable[[], Any]) -> Any:
    """The result of a job on a thread of its own: playwright's event loop has this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(job).result()


def test_a_flood_of_changes_loses_none(profile: Open, tmp_path: Path, record_testsuite_property: Record) -> None:
    """On every board that the page shows no flow is missing or there twice, and at the end it shows what is so; it
    answers all the while. How long its longest task was is told, not judged: machines differ.
    """
    scenario = tmp_path / "spread.yaml"
    scenario.write_text(SCENARIO)
    with served("--rate", "0", "--keep", "0", "--scenario", str(scenario)) as (server, origin):
        page = profile(origin).open()
        assert apart(lambda: load(server.port, requests(server))).good == FLOWS
        page.locator(".total").get_by_text("5,000 flows").wait_for()
        page.evaluate(WATCH)
        server.call("PUT", "/_emulator/clock", json.dumps({"rate": RATE}).encode())
        page.get_by_label("Search", exact=True).fill("+30690")
        page.get_by_label("Search", exact=True).fill("")
        page.locator('[data-lane="Succeeded"] .count').get_by_text("5,000").wait_for(timeout=60_000)
        assert page.evaluate("[...window.totals]") == [FLOWS]
        board = server.call("GET", "/_emulator/board").json()
        assert page.evaluate(CARDS) == [
            [lane["name"], lane["count"], [card["id"] for card in lane["cards"]]] for lane in board["lanes"]
        ]
        record_testsuite_property("longest task in ms", page.evaluate("window.longest"))
