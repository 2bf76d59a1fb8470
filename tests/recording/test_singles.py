"""Single messages recorded from the bodies of their callbacks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.recording.recorded import RecordingError
from emulator.recording.singles import is_single, of_singles
from emulator.recording.writing import from_bodies
from emulator.scenario import files
from tests.support.running import emulator, receiver

SMS: dict[str, Any] = {"body": "x" * 200, "to": "+306912345678", "from": "Shop"}


def body(status: str, at: str, latency: int = 0, part: int = 1, **more: Any) -> dict[str, Any]:
    """The body of a callback, with what is recorded of it."""
    told = {"name": status, "updatedDate": f"2026-03-02T09:15:{at}Z"}
    return {"messageId": "m1", "part": part, "to": "+306912345678", "status": told, "latency": latency} | more


def test_a_message_is_told_by_its_callbacks_whatever_their_order() -> None:
    """Its reports count from its start, which the first Queued tells."""
    told = [body("Delivered", "49", 5), body("Queued", "44"), body("Sent", "45"), body("Sent", "45")]
    (flow,) = of_singles(enumerate(told, 1))
    assert (flow.kind, flow.status, flow.status_code) == ("sms", "Succeeded", None)
    assert [(report.at, report.status) for report in flow.steps[0].reports] == [(1000, "Sent"), (5000, "Delivered")]


def test_on_completion_its_start_follows_from_the_latency() -> None:
    """And of several parts the first is recorded."""
    told = [body("Undelivered", "49", 5, part=part) for part in (2, 1)]
    (flow,) = of_singles(enumerate(told, 1))
    assert [(report.at, report.status) for report in flow.steps[0].reports] == [(5000, "Undelivered")]
    assert (flow.status, flow.status_code) == ("Failed", "2")


def test_what_is_no_callback_of_a_message_is_told_by_its_number() -> None:
    """With what it lacks."""
    assert not is_single({"messages": []})
    with pytest.raises(RecordingError, match=r"body 3: status\.name: Sms has no status 'Odd'"):
        of_singles([(3, body("Odd", "44"))])
    with pytest.raises(RecordingError, match="body 4: "):
        of_singles([(4, {"messageId": "m1"})])


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
