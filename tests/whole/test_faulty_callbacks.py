"""Callbacks that go astray because a scenario says so, seen by a receiver on real sockets."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, VIBER, VOICE, Emulator, emulator, receiver

START = "2026-01-01T00:00Z"
STANDING = ("--rate", "0", "--start-at", START, "--seed", "1", "--token-lifetime", "631139040")


def scenario(folder: Path, callbacks: str, plan: str = "happy") -> tuple[str, ...]:
    """Options for an emulator whose callbacks have these faults."""
    path = folder / "faults.yaml"
    path.write_text(f"purpose: Faults.\nrules:\n  - plan: {plan}\n    callbacks: {callbacks}\n")
    return (*STANDING, "--scenario", str(path))


def statuses(posts: list[Any]) -> list[str]:
    """The last message's status of each post."""
    return [post["messages"][-1]["status"]["name"] for post in posts]


def attempts(server: Emulator) -> list[str]:
    """The times of the attempts at callbacks, from midnight."""
    return [entry["at"][11:] for entry in server.journal() if entry["kind"] == "attempt"]


def test_callbacks_are_never_sent(tmp_path: Path) -> None:
    """The journal says that they are lost; tracking knows the outcome."""
    with receiver() as hook, emulator(*scenario(tmp_path, "never")) as server:
        flow = server.send(SMS, callback=hook.url)
        server.advance(until="idle")
        assert hook.count == 0
        assert server.api("GET", f"/failover/tracking/{flow}").json()["status"] == "Succeeded"
        assert [entry["data"].get("lost") for entry in server.journal(flow)] == [True, True, True, None]


def test_the_first_callback_is_lost(tmp_path: Path) -> None:
    """Only that one."""
    with receiver() as hook, emulator(*scenario(tmp_path, "{ drop: 1 }")) as server:
        server.send(VOICE, callback=hook.url)
        server.advance(until="idle")
        assert statuses([hook.next() for _ in range(hook.count)]) == ["Initiated", "Ringing", "InProgress", "Completed"]


def test_a_share_of_all_callbacks_is_lost(tmp_path: Path) -> None:
    """About that share; the same ones for the same seed."""
    counts = []
    for _ in range(2):
        with receiver() as hook, emulator(*scenario(tmp_path, "{ drop: 30% }")) as server:
            for _ in range(100):
                server.send(VIBER, callback=hook.url)
            server.advance(until="idle")
            counts.append(sorted(hook.seen))
    assert 120 <= len(counts[0]) <= 160
    assert counts[0] == counts[1]


def test_callbacks_come_hours_late_on_the_emulators_clock(tmp_path: Path) -> None:
    """The status changed long ago; the body says when."""
    with receiver() as hook, emulator(*scenario(tmp_path, "{ delay: 3h }")) as server:
        server.send(SMS, callback=hook.url)
        server.advance(by="2h")
        assert hook.count == 0
        server.advance(by="2h")
        assert [hook.next()["updatedAt"][11:] for _ in range(3)] == ["00:00:00Z", "00:00:01Z", "00:00:03Z"]
        assert attempts(server) == ["03:00:00Z", "03:00:01Z", "03:00:03Z"]


@pytest.mark.parametrize(
    ("duplicate", "times"),
    [
        ("2", ["00:00:02Z", "00:00:02Z"]),
        ("{ times: 3, after: 1m }", ["00:00:02Z", "00:01:02Z", "00:02:02Z"]),
    ],
)
def test_callbacks_come_more_than_once(tmp_path: Path, duplicate: str, times: list[str]) -> None:
    """With the same bytes, at the same instant or later."""
    with receiver() as hook, emulator(*scenario(tmp_path, f"{{ duplicate: {duplicate} }}")) as server:
        server.send(VIBER, callback=hook.url, strategy="OnCompletion")
        server.advance(until="idle")
        bodies = [hook.next_post()[2] for _ in times]
        assert (len(set(bodies)), hook.empty(), attempts(server)) == (1, True, times)


def test_callbacks_overtake_one_another_within_and_across_flows(tmp_path: Path) -> None:
    """All arrive, none twice, in another order than that of the changes."""
    with receiver() as hook, emulator(*scenario(tmp_path, "{ reorder: 10m }")) as server:
        flows = [server.send(VOICE, callback=hook.url) for _ in range(5)]
        server.advance(until="idle")
        posts = [hook.next() for _ in range(25)]
    own = [[post["updatedAt"] for post in posts if post["trackingId"] == flow] for flow in flows]
    assert [len(set(each)) for each in own] == [5] * 5
    assert any(each != sorted(each) for each in own)
    assert [post["trackingId"] for post in posts] != sorted((post["trackingId"] for post in posts), key=flows.index)


