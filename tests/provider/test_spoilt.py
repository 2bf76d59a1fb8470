"""Every door under every fault of answers, over real sockets: whatever a scenario promises, each service keeps."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPResponse, IncompleteRead, RemoteDisconnected
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from emulator.provider.otp.request import SEND
from emulator.scenario.answers import BODILESS, ERRORS, AnswerFault
from tests.support.running import PATIENCE, Answer, Emulator, emulator

CALLS = Path(__file__).parents[1] / "clients" / "calls"
SENDING = sorted(f"/{each.relative_to(CALLS).with_suffix('').as_posix()}" for each in CALLS.rglob("*.json"))
CAMPAIGN = {"body": "Hi", "from": "Shop", "to": ["+306911111111", "+306922222222"]}
OTP = "/failover-otp"
HTML = {"Content-Type": "text/html", "X-Gateway": "g1"}
PAGE = "<h1>Bad gateway</h1>"


class Door(NamedTuple):
    """A call that a scenario can spoil: what rules match as its endpoint, where it goes, once that is there, what it
    sends, the status of its own answer, and whether the journal has that.
    """

    endpoint: str
    method: str
    at: Callable[[Emulator, str], str]
    body: bytes = b""
    own: int = 200
    noted: bool = False


def sends(path: str) -> tuple[str, bytes]:
    """How the service of a path is called in rules, and a body for it."""
    if path == "/sms/campaign":
        return "sms", json.dumps(CAMPAIGN).encode()
    root = path.split("/")[1]
    kind = {"/failover/transactional": "transactional", SEND: "otp"}.get(path, root)
    return kind, CALLS.joinpath(f"{path[1:]}.json").read_bytes()


def made(path: str, below: str) -> Callable[[Emulator, str], str]:
    """Where a new message of this path is found, below another one."""

    def found(server: Emulator, application: str) -> str:
        answer = server.api("POST", path, sends(path)[1], server.token(application)).json()
        return f"{below}/{answer.get('trackingId') or answer['flowId']}"

    return found


def fixed(path: str) -> Callable[[Emulator, str], str]:
    """A path that needs nothing."""
    return lambda *_: path


DOORS = {path: Door(sends(path)[0], "POST", fixed(path), sends(path)[1], noted=True) for path in SENDING}
DOORS |= {
    "/sms/campaign": Door("sms", "POST", fixed("/sms/campaign"), sends("/sms/campaign")[1], noted=True),
    "/oauth/token": Door("token", "POST", fixed("/oauth/token?grant_type=client_credentials"), noted=True),
    "/failover/tracking": Door("tracking", "GET", made("/failover", "/failover/tracking")),
    "/sms/tracking": Door("tracking", "GET", made("/sms", "/sms/tracking/single")),
    "/viber/tracking": Door("tracking", "GET", made("/viber", "/viber/tracking")),
    "/voice/conversation/ID": Door("tracking", "GET", made("/voice/conversation", "/voice/conversation")),
    "/2step/ID": Door("tracking", "GET", made("/2step", "/2step")),
    "/2step/ID confirm": Door("2step-confirm", "POST", made("/2step", "/2step"), b'{"answer": "x"}', 400, noted=True),
    "/2step/ID cancel": Door("2step-cancel", "DELETE", made("/2step", "/2step")),
    f"{OTP}/tracking": Door("tracking", "GET", made(f"{OTP}/otp/send-failover", f"{OTP}/otp/failover")),
    "balance at the gateway": Door("any", "GET", fixed("/accounts/me/balance")),
    "sms at the gateway": Door("any", "POST", fixed("/sms"), sends("/sms")[1]),
    "token at the gateway": Door("any", "POST", fixed("/oauth/token?grant_type=client_credentials")),
}
REFUSING: dict[str, Any] = {
    **{name: name for name in ERRORS},
    "delayed": {"error": "no-balance", "delay": "20ms", "headers": {"X-Gateway": "g1"}},
    "gateway": {"status": 502, "body": PAGE, "delay": "20ms", "headers": HTML},
    "teapot": {"status": 418, "code": "418000001", "message": "Short and stout"},
    "cut": {"status": 502, "body": PAGE, "truncate": 3},
    "closed before": {"close": "before"},
}
SPOILING: dict[str, Any] = {
    "other status": {"status": 202},
    "page": {"body": PAGE, "headers": HTML},
    "empty": {"status": 204},
    "half": {"truncate": 5},
    "closed after": {"close": "after"},
}
WORDS = {"code", "developerMessage", "error", "error_description", "message", "errors", "properties", "entity"}
"""The members of the journal's entry that tell an error's body."""
FAULTS = REFUSING | SPOILING
CASES = [(door, name) for door, at in DOORS.items() for name in (REFUSING if at.endpoint == "any" else FAULTS)]
"""The gateway only refuses requests and delays them."""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose time stands still."""
    with emulator("--rate", "0", "--seed", "1") as running:
        yield running


