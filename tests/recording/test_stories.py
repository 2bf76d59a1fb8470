"""One-time passwords recorded from the stories that are posted about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emulator.clock import instants
from emulator.errors import Json
from emulator.fakes import samples
from emulator.fakes.expected import request_of
from emulator.provider.otp.request import SEND
from emulator.recording.bodies import of_bodies
from emulator.recording.recorded import RecordedFlow, RecordingError, Talk, Told
from emulator.recording.stories import of_stories
from emulator.recording.writing import from_bodies, from_journal
from emulator.scenario import files
from tests.support.expected import unmet
from tests.support.running import emulator, receiver

RECIPIENTS = (
    *("+306912345678", "+306900000100", "+306900000210", "+306900000120", "+306900000400", "+306900000900"),
    *("+306900000500", "+306900000660", "306900000030"),
)
"""All goes well; Viber, Sms or both fail in each way."""


def step(channel: str = "viber", status: str = "DELIVERED", at: str = "44", **more: Any) -> Json:
    """A step as a story tells it."""
    began = f"2026-03-02T09:15:{at}Z"
    return {"trackingId": f"t-{channel}", "status": status, "channel": channel, "phone_number": "306912345678"} | {
        "created_at": began,
        **more,
    }


def story(*steps: Json, status: str = "Succeeded", code: int | None = None) -> Json:
    """A story."""
    return {"flowId": "f", "status": status, "statusCode": code, "total_cost": 0, "steps": list(steps)}


def recorded(*told: Json) -> list[RecordedFlow]:
    """What is recorded of stories."""
    return of_stories([Told(each, "body") for each in told], Talk({}, {}))


def test_statuses_come_when_the_story_says_or_when_the_next_step_began() -> None:
    """By its latency or the time of its delivery; a status in between at once."""
    told = [
        story(step(status="EXPIRED"), step("sms", "queued", "54")),
        story(step(status="EXPIRED"), step("sms", "Sent", "54", sent_at="2026-03-02T09:15:54Z")),
        story(step(status="EXPIRED"), step("sms", "Delivered", "54", delivered_at="2026-03-02T09:15:57Z")),
    ]
    (flow,) = recorded(*told, *reversed(told))
    viber, sms = flow.steps
    assert (flow.kind, flow.status, flow.recipients) == ("otp", "Succeeded", ("+306912345678",))
    assert [(each.at, each.status) for each in viber.reports] == [(10_000, "EXPIRED")]
    assert [(each.at, each.status) for each in sms.reports] == [(0, "Sent"), (3000, "Delivered")]
    (flow,) = recorded(story(step(latency_ms=1234)))
    assert [each.at for each in flow.steps[0].reports] == [1234]


def test_a_story_that_came_at_a_known_time_tells_milliseconds() -> None:
    """The flow begins when it was asked for, a step when the one before it has ended; a status without a latency came
    when it was told first.
    """
    created = instants.read("2026-03-02T09:15:44.9Z")
    expired = step(status="EXPIRED", latency_ms=60_000)
    sent = story(expired, step("sms", "Sent", "44") | {"created_at": "2026-03-02T09:16:44Z"})
    told = [Told(sent, "body", created + after, created) for after in (61_000, 90_000)]
    (flow,) = of_stories(told, Talk({}, {}))
    assert flow.at == created
    assert [[report.at for report in each.reports] for each in flow.steps] == [[60_000], [1000]]
    told = [Told(story(expired | {"latency_ms": None}, *sent["steps"][1:]), "body", created + 60_000, created)]
    (flow,) = of_stories(told, Talk({}, {}))
    assert [report.at for report in flow.steps[0].reports] == [60_000]


def test_why_a_step_failed_is_recorded() -> None:
    """As far as its status does not say so."""
    (flow,) = recorded(story(step(status="FAILED", detailed_status="Blocked", error_message="No")))
    assert [(each.detailed, each.description) for each in flow.steps[0].reports] == [("Blocked", "No")]


def test_a_message_that_still_goes_has_not_ended_the_flow() -> None:
    """Though its story says Succeeded."""
    (flow,) = recorded(story(step("sms", "Sent")))
    assert flow.status is None


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (story(step("fax")), r"body 7: steps\[0\].channel: there is no channel 'fax'"),
        (story(step("voice", "Busy")), r"body 7: steps\[0\].channel: there is no channel 'voice'"),
        (story(step(), step("sms", "Odd")), r"body 7: steps\[1\].status: Sms has no status 'Odd'"),
        ({"flowId": "f"}, "body 7: .*`status`"),
    ],
)
def test_what_is_no_story_is_refused_with_its_number(broken: Json, told: str) -> None:
    """And with its place."""
    with pytest.raises(RecordingError, match=told):
        of_stories([Told(broken, "body 7")], Talk({}, {}))


def sent(url: str) -> list[Json]:
    """Passwords to all RECIPIENTS, and one that the next channel follows although it is delivered."""
    bodies = [samples.otp(["Viber", "Sms"], to, "Your code is 4711.", url) for to in RECIPIENTS]
    bodies.append(samples.otp(["Viber", "Sms"], "+306911111111", "Your code is 4711.", url))
    bodies[-1]["flow"][0]["failoverAfterDelivered"] = True
    return bodies


def happened(url: str, scenario: str) -> tuple[list[tuple[str, Any]], list[Json]]:
    """The changes of all messages and flows under a scenario, and the journal."""
    with emulator("--rate", "0", "--seed", "otp", "--scenario", scenario) as server:
        for body in sent(url):
            assert server.api("POST", SEND, body).status == 200
            server.advance(by="1s")
        server.advance(until="idle")
        entries = server.journal()
    told = [(each["at"], each["data"].get("status")) for each in entries if each["kind"] in {"status", "completed"}]
    return told, entries


def test_the_journal_replays_to_the_millisecond(tmp_path: Path) -> None:
    """And what the recording expects of itself holds."""
    with receiver() as hook:
        before, entries = happened(hook.url, "default")
        text = from_journal(entries)
        (tmp_path / "recorded.yaml").write_text(text)
        assert happened(hook.url, str(tmp_path / "recorded.yaml"))[0] == before
    assert unmet(files.load_text(text, "recorded"), request_of) == []


def test_stories_that_a_receiver_got_replay_with_the_same_ends(tmp_path: Path) -> None:
    """In the same order, as far as stories tell times."""
    with receiver() as hook:
        happened(hook.url, "default")
        stories = hook.rest()
        text = from_bodies(stories)
        (tmp_path / "recorded.yaml").write_text(text)
        happened(hook.url, str(tmp_path / "recorded.yaml"))
        again = hook.rest()
    assert unmet(files.load_text(text, "recorded"), request_of) == []
    assert sorted(map(ends, again)) == sorted(map(ends, stories))


def ends(told: Json) -> tuple[Any, ...]:
    """Where a story stands."""
    steps = [(each["phone_number"], each["status"]) for each in told["steps"]]
    return steps, told["status"], str(told["statusCode"])


def test_the_tracking_of_a_message_by_itself_is_of_its_story() -> None:
    """It adds the statuses that no story tells."""
    date = "2026-03-02T09:15:47Z"
    alone = {"messageId": "t-sms", "to": "+306912345678", "latency": 3, "status": {"status": "Delivered", "date": date}}
    (flow,) = of_bodies([Told(alone, "body"), Told(story(step("sms", "queued")), "body")])
    assert [(each.at, each.status) for each in flow.steps[0].reports] == [(3000, "Delivered")]
