"""A recipient writes back: to what has arrived, and when it was planned."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.flow import machine
from emulator.flow.reply import PlannedReply, Replied, Reply
from emulator.flow.replying import answerable, replied
from emulator.flow.request import Step
from emulator.flow.state import Cancelled, Flow, Plan, Transition
from emulator.journal import kinds
from tests.support.samples import MINUTE, NOW, SECOND, callback, flow, plan, sms, viber, voice

URL = "http://127.0.0.1:9/in"
CHAT = replace(viber(), inbound_url=URL)
ARRIVES = plan((SECOND, "DELIVERED"))


def answering(way: Plan, *replies: PlannedReply) -> Plan:
    """A plan whose message is answered."""
    return replace(way, replies=replies)


def played(*steps: Step, plans: tuple[Plan, ...], until: int = MINUTE) -> Transition:
    """What happens to a flow of these steps."""
    accepted = machine.accept(flow(list(steps), plans, callback()))
    return accepted.then(machine.due(accepted.flow, NOW + until))


def after(*steps: Step, plans: tuple[Plan, ...]) -> Flow:
    """The flow as it is then."""
    return played(*steps, plans=plans).flow


def test_a_planned_reply_comes_so_long_after_the_message_has_arrived() -> None:
    """Each is a post of its own, and leaves the flow as it is."""
    reply, picture = Reply("STOP"), Reply(media="https://cdn.example/p.png", filename="p.png")
    planned = answering(ARRIVES, PlannedReply(10 * SECOND, reply), PlannedReply(5 * SECOND, picture))
    done = played(CHAT, plans=(planned,))
    first, second = done.replies
    assert [(each.at - NOW, each.reply, each.url, each.step) for each in (first, second)] == [
        (6 * SECOND, picture, URL, 0),
        (11 * SECOND, reply, URL, 0),
    ]
    assert first.id != second.id
    told = [entry.data for entry in done.entries if isinstance(entry.data, kinds.Reply)]
    assert [each.text() for each in told] == ["the recipient sends p.png", "the recipient writes: STOP"]
    assert [each.callback for each in told] == [first.id, second.id]
    assert (done.flow.status, len(done.callbacks)) == ("Succeeded", 2)


def test_what_never_arrives_is_not_answered() -> None:
    """The next step's message may be, at the URL of its number."""
    failing = answering(plan((SECOND, "UNDELIVERED")), PlannedReply(0, Reply("Hi")))
    text = answering(plan((SECOND, "Sent"), (2 * SECOND, "Delivered")), PlannedReply(SECOND, Reply("STOP", url=URL)))
    done = played(CHAT, sms(2), plans=(failing, text))
    (only,) = done.replies
    assert (only.step, only.at, only.url, only.reply.text) == (1, NOW + 4 * SECOND, URL, "STOP")


def test_a_message_is_answered_once_even_if_it_is_seen_later() -> None:
    """Seen is no second arrival."""
    seen = answering(plan((SECOND, "DELIVERED"), (9 * SECOND, "SEEN")), PlannedReply(SECOND, Reply("Hi")))
    assert len(played(CHAT, plans=(seen,)).replies) == 1


def test_a_message_whose_first_report_is_that_it_was_seen_has_arrived() -> None:
    """It is answered so long after that."""
    done = played(CHAT, plans=(answering(plan((9 * SECOND, "SEEN")), PlannedReply(SECOND, Reply("Hi"))),))
    assert [each.at - NOW for each in done.replies] == [10 * SECOND]
    assert done.flow.messages[0].reached_at == NOW + 9 * SECOND


def test_a_planned_reply_without_a_place_to_go_is_told_in_the_journal() -> None:
    """The plan is a rule's, the inboundUrl a request's. It has no id, since it is not posted; rules know it."""
    done = played(viber(), plans=(answering(ARRIVES, PlannedReply(SECOND, Reply("Hi"))),))
    assert [(each.id, each.url, each.reply.text) for each in done.replies] == [("", "", "Hi")]
    (told,) = [entry.data for entry in done.entries if isinstance(entry.data, kinds.Ignored)]
    assert told.why == "the recipient writes: Hi; the step has no inboundUrl, so nobody is told"
    sent = answering(ARRIVES, PlannedReply(SECOND, Reply(media="https://cdn.example/a.jpg", filename="a.jpg")))
    (told,) = [each.data for each in played(viber(), plans=(sent,)).entries if isinstance(each.data, kinds.Ignored)]
    assert told.why == "the recipient sends a.jpg; the step has no inboundUrl, so nobody is told"


def test_a_cancelled_flow_is_not_answered() -> None:
    """Nothing more happens to it."""
    planned = answering(plan((SECOND, "DELIVERED")), PlannedReply(MINUTE, Reply("Hi")))
    waiting = replace(CHAT, expire_on_delivery=True)
    begun = machine.due(machine.accept(flow([waiting], (planned,))).flow, NOW + SECOND).flow
    assert [item.status for item in begun.agenda] == ["reply", ""]
    stopped = machine.handle(begun, Cancelled("x"), NOW + 2 * SECOND).flow
    assert stopped.agenda == ()


@pytest.mark.parametrize(
    ("found", "reply", "answered"),
    [
        (after(CHAT, plans=(ARRIVES,)), Reply("Hi"), 0),
        (
            after(CHAT, plans=(plan(),)),
            Reply("Hi"),
            "the Viber message is QUEUED; a recipient answers what has arrived",
        ),
        (
            after(CHAT, plans=(plan((SECOND, "FAILED")),)),
            Reply("Hi"),
            "the Viber message is FAILED; a recipient answers what has arrived",
        ),
        (
            after(viber(), plans=(ARRIVES,)),
            Reply("Hi"),
            "no Viber step with an inboundUrl has started; to answer an Sms, give the `url` of its number",
        ),
        (after(sms(), plans=(plan((SECOND, "Delivered")),)), Reply("Hi", url=URL), 0),
        (
            after(sms(), plans=(plan((SECOND, "Sent")),)),
            Reply("Hi", url=URL),
            "the Sms message is Sent; a recipient answers what has arrived",
        ),
        (after(CHAT, plans=(ARRIVES,)), Reply("Hi", url=URL), "no Sms has started"),
        (after(voice(), plans=(plan((SECOND, "InProgress")),)), Reply("Hi", url=URL), "no Sms has started"),
        (
            after(sms(), plans=(plan((SECOND, "Delivered")),)),
            Reply(media=URL, url=URL),
            "an Sms is answered by a text alone",
        ),
        (
            after(replace(CHAT, ttl=0.5, expire_on_delivery=True), sms(2), plans=(ARRIVES, plan())),
            Reply("Hi"),
            0,
        ),
    ],
)
def test_only_what_has_arrived_can_be_answered(found: Flow, reply: Reply, answered: int | str) -> None:
    """Also if it expired since; of several the last one."""
    assert answerable(found, reply) == answered


def test_a_reply_is_told_with_its_post() -> None:
    """Under the id that it is given."""
    found = after(CHAT, plans=(ARRIVES,))
    done = replied(found, 0, "r", Reply("Hi"), NOW)
    assert done.replies == (Replied("r", 0, NOW, URL, Reply("Hi")),)
    assert done.flow is found
