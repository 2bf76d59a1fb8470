"""Two-step over real sockets: a code is sent, answered, cancelled, and runs out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.running import Answer, Emulator, emulator, receiver
from tests.support.scenarios import DOCS

TO = "+306912345678"
FIXED = 'purpose: Fixed.\nrules:\n  - { match: { endpoint: 2step }, code: "4711" }\n'


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0", "--seed", "two") as running:
        yield running


def start(server: Emulator, **more: Any) -> Any:
    """Start a verification; the answer."""
    answer = server.api("POST", "/2step", {"method": "sms", "type": "code", "recipient": TO} | more)
    assert answer.status == 200, answer.body
    return answer.json()


def code(server: Emulator, name: str) -> str:
    """The code that was sent, as the journal has it."""
    found: str = server.journal(name)[0]["data"]["code"]
    return found


def confirm(server: Emulator, name: str, answer: object) -> Answer:
    """Answer a code."""
    return server.api("POST", f"/2step/{name}", {"answer": answer})


def status(server: Emulator, name: str) -> Any:
    """How a verification stands."""
    return server.api("GET", f"/2step/{name}").json()


def test_the_code_verifies(server: Emulator) -> None:
    """Once; then it is no longer pending."""
    made = start(server)
    assert list(made) == ["trackingId", "status", "updatedAt", "maxRetries", "expiresAt", "timesTried"]
    answer = confirm(server, made["trackingId"], code(server, made["trackingId"]))
    assert (answer.status, answer.json()["status"], answer.json()["timesTried"]) == (200, "Verified", 1)
    assert status(server, made["trackingId"]) == answer.json()
    again = confirm(server, made["trackingId"], code(server, made["trackingId"]))
    assert (again.status, again.json()["code"]) == (400, "400011002")


def test_wrong_answers_come_to_what_a_live_account_recorded(server: Emulator) -> None:
    """Four times wrong, then invalid, even with the right code; and it has failed."""
    name = start(server)["trackingId"]
    answers = [confirm(server, name, answer).json() for answer in ["0"] * 5 + [code(server, name)]]
    assert (
        answers
        == [{"code": "400011005", "developerMessage": "Wrong Answer!"}] * 4
        + [{"code": "400011002", "developerMessage": "Invalid Status"}] * 2
    )
    assert (status(server, name)["status"], status(server, name)["timesTried"]) == ("Failed", 4)
    told = DOCS
    assert f"each wrong answer gets the code {answers[3]['code']}, also the one that uses the last retry up" in told
    assert f"and all later\nanswers {answers[4]['code']}, as was recorded" in told


def test_an_answer_may_be_a_form_or_in_the_query(server: Emulator) -> None:
    """As the clients of other languages send it."""
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/x-www-form-urlencoded"}
    for place in ("form", "query"):
        name = start(server)["trackingId"]
        said = urlencode({"answer": code(server, name)})
        path, body = (f"/2step/{name}", said.encode()) if place == "form" else (f"/2step/{name}?{said}", b"")
        answer = server.call("POST", path, body, headers)
        assert (answer.status, answer.json()["status"]) == (200, "Verified")
    number = start(server)["trackingId"]
    assert confirm(server, number, int(code(server, number))).json()["status"] == "Verified"


@pytest.mark.parametrize("method", ["sms", "voice"])
def test_it_expires_on_the_emulator_s_clock(server: Emulator, method: str) -> None:
    """After its lifetime; the code is of no use then, and cancelling is refused."""
    name = start(server, method=method, lifetimeInSeconds=60)["trackingId"]
    server.advance(by="59s")
    assert status(server, name)["status"] == "Pending"
    server.advance(by="1s")
    assert status(server, name)["status"] == "Expired"
    assert confirm(server, name, code(server, name)).json()["code"] == "400011003"
    assert server.api("DELETE", f"/2step/{name}").json()["code"] == "400011003"


def test_it_can_be_cancelled_once(server: Emulator) -> None:
    """Only while it is pending."""
    name = start(server)["trackingId"]
    assert server.api("DELETE", f"/2step/{name}").json()["status"] == "Cancelled"
    assert server.api("DELETE", f"/2step/{name}").json()["code"] == "400011002"
    assert confirm(server, name, code(server, name)).json()["code"] == "400011002"


def test_an_unknown_one_is_not_found(server: Emulator) -> None:
    """Nor is another application's, nor a flow of another service."""
    name, other = start(server)["trackingId"], server.token("other")
    flow = server.api("POST", "/sms", {"body": "Hi", "to": TO, "from": "Shop"}).json()["trackingId"]
    for method in ("GET", "POST", "DELETE"):
        body = {"answer": "1"} if method == "POST" else None
        for asked, token in ((name, other), (flow, ""), ("none", "")):
            answer = server.api(method, f"/2step/{asked}", body, token)
            assert (answer.status, answer.json()["code"]) == (404, "404011006")


