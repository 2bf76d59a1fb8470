"""Single calls from outside: begun over HTTP, their callbacks received on real sockets."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from emulator.fakes import samples
from tests.provider.voice.test_reading import COLLECT, PLAIN, SAY
from tests.support.commands import run
from tests.support.running import PATIENCE, Emulator, Receiver, emulator, receiver

STILL = ("--rate", "0", "--seed", "voice")


def call(server: Emulator, hook: Receiver | None = None, strategy: str = "OnChange", **more: Any) -> Any:
    """Begin a call; the answer."""
    given = {"callback": {"url": hook.url, "strategy": strategy}} if hook else {}
    answer = server.api("POST", "/voice/conversation", PLAIN | given | more)
    assert answer.status == 200, answer.body
    return answer.json()


def test_each_change_is_posted_and_the_first_queued_too() -> None:
    """With the conversation's id, and at the end how long it was."""
    with receiver() as hook, emulator(*STILL) as server:
        sent = call(server, hook)
        server.advance(until="idle")
        found = hook.rest()
        assert [each["status"]["name"] for each in found] == [
            "Queued",
            "Initiated",
            "Ringing",
            "InProgress",
            "Completed",
        ]
        assert {each["conversationTrackingId"] for each in found} == {sent["trackingId"]}
        assert [each["duration"] for each in found] == [0, 0, 0, 0, 2]


def test_on_completion_the_end_alone_is_posted(tmp_path: Path) -> None:
    """Rules can be about calls of this service."""
    rules = tmp_path / "busy.yaml"
    rules.write_text("purpose: x\nrules:\n  - { match: { endpoint: voice }, plan: { Voice: Busy } }\n")
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules)) as server:
        call(server, hook, "OnCompletion")
        server.advance(until="idle")
        assert [each["status"]["name"] for each in hook.rest()] == ["Busy"]


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
            assert [each["status"]["name"] for each in hook.rest()][-1] == "Completed"
            assert server.api("GET", f"/voice/conversation/{name}").json()["maxDuration"] == 600


KEYS = """
purpose: The recipient enters two numbers.
rules:
  - plan: { Voice: { keys: ["71#", "2"] } }
"""

MACHINE = "purpose: x\nrules:\n  - plan: { Voice: { answeredBy: MACHINE } }\n"

LONG = '"2"], plan: [{ after: 1s, status: InProgress }, { after: 9h, status: Completed }]'
"""In place of the end of the list: for as long as a slow machine may need on a quick clock."""


def verbs(*wanted: Any) -> bytes:
    """An answer with verbs."""
    return json.dumps({"verbs": list(wanted)}).encode()


def texts(server: Emulator, kind: str) -> list[str]:
    """The journal's entries of a kind, in words."""
    return [entry["text"] for entry in server.journal() if entry["kind"] == kind]


@pytest.mark.parametrize("rate", ["0", "500"])
def test_keys_are_posted_and_the_verbs_of_the_answer_go_on(rate: str, tmp_path: Path) -> None:
    """On a clock that stands still as on one that runs; the phone has all that was done."""
    rules = tmp_path / "keys.yaml"
    rules.write_text(KEYS.replace('"2"]', LONG))
    days = ("--rate", rate, "--seed", "voice", "--token-lifetime", "864000")
    with receiver() as hook, emulator(*days, "--scenario", str(rules)) as server:
        second = {"type": "COLLECT", "eventUrl": hook.url}
        hook.says = lambda body: verbs(SAY, second) if b'"71"' in body else b""
        sent = call(server, dialPlan={"verbs": [SAY, COLLECT | {"eventUrl": hook.url}]})
        if rate == "0":
            server.advance(until="idle")
        found = [hook.next() for _ in range(2)]
        (dial,) = server.api("GET", f"/voice/tracking/conversation/{sent['trackingId']}").json()["content"]
        assert found[0] == {
            "messageId": dial["messageId"],
            "conversationTrackingId": sent["trackingId"],
            "from": PLAIN["from"],
            "to": "+306912345678",
            "collectedTones": "71",
        }
        assert found[1]["collectedTones"] == "2"
        if rate == "0":
            (shown,) = server.call("GET", f"/_emulator/flows/{sent['trackingId']}").json()["phone"]
            assert [verb["type"] for verb in shown["verbs"]] == ["SAY", "COLLECT", "SAY", "COLLECT"]
            assert dial["collectedTones"] == "712"
            assert texts(server, "went on") == [
                "the call goes on with SAY, COLLECT",
                "the call goes on: the answer is empty",
            ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"OK", "The body is not JSON"),
        (b"[]", "must be an object"),
        (b'{"verbs":[{"type":"HANGUP"}]}', "verbs[0].type must be one of SAY, PLAY, COLLECT, DIAL, PAUSE"),
        (b"{}", "the answer has no verbs"),
        (b'{"verbs":[{"type":"PAUSE","duration":1e999}]}', "the call goes on"),
    ],
)
def test_an_answer_that_is_no_dial_plan_does_no_harm(said: bytes, why: str, tmp_path: Path) -> None:
    """Journal and log say what is wrong with it, and the call goes on."""
    rules, log = tmp_path / "keys.yaml", tmp_path / "log"
    rules.write_text(KEYS)
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules), log=log) as server:
        hook.says = lambda _: said
        call(server, dialPlan={"verbs": [COLLECT | {"eventUrl": hook.url}, SAY]})
        server.advance(until="idle")
        (told,) = texts(server, "went on")
        assert why in told
        assert texts(server, "completed") == ["Succeeded"]
        server.stop()
    warned = [line for line in log.read_text().splitlines() if "WARNING" in line and "no dial plan" in line]
    assert len(warned) == (said != b"{}")


