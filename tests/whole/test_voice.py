"""Single calls from outside: begun over HTTP, their callbacks received on real sockets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.provider.voice.test_reading import PLAIN
from tests.support.running import Emulator, Receiver, emulator, receiver

STILL = ("--rate", "0", "--seed", "voice")


def call(server: Emulator, hook: Receiver | None = None, strategy: str = "OnChange", **more: Any) -> Any:
    """Begin a call; the answer."""
    given = {"callback": {"url": hook.url, "strategy": strategy}} if hook else {}
    answer = server.api("POST", "/voice/conversation", PLAIN | given | more)
    assert answer.status == 200, answer.body
    return answer.json()


def posts(hook: Receiver) -> list[Any]:
    """All posts that have come."""
    found = []
    while not hook.empty():
        found.append(hook.next())
    return found


def test_each_change_is_posted_and_the_first_queued_too() -> None:
    """With the conversation's id, and at the end how long it was."""
    with receiver() as hook, emulator(*STILL) as server:
        sent = call(server, hook)
        server.advance(until="idle")
        found = posts(hook)
        assert [each["status"]["name"] for each in found] == [
            "Queued",
            "Initiated",
            "Ringing",
            "InProgress",
            "Completed",
        ]
        assert {each["conversationTrackingId"] for each in found} == {sent["trackingId"]}
        assert [each["duration"] for each in found] == [0, 0, 0, 0, 20]


def test_on_completion_the_end_alone_is_posted(tmp_path: Path) -> None:
    """Rules can be about calls of this service."""
    rules = tmp_path / "busy.yaml"
    rules.write_text("purpose: x\nrules:\n  - { match: { endpoint: voice }, plan: { Voice: Busy } }\n")
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules)) as server:
        call(server, hook, "OnCompletion")
        server.advance(until="idle")
        assert [each["status"]["name"] for each in posts(hook)] == ["Busy"]


def test_a_call_goes_on_after_a_restart(tmp_path: Path) -> None:
    """With its callbacks."""
    store = ("--store", str(tmp_path / "store.db"))
    with receiver() as hook:
        with emulator(*STILL, *store) as server:
            name = call(server, hook, hangupDelay=20, maxDuration=600)["trackingId"]
            assert hook.next()["status"]["name"] == "Queued"
            server.stop()
        with emulator(*STILL, *store) as server:
            server.advance(until="idle")
            assert [each["status"]["name"] for each in posts(hook)][-1] == "Completed"
            assert server.api("GET", f"/voice/conversation/{name}").json()["maxDuration"] == 600
