"""What nobody means well: every address gets texts, numbers, bodies and headers that no honest client sends."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from msgspec.structs import fields

from emulator.control.call import Call
from emulator.testing.embedded import Emulator as Embedded
from tests.support.calls import CALLS
from tests.support.running import PATIENCE, SMS, VIBER, Emulator, emulator

VALUES = (
    b'"\xff"',
    b'"\xed\xa0\x80"',
    b'"\\ud800"',
    b'"\\u0000"',
    b'"http://[x"',
    b'"' + b"x" * 100_000 + b'"',
    b'{"\xff": 1}',
    b'{"\\ud800": 1}',
    b'{"a": 1, "a": 2}',
    b"[" * 5000 + b"]" * 5000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b"9" * 5000,
    b"18446744073709551616",
    b"1e400",
    b"-1",
    b"NaN",
    b"Infinity",
    b"null",
    b"[]",
    b"{}",
    b'[{"match": {"to": "\xff"}}]',
    b'[{"name": "\\ud800", "plan": "happy"}]',
    b'[{"answer": {"body": "\\ud800"}}]',
    b'[{"answer": {"message": "\\ud800"}}]',
    b'[{"answer": {"headers": {"X": "\\ud800"}}}]',
    b'[{"plan": {"Sms": [{"after": "1s", "status": "Sent", "reason": "\\ud800"}]}}]',
    b'[{"plan": "happy", "uses": 99999999999999999999999999}]',
    b'{"purpose": "x", "balance": 1e400}',
    b'"purpose: !!timestamp x"',
    b'"? [a]\\n: &b [*b]"',
    b'"0001-01-01T00:00+23:59"',
    '"٣d"'.encode(),
)
QUERIES = (
    "%D9%A3",
    "%00",
    "%ff",
    "%ED%A0%80",
    "9" * 30,
    "9" * 5000,
    "-1",
    "1e5",
    "",
    "x" * 60_000,
    "999999999999999999",
)
HEADERS = (
    b"Host: [x",
    b"Host: x]",
    b"Host: [::%]",
    b"Host: \xff",
    b"Host: \xe2\x84\x80.test",
    b"Host: x\r\nOrigin: http://[x",
    b"Host: x\r\nOrigin: \xff",
    b"Host: x\r\nAuthorization: Bearer \xff",
    b"Host: x\r\nAuthorization: Basic /////w==",
    b"Host: x\r\nX-Emulator-Scenario: ../\xff",
    b"Host: x\r\nContent-Type: \xff",
    b"Host: x\r\nLast-Event-ID: " + b"9" * 30,
)
PLAIN = b"Host: x"
GOOD = {
    "rate": b"0",
    "balance": b"1",
    "rules": b'[{"plan": "happy"}]',
    "status": b'"Queued"',
    "keys": b'"1#"',
    "wanted": b"[{}]",
    "application": b'"hostile"',
    "text": b'"purpose: x"',
    "act": b'"pause"',
    "flows": b'["x"]',
}
"""A good value for each member that a body must have."""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose time stands still."""
    with emulator("--rate", "0") as running:
        yield running


def status(server: Emulator, method: str, target: bytes, body: bytes = b"", headers: bytes = PLAIN) -> int:
    """The HTTP status that answers a request, written byte by byte; only the first line of the answer is read."""
    head = b"%b %b HTTP/1.1\r\n%b\r\nContent-Length: %d\r\n\r\n" % (method.encode(), target, headers, len(body))
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(head + body)
        return int(client.makefile("rb").readline().split()[1])


def hostile_bodies(kind: type) -> Iterator[bytes]:
    """Each value as the whole body, and in each member of a body that is good otherwise."""
    for value in VALUES:
        yield value
        for member in fields(kind):
            others = {each.encode_name: GOOD[each.encode_name] for each in fields(kind) if each.required}
            made = others | {member.encode_name: value}
            yield b"{" + b", ".join(b'"%b": %b' % (name.encode(), text) for name, text in made.items()) + b"}"


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_no_query_body_or_header_makes_a_call_of_the_emulator_s_own_api_fail(server: Emulator, call: Call) -> None:
    """It is answered or refused."""
    server.forget_token()
    targets = [f"/_emulator{call.path.replace('{id}', name)}" for name in (server.send(VIBER), "%ff", "%00%D9%A3")]
    asked: list[tuple[str, bytes, bytes]] = [(target, b"{}", headers) for target in targets for headers in HEADERS]
    if call.takes and call.method in ("GET", "DELETE"):
        names = [*(each.encode_name for each in fields(call.takes)), "%ff"]
        asked += [(f"{targets[0]}?{name}={text}", b"", PLAIN) for name in names for text in QUERIES]
    elif call.takes:
        asked += [(targets[0], body, PLAIN) for body in hostile_bodies(call.takes)]
    for target, body, headers in asked:
        assert status(server, call.method, target.encode(), body, headers) < 500, (target, body[:200], headers)
    assert server.call("DELETE", "/_emulator/scenario").status == 200


