"""What callbacks tell, which keys are pressed and who answers, of requests that are rehearsed."""

from __future__ import annotations

import pytest

from emulator.fakes.expected import request_of
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.planning.telling import answered_by, pressed, told
from emulator.scenario import files
from tests.support.running import VIBER, emulator, receiver

LONG = "A long text that goes out in two parts. " * 5


def came(rules: str, send: str = "[Sms]", endpoint: str = "failover") -> Rehearsed:
    """What a request comes to under these rules."""
    text = f"purpose: Test.\nrules: [{rules}]\nexpect: {{ send: {send}, endpoint: {endpoint} }}"
    scenario = files.load_text(text, "test")
    (expected,) = scenario.expect
    return Rehearsal(scenario, "1").play(request_of(expected), kind=expected.endpoint)


@pytest.mark.parametrize(
    ("rules", "send", "expected"),
    [
        ("{ plan: happy }", "[Sms]", ("Queued", "Sent", "Delivered")),
        ("{ plan: { Viber: UNDELIVERED } }", "[Viber, Sms]", ("QUEUED", "UNDELIVERED", "Sent", "Delivered")),
        ("{ callbacks: { order: [3, 1, 2] } }", "[Sms]", ("Delivered", "Queued", "Sent")),
        ("{ callbacks: { drop: 2 } }", "[Sms]", ("Queued", "Delivered")),
        ("{ callbacks: { duplicate: { times: 2, after: 1m } } }", "[Viber]", ("QUEUED", "DELIVERED") * 2),
        ("{ callbacks: never }", "[Sms]", ()),
        ("{ answer: unavailable }", "[Sms]", ()),
        ("{ plan: { Sms: { reply: { text: STOP, url: 'http://x/' } } } }", "[Sms]", ("Queued", "Sent", "Delivered")),
    ],
)
def test_each_callback_that_comes_is_told_by_its_status(rules: str, send: str, expected: tuple[str, ...]) -> None:
    """In their order, each copy too; what a recipient writes back is none."""
    assert told(came(rules, send)) == expected


def test_each_part_of_a_single_sms_is_told() -> None:
    """By its own status."""
    rules = "{ plan: { Sms: { parts: { '2': Failed } } } }"
    found = told(came(rules, f"[{{ type: Sms, text: {LONG} }}]", "sms"))
    assert found == ("Queued", "Queued", "Sent", "Sent", "Delivered", "Failed")


def test_keys_and_who_answers_are_those_of_calls() -> None:
    """Nobody answers a line that is busy."""
    collect = "{ type: COLLECT, maxDigits: 1, eventUrl: 'http://x/' }"
    call = f"[{{ type: Voice, dialPlan: {{ verbs: [{collect}, {collect}] }} }}]"
    asked = came("{ plan: { Voice: { keys: ['1', '2'] } } }", call, "voice")
    assert (pressed(asked), answered_by(asked)) == (("1", "2"), "human")
    assert answered_by(came("{ plan: { Voice: { answeredBy: machine } } }", "[Voice]")) == "machine"
    assert answered_by(came("{ plan: { Voice: Busy } }", "[Voice]")) is None
    assert answered_by(came("{ plan: happy }")) is None


def test_a_server_posts_in_the_same_order() -> None:
    """To a receiver."""
    rules = "{ callbacks: { reverse: true } }"
    with receiver() as hook, emulator("--rate", "0") as server:
        server.call("POST", "/_emulator/scenario", f"purpose: x\nrules: [{rules}]".encode(), YAML)
        server.send(VIBER, callback=hook.url)
        server.advance(by="1h")
        posts = [hook.next()["messages"][-1]["status"]["name"] for _ in range(2)]
    assert tuple(posts) == told(came(rules, "[Viber]")) == ("DELIVERED", "QUEUED")


YAML = {"Content-Type": "application/yaml"}