def override(server: Emulator, application: str, door: Door, fault: Any) -> None:
    """Spoil the answer to the application's next call of this door."""
    rule = {"name": "spoilt", "match": {"endpoint": door.endpoint}, "answer": fault, "uses": 1}
    body = json.dumps({"application": application, "rules": [rule]}).encode()
    answer = server.call("POST", "/_emulator/scenario/overrides", body)
    assert answer.status == 200, answer.body


def request(server: Emulator, application: str, door: Door, path: str) -> bytes:
    """The bytes of a call of a door, on a connection that is to be kept."""
    given = base64.b64encode(f"{application}:secret".encode()).decode()
    how = f"Basic {given}" if path.startswith("/oauth/") else f"Bearer {server.token(application)}"
    head = f"{door.method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {how}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(door.body)}\r\n\r\n".encode() + door.body


def answered(client: socket.socket) -> tuple[Answer | None, bool]:
    """What comes back, None if that is nothing; and whether it is whole, and the connection still open."""
    came = HTTPResponse(client)
    try:
        came.begin()
    except RemoteDisconnected:
        return None, False
    headers, whole = {name.lower(): value for name, value in came.getheaders()}, True
    try:
        body = came.read()
    except IncompleteRead as error:
        body, whole = error.partial, False
    client.setblocking(False)  # what comes with the answer is there already
    with suppress(BlockingIOError):
        whole = whole and client.recv(1) != b""
    return Answer(came.status, headers, body), whole


def promised(fault: dict[str, Any], error: AnswerFault | None, path: str, own: int) -> int | None:
    """The status that a fault promises at a path whose answer has its `own`; None for no answer."""
    if fault.get("close"):
        return None
    if error is None:
        return int(fault.get("status", own))
    if path.startswith(OTP):
        sending = path == SEND
        return error.http_status("otp") if sending or error.status != 400 else 422
    return error.http_status("failover")


def check_body(answer: Answer, fault: dict[str, Any], error: AnswerFault | None, path: str) -> None:
    """The body is that of the fault, else that of its error as this service words it."""
    whole = fault.get("body", error and error.body)
    if answer.status in BODILESS:
        assert answer.body == b""
    elif "truncate" in fault:
        assert len(answer.body) == fault["truncate"]
    elif whole is not None:
        assert answer.body.decode() == whole
    elif path.startswith(OTP):
        assert {"detail", "flowId"} & answer.json().keys()
    elif error is not None and error.error:
        assert answer.json()["error"] == error.error
    elif code := fault.get("code", error and error.code):
        assert answer.json()["code"] == code


@pytest.mark.parametrize(("door", "name"), CASES)
def test_each_door_keeps_what_a_fault_promises(server: Emulator, door: str, name: str) -> None:
    """The status, the headers, the body and the end of the connection; and the journal has the rule."""
    at, application, given = DOORS[door], f"{door} {name}", FAULTS[name]
    fault: dict[str, Any] = {"error": given} if isinstance(given, str) else given
    error = ERRORS.get(fault.get("error", ""))
    path = at.at(server, application)
    asked = request(server, application, at, path)
    override(server, application, at, given)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(asked)
        answer, whole = answered(client)
    assert "delay" not in fault or time.monotonic() - began >= 0.02
    assert whole is not bool({"close", "truncate"} & fault.keys())
    assert (answer and answer.status) == promised(fault, error, path, at.own)
    if answer is not None:
        check_body(answer, fault, error, path)
        headers = dict(error.headers if error else ()) | fault.get("headers", {})
        assert {key: answer.headers.get(key.lower()) for key in headers} == headers
    if name in REFUSING or at.noted:
        check_journal(
            server,
            answer,
            replaced=bool(fault.get("body") or (error and error.body)),
            refused=name in REFUSING or at.own >= 400,
        )


def check_journal(server: Emulator, answer: Answer | None, *, replaced: bool, refused: bool) -> None:
    """The last request has the fault's rule; of a refusal what the client was told, and nothing else."""
    found = server.call("GET", "/_emulator/requests?before=1000000000&limit=1").json()["requests"][0]
    rule = found["data"]["answer"]["rule"]
    assert rule.endswith(": spoilt")
    assert ("refused" in found["kind"]) is refused
    assert f"the answer is spoilt by {rule}" in found["text"]
    if refused:
        assert found["data"].get("status") == (answer and answer.status)
        assert not (answer is None or replaced) or not WORDS & found["data"].keys()
