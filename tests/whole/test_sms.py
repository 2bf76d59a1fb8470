"""Single messages from outside: sent over HTTP, their callbacks received on real sockets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Emulator, Receiver, emulator, receiver

STILL = ("--rate", "0", "--seed", "sms")
SMS: dict[str, Any] = {"body": "Parcel 71 is ready", "to": "+306912345678", "from": "Shop"}
UNRELIABLE = """
purpose: Half of the recipients are reached by chance, the others late.
rules:
  - name: fails
    match: { share: 50% }
    plan:
      Sms: { choose: [{ weight: 50, plan: Delivered }, { weight: 50, plan: Undelivered }] }
  - name: late
    answer: { delay: 0s..1ms }
    plan:
      Sms: [{ after: 1s..1h, status: Sent }, { after: 1h..2h, status: Delivered }]
"""


def send(server: Emulator, hook: Receiver | None = None, **more: Any) -> Any:
    """Send a message; the answer."""
    given = {"callback": {"url": hook.url, "strategy": more.pop("strategy", "OnChange")}} if hook else {}
    answer = server.api("POST", "/sms", SMS | given | more)
    assert answer.status == 200, answer.body
    return answer.json()


def statuses(found: list[Any]) -> list[str]:
    """The statuses that posts tell."""
    return [each["status"]["name"] for each in found]


def test_each_change_is_posted_and_the_first_queued_too() -> None:
    """Under the id of the answer."""
    with receiver() as hook, emulator(*STILL) as server:
        sent = send(server, hook)
        server.advance(until="idle")
        found = hook.rest()
        assert statuses(found) == ["Queued", "Sent", "Delivered"]
        assert {each["messageId"] for each in found} == {sent["trackingId"]}


def test_on_completion_each_part_is_posted_once() -> None:
    """At the end."""
    with receiver() as hook, emulator(*STILL) as server:
        send(server, hook, strategy="OnCompletion", body="x" * 400)
        server.advance(until="idle")
        found = hook.rest()
        assert [(each["part"], each["parts"]) for each in found] == [(1, 3), (2, 3), (3, 3)]
        assert statuses(found) == ["Delivered"] * 3


def test_a_message_that_nobody_takes_expires_after_its_ttl() -> None:
    """After three days, unless it says otherwise."""
    with receiver() as hook, emulator(*STILL, "--scenario", "silence-until-ttl") as server:
        send(server, hook, strategy="OnCompletion")
        send(server, hook, strategy="OnCompletion", ttl=5)
        server.advance(until="idle")
        first, second = hook.rest()
        assert (first["status"]["name"], first["status"]["reason"]["detailedStatus"]) == ("Undelivered", "Expired")
        assert [each["status"]["updatedDate"] for each in (first, second)] == [
            "2026-01-01T00:05:00Z",
            "2026-01-04T00:00:00Z",
        ]


def test_a_callback_that_is_not_received_is_tried_thirteen_times() -> None:
    """The ladder is that of all callbacks."""
    with receiver() as hook, emulator(*STILL) as server:
        hook.answer = lambda _: 500
        send(server, hook, strategy="OnCompletion")
        server.advance(until="idle")
        assert hook.count == 13


@pytest.mark.parametrize("kept", [True, False], ids=["on a file", "in memory"])
def test_a_message_goes_on_after_a_restart(kept: bool, tmp_path: Path) -> None:
    """With its callbacks, whether it was written as documented or not."""
    store = ("--store", str(tmp_path / "store.db")) if kept else ()
    with receiver() as hook:
        with emulator(*STILL, *store) as server:
            send(server, hook, body="x" * 200)
            send(server, hook, body="x" * 200, urlShortener={})
            assert statuses([hook.next() for _ in range(4)]) == ["Queued"] * 4
            if kept:
                server.stop()
        if not kept:
            return
        with emulator(*STILL, *store) as server:
            server.advance(until="idle")
            assert statuses(hook.rest()) == ["Sent"] * 4 + ["Delivered"] * 4


def test_a_flow_of_one_step_and_a_message_meet_the_same_rules_and_draws(tmp_path: Path) -> None:
    """Whichever service is asked: the same request comes to the same."""
    rules = tmp_path / "unreliable.yaml"
    rules.write_text(UNRELIABLE)
    told: list[list[Any]] = []
    for service in ("failover", "sms"):
        with emulator(*STILL, "--scenario", str(rules)) as server:
            for number in range(20):
                to = f"+3069123456{number:02d}"
                step = {"type": "Sms", "from": "Shop", "to": to, "ttl": 600, "message": {"body": SMS["body"]}}
                body = {"flow": [step]} if service == "failover" else SMS | {"to": to, "ttl": 600}
                assert server.api("POST", f"/{service}", body).status == 200
            server.advance(until="idle")
            told.append([_come_to(entry) for entry in server.journal()])
    assert told[0] == told[1]
    assert len({str(each) for each in told[0]}) > 20


def _come_to(entry: Any) -> Any:
    """What an entry says of a flow's course, whichever service took it."""
    data = {name: value for name, value in entry["data"].items() if name not in ("path", "body")}
    return entry["at"], entry["kind"], entry["flow"], data


