"""What is put in force over HTTP is doubted where it says something in vain, and so is an application nobody knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import SMS, Emulator, emulator

USELESS = {"match": {"endpoint": "sms"}, "plan": {"Viber": "FAILED"}}
NOTE = "nothing is known yet of an application 'typo'"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The emulator's log."""
    return tmp_path_factory.mktemp("log") / "log.txt"


@pytest.fixture(scope="module")
def server(log: Path) -> Iterator[Emulator]:
    """An emulator whose time stands still; the application app is known to it."""
    with emulator("--rate", "0", log=log) as started:
        started.token()
        yield started


def test_a_rule_that_decides_nothing_is_told_when_it_is_put_in_force(server: Emulator, log: Path) -> None:
    """In the answer, as `check` tells it, and in the log; a good one is not."""
    body = {"application": "app", "rules": [USELESS]}
    answer = server.call("POST", "/_emulator/scenario/overrides", json.dumps(body).encode()).json()
    text = json.dumps({"rules": [USELESS]})
    checked = server.call(
        "POST", "/_emulator/scenarios/check", json.dumps({"text": text, "overrides": True}).encode()
    ).json()
    told = "this rule is never used: a request to the endpoint sms sends no Viber"
    assert [each["message"] for each in answer["warnings"]] == [told]
    assert [each["message"] for each in checked["warnings"]] == [told]
    assert told in log.read_text()
    good = {"application": "app", "rules": [{"plan": {"Sms": "Failed"}}]}
    assert "warnings" not in server.call("POST", "/_emulator/scenario/overrides", json.dumps(good).encode()).json()
    chosen = {"application": "app", "scenario": {"purpose": "Odd.", "rules": [USELESS]}}
    answer = server.call("POST", "/_emulator/scenario", json.dumps(chosen).encode()).json()
    assert [each["message"] for each in answer["warnings"]] == [told]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/balance?application=typo", None),
        ("GET", "/clock?application=typo", None),
        ("GET", "/scenario?application=typo", None),
        ("DELETE", "/scenario?application=typo", None),
        ("DELETE", "/scenario/overrides?application=typo", None),
        ("POST", "/scenario/overrides", {"rules": [{"plan": "happy"}]}),
        ("POST", "/scenario", {"name": "happy"}),
        ("PUT", "/balance", {"balance": 5}),
        ("PUT", "/clock", {"rate": 0}),
    ],
)
def test_an_application_of_which_nothing_is_known_is_doubted(
    server: Emulator, method: str, path: str, body: dict[str, object] | None
) -> None:
    """By each call that names it; one that is known is not."""
    server.call("POST", "/_emulator/reset", b'{"application": "typo"}')
    for name in ("typo", "app"):
        sent = None if body is None else json.dumps(body | {"application": name}).encode()
        answer = server.call(method, f"/_emulator{path.replace('typo', name)}", sent)
        assert answer.status == 200
        assert answer.json().get("note", "").startswith(NOTE if name == "typo" else ""), answer.json()
        assert ("note" in answer.json()) is (name == "typo")


YAML = {"Content-Type": "application/yaml; charset=utf-8"}


def test_a_scenario_s_file_can_be_posted_as_it_is(server: Emulator) -> None:
    """YAML or JSON, for one application or for all; rules on top too."""
    text = b"purpose: By hand.\nname: mine\nrules:\n  - name: r\n    plan: { Sms: Failed }\n"
    one = server.call("POST", "/_emulator/scenario?application=app", text, YAML).json()
    assert (one["application"], one["scenario"], one["rules"]) == ("app", "mine", ["r"])
    rules = b"rules:\n  - name: top\n    plan: { Sms: Unsent }\n    uses: 2\n"
    on_top = server.call("POST", "/_emulator/scenario/overrides?application=app", rules, YAML).json()
    assert (on_top["application"], on_top["overrides"][0]["uses"]) == ("app", 2)
    everybody = server.call("POST", "/_emulator/scenario", b'{"purpose": "All."}', {"Content-Type": "text/yaml"}).json()
    assert (everybody["application"], everybody["purpose"]) == (None, "All.")
    for query in ("?application=app", ""):
        server.call("DELETE", f"/_emulator/scenario{query}")


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("scenario", b"purpose: Odd.\nrulez: []\n", "inline:2"),
        ("scenario?app=app", b"purpose: Odd.\n", "unknown member 'app'; known here: application"),
        ("scenario?application=a&application=b", b"purpose: Odd.\n", "stands in the query twice"),
        ("scenario", b"\xff", "the body is not UTF-8"),
        ("scenario", b"", "expected a body"),
        ("scenario/overrides", b"purpose: Odd.\n", "rules"),
        ("scenario/overrides", b"", "expected a body"),
    ],
)
def test_what_is_wrong_with_posted_yaml_is_told(server: Emulator, path: str, text: bytes, told: str) -> None:
    """With its line, and nothing is put in force."""
    before = server.call("GET", "/_emulator/scenario").json()
    answer = server.call("POST", f"/_emulator/{path}", text, YAML)
    assert (answer.status, told in answer.json()["detail"]) == (400, True), answer.body
    assert server.call("GET", "/_emulator/scenario").json() == before


def test_yaml_that_is_not_called_so_is_told_how(server: Emulator) -> None:
    """As curl sends it without a header."""
    answer = server.call("POST", "/_emulator/scenario", b"purpose: Odd.\n")
    assert (answer.status, "Content-Type application/yaml" in answer.json()["detail"]) == (400, True)


def test_a_reset_may_keep_what_is_in_force() -> None:
    """The scenario and the overrides, with the uses that they have left; all else begins anew."""
    with emulator("--rate", "0") as server:
        server.call("POST", "/_emulator/scenario", b'{"application": "app", "name": "viber-undelivered"}')
        rules = {"application": "app", "rules": [{"name": "twice", "plan": {"Sms": "Failed"}, "uses": 2}]}
        server.call("POST", "/_emulator/scenario/overrides", json.dumps(rules).encode())
        first = server.send(SMS)
        for keep, scenario, names in ((True, "viber-undelivered", ["override 1: twice"]), (False, "default", [])):
            body = json.dumps({"application": "app", "keep": keep}).encode()
            assert server.call("POST", "/_emulator/reset", body).status == 200
            assert server.call("GET", "/_emulator/flows").json()["total"] == 0
            now = server.call("GET", "/_emulator/scenario?application=app").json()
            assert (now["scenario"], [each["name"] for each in now["overrides"]]) == (scenario, names)
            assert [each["uses"] for each in now["overrides"]] == [1] * len(names)
            server.forget_token()
        assert server.send(SMS) == first