def test_the_scope_decides(server: Emulator) -> None:
    """Of every call."""
    token = server.token("app", "sms")
    calls = [("POST", "/2step"), ("POST", "/2step/x"), ("GET", "/2step/x"), ("DELETE", "/2step/x")]
    for method, path in [*calls, ("GET", "/2step/reports"), ("GET", "/2step/reports/applications/app")]:
        body = {"method": "sms", "recipient": TO, "answer": "1"} if method == "POST" else None
        answer = server.api(method, path, body, token)
        assert (answer.status, answer.json()["code"]) == (403, "403000000"), path


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"template": "Hi"}, "400011001"),
        ({"originator": "far too long a sender"}, "400005000"),
        ({"recipient": ""}, "400000000"),
        ({"digits": 99}, "400000000"),
    ],
)
def test_what_is_wrong_has_its_code(server: Emulator, more: Any, refused: str) -> None:
    """That of the documentation."""
    answer = server.api("POST", "/2step", {"method": "sms", "type": "code", "recipient": TO} | more)
    assert (answer.status, answer.json()["code"]) == (400, refused)


def test_a_missing_answer_counts_as_no_try(server: Emulator) -> None:
    """It is a mistake of the client's."""
    name = start(server)["trackingId"]
    assert server.api("POST", f"/2step/{name}", {}).json()["code"] == "400000000"
    assert status(server, name)["timesTried"] == 0


def test_the_request_shapes_the_code(server: Emulator) -> None:
    """Its digits, its text and how it is sent."""
    name = start(server, digits=9, template="@@who: @@pin", arguments={"who": "Al"}, maxRetries=0)["trackingId"]
    phone = server.call("GET", f"/_emulator/flows/{name}").json()["phone"]
    assert phone[0]["texts"] == [f"Al: {code(server, name)}"]
    assert len(code(server, name)) == 9
    assert [confirm(server, name, "0").json()["code"] for _ in range(2)] == ["400011005", "400011002"]
    called = start(server, method="voice")["trackingId"]
    (call,) = server.call("GET", f"/_emulator/flows/{called}").json()["phone"]
    assert code(server, called) in call["verbs"][0]["message"]["text"]


def test_the_sms_is_among_the_trackings(server: Emulator) -> None:
    """Under ids of its own, as the service's that sent it, at its price."""
    name = start(server)["trackingId"]
    newest = server.api("POST", "/sms/tracking", []).json()["content"][0]
    assert (newest["originatingService"], newest["price"]) == ("TwoStep", 0.06)
    assert newest["body"].endswith(code(server, name))
    assert name not in {newest["messageId"], newest["smsId"]}


def test_reports_count_verifications() -> None:
    """Those of the application that asks; of another's it is told nothing."""
    with emulator("--rate", "0") as server:
        names = [start(server)["trackingId"] for _ in range(3)]
        confirm(server, names[0], code(server, names[0]))
        server.api("DELETE", f"/2step/{names[1]}")
        found = server.api("GET", "/2step/reports").json()
        counted = {"Pending": 1, "Verified": 1, "Cancelled": 1, "Expired": 0, "Failed": 0}
        assert found == {"total": 3, "totals": counted, "perCountry": {"GR": counted}}
        assert server.api("GET", "/2step/reports/applications/app").json() == {"applicationId": "app"} | found
        assert server.api("GET", "/2step/reports/applications/other").json()["code"] == "404010002"


def test_a_scenario_fixes_the_code(tmp_path: Path) -> None:
    """For the requests that its rule matches."""
    rules = tmp_path / "fixed.yaml"
    rules.write_text(FIXED)
    with emulator("--rate", "0", "--scenario", str(rules)) as server:
        name = start(server)["trackingId"]
        assert confirm(server, name, "4711").json()["status"] == "Verified"
        assert server.call("GET", f"/_emulator/flows/{name}").json()["rules"] == ["happy"]


