"""Whole flows from outside: sent over HTTP, their callbacks received on real sockets, in time that runs fast."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.bodies import EXAMPLE
from tests.support.running import SMS, VIBER, VOICE, Receiver, emulator, receiver

FAST = ("--rate", "600", "--token-lifetime", "631139040")
"""So fast that a usual token would end within seconds."""

STEPS: list[dict[str, Any]] = EXAMPLE["flow"]
"""The documented request: Viber, then a call, then an Sms."""

TWICE: list[dict[str, Any]] = [STEPS[0], STEPS[1], SMS | {"order": 2}]
"""One order used twice, as in the provider's own example."""


def told(flow: list[Any]) -> list[str]:
    """Each callback in short: the flow's status, and its messages'."""
    return [" ".join([post["status"], *(message["status"]["name"] for message in post["messages"])]) for post in flow]


SINGLE: dict[str, dict[str, Any]] = {
    "/sms": {"body": "Hi", "to": "+306912345678", "from": "Shop"},
    "/viber": {"senderInfoTrackingId": "3f0c", "to": "+306912345678", "body": {"text": "Hi"}},
    "/voice/conversation": {"to": VOICE["to"], "from": VOICE["from"], "dialPlan": VOICE["dialPlan"]},
}
"""A request of each service that sends one message."""


@pytest.mark.parametrize("path", SINGLE)
def test_nothing_is_posted_when_a_single_message_is_cancelled(path: str) -> None:
    """Its callbacks tell its status, which stays; the journal names no callback that does not come."""
    with receiver() as hook, emulator("--rate", "0") as server:
        told = {"callbackUrl": hook.url} if path == "/viber" else {"callback": {"url": hook.url}}
        name = server.api("POST", path, SINGLE[path] | told).json()["trackingId"]
        server.advance(by="0s")
        assert hook.count == 1
        answer = server.call("POST", f"/_emulator/flows/{name}/cancel")
        assert (answer.json()["status"], answer.json()["messages"][0]["status"]["name"].lower()) == ("Failed", "queued")
        server.advance(until="idle")
        assert hook.count == 1
        assert "callback" not in server.journal(name)[-1]["data"]


RINGING = [
    "InProgress QUEUED",
    "InProgress EXPIRED Queued",
    "InProgress EXPIRED Initiated",
    "InProgress EXPIRED Ringing",
    "InProgress EXPIRED InProgress",
    "Succeeded EXPIRED Completed",
]


@pytest.mark.parametrize("steps", [STEPS, TWICE], ids=["example", "same order twice"])
@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("happy", ["InProgress QUEUED", "Succeeded DELIVERED"]),
        ("viber-expires-sms-delivers", RINGING),
        (
            "all-fail",
            [
                "InProgress QUEUED",
                "InProgress UNDELIVERED Queued",
                "InProgress UNDELIVERED Initiated",
                "InProgress UNDELIVERED Busy Queued",
                "InProgress UNDELIVERED Busy Sent",
                "Failed UNDELIVERED Busy Undelivered",
            ],
        ),
    ],
)
def test_the_documented_request_gets_exactly_its_callbacks(
    steps: list[dict[str, Any]], scenario: str, expected: list[str]
) -> None:
    """OnStep: one for the start and each change, the last with the outcome, none more; tracking says what that says."""
    with receiver() as hook, emulator(*FAST, "--scenario", scenario) as server:
        name = server.send(*steps, callback=hook.url)
        flow = hook.flow()
        assert told(flow) == expected
        assert flow[-1] == server.api("GET", f"/failover/tracking/{name}").json()
        server.stop()
        assert hook.empty()


def test_on_completion_posts_once() -> None:
    """When the flow is final."""
    with receiver() as hook, emulator(*FAST, "--scenario", "viber-expires-sms-delivers") as server:
        server.send(VIBER, SMS, callback=hook.url, strategy="OnCompletion")
        assert told([hook.next()]) == ["Succeeded EXPIRED Delivered"]
        server.stop()
        assert hook.empty()


def test_a_callback_is_a_post_of_compact_json_and_nothing_else() -> None:
    """No header beyond what HTTP needs and the content type."""
    with receiver() as hook, emulator(*FAST) as server:
        server.send(SMS, callback=hook.url)
        path, headers, body = hook.next_post()
        assert (path, headers["content-type"]) == ("/hook", "application/json")
        assert set(headers) == {"host", "content-type", "content-length"}
        assert json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode() == body


