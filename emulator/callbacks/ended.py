"""From a receiver's reply to what is written of the attempt: how it ended, and when the next one is due. Pure."""

from __future__ import annotations

from msgspec import UNSET

from emulator.callbacks import destination
from emulator.callbacks.reply import SHOWN, Forbidden, Reply
from emulator.callbacks.retries import Rule
from emulator.clock import instants
from emulator.journal.entry import Entry
from emulator.journal.kinds import Attempt
from emulator.seed import EVENT
from emulator.store.records import Delivery, Settlement


def judged(  # noqa: PLR0913  # what there is to know of an attempt
    delivery: Delivery, reply: Reply, ruled: Rule | None, began: int, now: int, *, timed: bool
) -> Settlement:
    """How an attempt that `began` has ended now. `ruled` says which statuses count and when a callback is retried; None
    if the reply counts. How long the receiver took is noted if the attempt was `timed`, on a clock that runs.
    """
    attempt = delivery.attempts + 1
    received = ruled is None or reply.status in ruled.received
    asks = delivery.id.endswith(EVENT)
    text = reply.text[:SHOWN] if asks else reply.text
    due_at = None
    if ruled is not None and not received and not isinstance(reply, Forbidden):
        due_at = ruled.next_attempt(delivery.began_at, attempt, now)
    outcome = "received" if received else "given up" if due_at is None else "refused"
    ms = reply.ms if timed else 0
    again = instants.written(due_at) if due_at is not None else UNSET
    told = Attempt(delivery.id, destination.masked(delivery.url), attempt, outcome, reply.status, ms, text, again)
    entry = Entry(began, delivery.application, delivery.flow, told)
    said = (reply.text if received else "") if asks else None
    return Settlement(delivery, now, due_at, outcome, entry, said, reply.reached)