def test_callbacks_are_gathered_and_come_in_a_burst(tmp_path: Path) -> None:
    """At each full five minutes, of all flows together."""
    with receiver() as hook, emulator(*scenario(tmp_path, "{ burst: 5m }")) as server:
        server.advance(by="1s")
        for _ in range(3):
            server.send(SMS, callback=hook.url)
        server.advance(by="4m")
        assert hook.count == 0
        server.advance(by="2m")
        assert attempts(server) == ["00:05:00Z"] * 9


def test_bodies_break_off(tmp_path: Path) -> None:
    """What comes is a whole HTTP request with half a JSON text."""
    with receiver() as hook, emulator(*scenario(tmp_path, "{ truncate: 50% }")) as server:
        server.send(VIBER, callback=hook.url)
        server.advance(until="idle")
        _, headers, body = hook.next_post()
        assert len(body) == int(headers["content-length"])
        with pytest.raises(json.JSONDecodeError):
            json.loads(body)


def test_callbacks_go_to_another_address(tmp_path: Path) -> None:
    """To that one only."""
    with receiver() as hook, receiver() as other, emulator(*scenario(tmp_path, f"{{ url: '{other.url}' }}")) as server:
        server.send(VIBER, callback=hook.url)
        server.advance(until="idle")
        assert (hook.count, other.count) == (0, 2)


def test_a_refused_late_callback_is_repeated_and_the_others_do_not_wait_for_it(tmp_path: Path) -> None:
    """Out of order means that none waits for another; the ladder counts from its own first attempt."""
    with receiver() as hook, emulator(*scenario(tmp_path, "{ delay: 1h }")) as server:
        hook.judge = lambda _, __: 200 if hook.count != 1 else 500
        server.send(SMS, callback=hook.url)
        server.advance(until="idle")
        assert attempts(server) == ["01:00:00Z", "01:00:01Z", "01:00:03Z", "01:00:30Z"]
        assert statuses([hook.next() for _ in range(3)]) == ["Sent", "Delivered", "Queued"]


def test_delayed_callbacks_survive_a_killed_server(tmp_path: Path) -> None:
    """They are in the store like all others, with what is to happen to them."""
    options = (*scenario(tmp_path, "{ delay: 1h, duplicate: 2 }"), "--store", str(tmp_path / "store.db"))
    with receiver() as hook:
        with emulator(*options) as server:
            server.send(SMS, callback=hook.url)
            server.advance(by="2s")
            server.stop(9)
        with emulator(*STANDING, "--store", str(tmp_path / "store.db"), "--scenario", "happy") as server:
            server.advance(until="idle")
            told = statuses([hook.next() for _ in range(6)])
            assert told == ["Queued", "Queued", "Sent", "Sent", "Delivered", "Delivered"]
            assert hook.count == 6


@pytest.mark.parametrize("more", ["delay: 1h", "burst: 1h", "reorder: 1h"])
def test_a_request_is_not_held_for_callbacks_that_are_not_due(tmp_path: Path, more: str) -> None:
    """One that is early and late at once comes late, and the answer at once."""
    with receiver() as hook, emulator(*scenario(tmp_path, f"{{ early: true, {more} }}")) as server:
        server.send(SMS, callback=hook.url)
        server.advance(until="idle")
        assert statuses([hook.next() for _ in range(hook.count)])[0] in ("Queued", "Sent", "Delivered")


def test_a_receiver_may_send_a_flow_before_it_answers_an_early_callback(tmp_path: Path) -> None:
    """On a clock that stands, neither waits for the other: each callback is received at its first attempt."""
    with receiver() as hook, emulator(*scenario(tmp_path, "{ early: true }")) as server:
        first = threading.Lock()

        def answer(_: int) -> int:
            if first.acquire(blocking=False):
                server.send(VIBER, callback=hook.url)
            return 200

        hook.answer = answer
        server.send(SMS, callback=hook.url)
        server.advance(until="idle")
        told = [entry["data"] for entry in server.journal() if entry["kind"] == "attempt"]
        assert [each["outcome"] for each in told] == ["received"] * 5