@pytest.mark.parametrize(
    ("endpoint", "method", "path"),
    [
        ("2step", "POST", "/2step"),
        ("2step-confirm", "POST", "/2step/{}"),
        ("2step-cancel", "DELETE", "/2step/{}"),
        ("tracking", "GET", "/2step/{}"),
    ],
)
def test_a_scenario_refuses_each_call(server: Emulator, endpoint: str, method: str, path: str) -> None:
    """Before anything happens; so the documented end of the retries can be had too."""
    name = start(server)["trackingId"]
    fault = {"status": 400, "code": "400011004", "message": "All retries are used up"}
    rule = {"match": {"endpoint": endpoint}, "answer": fault, "uses": 1}
    server.call("POST", "/_emulator/scenario/overrides", json.dumps({"rules": [rule]}).encode())
    body = {"method": "sms", "recipient": TO, "answer": code(server, name)} if method == "POST" else None
    answer = server.api(method, path.format(name), body)
    assert (answer.status, answer.json()["code"]) == (400, "400011004")
    assert status(server, name)["status"] == "Pending"


def test_equal_seeds_give_equal_codes() -> None:
    """Another application's are others."""
    told = []
    for _ in range(2):
        with emulator("--rate", "0", "--seed", "same") as server:
            names = [start(server, digits=8)["trackingId"] for _ in range(2)]
            told.append([(name, code(server, name)) for name in names])
    assert told[0] == told[1]
    assert len({each for _, each in told[0]}) == 2


def test_each_end_is_told_where_the_setting_says() -> None:
    """And each is tried again as any callback is."""
    with receiver() as hook, emulator("--rate", "0", "--two-step-callback", hook.url) as server:
        verified, cancelled, failed, expired = (start(server, maxRetries=0)["trackingId"] for _ in range(4))
        hook.answer = lambda count: 500 if count == 1 else 200
        confirm(server, verified, code(server, verified))
        server.advance(by="30s")
        server.api("DELETE", f"/2step/{cancelled}")
        confirm(server, failed, "0")
        server.advance(by="5m")
        told = [hook.next() for _ in range(4)]
        assert sorted((each["trackingId"], each["status"]) for each in told) == sorted(
            [(verified, "Verified"), (cancelled, "Cancelled"), (failed, "Failed"), (expired, "Expired")]
        )
        assert list(told[0]) == ["applicationId", "trackingId", "recipient", "status", "updatedAt"]
        assert (hook.count, hook.empty()) == (5, True)


def test_on_an_instant_clock_there_is_time_to_answer() -> None:
    """It would jump to the end of every code."""
    with emulator("--rate", "instant") as server:
        name = start(server)["trackingId"]
        assert confirm(server, name, code(server, name)).json()["status"] == "Verified"


def test_a_verification_goes_on_after_a_restart_and_is_cleared_by_a_reset(tmp_path: Path) -> None:
    """On a file, with its answers and its time."""
    store = ("--rate", "0", "--store", str(tmp_path / "store.db"))
    with emulator(*store) as server:
        name = start(server)["trackingId"]
        confirm(server, name, "0")
        server.stop()
    with emulator(*store) as server:
        assert (status(server, name)["timesTried"], status(server, name)["status"]) == (1, "Pending")
        server.advance(by="5m")
        assert status(server, name)["status"] == "Expired"
        server.call("POST", "/_emulator/reset", b"{}")
        server.forget_token()
        assert server.api("GET", f"/2step/{name}").json()["code"] == "404011006"


def test_what_the_documentation_says_otherwise_can_be_chosen() -> None:
    """The code of the last wrong answer and of those after it, and which members an answer has."""
    choices = "verification-last-try=400011004,verification-members=three"
    with emulator("--rate", "0", "--choose", choices) as server:
        made = start(server)
        assert list(made) == ["trackingId", "status", "updatedAt"]
        name = made["trackingId"]
        codes = [confirm(server, name, answer).json()["code"] for answer in ["0"] * 5 + [code(server, name)]]
        assert codes == ["400011005"] * 3 + ["400011004"] * 3
        assert status(server, name)["status"] == "Failed"
        assert server.api("DELETE", f"/2step/{name}").json()["code"] == "400011002"
