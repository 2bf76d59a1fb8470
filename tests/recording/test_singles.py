"""Single messages recorded from the bodies of their callbacks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.channels.table import Channel
from emulator.clock import instants
from emulator.fakes import samples
from emulator.fakes.expected import request_of
from emulator.recording.recorded import RecordedFlow, RecordingError, Talk, Told
from emulator.recording.singles import of_singles, single
from emulator.recording.writing import from_bodies
from emulator.scenario import files
from tests.support.expected import unmet
from tests.support.running import emulator, receiver

SMS: dict[str, Any] = {"body": "x" * 200, "to": "+306912345678", "from": "Shop"}


def body(status: str, at: str, latency: int = 0, part: int = 1, **more: Any) -> dict[str, Any]:
    """The body of a callback, with what is recorded of it."""
    told = {"name": status, "updatedDate": f"2026-03-02T09:15:{at}Z"}
    return {"messageId": "m1", "part": part, "to": "+306912345678", "status": told, "latency": latency} | more


def recorded(told: list[dict[str, Any]]) -> list[RecordedFlow]:
    """What is recorded of these bodies about an Sms."""
    return of_singles([(Channel.SMS, Told(each, "body")) for each in told], Talk({}, {}))


def test_a_message_is_told_by_its_callbacks_whatever_their_order() -> None:
    """Its reports count from its start, which the first Queued tells."""
    told = [body("Delivered", "49", 5), body("Queued", "44"), body("Sent", "45"), body("Sent", "45")]
    (flow,) = recorded(told)
    assert (flow.kind, flow.status, flow.status_code) == ("sms", "Succeeded", None)
    assert [(report.at, report.status) for report in flow.steps[0].reports] == [(1000, "Sent"), (5000, "Delivered")]


def test_on_completion_its_start_follows_from_the_latency() -> None:
    """Of parts that end alike, nothing is recorded of each."""
    told = [body("Undelivered", "49", 5, part=part) for part in (2, 1)]
    (flow,) = recorded(told)
    assert [(report.at, report.status) for report in flow.steps[0].reports] == [(5000, "Undelivered")]
    assert (flow.status, flow.status_code) == ("Failed", "2")


def times(*told: dict[str, Any], created: str = "2026-03-02T09:15:44.9Z") -> list[int]:
    """After how many milliseconds each of the reports came that these bodies about a message tell of."""
    at = instants.read(created)
    (flow,) = of_singles([(Channel.SMS, Told(each, "body", created=at)) for each in told], Talk({}, {}))
    assert flow.at == at
    return [report.at for report in flow.steps[0].reports]


def test_the_time_of_a_message_goes_with_its_latency() -> None:
    """In seconds as in milliseconds, where it is known when it was created; a tracking tells the same as a callback."""
    assert times(body("Delivered", "46", 1)) == [1100]
    assert times(body("Delivered", "46", 2)) == [1501]
    assert times(body("Delivered", "46", 1234)) == [1234]
    assert times(body("Sent", "44")) == [0]
    tracking = body("", "46", 1) | {"status": {"status": "Delivered", "date": "2026-03-02T09:15:46Z"}}
    assert times(tracking, body("Delivered", "46", 1)) == [1100]
    (flow,) = recorded([body("Delivered", "49", 5123), body("Queued", "44")])
    assert [report.at for report in flow.steps[0].reports] == [5123]


def test_what_is_no_callback_of_a_message_is_told_by_its_number() -> None:
    """With what it lacks."""
    assert single({"messages": []}) is None
    assert single({"trackingId": "t", "status": "Verified"}) is None
    with pytest.raises(RecordingError, match=r"body 3: status\.name: Sms has no status 'Odd'"):
        of_singles([(Channel.SMS, Told(body("Odd", "44"), "body 3"))], Talk({}, {}))
    with pytest.raises(RecordingError, match="body 4: "):
        of_singles([(Channel.SMS, Told({"messageId": "m1"}, "body 4"))], Talk({}, {}))


def test_parts_that_end_otherwise_than_others_are_recorded() -> None:
    """As those of a message that is delivered but for them."""
    told = [body("Queued", "44"), body("Delivered", "49", 5), body("Undelivered", "49", 5, part=2)]
    (flow,) = recorded(told)
    assert flow.steps[0].parts == ((2, "Undelivered"),)
    assert [(report.at, report.status) for report in flow.steps[0].reports] == [(5000, "Delivered")]
    assert (flow.status, flow.steps[0].status) == ("Failed", "Undelivered")


@pytest.mark.parametrize("strategy", ["OnChange", "OnCompletion"])
@pytest.mark.parametrize("scenario", ["happy", "voice-no-answer", "viber-opted-out"])
def test_viber_messages_and_calls_are_recorded_as_well(scenario: str, strategy: str) -> None:
    """What the recording expects of itself holds; a call's start may be known by how long it took."""
    with receiver() as hook, emulator("--rate", "0", "--seed", "singles", "--scenario", scenario) as server:
        sent = samples.viber("+306912345678", "Hi", hook.url)
        assert server.api("POST", "/viber", sent).status == 200
        sent = samples.call("+306900000001", "Hi", hook.url, strategy)
        assert server.api("POST", "/voice/conversation", sent).status == 200
        server.advance(until="idle")
        made = files.load_text(from_bodies(hook.rest()), "recorded")
    ends = {each.endpoint: each.messages for each in made.expect}
    viber, voice = {"happy": ("DELIVERED", "Completed"), "viber-opted-out": ("UNDELIVERED", "Completed")}.get(
        scenario, ("DELIVERED", "NoAnswer")
    )
    assert ends == {"viber": (viber,), "voice": (voice,)}
    assert unmet(made, request_of) == []


