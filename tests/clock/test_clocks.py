"""The clocks of one emulator: the default one, and those of applications that have their own."""

from __future__ import annotations

import pytest

from emulator.clock.clock import EVERYBODY, INSTANT, Clock, Clocks

REAL = 1_000_000


@pytest.fixture
def clocks() -> Clocks:
    """A shared clock in real time, one that runs ten times as fast, one that stands, one that is instant."""
    made = {EVERYBODY: Clock(REAL, 0), "own": Clock(REAL, 50, 10.0), "still": Clock(REAL, 7, 0.0)}
    return Clocks(lambda: REAL + 500, made | {"instant": Clock(REAL, 9, INSTANT)})


def test_an_application_without_a_clock_of_its_own_has_the_default_one(clocks: Clocks) -> None:
    """By name; the time is that clock's."""
    assert (clocks.name("own"), clocks.name("another")) == ("own", EVERYBODY)
    assert (clocks.now("own"), clocks.now(EVERYBODY), clocks.now("still")) == (5050, 500, 7)


def test_an_application_gets_a_clock_of_its_own_and_loses_it(clocks: Clocks) -> None:
    """A dropped clock's name stands for the default one."""
    clocks.set("another", Clock(REAL, 70, 0.0))
    assert (clocks.name("another"), clocks.now("another")) == ("another", 70)
    clocks.drop("another")
    assert (clocks.name("another"), clocks.now("another")) == (EVERYBODY, 500)
    assert "another" not in clocks.names()


def test_the_default_clock_cannot_be_dropped(clocks: Clocks) -> None:
    """Everybody else depends on it."""
    clocks.drop(EVERYBODY)
    assert clocks.now(EVERYBODY) == 500
