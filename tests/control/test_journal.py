"""The emulator's own API: the journal, the errors, tokens, balances and resets."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import pytest

from tests.support.running import PATIENCE, SMS, VIBER, Emulator, emulator, receiver


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


def feed(server: Emulator, query: str = "", headers: str = "") -> socket.socket:
    """A connection on which the journal comes as events."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    client.sendall(f"GET /_emulator/feed{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
    return client


def until(client: socket.socket, text: bytes) -> bytes:
    """What comes, down to this text."""
    came = b""
    while text not in came:
        part = client.recv(65536)
        assert part, came
        came += part
    return came


def test_the_feed_has_what_was_and_what_comes_and_goes_on_from_an_id(server: Emulator) -> None:
    """As server-sent events, narrowed like the journal."""
    flow = server.send(SMS)
    with feed(server, "?kind=accepted,completed") as client:
        first = until(client, b'"kind":"accepted"')
        assert b"text/event-stream" in first
        server.advance(flow=flow)
        last = until(client, b'"kind":"completed"')
        assert b'"kind":"status"' not in first + last
    number = max(entry["seq"] for entry in server.journal(flow) if entry["kind"] == "accepted")
    with feed(server, f"?flow={flow}", f"Last-Event-ID: {number}\r\n") as client:
        assert b'"accepted"' not in until(client, b'"kind":"completed"')


def test_each_entry_comes_with_its_text(server: Emulator) -> None:
    """The same in the journal, in the feed, with its flow, and where time was moved."""
    flow = server.send(SMS)
    moved = server.advance(flow=flow)["happened"]
    found = server.journal(flow)
    assert [entry["text"] for entry in found if entry["kind"] in ("status", "completed")] == [
        "Sms Sent (The message was handed to the network)",
        "Sms Delivered (The message reached the handset)",
        "Succeeded",
    ]
    assert server.call("GET", f"/_emulator/flows/{flow}").json()["journal"] == found
    assert [entry for entry in moved if entry["flow"] == flow] == found[1:]
    with feed(server, f"?flow={flow}&kind=completed") as client:
        assert b'"text":"Succeeded"' in until(client, b'"data"')


def test_a_server_with_open_feeds_ends_at_once() -> None:
    """Ten of them."""
    with emulator() as server:
        clients = [feed(server) for _ in range(10)]
        for client in clients:
            until(client, b"retry")
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 1.5
        for client in clients:
            client.close()


def test_a_server_under_a_delayed_answer_ends_at_once_and_without_a_traceback() -> None:
    """The answer is not given; the flow was accepted before."""
    rules = {"rules": [{"answer": {"delay": "1m"}}]}
    with emulator("--rate", "0") as server:
        assert server.call("POST", "/_emulator/scenario/overrides", json.dumps(rules).encode()).status == 200
        body = json.dumps({"flow": [SMS]}).encode()
        head = (
            f"POST /failover HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client, feed(server) as events:
            client.sendall(f"{head}Authorization: Bearer {server.token()}\r\n\r\n".encode() + body)
            until(events, b'"kind":"accepted"')
            began = time.monotonic()
            assert server.stop() == 0
            assert client.recv(100) == b""
            assert time.monotonic() - began < 1.5


def test_flows_are_found_by_what_they_are(server: Emulator) -> None:
    """Newest first, with a total."""
    flows = [server.send(step) for step in (SMS, VIBER, SMS)]
    found = server.call("GET", "/_emulator/flows?application=app&channel=Viber&limit=1").json()
    assert [flow["trackingId"] for flow in found["flows"]] == [flows[1]]
    assert server.call("GET", "/_emulator/flows?scenario=all-fail").json() == {"total": 0, "flows": []}
    one = server.call("GET", f"/_emulator/flows/{flows[1]}").json()
    assert (one["scenario"], one["rules"], one["nextDue"] is not None) == ("default", ["happy"], True)
    assert one["request"]["flow"][0]["type"] == "Viber"


def test_a_callback_is_told_with_every_attempt() -> None:
    """The whole body, and when it is tried again."""
    with receiver() as hook, emulator("--rate", "0") as server:
        hook.answer = lambda count: 500 if count == 1 else 200
        flow = server.send(VIBER, callback=hook.url)
        server.advance(by="1s")
        (first,) = server.call("GET", f"/_emulator/callbacks?flow={flow}").json()["callbacks"]
        assert (first["outcome"], first["next"], len(first["attempts"])) == ("pending", "2026-01-01T00:00:30Z", 1)
        server.advance(by="1m")
        now = server.call("GET", f"/_emulator/callbacks/{first['id']}").json()
        assert [attempt["status"] for attempt in now["attempts"]] == [500, 200]
        assert (now["outcome"], json.loads(now["body"])["trackingId"]) == ("received", flow)


def test_a_reset_of_all_gives_the_same_ids_again() -> None:
    """With the same seed: as a new server would, its time too."""
    with emulator("--rate", "0", "--seed", "1") as server:
        first = server.send(SMS)
        server.advance(by="1h")
        server.forget_token()
        assert server.call("POST", "/_emulator/reset", b"{}").status == 200
        assert server.clock()["now"] == "2026-01-01T00:00:00Z"
        assert server.send(SMS) == first
        assert [entry["kind"] for entry in server.journal()] == ["reset", "token", "accepted"]


def test_a_revoked_token_is_worthless_at_once(server: Emulator) -> None:
    """As one that ended."""
    token = server.token("revoked")
    assert server.call("DELETE", f"/_emulator/tokens/{token}").json()["application"] == "revoked"
    answer = server.api("POST", "/failover", {"flow": [SMS]}, token)
    assert (answer.status, answer.json()["error"]) == (401, "invalid_token")
    assert server.token("revoked") != token
    assert server.call("DELETE", f"/_emulator/tokens/{token}").status == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [
        ("GET", "flows/nobody", 404, "there is no flow nobody"),
        ("GET", "callbacks/nobody", 404, "there is no callback nobody"),
        ("POST", "flows/nobody/cancel", 404, "there is no flow nobody"),
        ("GET", "flows?limit=0", 400, "Expected `int` >= 1"),
        ("GET", "flows?stauts=x", 400, "unknown member 'stauts'; did you mean 'status'?"),
        ("GET", "journal?since=yesterday", 400, "since must be a time"),
        (
            "GET",
            "journal?kind=acepted",
            400,
            "there are no such entries of kind 'acepted'; did you mean 'accepted'?",
        ),
        ("GET", "requests?kind=refused,odd", 400, "of kind 'odd'"),
        ("GET", "feed?kind=odd", 400, "of kind 'odd'"),
        ("GET", "nothing", 404, "There is nothing at /_emulator/nothing"),
        ("GET", "flow", 404, "There is nothing at /_emulator/flow; did you mean '/_emulator/flows'?"),
        ("POST", "flows/71/report", 404, "; did you mean '/_emulator/flows/{id}/reports'?"),
        ("POST", "advance", 404, "; did you mean '/_emulator/clock/advance'?"),
        ("GET", "journal?since=0000", 400, "since must be a time"),
        ("DELETE", "journal", 405, "DELETE is not supported"),
        ("PUT", "balance", 400, "missing required field"),
        ("POST", "scenario/overrides", 400, "`text` (YAML that has only `rules`, and `plans`)"),
        ("POST", "scenario", 400, "expected a body of POST /_emulator/scenario: one of `name`, `scenario`"),
        ("POST", "clock/advance", 400, "`flow` (the id of a flow, until that has ended)"),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(server: Emulator, method: str, path: str, status: int, told: str) -> None:
    """problem+json: title, status, detail."""
    answer = server.call(method, f"/_emulator/{path}", b"{}" if method in ("POST", "PUT") else None)
    problem = answer.json()
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (problem["status"], told in problem["detail"], bool(problem["title"])) == (status, True, True)
    assert "\n" not in problem["detail"]


def test_a_body_that_is_nested_without_end_is_refused(server: Emulator) -> None:
    """In words, not by a failure."""
    body = b'{"rules":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answer = server.call("POST", "/_emulator/scenario/overrides", body)
    assert (answer.status, "nested too deeply" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "clock", b'{"rate": 1e300}'),
        ("PUT", "clock", b'{"rate": -1}'),
        ("POST", "clock/advance", b'{"to": "9999-12-31T23:59Z"}'),
        ("POST", "scenario", b'{"text": "purpose: \\"\\\\ud800\\""}'),
        ("POST", "scenario", b'{"scenario": {"purpose": "x", "rules": [{"plan": {"\\ud800": 1}}]}}'),
        ("POST", "scenario/overrides", b'{"rules": [{"name": "\\ud800", "plan": "happy"}]}'),
    ],
)
def test_what_cannot_be_said_or_shown_is_refused(server: Emulator, method: str, path: str, body: bytes) -> None:
    """Times without end, half characters."""
    assert server.call(method, f"/_emulator/{path}", body).status == 400


def test_time_ends_without_harm() -> None:
    """A clock that runs as fast as can be comes to the end of time, and the emulator answers on."""
    with emulator("--rate", "0") as server:
        server.advance(to="9000-01-01T00:00Z")
        assert server.call("PUT", "/_emulator/clock", b'{"rate": 1e9}').status == 200
        server.forget_token()
        assert server.api("POST", "/failover", {"flow": [SMS]}).status == 200
        assert server.clock()["now"] == "9000-01-01T00:00:00Z"


def test_flows_are_verified_by_number_and_by_order(server: Emulator) -> None:
    """A miss answers with the nearest, and what differed."""
    token = server.token("verified")
    for to in ("+306911111111", "+306922222222"):
        assert server.api("POST", "/failover", {"flow": [SMS | {"to": to}]}, token).status == 200
    first, second = ({"match": {"to": {"ends": digit}}} for digit in "12")

    def verify(*wanted: object, **more: object) -> dict[str, object]:
        body = {"application": "verified", "wanted": wanted} | more
        told: dict[str, object] = server.call("POST", "/_emulator/verify", json.dumps(body).encode()).json()
        return told

    assert verify(first, times=1)["verified"]
    assert verify({}, least=2, most=2)["verified"]
    assert not verify({}, most=1)["verified"]
    assert verify(first, second)["verified"]
    missed = verify(second, first)
    assert (missed["verified"], "by number 2" in str(missed["detail"])) == (False, True)
    nearest = verify({"match": {"to": "+306933333333"}, "status": "Queued"})["nearest"]
    assert "which is not +306933333333" in str(nearest)
    assert verify(first, second, times=1)["status"] == 400
