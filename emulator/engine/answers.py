"""What the customer answers to what a call asks: the verbs with which it goes on.

An answer that is no dial plan lets the call go on without; the journal says why, and the log if it is a mistake.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from emulator.callbacks import destination, posts
from emulator.callbacks.posts import Renderings
from emulator.engine.changes import Changes
from emulator.flow import machine
from emulator.flow.state import Answered, Flow
from emulator.store.records import Change, Settlement

_SHOWN: Final = 500
"""How many characters of what is wrong with an answer are told."""

log = logging.getLogger(__name__)


async def go_on(
    settlement: Settlement, changes: Changes, renderings: Renderings, time_of: Callable[[Flow], int]
) -> None:
    """Have a call go on with the answer that has ended an attempt, at the time on its clock that `time_of` answers;
    unless the call was reset.
    """
    if not changes.wanted(settlement.delivery):
        return
    event = answered(settlement)

    def decide(flow: Flow) -> Change:
        if not changes.wanted(settlement.delivery):  # by now: this is a later flow of the same id
            return Change(flow)
        now = time_of(flow)
        before = machine.due(flow, now)
        return posts.change(before.then(machine.handle(before.flow, event, now)), renderings)

    await changes.make(settlement.delivery.flow, decide)


def answered(settlement: Settlement) -> Answered:
    """The event of an attempt that has ended, whose delivery asks something."""
    from emulator.validation import schema  # few flows ask anything, and a start does without what reads answers
    from emulator.validation.printing import printable
    from emulator.validation.strict import Malformed, Reader
    from emulator.validation.wording import worded

    name, text = settlement.delivery.id, settlement.answer or ""
    if settlement.outcome != "received":
        return Answered(name, (), "no answer came")
    if not text.strip():
        return Answered(name, (), "the answer is empty")
    try:
        value = Reader().read(text.encode())
        wrong = {} if schema.valid("dial-plan", value) else worded(schema.violations("dial-plan", value), value, {})
        mistake = "; ".join(f"{place} {why}" for place, why in wrong.items())
    except Malformed as error:
        value, mistake = None, str(error)
    if value in ({}, {"verbs": []}):
        return Answered(name, (), "the answer has no verbs")
    if mistake:
        why = f"the answer is no dial plan: {printable(mistake)[:_SHOWN]}"
        url = destination.masked(settlement.delivery.url)
        log.warning("%s answers the call %s without effect: %s", url, settlement.delivery.flow, why)
        return Answered(name, (), why)
    return Answered(name, tuple(value["verbs"]))
