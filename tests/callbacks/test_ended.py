"""How an attempt ended, from the receiver's reply."""

import pytest
from msgspec import UNSET

from emulator.callbacks.ended import judged
from emulator.callbacks.reply import Forbidden, Reply
from emulator.callbacks.retries import LADDER, REPEATED
from emulator.clock import instants
from emulator.journal.kinds import Attempt
from emulator.seed import EVENT
from emulator.store.records import Delivery, Settlement

NOW = 1_767_225_600_000
GOOD, BAD = Reply(200, "ok", 7), Reply(500, "down", 7)


def delivery(name: str = "callback", attempts: int = 0) -> Delivery:
    """A callback that is due now, whose first attempt began then too."""
    return Delivery(1, name, 1, "flow", "app", "", "http://a/", "http://a", b"{}", attempts, NOW, NOW)


def told(settlement: Settlement) -> Attempt:
    """What the journal is told."""
    assert isinstance(settlement.entry.data, Attempt)
    return settlement.entry.data


def test_an_attempt_is_told_at_its_beginning_with_how_long_the_receiver_took() -> None:
    """It is settled later, when the answer has come."""
    ended = judged(delivery(), GOOD, None, NOW + 10, NOW + 17, timed=True)
    assert (ended.at, ended.due_at, ended.outcome, ended.entry.at) == (NOW + 17, None, "received", NOW + 10)
    assert (told(ended).attempt, told(ended).ms, told(ended).next) == (1, 7, UNSET)


def test_a_receiver_takes_no_time_where_time_stands() -> None:
    """Else the same seed would not give the same bytes."""
    assert told(judged(delivery(), GOOD, None, NOW, NOW, timed=False)).ms == 0


@pytest.mark.parametrize(("attempts", "wait"), list(enumerate(LADDER)))
def test_a_refused_callback_is_retried_up_the_ladder(attempts: int, wait: int) -> None:
    """Each wait counts from the first attempt."""
    ended = judged(delivery(attempts=attempts), BAD, REPEATED, NOW, NOW, timed=True)
    assert (ended.outcome, ended.due_at) == ("refused", NOW + wait)
    assert told(ended).next == instants.written(NOW + wait)


@pytest.mark.parametrize(
    ("reply", "attempts"), [(BAD, len(LADDER)), (Forbidden(0, "not allowed", 0, reached=False), 0)]
)
def test_what_is_not_retried_is_given_up(reply: Reply, attempts: int) -> None:
    """At the end of the ladder, or where callbacks may not go."""
    ended = judged(delivery(attempts=attempts), reply, REPEATED, NOW, NOW, timed=True)
    assert (ended.outcome, ended.due_at) == ("given up", None)


@pytest.mark.parametrize(("reply", "answer"), [(GOOD, "ok"), (BAD, "")])
def test_the_answer_to_a_post_that_asks_is_passed_on_if_it_counts(reply: Reply, answer: str) -> None:
    """It is empty if none came; no other post has an answer."""
    ruled = None if reply is GOOD else REPEATED
    assert judged(delivery(f"x{EVENT}"), reply, ruled, NOW, NOW, timed=True).answer == answer
    assert judged(delivery(), reply, ruled, NOW, NOW, timed=True).answer is None