def test_a_long_sms_has_an_element_for_each_part() -> None:
    """Same messageId and order, own smsId, part and price."""
    with receiver() as hook, emulator(*FAST) as server:
        server.send(SMS | {"message": {"body": "long " * 50}}, callback=hook.url, strategy="OnCompletion")
        flow = hook.next()
        first, second = flow["messages"]
        assert [(each["part"], each["parts"]) for each in (first, second)] == [(1, 2), (2, 2)]
        assert first["messageId"] == second["messageId"]
        assert first["smsId"] != second["smsId"]
        assert flow["totalPrice"] == pytest.approx(first["price"] + second["price"])


def refusing_first(hook: Receiver, status: int, times: int) -> None:
    """Have a receiver refuse its first posts."""
    hook.answer = lambda count: status if count <= times else 200


@pytest.mark.parametrize("status", [500, 404, 201, 204, 302])
def test_only_200_ends_the_retries(status: int) -> None:
    """Anything else is repeated after 30 s; redirects are not followed."""
    with receiver() as hook, emulator(*FAST) as server:
        refusing_first(hook, status, 1)
        name = server.send(SMS, callback=hook.url, strategy="OnCompletion")
        assert told([hook.next()]) == ["Succeeded Delivered"]
        assert hook.count == 2
        attempts = [entry for entry in _until_received(server, name) if entry["kind"] == "attempt"]
        assert [entry["data"]["outcome"] for entry in attempts] == ["refused", "received"]
        assert [entry["data"]["status"] for entry in attempts] == [status, 200]


def _until_received(server: Any, name: str) -> list[dict[str, Any]]:
    """The journal of a flow, once its last attempt is in it; asking is what passes the time."""
    while True:
        entries: list[dict[str, Any]] = server.journal(name)
        if any(entry["data"].get("outcome") == "received" for entry in entries):
            return entries


def test_a_callback_that_is_repeated_comes_after_newer_ones() -> None:
    """First attempts keep their order; a repeated one holds up none."""
    with receiver() as hook, emulator("--rate", "0") as server:
        refusing_first(hook, 503, 2)
        server.send(VOICE, callback=hook.url)
        server.advance(until="idle")
        assert told([hook.next() for _ in range(5)]) == [
            "InProgress Ringing",
            "InProgress InProgress",
            "Succeeded Completed",
            "InProgress Queued",
            "InProgress Initiated",
        ]


def test_a_receiver_that_is_not_there_slows_nobody_else() -> None:
    """Each origin has its own room."""
    with receiver() as hook, emulator(*FAST) as server:
        for _ in range(100):
            server.send(SMS, callback="http://127.0.0.1:9/nobody")
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        assert told([hook.next()]) == ["Succeeded Delivered"]


def test_equal_seeds_give_equal_callbacks_but_for_the_time() -> None:
    """Ids, prices, networks and order: all follow from the seed."""
    seen = []
    for _ in range(2):
        with receiver() as hook, emulator(*FAST, "--seed", "7", "--start-at", "2026-01-01T00:00Z") as server:
            server.send(*STEPS, callback=hook.url)
            flow = hook.flow()[-1]
            seen.append((flow["trackingId"], flow["messages"][0]["trackingId"], flow["messages"][0]["from"]))
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "rule",
    [
        "plan: { Sms: { sequence: [Failed, Delivered] } }",
        "match: { any: [{ request_to: 1 }, { text: x }] }\n    plan: { Sms: Failed }",
    ],
)
def test_requests_to_each_recipient_are_counted(tmp_path: Path, rule: str) -> None:
    """The first fails, the second succeeds, whoever else is written to in between."""
    scenario = tmp_path / "counted.yaml"
    scenario.write_text(f"purpose: Counts.\nrules:\n  - {rule}\n")
    with receiver() as hook, emulator(*FAST, "--scenario", str(scenario)) as server:
        seen = []
        for number in ("1", "2", "1", "2"):
            server.send(SMS | {"to": f"+30690000000{number}"}, callback=hook.url, strategy="OnCompletion")
            seen.append(hook.next()["status"])
        assert seen == ["Failed", "Failed", "Succeeded", "Succeeded"]