def test_a_receiver_that_does_not_answer_is_asked_once(tmp_path: Path) -> None:
    """A call can't wait for later."""
    rules = tmp_path / "keys.yaml"
    rules.write_text(KEYS)
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules)) as server:
        hook.answer = lambda _: 500
        call(server, dialPlan={"verbs": [COLLECT | {"eventUrl": hook.url}]})
        server.advance(until="idle")
        assert hook.count == 1
        assert texts(server, "went on") == ["the call goes on: no answer came"]


@pytest.mark.parametrize("asked", ["a machine", "keys"])
def test_a_dial_plan_that_is_answered_too_late_changes_nothing(asked: str, tmp_path: Path) -> None:
    """Its receiver answers when the call is over; journal and phone are those of a call without an answer."""
    rules, over = tmp_path / "rules.yaml", threading.Event()
    rules.write_text(KEYS if asked == "keys" else MACHINE)
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules), "--dial-plan-timeout", "0.2") as server:
        hook.says = lambda _: verbs(SAY | {"repeat": 7}) if over.wait(PATIENCE) else b""
        sent = call(
            server,
            dialPlan={"verbs": [COLLECT | {"eventUrl": hook.url}] if asked == "keys" else [SAY]},
            machineDetection={"strategy": "Continue", "eventUrl": hook.url},
        )
        server.advance(until="idle")
        over.set()
        assert texts(server, "attempt") == [f"number 1 to {hook.url}: given up (no answer within 0.2 s)"]
        assert texts(server, "went on") == ["the call goes on: no answer came"]
        (shown,) = server.call("GET", f"/_emulator/flows/{sent['trackingId']}").json()["phone"]
        assert not any("repeat" in verb for verb in shown["verbs"])


def test_somebody_presses_keys() -> None:
    """Where the call collects them."""
    with receiver() as hook, emulator(*STILL) as server:
        sent = call(server, dialPlan={"verbs": [COLLECT | {"eventUrl": hook.url}]})
        path = f"/_emulator/flows/{sent['trackingId']}/keys"
        assert server.call("POST", path, b'{"keys":"5#"}').status == 409
        server.advance(by="10s")
        assert server.call("POST", path, b'{"keys":"five"}').status == 400
        assert server.call("POST", path, b'{"keys":"5#"}').status == 200
        server.advance(by="0s")
        assert hook.next()["collectedTones"] == "5"


def test_a_dial_plan_is_asked_for_when_the_call_is_answered() -> None:
    """With four members; its verbs are done."""
    with receiver() as hook, emulator(*STILL) as server:
        hook.says = lambda _: verbs(SAY)
        sent = call(server, dialPlan=None, dialPlanUrl=hook.url)
        server.advance(until="idle")
        assert list(hook.next()) == ["messageId", "conversationTrackingId", "from", "to"]
        (shown,) = server.call("GET", f"/_emulator/flows/{sent['trackingId']}").json()["phone"]
        assert shown["verbs"] == [SAY]


@pytest.mark.parametrize("service", ["voice", "failover"])
def test_a_machine_that_answers_is_met_as_asked_for(service: str, tmp_path: Path) -> None:
    """In a flow's step as in a call: another plan is asked for."""
    rules = tmp_path / "machine.yaml"
    rules.write_text(MACHINE)
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules)) as server:
        hook.says = lambda _: verbs(SAY)
        detection = {"machineDetection": {"strategy": "Continue", "eventUrl": hook.url}}
        if service == "voice":
            name = call(server, None, "", **detection)["trackingId"]
        else:
            name = server.send(PLAIN | detection | {"type": "Voice", "to": "+306912345678"})
        server.advance(until="idle")
        assert hook.next()["answeredBy"] == "MACHINE"
        if service == "voice":
            (dial,) = server.api("GET", f"/voice/tracking/conversation/{name}").json()["content"]
            assert dial["answeredBy"] == "MACHINE"


def test_what_a_call_waits_for_outlives_a_restart(tmp_path: Path) -> None:
    """The keys that were pressed, and those that are planned."""
    rules, store = tmp_path / "keys.yaml", ("--store", str(tmp_path / "store.db"))
    rules.write_text(KEYS.replace('"71#"', '"7", "1#"'))
    with receiver() as hook:
        with emulator(*STILL, *store, "--scenario", str(rules)) as server:
            call(server, dialPlan={"verbs": [COLLECT | {"eventUrl": hook.url}]})
            server.advance(by="11s")
            assert texts(server, "keys") == ["the recipient presses 7; the call waits for #"]
            server.stop()
        with emulator(*STILL, *store, "--scenario", str(rules)) as server:
            server.advance(until="idle")
            assert hook.next()["collectedTones"] == "71"


@pytest.mark.parametrize("service", ["viber", "voice"])
def test_a_recording_of_single_messages_is_a_scenario_that_holds(service: str, tmp_path: Path) -> None:
    """Each is what its request is expected to come to."""
    scenario = tmp_path / "recorded.yaml"
    with emulator(*STILL, "--scenario", "unreliable-viber") as server:
        for number in range(3):
            to = f"+30691234567{number}"
            body = samples.viber(to, "Hi") if service == "viber" else samples.call(to, "Hi")
            assert server.api("POST", "/viber" if service == "viber" else "/voice/conversation", body).status == 200
        server.advance(until="idle")
        made = run("record", "--url", f"http://127.0.0.1:{server.port}")
    assert f"endpoint: {service}" in made.stdout
    scenario.write_text(made.stdout)
    checked = run("check", str(scenario))
    assert checked.exit_code == 0, checked.output
