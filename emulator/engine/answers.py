"""What the customer answers to what a call asks: the verbs with which it goes on.

An answer that is no dial plan lets the call go on without; the journal says why.
"""

from __future__ import annotations

from emulator.callbacks import posts
from emulator.callbacks.posts import Renderings
from emulator.engine.changes import Changes
from emulator.flow import machine
from emulator.flow.state import Answered, Flow
from emulator.store.records import Change, Settlement


async def go_on(settlement: Settlement, changes: Changes, renderings: Renderings, now: int) -> None:
    """Have a call go on with the answer that has ended an attempt, at the time `now` on its clock."""
    event = answered(settlement)

    def decide(flow: Flow) -> Change:
        before = machine.due(flow, now)
        return posts.change(before.then(machine.handle(before.flow, event, now)), renderings)

    await changes.make(settlement.delivery.flow, decide)


def answered(settlement: Settlement) -> Answered:
    """The event of an attempt that has ended, whose delivery asks something."""
    from emulator.validation import schema  # few flows ask anything, and a start does without what reads answers
    from emulator.validation.strict import Malformed, Reader
    from emulator.validation.wording import worded

    name, text = settlement.delivery.id, settlement.answer or ""
    if settlement.outcome != "received":
        return Answered(name, (), "no answer came")
    if not text.strip():
        return Answered(name, (), "the answer is empty")
    try:
        value = Reader().read(text.encode())
    except Malformed as error:
        return Answered(name, (), str(error))
    if value in ({}, {"verbs": []}):
        return Answered(name, (), "the answer has no verbs")
    if not schema.valid("dial-plan", value):
        wrong = worded(schema.violations("dial-plan", value), value, {})
        return Answered(name, (), "; ".join(f"{place} {why}" for place, why in wrong.items()))
    return Answered(name, tuple(value["verbs"]))
