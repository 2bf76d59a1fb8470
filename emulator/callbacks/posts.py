"""From what the customer must be told to the posts that tell it: rendered and addressed. Pure.

Where the scenario has faults for a flow's callbacks, its posts are lost, late, doubled, broken or sent elsewhere. What
happens follows from the flow's id and the callback's number alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Final, Protocol

from msgspec import UNSET
from msgspec.structs import replace

from emulator.callbacks import destination
from emulator.flow.faults import CallbackFaults
from emulator.flow.reply import Replied
from emulator.flow.state import Ask, Flow, Transition
from emulator.journal.entry import Entry
from emulator.journal.kinds import Accepted, Cancelled, Started, Status, Verification
from emulator.seed import Draws, callback_id, event_id
from emulator.store.records import Change, Post

_TOLD: Final = (Accepted, Started, Status, Cancelled, Verification)
"""The kinds of entries that a callback tells the customer of."""


class Rendering(Protocol):
    """How one of the provider's services words what it posts about its flows. Each returns JSON bytes."""

    def callbacks(self, flow: Flow) -> Sequence[bytes]:
        """The bodies of the callbacks that tell how the flow stands: as many as the machine has counted in `told`."""

    def asked(self, flow: Flow, ask: Ask) -> bytes:
        """The body by which a call of the flow asks how it goes on."""

    def reply(self, flow: Flow, replied: Replied) -> bytes:
        """The body of the post by which the recipient answers a message."""


Renderings = Mapping[str, Rendering]
"""The rendering of each kind of flow."""


def change(transition: Transition, renderings: Renderings) -> Change:
    """What is written about a transition: its flow and entries, and the posts of all that the customer must be told.
    The entry of a callback that is lost says so.
    """
    if not transition.callbacks and not transition.asks and not transition.replies:
        return Change(transition.flow, transition.entries)
    posts = tuple(post for told in transition.callbacks for post in _posts(told, renderings))
    entries = transition.entries
    if transition.flow.faults is not None:
        entries = tuple(_noted(entry, {post.id for post in posts}) for entry in entries)
    flow = transition.flow
    said = [each for each in transition.replies if each.reply.text]
    replied = tuple((str(flow.request.flow[each.step].to), each.at, each.reply.text) for each in said)
    return Change(flow, entries, (*posts, *_questions(transition, renderings)), replied=replied)


def _questions(transition: Transition, renderings: Renderings) -> Iterator[Post]:
    """The posts by which calls ask how they go on, and of what recipients write back. They wait for no other, and no
    fault spoils them.
    """
    flow = transition.flow
    for each in filter(attrgetter("url"), transition.replies):
        body = renderings[flow.kind].reply(flow, each)
        yield Post(each.id, each.url, destination.origin(each.url), body, each.at, loose=True)
    for ask in transition.asks:
        body, name = renderings[flow.kind].asked(flow, ask), event_id(flow.id, ask.step, ask.number)
        yield Post(name, ask.url, destination.origin(ask.url), body, ask.at, loose=True)


def _noted(entry: Entry, posted: AbstractSet[str]) -> Entry:
    data = entry.data
    if not isinstance(data, _TOLD) or data.callback is UNSET or data.callback in posted:
        return entry
    return replace(entry, data=replace(data, lost=True))


def _posts(told: Flow, renderings: Renderings) -> list[Post]:
    callback = told.request.callback
    if callback is UNSET:
        raise ValueError("a flow without a callback has nobody to tell")
    bodies = renderings[told.kind].callbacks(told)
    url, at, first = callback.url, told.updated_at, told.told - len(bodies) + 1
    origin = destination.origin(url)
    posts = [
        Post(callback_id(told.id, number, callback.bare), url, origin, body, at)
        for number, body in enumerate(bodies, first)
    ]
    if told.faults is None:
        return posts
    return [each for number, post in enumerate(posts, first) for each in _spoilt(told, told.faults, number, post)]


def _spoilt(told: Flow, faults: CallbackFaults, number: int, post: Post) -> Iterator[Post]:
    """What becomes of the flow's post of this number under faults: none, itself, or several."""
    url = faults.url or post.url
    body = faults.truncate.kept(post.body) if faults.truncate else post.body
    says = [message.status for message in told.messages if message.updated_at == told.updated_at]
    times = faults.post_times(number, post.at, says, Draws(told.id, "callback", number))
    for copy, at in enumerate(times, 1):
        name = f"{post.id}-{copy}" if copy > 1 else post.id
        yield Post(name, url, destination.origin(url), body, at, faults.reschedules)
