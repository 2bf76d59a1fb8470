"""The counts and states of a rehearsal."""

from __future__ import annotations

from emulator.planning.memory import Memory
from emulator.store.records import ApplicationState, Effects


def test_it_counts_from_where_an_application_was() -> None:
    """Each name by itself."""
    memory = Memory()
    memory.skip("app", 4)
    assert memory.count("app", ["", "to +30"]) == [5, 1]
    assert memory.count("app", ["", "to +30"]) == [6, 2]
    assert memory.count("other", [""]) == [1]


def test_it_adds_up_what_requests_spend() -> None:
    """One that takes nothing changes nothing."""
    memory = Memory()
    memory.take(None)
    memory.take(Effects("app", 0.5))
    memory.take(Effects("app", 0.25))
    assert (memory.state("app").spent, memory.state("other")) == (0.75, ApplicationState())
