"""Callback bodies as real life brings them: repeated, out of order, incomplete."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from emulator.channels.table import Channel
from emulator.clock import instants
from emulator.errors import Json
from emulator.recording.bodies import of_bodies
from emulator.recording.recorded import Told
from emulator.recording.writing import RecordingError, from_bodies
from emulator.scenario import files
from emulator.scenario.rules import HAPPY_SCENARIO
from tests.support.replaying import (
    Steps,
    bodies,
    played,
    way,
    without,
)
from tests.support.samples import SECOND, sms, viber, voice


def told(steps: Steps | None = None) -> list[Json]:
    """Fresh bodies of one valid flow, for a test to change."""
    return deepcopy(bodies(played(files.named("all-fail"), steps or [viber(), sms(2, body="x" * 300)])))


def test_bodies_that_come_twice_or_in_another_order_change_nothing() -> None:
    """As after lost answers; the parts of an Sms are one message."""
    good = told()
    first, *others = good
    assert len(first["messages"]) == 3
    assert from_bodies([first, *reversed(others), *good, first]) == from_bodies(good)


def test_one_body_at_the_end_is_enough() -> None:
    """The strategy OnCompletion tells no more: the last status of each step."""
    text = from_bodies(told()[-1:])
    assert [each.status for each in way(text, Channel.SMS)] == ["Undelivered"]


def test_a_flow_between_two_steps_is_not_taken_for_one_that_ended() -> None:
    """Its last message has ended, but another step may follow."""
    body = told()[0]
    body["messages"] = body["messages"][:1]
    assert "expect" not in from_bodies([body])


def test_flows_are_numbered_by_their_creation_not_by_their_callbacks() -> None:
    """The second flow may be faster than the first."""
    done = played(HAPPY_SCENARIO, [voice()], [sms()])
    text = from_bodies(bodies(done[::-1]))
    assert way(text, Channel.VOICE, 0)
    assert way(text, Channel.SMS, 1)


def test_a_status_in_other_letters_and_a_missing_reason_will_do() -> None:
    """A real provider may spell as it likes; times may have other zones, or none."""
    last = told([sms()])[-1]
    last["messages"][0]["createdAt"] = "2026-03-02T09:15:45.44"
    last["messages"][0]["status"] = {"name": "DELIVERED", "reason": None, "updatedDate": "2026-03-02T11:15:47.5+02:00"}
    (line,) = way(from_bodies([last]), Channel.SMS)
    assert (line.status, line.time, line.reason.detailed_status) == ("Delivered", way_time("2s60ms"), "")


def way_time(text: str) -> object:
    """A fixed time as the loader reads it."""
    lines = f"purpose: T\nrules:\n  - plan: {{ Sms: [{{ at: {text}, status: Sent }}] }}\n"
    return way(lines, Channel.SMS)[0].time


def test_a_status_that_is_older_than_its_message_comes_at_once() -> None:
    """The provider's machines may have different clocks."""
    last = told([sms()])[-1]
    last["messages"][0]["status"]["updatedDate"] = "2026-03-02T09:15:00Z"
    assert way(from_bodies([last]), Channel.SMS)[0].time == way_time("0s")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("trackingId"), "body 2: .*`trackingId`"),
        (without("messages"), "body 2: .*`messages`"),
        (without("createdAt", "messages", 0), r"body 2: .*`createdAt` - at `\$.messages\[0\]`"),
        (without("updatedDate", "messages", 1, "status"), r"body 2: .*`updatedDate` - at `\$.messages\[1\].status`"),
        (without("trackingId", "messages", 0), r"body 2: messages\[0\].trackingId is missing"),
        (without("messageId", "messages", 1), r"body 2: messages\[1\].messageId is missing"),
        (lambda body: body | {"status": "Lost"}, r"body 2: .*'Lost' - at `\$.status`"),
        (lambda body: body | {"createdAt": "yesterday"}, r"body 2: .*datetime - at `\$.createdAt`"),
        (lambda _: "text", "body 2: Expected `object`"),
    ],
)
def test_a_body_that_lacks_something_is_refused_with_its_number(change: Callable[[Json], Any], message: str) -> None:
    """The message names the member too."""
    first, second, *_ = told()
    with pytest.raises(RecordingError, match=message):
        from_bodies([first, change(second)])


