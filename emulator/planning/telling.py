"""What the customer, and the recipient, have to do with a request that was rehearsed: what each callback tells, in the
order in which they come; the keys that are pressed, and who answers. Pure.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET

from emulator.channels.table import Channel
from emulator.journal.kinds import Pressed, Started, Status
from emulator.planning.rehearsal import Rehearsed
from emulator.seed import callback_id


def told(came: Rehearsed) -> tuple[str, ...]:
    """What each callback that comes tells, in their order: the new status of a message. Copies are told each; posts by
    which a call asks how it goes on, or a recipient answers, are none.
    """
    flow = came.flow
    if flow is None or flow.request.callback is UNSET:
        return ()
    bare = flow.request.callback.bare
    numbers = {callback_id(flow.id, number, bare): number for number in range(1, flow.told + 1)}
    news = {}
    for entry in came.entries:
        data = entry.data
        if isinstance(data, Started | Status) and data.callback is not UNSET:
            news[numbers[data.callback]] = data
    found = []
    for post in sorted(came.posts, key=lambda each: each.at):
        number = numbers.get(post.id) or numbers.get(post.id.rpartition("-")[0])
        if number is not None:
            first = max(each for each in news if each <= number)
            found.append(_said(news[first], number - first + 1))
    return tuple(found)


def _said(data: Started | Status, part: int) -> str:
    """The status that a change has for this part of a message; its first one is spelled as its channel does."""
    if isinstance(data, Started):
        return "QUEUED" if data.channel is Channel.VIBER else "Queued"
    return data.status if data.parts is UNSET else data.parts.get(part, "Delivered")


def pressed(came: Rehearsed) -> tuple[str, ...]:
    """The keys that are pressed in calls, for one question after another."""
    return tuple(entry.data.keys for entry in came.entries if isinstance(entry.data, Pressed) and entry.data.keys)


def answered_by(came: Rehearsed) -> Literal["human", "machine"] | None:
    """Who answers the last call that is answered; None if none is."""
    flow = came.flow
    for message in reversed(flow.messages if flow else ()):
        if flow and flow.step(message).channel is Channel.VOICE and message.reached_at is not None:
            return "machine" if flow.plans[message.step].machine else "human"
    return None
