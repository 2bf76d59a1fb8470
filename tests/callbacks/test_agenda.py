"""The courier's agenda: each clock is looked at when something may be due there, and at no other time."""

from __future__ import annotations

import pytest

from emulator.callbacks.agenda import Agenda
from emulator.clock.clock import EVERYBODY, INSTANT, Clock, Clocks


class Bench:
    """An agenda of clocks whose real time a test moves."""

    def __init__(self) -> None:
        self.real = 0
        rates = {EVERYBODY: 1.0, "own": 10.0, "still": 0.0, "instant": INSTANT}
        self.clocks = Clocks(lambda: self.real, {name: Clock(0, 0, rate) for name, rate in rates.items()})
        self.agenda = Agenda(self.clocks)


@pytest.fixture
def made() -> Bench:
    """The agenda of two clocks that run and two that don't."""
    return Bench()


def test_a_clock_is_looked_at_once_when_it_was_added(made: Bench) -> None:
    """With its time; one that stands is the business of its driver."""
    made.real = 5
    made.agenda.add(EVERYBODY, "own", "still", "instant", "own")
    assert made.agenda.wait() == 0.0
    assert made.agenda.due() == {EVERYBODY: 5, "own": 50}
    assert made.agenda.due() == {}
    assert made.agenda.wait() is None


def test_a_clock_is_looked_at_when_its_time_has_come(made: Bench) -> None:
    """The earliest of the times that are expected; a clock that stands never gets there."""
    assert made.agenda.expect(EVERYBODY, 1000)
    assert made.agenda.expect("own", 6000)
    assert made.agenda.expect("own", 5000)
    assert [made.agenda.expect("own", 7000), made.agenda.expect("still", 8)] == [False, False]
    assert made.agenda.wait() == 0.5
    made.real = 499
    assert made.agenda.due() == {}
    made.real = 500
    assert made.agenda.due() == {"own": 5000}
    assert made.agenda.wait() == 0.5
    made.real = 2000
    assert made.agenda.due() == {EVERYBODY: 2000}
    assert made.agenda.wait() is None


def test_a_clock_that_runs_faster_is_looked_at_earlier(made: Bench) -> None:
    """Its driver names the same time again."""
    made.agenda.expect("own", 6000)
    made.clocks.set("own", Clock(0, 0, 100.0))
    assert made.agenda.expect("own", 6000)
    made.real = 60
    assert made.agenda.due() == {"own": 6000}


def test_a_clock_without_room_is_looked_at_when_an_attempt_has_ended(made: Bench) -> None:
    """Not before."""
    made.agenda.hold("own")
    assert (made.agenda.due(), made.agenda.wait()) == ({}, None)
    made.agenda.room()
    assert made.agenda.due() == {"own": 0}
