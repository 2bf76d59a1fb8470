"""Times of a calendar: times of day, weekdays and dates in a zone."""

from __future__ import annotations

import pytest

from emulator.clock import instants
from emulator.scenario.times import WEEKDAYS, Span, UnknownZone, When, moment, zone

NIGHT = When(("22:00", "06:00"))


@pytest.mark.parametrize(
    ("when", "inside", "outside"),
    [
        (NIGHT, ["2026-03-02T22:00Z", "2026-03-02T05:59Z"], ["2026-03-02T06:00Z", "2026-03-02T21:59Z"]),
        (When(("09:00", "17:00")), ["2026-03-02T09:00Z"], ["2026-03-02T17:00Z", "2026-03-02T08:59Z"]),
        (When(weekdays=("Sat", "Sun")), ["2026-03-01T12:00Z", "2026-02-28T00:00Z"], ["2026-03-02T00:00Z"]),
        (
            When(("22:00", "06:00"), ("Sat",), (("2026-02-28", "2026-02-28"),)),
            ["2026-02-28T22:00Z", "2026-03-01T05:59Z"],
            ["2026-02-28T05:59Z", "2026-03-01T22:00Z"],
        ),
        (
            When(dates=(("2026-12-24", "2026-12-26"), ("2027-01-01", "2027-01-01"))),
            ["2026-12-24T00:00Z", "2026-12-26T23:59Z", "2027-01-01T12:00Z"],
            ["2026-12-27T00:00Z", "2027-01-02T00:00Z"],
        ),
        (
            When(("22:00", "23:59"), ("Mon",), zone="Europe/Athens"),
            ["2026-03-02T20:00Z", "2026-06-01T19:00Z"],
            ["2026-03-02T19:59Z", "2026-03-02T22:00Z"],
        ),
    ],
)
def test_a_time_is_inside_or_outside(when: When, inside: list[str], outside: list[str]) -> None:
    """Over midnight, on days, in a zone with summer time; the end of a time of day is outside."""
    assert all(instants.read(each) in when for each in inside)
    assert not any(instants.read(each) in when for each in outside)


def test_dates_and_weekdays_may_exclude_each_other() -> None:
    """Only where none of the dates falls on one of the weekdays; a week has all of them."""
    thursday, week = ("2026-11-26", "2026-11-26"), ("2026-11-27", "2026-12-03")
    assert When(weekdays=("Sat", "Sun"), dates=(thursday,)).never()
    assert not When(weekdays=("Sat", "Thu"), dates=(thursday,)).never()
    assert not any(When(weekdays=(day,), dates=(thursday, week)).never() for day in WEEKDAYS)
    assert not When(weekdays=("Sat",)).never()
    assert not When(dates=(thursday,)).never()


def test_times_are_shown_as_a_file_says_them() -> None:
    """And a moment as people of the zone read it."""
    when = When(("22:00", "06:00"), ("Sat", "Sun"), (("2026-12-24", "2026-12-26"), ("2027-01-01", "2027-01-01")))
    assert str(when) == "22:00..06:00 Sat, Sun 2026-12-24..2026-12-26, 2027-01-01 UTC"
    assert When(zone="Europe/Athens").shown(instants.read("2026-03-02T22:15Z")) == "Tue 2026-03-03 00:15 Europe/Athens"


def test_a_span_goes_from_one_time_until_before_another() -> None:
    """Or on and on."""
    assert [ms in Span(10, 20, since=True) for ms in (9, 10, 19, 20)] == [False, True, True, False]
    assert [ms in Span(None, 20, since=False) for ms in (-9, 20)] == [True, False]
    assert [ms in Span(10, None, since=False) for ms in (9, 10**15)] == [False, True]


def test_a_moment_is_in_its_zone_unless_it_has_an_offset() -> None:
    """A date is its midnight."""
    assert moment("2026-03-02T10:00", "Europe/Athens") == moment("2026-03-02T08:00") == moment("2026-03-02T08:00Z")
    assert moment("2026-03-02T10:00+01:00", "Europe/Athens") == moment("2026-03-02T09:00")
    assert moment("2026-03-02") == instants.read("2026-03-02T00:00Z")


@pytest.mark.parametrize("name", ["Nowhere/Atall", "../etc/passwd", "", "/etc/localtime"])
def test_a_zone_that_nobody_knows_is_said(name: str) -> None:
    """Paths are no zones either."""
    with pytest.raises(UnknownZone):
        zone(name)
