"""An outage of the whole provider, as clients meet it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import SMS, Emulator, emulator

OUTAGE = """purpose: The provider goes away.
rules:
  - match: { endpoint: any, application: dropped }
    answer: { close: before }
  - name: outage
    match: { endpoint: any, time: { from: 10m, to: 20m } }
    answer: unavailable
  - match: { endpoint: any, rate: { above: 9/s } }
    answer: too-many-requests
"""
CALLS = [
    ("POST", "/failover", {"flow": [SMS]}, 200),
    ("POST", "/failover", {}, 400),
    ("POST", "/sms", {"body": "Hi", "to": "+306912345678", "from": "Shop"}, 200),
    ("GET", "/accounts/me/balance", None, 200),
    ("GET", "/contacts/labels/my", None, 200),
    ("GET", "/failover/tracking/none", None, 404),
    ("GET", "/no/such/thing", None, 404),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator under the outage, whose clock stands."""
    rules = tmp_path / "outage.yaml"
    rules.write_text(OUTAGE)
    with emulator("--rate", "0", "--seed", "outage", "--scenario", str(rules)) as running:
        yield running


def statuses(server: Emulator) -> list[int]:
    """What each call answers, each in a second of its own."""
    found = []
    for method, path, body, _ in CALLS:
        server.advance(by="1s")
        found.append(server.api(method, path, body).status)
    return found


def credentials(application: str) -> dict[str, str]:
    """The headers of a request for a token."""
    return {"Authorization": f"Basic {b64encode(f'{application}:secret'.encode()).decode()}"}


def test_an_outage_answers_every_call_alike_and_then_is_over(server: Emulator) -> None:
    """Those that would be refused too, but none of the emulator's own."""
    well = [status for *_, status in CALLS]
    assert statuses(server) == well
    server.advance(by="10m")
    assert statuses(server) == [503] * len(CALLS)
    assert server.call("POST", "/oauth/token", b"grant_type=client_credentials", credentials("app")).status == 503
    assert [server.call("GET", path).status for path in ("/_emulator/clock", "/")] == [200, 307]
    refused = [each for each in server.journal() if each["kind"] == "refused" and "answer" in each["data"]]
    assert [each["data"]["path"] for each in refused] == [*(path for _, path, *_ in CALLS), "/oauth/token"]
    assert {(each["data"]["answer"]["rule"], each["data"]["status"]) for each in refused} == {("outage", 503)}
    server.advance(by="10m")
    assert statuses(server) == well


def test_what_is_held_back_at_the_gateway_is_no_request_of_the_application(server: Emulator) -> None:
    """So its flows are the same as if it had never been sent. Without a token it is everybody's scenario."""
    token = server.token()
    server.advance(by="10m")
    for _ in range(3):
        assert server.api("POST", "/failover", {"flow": [SMS]}, token).status == 503
    assert server.call("GET", "/accounts/me/balance").status == 401
    server.advance(by="10m")
    assert server.api("POST", "/failover", {"flow": [SMS]}, token).status == 200
    (flow,) = json.loads(server.call("GET", "/_emulator/flows").body)["flows"]
    assert flow["trackingId"].endswith("000000000001")


def test_all_calls_count_for_a_rate_at_the_gateway(server: Emulator) -> None:
    """Whatever they are; the clock's next second begins anew."""
    token = server.token()
    server.advance(by="1s")
    answers = [server.api("GET", "/accounts/me/balance", token=token) for _ in range(5)]
    answers += [server.api("POST", "/failover", {"flow": [SMS]}, token) for _ in range(5)]
    assert [each.status for each in answers] == [200] * 9 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    server.advance(by="1s")
    assert server.api("GET", "/accounts/me/balance", token=token).status == 200


def test_a_connection_is_closed_at_the_gateway(server: Emulator) -> None:
    """For the application that its credentials name, verified or not."""
    with pytest.raises(OSError):  # noqa: PT011  # however the client words it
        server.call("POST", "/oauth/token", b"grant_type=client_credentials", credentials("dropped"))
