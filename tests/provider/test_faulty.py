"""Answers that a scenario spoils, as a client sees them on a raw socket."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.scenario.answers import ERRORS
from tests.support.running import PATIENCE, SMS, Emulator, emulator, receiver

BODY = json.dumps({"flow": [SMS]}).encode()
RULES = """purpose: Each request goes wrong in its own way.
rules:
  - match: { text: close before }
    answer: { close: before }
  - match: { text: close after }
    answer: { close: after }
  - match: { text: half }
    answer: { truncate: 50% }
  - match: { text: ten bytes }
    answer: { truncate: 10 }
  - match: { text: slow }
    answer: { delay: 300ms }
  - match: { text: page }
    answer: { body: <h1>Well</h1>, headers: { Content-Type: text/html, X-Gateway: g1 } }
  - match: { text: teapot }
    answer: { status: 418, code: "418000001", message: Short and stout }
  - match: { text: empty 204 }
    answer: { status: 204 }
  - match: { text: empty 205 }
    answer: { status: 205 }
  - match: { text: empty 304 }
    answer: { status: 304, headers: { ETag: x } }
  - match: { text: last }
    answer: { headers: { Connection: close } }
  - match: { text: bad gateway }
    answer: { status: 502, delay: 300ms, truncate: 5 }
"""
NAMED = "".join(f"  - {{ match: {{ text: '{name}' }}, answer: {name} }}\n" for name in ERRORS)


def raw(server: Emulator, body: bytes, path: str = "/failover", headers: str = "") -> bytes:
    """All bytes that come back until the server closes the connection, or the answer is whole."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(f"{head}Authorization: Bearer {server.token()}\r\n{headers}\r\n".encode() + body)
        return b"".join(iter(lambda: client.recv(65536), b""))


def flow(text: str, callback: str = "") -> bytes:
    """A flow whose text chooses its fault."""
    told = {"callback": {"strategy": "OnStep", "url": callback}} if callback else {}
    return json.dumps({"flow": [SMS | {"message": {"body": text}}]} | told).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator under all these faults, whose time stands still."""
    path = tmp_path_factory.mktemp("faults") / "faults.yaml"
    path.write_text(RULES + NAMED)
    with emulator("--rate", "0", "--scenario", str(path)) as running:
        yield running


def kinds(server: Emulator) -> list[str]:
    """What the journal has of requests."""
    return [entry["kind"] for entry in server.journal() if entry["kind"] in ("accepted", "refused")]


@pytest.mark.parametrize(("text", "kind"), [("close before", "refused"), ("close after", "accepted")])
def test_a_connection_closes_without_a_byte(server: Emulator, text: str, kind: str) -> None:
    """Before anything was accepted, or after."""
    before = kinds(server)
    assert raw(server, flow(text)) == b""
    assert kinds(server) == [*before, kind]


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_shows_each_request_whose_connection_closes(tmp_path: Path, form: str) -> None:
    """Once, also one whose answer is still delayed when the emulator stops; metrics count them without a status."""
    rules, log = tmp_path / "closed.yaml", tmp_path / "log"
    rules.write_text(RULES.replace("300ms", "1h"))
    with emulator("--log-format", form, "--scenario", str(rules), log=log) as server:
        token = server.token()
        for text in ("close before", "close after"):
            assert raw(server, flow(text)) == b""
        counted = server.call("GET", "/_emulator/metrics").body.decode()
        body = flow("slow")
        head = f"POST /failover HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body)
            while len(kinds(server)) < 3:
                pass  # until it is accepted
            server.stop()
            assert client.recv(1) == b""
        assert 'endpoint="/failover",method="POST",status="closed"} 2.0' in counted
    lines = [each for each in log.read_text().splitlines() if "/failover" in each]
    if form == "json":
        told = list(map(json.loads, lines))
        assert [(each["path"], each["closed"], "flow" in each) for each in told] == [
            ("/failover", True, False),
            ("/failover", True, True),
            ("/failover", True, True),
        ]
    else:
        before, after, late = lines
        assert before.endswith("WARNING POST /failover closed app the answer is spoilt by rule 1")
        assert all(re.search("WARNING POST /failover closed app [0-9a-f]{8} Sms$", each) for each in (after, late))


def test_a_body_breaks_off_and_the_connection_closes(server: Emulator) -> None:
    """The head promises more than comes; the flow is accepted all the same."""
    before = kinds(server)
    head, _, body = raw(server, flow("half")).partition(b"\r\n\r\n")
    whole = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) == round(whole / 2)
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert len(raw(server, flow("ten bytes")).partition(b"\r\n\r\n")[2]) == 10
    assert kinds(server) == [*before, "accepted", "accepted"]


def test_an_answer_is_late_in_real_time_though_the_clock_stands_still(server: Emulator) -> None:
    """A client's time-out is real, so the delay is."""
    began = time.monotonic()
    assert server.api("POST", "/failover", flow("slow")).status == 200
    assert time.monotonic() - began >= 0.3


