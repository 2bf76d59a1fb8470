"""Reading times: durations, ranges, distributions, shares of the ttl; and writing them."""

from __future__ import annotations

import pytest

from emulator.clock.delays import Delay, Exponential, Fixed, Lognormal, Normal, Uniform
from emulator.scenario.files.delays import delay, delay_or_share, duration, share, written
from emulator.scenario.outcomes import Share
from tests.support.scenarios import cursor

EXPECTED = "must be a duration such as 500ms, 1s, 2.5m, 20h, 1d or 1h30m, or a range such as 10s..2m"
TIMES = [
    ("1m30s", Fixed(90_000)),
    ("1s..5s", Uniform(1000, 5000)),
    ({"normal": {"mean": "5s", "deviation": "1s"}}, Normal(5000, 1000)),
    ({"lognormal": {"median": "1s", "p95": "9s"}}, Lognormal(1000, 9000)),
    ({"exponential": {"mean": "1s"}}, Exponential(1000)),
    ("ttl", Share(1.0)),
    ("50%", Share(0.5)),
    ("110%", Share(1.1)),
]


@pytest.mark.parametrize(("value", "time"), TIMES, ids=[str(value) for value, _ in TIMES])
def test_a_time_is_read_and_written_alike(value: object, time: Delay | Share) -> None:
    """Each form that a file may have, and back."""
    reading, findings = cursor(value)
    assert (delay_or_share(reading), findings) == (time, [])
    assert written(time) == value


def test_a_uniform_distribution_is_a_range() -> None:
    """The longer form of the same."""
    reading, findings = cursor({"uniform": {"from": "1s", "to": "5s"}})
    assert (delay(reading), findings) == (Uniform(1000, 5000), [])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, f"{EXPECTED}; found 5; did you mean 5s?"),
        ("5", f"{EXPECTED}; found '5'; did you mean 5s?"),
        ("10s - 2m", f"{EXPECTED}; found '10s - 2m'; did you mean 10s..2m?"),
        ("1s..2s..3s", f"{EXPECTED}; found '1s..2s..3s'"),
        ("1s...2s", f"{EXPECTED}; found '1s...2s'; did you mean 1s..2s?"),
        ("400d", "must be at most 366d; found '400d'"),
        ("5s..1s", "this range is empty: it ends before it begins"),
        ({"uniform": {"from": "5s", "to": "1s"}}, "this range is empty: it ends before it begins"),
        ({"lognormal": {"median": "9s", "p95": "1s"}}, "a lognormal's median must be above 0s and at most its p95"),
        ({"lognormal": {"median": "0s", "p95": "1s"}}, "a lognormal's median must be above 0s and at most its p95"),
        ({"normal": {"mean": "1s"}}, "'deviation' is missing"),
        ({}, "needs exactly one of normal, lognormal, exponential or uniform"),
    ],
)
def test_what_is_no_delay_is_noted(value: object, message: str) -> None:
    """In words that say what is."""
    reading, findings = cursor(value)
    delay(reading)
    assert [each.message for each in findings] == [message]


def test_a_fixed_time_is_no_range() -> None:
    """Where only one time makes sense."""
    reading, findings = cursor("1s..2s")
    duration(reading)
    assert len(findings) == 1


@pytest.mark.parametrize(("value", "fraction"), [("0%", 0.0), ("12.5%", 0.125), ("100%", 1.0)])
def test_a_share_is_in_per_cent(value: str, fraction: float) -> None:
    """As a fraction of one."""
    reading, findings = cursor(value)
    assert (share(reading), findings) == (fraction, [])


@pytest.mark.parametrize("value", ["101%", "-1%", "50", 50, "%"])
def test_a_share_has_its_limits(value: object) -> None:
    """Of a body no more than all of it can be sent; of the ttl there may be more."""
    reading, findings = cursor(value)
    share(reading)
    assert [each.message[:32] for each in findings] == ["must be a share from 0% to 100%;"]
