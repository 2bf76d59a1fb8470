"""What is promised for a request holds for each service that sends messages, also where one has several messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.running import SMS, Emulator, emulator, receiver

TO = "+306912345678"
FAILS = {"Sms": "Failed", "Viber": "FAILED", "Voice": "Failed"}
SAY = {"verbs": [{"type": "SAY", "message": {"text": "Hi", "language": "en-GB", "gender": "female"}}]}
PIN = {"pin": "4711", "templateId": "0aac888f-2ee2-4112-9659-1755a951966a", "ttl": 60, "order": 1}
SERVICES: dict[str, dict[str, Any]] = {
    "/failover": {"flow": [SMS]},
    "/failover/transactional": {"flow": [SMS]},
    "/failover-otp/otp/send-failover": {
        "flow": [{"type": "ViberOtp", "senderInfoTrackingId": "3f0c9a52", "to": TO} | PIN]
    },
    "/sms": {"from": "Shop", "to": TO, "body": "Hi"},
    "/sms/campaign": {"from": "Shop", "to": [f"+3069123{number:05}" for number in range(120)], "body": "Hi"},
    "/viber": {"senderInfoTrackingId": "3f0c9a52", "to": TO, "ttl": 600, "body": {"text": "Hi"}},
    "/voice/conversation": {"from": "302100000000", "to": {"phone": TO}, "dialPlan": SAY},
    "/2step": {"method": "sms", "type": "code", "recipient": TO, "originator": "Shop", "template": "@@pin"},
}
"""A body for each; that of a campaign has more messages than are taken at a time."""
TOLD = {"/failover": "OnStep", "/failover/transactional": "OnStep", "/sms": "OnChange", "/sms/campaign": "OnChange"}
"""Those whose first callback is due at once, by their strategies."""


DEAR = "purpose: Everything is dear.\nprices: { Sms: 2, Viber: 2, Voice: 2 }\n"
OPTIONS = ("--rate", "0", "--seed", "services", "--token-lifetime", "631139040")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator whose clock stands still, and that knows one more scenario."""
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "dear.yaml").write_text(DEAR)
    with emulator(*OPTIONS, "--scenarios", str(folder)) as running:
        yield running


def sent(server: Emulator, path: str, application: str, **more: Any) -> int:
    """What a request is answered."""
    return server.api("POST", path, SERVICES[path] | more, server.token(application)).status


def ends(server: Emulator, application: str) -> list[str]:
    """What became of an application's flows, oldest first."""
    server.advance(application, until="idle")
    found = json.loads(server.call("GET", f"/_emulator/flows?application={application}&limit=500&sort=oldest").body)
    return [flow["status"] for flow in found["flows"]]


def steer(server: Emulator, application: str, rules: list[Any], *, over: bool = False) -> None:
    """Put rules on top, or in the scenario's place."""
    body = {"rules": rules} if over else {"text": json.dumps({"purpose": "x", "rules": rules})}
    path = "/_emulator/scenario/overrides" if over else "/_emulator/scenario"
    answer = server.call("POST", path, json.dumps(body | {"application": application}).encode())
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("path", SERVICES)
def test_a_rule_is_used_by_a_request_once(server: Emulator, path: str) -> None:
    """Whatever number of messages that has; it decides about all of them."""
    application = f"uses{path.replace('/', '-')}"
    steer(server, application, [{"plan": FAILS, "uses": 2}], over=True)
    assert [sent(server, path, application) for _ in range(3)] == [200] * 3
    statuses = ends(server, application)
    each = len(statuses) // 3
    assert statuses == ["Failed"] * each * 2 + ["Succeeded"] * each


@pytest.mark.parametrize("path", SERVICES)
def test_a_request_counts_for_a_rate_once(server: Emulator, path: str) -> None:
    """Two of three in a minute are taken."""
    application = f"rate{path.replace('/', '-')}"
    steer(server, application, [{"match": {"rate": {"above": "2/m"}}, "answer": "too-many-requests"}])
    assert [sent(server, path, application) for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("path", SERVICES)
def test_a_body_that_comes_again_is_noted(server: Emulator, path: str) -> None:
    """Once, whatever number of messages it becomes; not what is like it."""
    application = f"again{path.replace('/', '-')}"
    assert [sent(server, path, application) for _ in range(2)] == [200] * 2
    journal = json.loads(server.call("GET", f"/_emulator/journal?application={application}&limit=1000").body)
    taken = [entry for entry in journal["entries"] if entry["kind"] == "accepted"]
    noted = [each for each in taken if "the same body became flow" in each["text"]]
    assert [each["flow"] for each in noted] == [taken[len(taken) // 2]["flow"]]
    assert f"became flow {taken[0]['flow']} less than a minute ago" in noted[0]["text"]


@pytest.mark.parametrize("path", TOLD)
def test_an_early_callback_comes_before_the_answer(server: Emulator, path: str) -> None:
    """That of each message."""
    application = f"early{path.replace('/', '-')}"
    steer(server, application, [{"callbacks": {"early": True}}])
    with receiver() as hook:
        assert sent(server, path, application, callback={"url": hook.url, "strategy": TOLD[path]}) == 200
        assert hook.count == (len(SERVICES[path]["to"]) if path == "/sms/campaign" else 1)


@pytest.mark.parametrize(
    ("method", "path", "of"),
    [
        ("POST", "/sms/campaign", lambda told: told["cost"] / 120),
        ("POST", "/sms/analyze", lambda told: told["cost"]),
        ("GET", "/system/prices", lambda told: told["sms"][0]["networks"][0]["price"]),
    ],
)
def test_a_price_is_told_as_the_scenario_of_the_request_has_it(
    server: Emulator, method: str, path: str, of: Callable[[Any], float]
) -> None:
    """The one that its header names, as for what its messages cost."""
    body = json.dumps(SERVICES.get(path, SERVICES["/sms"])).encode() if method == "POST" else None
    headers = {"Authorization": f"Bearer {server.token('dear')}", "Content-Type": "application/json"}
    answer = server.call(method, path, body, headers | {"X-Emulator-Scenario": "dear"})
    assert (answer.status, of(answer.json())) == (200, 2)
    if path == "/sms/campaign":
        shown = server.api("GET", f"/campaigns/{answer.json()['trackingId']}", token=server.token("dear")).json()
        assert shown["cost"] == answer.json()["cost"] == 240