def test_an_answer_has_another_body_and_headers(server: Emulator) -> None:
    """A page where JSON was expected; the flow is accepted."""
    answer = server.api("POST", "/failover", flow("page"))
    assert (answer.status, answer.body) == (200, b"<h1>Well</h1>")
    assert (answer.headers["content-type"], answer.headers["x-gateway"]) == ("text/html", "g1")


def test_an_answer_has_another_status_code_and_message(server: Emulator) -> None:
    """In the shape of the API's errors."""
    answer = server.api("POST", "/failover", flow("teapot"))
    assert (answer.status, answer.json()) == (418, {"code": "418000001", "developerMessage": "Short and stout"})


@pytest.mark.parametrize(("status", "length"), [(204, b""), (205, b"0"), (304, b"")])
def test_an_answer_whose_status_has_no_body_ends_with_its_head(server: Emulator, status: int, length: bytes) -> None:
    """So the connection can be used on: the next answer begins right after."""
    body, head = flow(f"empty {status}"), "POST /failover HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {server.token()}\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(f"{head}\r\n".encode() + body + f"{head}Connection: close\r\n\r\n".encode() + body)
        came = b"".join(iter(lambda: client.recv(65536), b""))
    nothing, *answers = came.split(b"HTTP/1.1 %d" % status)
    assert (nothing, len(answers)) == (b"", 2)
    for answer in answers:
        told, _, content = answer.partition(b"\r\n\r\n")
        assert content == b""
        assert told.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] == length


def test_a_whole_answer_can_be_the_last_of_its_connection(server: Emulator) -> None:
    """With one header that says so."""
    head, _, body = raw(server, flow("last")).partition(b"\r\n\r\n")
    assert head.lower().count(b"connection: close") == head.lower().count(b"content-length") == 1
    assert json.loads(body)["trackingId"]


