"""How flows go and what is told of them, where that was wrong once: their first status, prices, codes of a lack of
balance, callbacks of a receiver that refuses, what is always present, parts of an Sms. The other rows of this section
are about requests, but for A16, which is about calls and belongs to another issue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, VIBER, VOICE, Emulator, Receiver, emulator, receiver


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0", "--start-at", "2026-01-01T00:00Z") as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver that answers 200."""
    with receiver() as made:
        yield made


def scenario(server: Emulator, *rules: dict[str, Any], **more: Any) -> None:
    """Put a scenario of these rules in force."""
    body = {"scenario": {"purpose": "A test.", "rules": rules, **more}}
    assert server.call("POST", "/_emulator/scenario", json.dumps(body).encode()).status == 200


def tracked(server: Emulator, flow: str) -> Any:
    """A flow as tracking tells it."""
    return server.api("GET", f"/failover/tracking/{flow}").json()


def told(post: Any) -> str:
    """A callback in short: the flow's status, and its messages'."""
    return " ".join([post["status"], *(message["status"]["name"] for message in post["messages"])])


def attempts(server: Emulator) -> list[tuple[str, str]]:
    """The time of each attempt at a callback, and its outcome."""
    return [(entry["at"][11:], entry["data"]["outcome"]) for entry in server.journal() if entry["kind"] == "attempt"]


def test_a2_a_flow_is_in_progress_as_soon_as_it_is_accepted(server: Emulator, hook: Receiver) -> None:
    """Its first step has been handed to its channel, which OnStep posts as `InProgress QUEUED`."""
    flow = server.send(VIBER, SMS, callback=hook.url)
    assert told(tracked(server, flow)) == told(hook.next()) == "InProgress QUEUED"
    assert server.api("POST", "/failover/tracking", {"fieldName": "status", "searchTerm": "Queued"}).json()["last"]
    (viber,) = [lane for lane in server.call("GET", "/_emulator/board").json()["lanes"] if lane["count"]]
    assert viber["name"] == "Viber"


def test_a2_a_scenario_can_hold_the_start_back(server: Emulator, hook: Receiver) -> None:
    """Only then is a flow Queued: it has no messages, and nobody is told, until its first step starts."""
    scenario(server, {"queued": "5s"})
    flow = server.send(SMS, callback=hook.url)
    server.advance(by="4s")
    assert (told(tracked(server, flow)), hook.count) == ("Queued", 0)
    (queued,) = [lane for lane in server.call("GET", "/_emulator/board").json()["lanes"] if lane["count"]]
    assert queued["name"] == "Queued"
    report = server.call("POST", f"/_emulator/flows/{flow}/reports", b'{"status": "Delivered"}')
    assert (report.status, "queued" in report.json()["detail"]) == (409, True)
    server.advance(until="idle")
    posts = [hook.next() for _ in range(3)]
    assert [told(post) for post in posts] == ["InProgress Queued", "InProgress Sent", "Succeeded Delivered"]
    assert [post["updatedAt"][17:] for post in posts] == ["05Z", "06Z", "08Z"]


def test_a2_a_flow_that_is_held_back_survives_a_kill(tmp_path: Path, hook: Receiver) -> None:
    """It starts after the restart, at its time; and it can be cancelled before."""
    store = ("--rate", "0", "--scenario", "backlog", "--store", str(tmp_path / "store.db"))
    with emulator(*store) as server:
        flow, other = server.send(SMS, callback=hook.url), server.send(SMS, callback=hook.url)
        server.stop(9)
    with emulator(*store) as server:
        cancelled = server.call("POST", f"/_emulator/flows/{other}/cancel", b"{}").json()
        assert (told(cancelled), cancelled["statusCode"], cancelled["terminationChannel"]) == ("Failed", "0", None)
        server.advance(until="idle")
        assert told(tracked(server, flow)) == "Succeeded Delivered"


def test_a9_each_callback_has_its_own_ladder(server: Emulator, hook: Receiver) -> None:
    """A dead receiver is tried with each callback when it is due, and with each again half a minute later."""
    hook.answer = lambda count: 500 if count <= 3 else 200
    server.send(SMS, callback=hook.url)
    server.advance(by="1m")
    assert attempts(server) == [
        *[(f"00:00:{second}Z", "refused") for second in ("00", "01", "03")],
        *[(f"00:00:{second}Z", "received") for second in ("30", "31", "33")],
    ]


def test_a9_first_attempts_keep_the_flow_s_order(server: Emulator, hook: Receiver) -> None:
    """Callbacks that are due at one time come one after another; one that is refused then comes after newer ones."""
    scenario(
        server, {"plan": {"Voice": [{"after": "0s", "status": each} for each in ("Initiated", "Ringing", "Busy")]}}
    )
    hook.answer = lambda count: 500 if count == 2 else 200
    server.send(VOICE, callback=hook.url)
    server.advance(by="1m")
    came = [told(hook.next()) for _ in range(4)]
    assert came == ["InProgress Queued", "InProgress Ringing", "Failed Busy", "InProgress Initiated"]
