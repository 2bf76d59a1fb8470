"""The commands for time."""

from __future__ import annotations

import json

import pytest

from tests.support.commands import run
from tests.support.running import SMS, emulator


def test_time_is_told_to_programs_as_json() -> None:
    """As the API tells it: how it stands, and what happened while it moved."""
    with emulator("--rate", "0") as server:
        url = f"http://127.0.0.1:{server.port}"
        shown = json.loads(run("clock", "--json", "--url", url).stdout)
        assert (shown["rate"], shown["next"]) == (0, None)
        flow = server.send(SMS)
        moved = json.loads(run("advance", "idle", "--json", "--url", url).stdout)
        assert moved["happened"]
        assert {entry["flow"] for entry in moved["happened"]} == {flow}
        assert json.loads(run("clock", "--json", "--url", url).stdout)["now"] == moved["now"] > shown["now"]


@pytest.mark.parametrize(
    ("goal", "told"),
    [
        ("1000d", "a duration must be at most 366d, not 1000d; a time such as 2045-01-01T00:00Z may be later"),
        ("4 min", "expected a duration such as 24h, a time such as 2026-01-01T12:00Z, next or idle; did you mean 4m?"),
    ],
)
def test_a_goal_that_time_cannot_be_moved_to_is_refused_with_what_can_be(goal: str, told: str) -> None:
    """A duration that is too long, and one that is written as elsewhere."""
    done = run("advance", goal)
    assert (done.exit_code, told in done.stderr) == (1, True), done.stderr