def test_a_refusal_can_be_late_and_break_off(server: Emulator) -> None:
    """Faults of one answer add up."""
    began = time.monotonic()
    head, _, body = raw(server, flow("bad gateway")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 502 Bad Gateway")
    assert (len(body), time.monotonic() - began >= 0.3) == (5, True)


@pytest.mark.parametrize("name", ERRORS)
def test_every_named_error_is_answered_in_its_documented_shape(server: Emulator, name: str) -> None:
    """And nothing is accepted."""
    before = kinds(server)
    answer, error = server.api("POST", "/failover", flow(name)), ERRORS[name]
    assert answer.status == error.status
    if error.body is not None:
        assert (answer.body, answer.headers["content-type"]) == (
            error.body.encode(),
            dict(error.headers)["Content-Type"],
        )
    elif error.error:
        assert answer.json()["error"] == error.error
        assert answer.json()["error_description"] == error.message
        assert "www-authenticate" in answer.headers
    else:
        told: dict[str, Any] = {"code": error.code, "developerMessage": error.message}
        if error.properties:
            told |= {"entity": error.entity, "properties": dict(error.properties)}
        if error.errors:
            told["errors"] = [{"errorCode": code, "developerMessage": why} for code, why in error.errors]
        assert answer.json() == told
    assert kinds(server) == [*before, "refused"]
    assert server.newest()["data"]["answer"]["rule"]


def test_too_many_requests_say_when_to_come_back(server: Emulator) -> None:
    """In the header that clients look at."""
    assert server.api("POST", "/failover", flow("too-many-requests")).headers["retry-after"] == "1"


def test_a_refused_request_counts_so_the_next_may_go_through() -> None:
    """The second is refused, the third is the third."""
    with emulator("--rate", "0", "--scenario", "answer-token-expires") as server:
        assert [server.api("POST", "/failover", BODY).status for _ in range(4)] == [200, 401, 200, 200]


def test_a_request_that_breaks_the_rules_meets_no_fault_and_does_not_count() -> None:
    """Its own errors are told."""
    with emulator("--rate", "0", "--scenario", "answer-token-expires") as server:
        answers = [server.api("POST", "/failover", body).status for body in (BODY, b"{}", BODY, BODY)]
        assert answers == [200, 400, 401, 200]


def test_a_token_endpoint_that_is_down_leaves_old_tokens_good(tmp_path: Path) -> None:
    """The second request for a token fails, as a provider on a bad day does; other applications are on their own."""
    path = tmp_path / "tokens.yaml"
    path.write_text("purpose: x\nrules:\n  - match: { endpoint: token, request: 2 }\n    answer: bad-credentials\n")
    with emulator("--scenario", str(path)) as server:
        token = server.token()
        headers = {"Authorization": "Basic YXBwOnNlY3JldA=="}
        down = server.call("POST", "/oauth/token?grant_type=client_credentials", b"", headers)
        assert (down.status, down.json()["message"], down.json()["path"]) == (401, "Bad credentials", "/oauth/token")
        assert server.api("POST", "/failover", BODY, token).status == 200
        assert server.token() == token
        assert [entry["kind"] for entry in server.journal()][:2] == ["token", "token refused"]


def test_a_token_answer_breaks_off(tmp_path: Path) -> None:
    """The same faults as for a flow."""
    path = tmp_path / "tokens.yaml"
    path.write_text("purpose: x\nrules:\n  - match: { endpoint: token }\n    answer: { truncate: 20 }\n")
    with (
        emulator("--scenario", str(path)) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client,
    ):
        ask = "POST /oauth/token?grant_type=client_credentials HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n"
        client.sendall(f"{ask}Content-Length: 0\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert len(answer.partition(b"\r\n\r\n")[2]) == 20


@pytest.mark.parametrize("rate", ["1", "0", "instant"])
def test_the_first_callback_comes_before_the_answer(rate: str) -> None:
    """While the receiver has not answered it, the sender has no answer."""
    with receiver() as hook, emulator("--rate", rate, "--scenario", "callback-before-answer") as server:
        seen: list[bool] = []
        body = flow("x", hook.url)
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
            hook.answer = lambda _: seen.append(_silent(client)) or 200  # type: ignore[func-returns-value]
            head = "POST /failover HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
            head += f"Authorization: Bearer {server.token()}\r\nContent-Length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body)
            assert b"trackingId" in b"".join(iter(lambda: client.recv(65536), b""))
        assert hook.next()["messages"]
        assert seen[0]


def _silent(client: socket.socket) -> bool:
    """Whether nothing has come to a client yet."""
    client.setblocking(False)
    try:
        client.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    finally:
        client.settimeout(PATIENCE)
    return False


def test_a_dead_receiver_does_not_hold_the_answer_for_ever() -> None:
    """An early callback that fails its first attempt lets the answer go."""
    with emulator("--rate", "1", "--scenario", "callback-before-answer") as server:
        assert server.api("POST", "/failover", flow("x", "http://127.0.0.1:9/hook")).status == 200


@pytest.mark.parametrize("held", ["delay: 1h", "burst: 1h", "reorder: 1h"])
@pytest.mark.parametrize("rate", ["1", "0"])
def test_an_early_callback_that_comes_later_holds_nobody(tmp_path: Path, rate: str, held: str) -> None:
    """The request is answered now, and its callback posted when its time comes."""
    path = tmp_path / "held.yaml"
    path.write_text(f"purpose: x\nrules:\n  - callbacks: {{ early: true, {held} }}\n")
    options = ("--rate", rate, "--seed", "1", "--start-at", "2026-01-01T00:30Z", "--scenario", str(path))
    with receiver() as hook, emulator(*options) as server:
        assert server.api("POST", "/failover", flow("x", hook.url)).status == 200
        assert hook.count == 0
        server.advance(by="2h")
        assert hook.next()["messages"]


def test_a_reset_leaves_no_sender_of_an_early_callback_waiting() -> None:
    """The flow is gone, its callback was posted, and the request is answered."""
    with receiver() as hook, emulator("--rate", "0", "--scenario", "callback-before-answer") as server:
        hook.answer = lambda _: server.call("POST", "/_emulator/reset", b"{}").status
        assert server.api("POST", "/failover", flow("x", hook.url)).status == 200
        assert (hook.count, [entry["kind"] for entry in server.journal()]) == (1, ["reset"])


@pytest.mark.parametrize("rate", ["1", "0", "instant"])
def test_a_receiver_of_an_early_callback_may_send_a_flow_before_it_answers(rate: str) -> None:
    """Its own early callback comes meanwhile, and neither is late."""
    with receiver() as hook, emulator("--rate", rate, "--scenario", "callback-before-answer") as server:
        token = server.token()
        hook.answer = lambda count: (
            server.api("POST", "/failover", flow("y", hook.url), token).status if count == 1 else 200
        )
        assert server.api("POST", "/failover", flow("x", hook.url), token).status == 200
        assert {hook.next()["trackingId"], hook.next()["trackingId"]} == {
            entry["flow"] for entry in server.journal() if entry["kind"] == "accepted"
        }
        attempts = [entry["data"]["status"] for entry in server.journal() if entry["kind"] == "attempt"]
        assert attempts[:2] == [200, 200]