def test_a_status_that_the_channel_does_not_have_is_refused() -> None:
    """A scenario with that status could not be loaded."""
    body = told()[0]
    body["messages"][1]["status"]["name"] = "Lost"
    with pytest.raises(RecordingError, match=r"body 1: messages\[1\].status.name: Sms has no status 'Lost'"):
        from_bodies([body])


def test_how_long_a_call_was_talked_is_recorded_from_its_last_body() -> None:
    """OnCompletion does not tell when it was answered, but for how long."""
    last = told([voice()])[-1]
    last["messages"][0] |= {
        "createdAt": "2026-03-02T09:15:00Z",
        "duration": 20,
        "status": {"name": "Completed", "updatedDate": "2026-03-02T09:15:30Z"},
    }
    lines = way(from_bodies([last]), Channel.VOICE)
    assert [(each.status, each.time) for each in lines] == [
        ("InProgress", way_time("10s")),
        ("Completed", way_time("30s")),
    ]
    last["messages"][0]["status"] = {"name": "Queued", "updatedDate": "2026-03-02T09:15:30Z"}
    assert from_bodies([last])


def test_spellings_of_other_choices_are_read() -> None:
    """FailoverOnStatuses as a text with commas, and an empty statusCode for none."""
    body = told([viber(), sms(2)])[-1]
    (flow,) = of_bodies([Told(body, "body")])
    spelled = body | {"messages": [each | {"failoverOnStatuses": "A,B"} for each in body["messages"]], "statusCode": ""}
    (other,) = of_bodies([Told(spelled, "body")])
    assert [step.failover_on_statuses for step in other.steps] == [["A", "B"]] * 2
    assert (other.status_code, [step.reports[0].at for step in other.steps]) == (
        None,
        [step.reports[0].at for step in flow.steps],
    )


def test_how_calls_asked_to_go_on_is_recorded() -> None:
    """Keys, and that a machine answered, after which all keys are pressed again."""
    (call,) = told([voice()])[-1:]
    ids = {"messageId": call["messages"][0]["messageId"], "conversationTrackingId": "c", "from": "1", "to": "2"}
    asked = [ids | {"collectedTones": "5"}, ids | {"answeredBy": "MACHINE"}, ids | {"collectedTones": "7"}, ids]
    (flow,) = of_bodies([Told(each, "body") for each in (*asked, call)])
    assert (flow.steps[0].keys, flow.steps[0].machine) == (("7",), True)
    (flow,) = of_bodies([Told(each, "body") for each in (asked[0], call)])
    assert (flow.steps[0].keys, flow.steps[0].machine) == (("5",), False)


def alone(flow: Json, status: str, after: int, **more: int) -> Json:
    """A tracking of the flow's last message by itself, which had this status so many seconds after it began."""
    last = flow["messages"][-1]
    at = instants.written((instants.read(last["createdAt"]) + after * SECOND) // SECOND * SECOND)
    return {"messageId": last["messageId"], "to": last["to"], "status": {"status": status, "date": at}, **more}


def test_the_tracking_of_a_message_by_itself_is_of_its_flow() -> None:
    """It adds the statuses that the flow's bodies do not tell, and never puts the end before what came earlier."""
    first = next(each for each in told([sms()]) if each["messages"][0]["status"]["name"] == "Sent")
    (before,) = of_bodies([Told(first, "body")])
    sent = before.steps[0].reports
    for after, latency in ((7, 7), (0, 0)):
        shown = [alone(first, "Sent", 9), alone(first, "Undelivered", after, latency=latency)]
        (flow,) = of_bodies([Told(each, "body") for each in (*shown, first)])
        *known, last = flow.steps[0].reports
        assert (tuple(known), last.status) == (sent, "Undelivered")
        assert abs(last.at - max(after * SECOND, sent[-1].at)) < SECOND