def test_rules_can_be_about_one_of_the_services(tmp_path: Path) -> None:
    """By `match: { endpoint: sms }`."""
    rules = tmp_path / "one.yaml"
    rules.write_text("purpose: x\nrules:\n  - { match: { endpoint: sms }, plan: { Sms: Failed } }\n")
    with emulator(*STILL, "--scenario", str(rules)) as server:
        single = send(server)["trackingId"]
        flow = server.send({"type": "Sms", "from": "Shop", "to": SMS["to"], "message": {"body": "Hi"}})
        server.advance(until="idle")
        found = [server.call("GET", f"/_emulator/flows/{each}").json()["status"] for each in (single, flow)]
        assert found == ["Failed", "Succeeded"]


def test_the_recipient_may_answer() -> None:
    """To the URL of the number that the message came from."""
    with receiver() as hook, emulator(*STILL) as server:
        sent = send(server)["trackingId"]
        server.advance(until="idle")
        path = f"/_emulator/flows/{sent}/replies"
        answer = server.call("POST", path, json.dumps({"message": "Yes", "url": hook.url}).encode())
        assert answer.status == 200, answer.body
        server.advance(by="1s")
        told = hook.next()
        assert (told["from"], told["to"], told["message"]) == (SMS["to"], "Shop", "Yes")
        assert (told["direction"], told["originatingService"]) == ("Inbound", "Sms")
        refused = server.call("POST", path, json.dumps({"message": "Yes"}).encode())
        assert refused.status == 409
        assert "give the `url` of its number" in refused.json()["detail"]


def test_single_parts_may_fail(tmp_path: Path) -> None:
    """As a scenario says; each part is told as it ended, in callbacks and in the tracking."""
    rules = tmp_path / "part.yaml"
    rules.write_text("purpose: x\nrules:\n  - plan: { Sms: { parts: { 2: Undelivered } } }\n")
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules)) as server:
        sent = send(server, hook, strategy="OnCompletion", body="x" * 400)["trackingId"]
        server.advance(until="idle")
        assert statuses(hook.rest()) == ["Delivered", "Undelivered", "Delivered"]
        parts = server.api("GET", f"/sms/tracking/single/{sent}").json()
        assert [part["status"]["status"] for part in parts] == ["Delivered", "Undelivered", "Delivered"]


def test_callbacks_can_be_spoilt_one_by_one(tmp_path: Path) -> None:
    """They are numbered as they are posted, part by part."""
    rules = tmp_path / "lost.yaml"
    rules.write_text("purpose: x\nrules:\n  - { callbacks: { drop: [2, 4], order: [6, 5] } }\n")
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules)) as server:
        send(server, hook, body="x" * 200)
        server.advance(until="idle")
        found = [(each["status"]["name"], each["part"]) for each in hook.rest()]
        assert found == [("Delivered", 2), ("Delivered", 1), ("Queued", 1), ("Sent", 1)]
