"""When callbacks are posted again, and which answers count."""

from __future__ import annotations

from emulator.callbacks.retries import LADDER, Rule, rule
from emulator.choices.table import Choices
from emulator.seed import EVENT, ONCE, identifier
from tests.support.samples import HOUR, MINUTE, NOW, SECOND

NAME = identifier("a callback")


def test_a_refused_callback_is_repeated_twelve_times_over_a_day() -> None:
    """30 s, 1, 2, 5, 10, 15, 30 min, 1, 2, 4, 8, 24 h after the first attempt."""
    times = [rule(NAME).next_attempt(NOW, attempts, NOW) for attempts in range(1, 14)]
    minutes = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440]
    assert times == [*(NOW + round(each * MINUTE) for each in minutes), None]
    assert (len(LADDER), LADDER[0], LADDER[-1]) == (12, 30 * SECOND, 24 * HOUR)


def test_an_attempt_that_is_overdue_is_made_now() -> None:
    """After a server was down; not before its predecessor's end."""
    assert rule(NAME).next_attempt(NOW, 1, NOW + HOUR) == NOW + HOUR


def test_some_posts_are_made_once() -> None:
    """Those of Failover OTP, copies and what is sent again included, for which any 2xx will do; and questions."""
    for name in (NAME + ONCE, NAME + ONCE + "-2", NAME + ONCE + "-again-3", NAME + EVENT):
        assert rule(name).next_attempt(NOW, 1, NOW) is None
    assert [204 in rule(NAME + end).received for end in ("", EVENT, ONCE)] == [False, False, True]
    assert [300 in rule(NAME + end).received for end in ("", EVENT, ONCE)] == [False, False, False]


def test_retries_are_as_chosen() -> None:
    """How many, from when on they count, and what ends them."""
    few = Choices(callback_retries="5", callback_received="2xx", callback_retry_times="from-previous")
    times = [rule(NAME, few).next_attempt(NOW, attempts, NOW + HOUR) for attempts in range(1, 7)]
    waits = [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE]
    assert times == [*(NOW + HOUR + each for each in waits), None]
    assert (204 in rule(NAME, few).received, rule(NAME, few).words) == (True, "only 2xx")
    assert rule(NAME + ONCE, few) == Rule(range(200, 300), (), "only 2xx", chained=True)
    otp = Choices(otp_callback_retries="12", otp_callback_received="200")
    assert rule(NAME + ONCE, otp) == rule(NAME)
    assert rule(NAME + EVENT, few) == rule(NAME + EVENT)
