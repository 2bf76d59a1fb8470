"""A recipient writes back: to which message, and what becomes of it. Pure.

Only a message that has arrived can be answered. The flow goes on as it would have.
"""

from __future__ import annotations

from msgspec import UNSET

from emulator.flow.content import arrived
from emulator.flow.reply import Replied, Reply
from emulator.flow.request import SmsStep, Step, ViberStep
from emulator.flow.state import Flow, Report, Transition
from emulator.journal import kinds
from emulator.journal.entry import Entry
from emulator.seed import belonging


def answerable(flow: Flow, reply: Reply) -> int | str:
    """The index of the step whose message a reply answers, the last one that can be answered; or why there is none."""
    if reply.url and reply.media:
        return "an Sms is answered by a text alone"
    asked = [each for each in flow.messages if _url(flow.step(each), reply)]
    if not asked:
        nothing = "no Sms has started" if reply.url else "no Viber step with an inboundUrl has started"
        return nothing + ("" if reply.url else "; to answer an Sms, give the `url` of its number")
    here = [each.step for each in asked if arrived(flow, each)]
    if not here:
        return f"the {flow.step(asked[-1]).channel} message is {asked[-1].status}; a recipient answers what has arrived"
    return here[-1]


def replied(flow: Flow, step: int, name: str, reply: Reply, now: int) -> Transition:
    """The recipient answers the message of the step of this index: a post of this id tells it."""
    url = _url(flow.request.flow[step], reply)
    return Transition(
        flow, (_entry(flow, now, _said(name, step, reply)),), replies=(Replied(name, step, now, url, reply),)
    )


def due(flow: Flow, item: Report) -> Transition:
    """A planned reply comes. One that has nowhere to go is only told in the journal."""
    reply, name = flow.plans[item.step].replies[int(item.detailed)].reply, ("reply", item.step, item.detailed)
    if not _url(flow.request.flow[item.step], reply):
        why = f"{_said('', item.step, reply).text()}; the step has no inboundUrl, so nobody is told"
        told, unposted = kinds.Ignored(item.step + 1, why=why), Replied("", item.step, item.at, "", reply)
        return Transition(flow, (_entry(flow, item.at, told),), replies=(unposted,))
    return replied(flow, item.step, belonging(flow.id, *name), reply, item.at)


def _url(step: Step, reply: Reply) -> str:
    """Where a reply to a step is posted; empty if nowhere."""
    if isinstance(step, SmsStep):
        return reply.url
    return "" if reply.url or not isinstance(step, ViberStep) else step.inbound_url or ""


def _said(name: str, step: int, reply: Reply) -> kinds.Reply:
    """A reply to the step of this index as the journal tells it, with the id of its post."""
    return kinds.Reply(name, reply.text, step + 1, reply.media or UNSET, reply.filename or UNSET)


def _entry(flow: Flow, now: int, told: kinds.Reply | kinds.Ignored) -> Entry:
    return Entry(now, flow.application, flow.id, told)