@pytest.mark.parametrize("place", ["match", "status", "statusCode", "channel", "messages", "verification"])
def test_no_wanted_flow_makes_a_verification_fail(server: Emulator, place: str) -> None:
    """What stands inside a body is as hostile."""
    for value in VALUES:
        body = b'{"wanted": [{"%b": %b}]}' % (place.encode(), value)
        assert status(server, "POST", b"/_emulator/verify", body) < 500, body[:200]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/oauth/token"),
        ("POST", "/failover"),
        ("POST", "/failover/transactional"),
        ("POST", "/viber/transactional/templates?senderInfoTrackingId=x"),
        ("GET", "/viber/transactional/templates?senderInfoTrackingId=%ff"),
        ("DELETE", "/viber/transactional/templates/%ff%00"),
        ("POST", "/failover/tracking"),
        ("GET", "/failover/tracking"),
        ("GET", "/failover/tracking/%ff%00"),
        ("GET", "/nothing/%ff"),
        ("POST", "/contacts/labels/my"),
        ("POST", "/contacts/my"),
        ("GET", "/contacts/my"),
        ("DELETE", "/contacts/my"),
        ("PUT", "/contacts/my/%ff%00"),
        ("HEAD", "/contacts/my/mobile"),
        ("GET", "/accounts/me/transactions"),
        ("GET", "/system/prices"),
        ("POST", "/numbervalidator"),
        ("POST", "/viber"),
        ("GET", "/viber/tracking/%ff%00"),
        ("POST", "/voice/conversation"),
        ("GET", "/voice/tracking/conversation/%ff%00"),
        ("POST", "/2step"),
        ("POST", "/2step/%ff%00"),
        ("GET", "/2step/reports/applications/%ff%00"),
        ("POST", "/failover-otp/otp/send-failover"),
        ("GET", "/failover-otp/otp/failover"),
        ("GET", "/failover-otp/otp/failover/%ff%00"),
    ],
)
def test_nothing_makes_the_provider_s_api_fail(server: Emulator, method: str, path: str) -> None:
    """With a token or without one."""
    server.forget_token()
    good = f"Host: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {server.token()}".encode()
    sms = json.dumps(SMS).encode()
    for headers in HEADERS:
        assert status(server, method, path.encode(), b"{}", headers) < 500, headers
    for value in VALUES:
        within = sms[:-1] + b', "ttl": %b, "label": %b}' % (value, value)
        for body in (
            value,
            b'{"flow": %b}' % value,
            b'{"flow": [%b], "callback": %b}' % (within, value),
            b'{"flow": [%b], "callback": {"url": %b}}' % (sms, value),
            b'[{"fieldName": "to", "searchTerm": %b}]' % value,
            b'{"flow": [{"type": "Viber", "senderInfoTrackingId": "a", "to": "+306912345678", "templateId": "a",'
            b' "templateLang": "en", "templateParams": {"a": %b}, "seq": %b}]}' % (value, value),
            b'{"content": %b, "lang": %b}' % (value, value),
            b'[{"name": %b, "type": %b}]' % (value, value),
            b'{"senderInfoTrackingId": "a", "to": "+306912345678", "ttl": %b, "body": {"text": %b}}' % (value, value),
            b'{"from": "30", "to": {"phone": "+306912345678"}, "maxDuration": %b, "dialPlan": {"verbs": [%b]}}'
            % (value, value),
            b'{"method": "sms", "recipient": "+306912345678", "answer": %b, "template": %b, "arguments": %b}'
            % (value, value, value),
            b'{"flow": [{"type": "ViberOtp", "to": %b, "ttl": %b, "pin": %b, "senderInfoTrackingId": "a",'
            b' "templateId": %b, "templateType": "with_type", "pinType": %b, "order": %b}], "callback": %b}'
            % ((value,) * 7),
            b'{"method": "voice", "recipient": "+306912345678", "digits": %b, "arguments": {"a": %b}}' % (value, value),
            b'{"mobile": "+306912345678", "to": "+306912345678", "host": %b, "firstName": %b, "labels": [{"name": %b}]}'
            % (value, value, value),
        ):
            assert status(server, method, path.encode(), body, good) < 500, body[:200]
    for name in (
        "dateStart",
        "from",
        "page",
        "size",
        "mcc",
        "service",
        "value",
        "answer",
        "limit",
        "offset",
        "phone_number",
        "grant_type",
        "scope",
        "%ff",
    ):
        for text in QUERIES:
            assert status(server, method, f"{path}?{name}={text}".encode(), b"", good) < 500, (name, text[:50])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "BREW"])
def test_no_request_line_makes_the_emulator_fail(server: Emulator, method: str) -> None:
    """Targets that are no path, or not ASCII."""
    for target in (b"/\xff", b"//[x", b"*", b"/%", b"http://[x/_emulator/clock", b"/_emulator/journal?\xff=1"):
        for headers in (PLAIN, b"Host: [x", b"Host: x\r\nHost: y"):
            assert status(server, method, target, headers=headers) < 500, (target, headers)


@pytest.mark.parametrize("path", ["/oauth/token", "/failover", "/failover/tracking", "/_emulator/verify"])
def test_a_client_that_leaves_in_its_body_is_no_error(path: str, caplog: pytest.LogCaptureFixture) -> None:
    """There is nobody to be answered, and nothing to be logged."""
    with Embedded(rate=0) as server:
        address = "127.0.0.1", int(server.url.rpartition(":")[2])
        with socket.create_connection(address, timeout=PATIENCE) as client:
            client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n[".encode())
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