def test_a_machine_that_answered_is_known_by_the_tracking_alone() -> None:
    """Where the call did not ask for anything."""
    call = {"messageId": "m1", "conversationTrackingId": "c", "to": {"phone": "+306912345678"}, "duration": 6}
    shown = call | {"status": {"status": "Completed", "date": "2026-03-02T09:15:49Z"}, "answeredBy": "MACHINE"}
    for by, machine in (("MACHINE", True), ("HUMAN", False), (None, False)):
        (flow,) = of_singles([(Channel.VOICE, Told(shown | {"answeredBy": by}, "body"))], Talk({}, {}))
        assert flow.steps[0].machine == machine
        assert [report.status for report in flow.steps[0].reports] == ["InProgress", "Completed"]


def test_what_tells_nothing_of_a_message_is_passed_over() -> None:
    """How a verification stands, what a call asks, and the answer to an Sms, which does not say where it went."""
    others: list[dict[str, Any]] = [
        {"trackingId": "v", "recipient": "+306912345678", "status": "Verified", "updatedAt": "2026-03-02T09:15:44Z"},
        {"messageId": "m", "conversationTrackingId": "c", "from": "1", "to": "+306912345678", "collectedTones": "7"},
        {"messageId": "r", "from": "+306912345678", "message": "STOP", "direction": "Inbound"},
    ]
    told = [body("Queued", "44"), body("Delivered", "49", 5)]
    assert from_bodies([*others, *told]) == from_bodies(told)
    with pytest.raises(RecordingError, match="there is nothing to record"):
        from_bodies(others)


@pytest.mark.parametrize("scenario", ["happy", "sms-unknown-number", "sms-expires"])
def test_a_recording_replays_it(scenario: str) -> None:
    """The same statuses at the same times, and the same reasons."""
    played: list[list[Any]] = []
    text = f"name: {scenario}"
    for chosen in (scenario, ""):
        with (
            receiver() as hook,
            emulator("--rate", "0", "--seed", "singles", "--scenario", chosen or "happy") as server,
        ):
            if not chosen:
                asked = {"text": text, "application": "app"}
                assert server.call("POST", "/_emulator/scenario", json.dumps(asked).encode()).status == 200
            given = {"callback": {"url": hook.url}, "ttl": 60}
            assert server.api("POST", "/sms", SMS | given).status == 200
            server.advance(until="idle")
            posts = hook.rest()
            played.append([(each["status"], each["part"], each["latency"]) for each in posts])
            text = from_bodies(posts)
            files.load_text(text, "recorded")
    assert played[0] == played[1]
    assert len(played[0]) > 2
