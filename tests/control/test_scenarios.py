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


SET = """purpose: $how fails.
parameters: { how: Sms, times: 1 }
rules:
  - { match: { request: $times }, answer: unavailable }
"""


def test_parameters_are_set_when_a_scenario_is_chosen(tmp_path: Path) -> None:
    """By the start, in a name, beside a name or a text, for one request; a restart finds them again."""
    (tmp_path / "mine.yaml").write_text(SET)
    options = ("--rate", "0", "--scenarios", str(tmp_path), "--store", str(tmp_path / "store.db"))

    def chosen(server: Emulator, **body: object) -> tuple[int, str]:
        answer = server.call("POST", "/_emulator/scenario", json.dumps(body | {"application": "app"}).encode())
        return answer.status, answer.json().get("scenario") or answer.body.decode()

    started = ("--scenario", str(tmp_path / "mine.yaml"), "--set", "how=Viber", "--set", "times=9")
    with emulator(*options, *started) as server:
        shown = server.call("GET", "/_emulator/scenario").json()
        assert (shown["scenario"], shown["purpose"]) == ("mine(how=Viber, times=9)", "Viber fails.")
        assert chosen(server, name="mine", parameters={"times": 2}) == (200, "mine(times=2)")
        assert [server.api("POST", "/failover", {"flow": [SMS]}).status for _ in range(3)] == [200, 503, 200]
        header = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
        body, header = json.dumps({"flow": [SMS]}).encode(), header | {"X-Emulator-Scenario": "mine(times=4)"}
        assert server.call("POST", "/failover", body, header).status == 503
        assert chosen(server, text=SET, parameters={"times": 5, "how": "All"}) == (200, "inline(times=5, how=All)")
    with emulator(*options) as server:
        assert server.call("GET", "/_emulator/scenario?application=app").json()["purpose"] == "All fails."
        assert server.api("POST", "/failover", {"flow": [SMS]}).status == 503
        assert chosen(server, name="mine(how=Voice)") == (200, "mine(how=Voice)")
        status, told = chosen(server, name="mine", parameters={"time": 2})
        assert (status, "there is no parameter 'time'; did you mean 'times'?" in told) == (400, True)
        assert chosen(server, name="happy", parameters={"x": True})[0] == 400
        listed = server.call("GET", "/_emulator/scenarios").json()["scenarios"]
        assert [each["name"] for each in listed if each["own"]] == ["mine"]
        assert {each["name"]: each["group"] for each in listed}["viber-undelivered"] == "viber"


def test_scenarios_are_found_by_words_of_their_texts(server: Emulator) -> None:
    """Those of files and those that are kept, whatever the case; with all of the words. A misspelt question is none."""
    server.call("PUT", "/_emulator/scenarios/ours", b'{"text": "purpose: x\\n# Quince, for the Demo\\n"}')

    def found(words: str) -> list[str]:
        answer = server.call("GET", f"/_emulator/scenarios?text={words}").json()
        return [each["name"] for each in answer["scenarios"]]

    assert found("demo+qUINCE") == ["ours"]
    assert found("quince+pear") == []
    texts = {name: server.call("GET", f"/_emulator/scenarios/{name}").json()["text"] for name in found("noanswer")}
    assert len(texts) > 3
    assert all("noanswer" in text.lower() for text in texts.values())
    assert len(found("")) > len(texts)
    assert server.call("GET", "/_emulator/scenarios?word=x").status == 400


FLAKY = """purpose: Whatever is asked for.
parameters: { how: Undelivered }
plans:
  flaky: { Sms: $how }
  off: { Sms: $flaky, Viber: UNDELIVERED }
rules: [{ match: { to: none }, plan: $off }]
"""


def test_overrides_refer_to_plans_by_name(tmp_path: Path) -> None:
    """To their own, and to those of the scenario that is in force, as they were then: they stay after a restart under
    another one. A name that nobody has is refused with what is near.
    """
    (tmp_path / "mine.yaml").write_text(FLAKY)
    options = ("--rate", "0", "--scenarios", str(tmp_path), "--store", str(tmp_path / "store.db"))

    def put(server: Emulator, text: str, **more: object) -> str:
        body = json.dumps({"text": text, **more}).encode()
        checked = server.call(
            "POST", "/_emulator/scenarios/check", json.dumps({"text": text, "overrides": True}).encode()
        )
        answer = server.call("POST", "/_emulator/scenario/overrides", body)
        assert (answer.status == 200) == (checked.json()["problems"] == []), checked.body
        return "" if answer.status == 200 else str(answer.json()["detail"])

    def ends(server: Emulator) -> str:
        name = server.send(SMS)
        server.advance(until="idle")
        return str(server.call("GET", f"/_emulator/flows/{name}").json()["messages"][0]["status"]["name"])

    with emulator(*options, "--scenario", "mine") as server:
        assert put(server, "plans: { mine: { Sms: Failed } }\nrules: [{ plan: $mine, uses: 1 }]") == ""
        assert ends(server) == "Failed"
        assert put(server, "rules:\n  - plan: $off\n    uses: 2\n") == ""
        assert ends(server) == "Undelivered"
        assert "did you mean '$flaky'?" in put(server, "rules: [{ plan: { Sms: $flakey } }]")
        objects = {"plans": {"mine": {"Sms": "Failed"}}, "rules": [{"plan": "$mine", "uses": 1}]}
        assert server.call("POST", "/_emulator/scenario/overrides", json.dumps(objects).encode()).status == 200
        assert ends(server) == "Failed"
    with emulator(*options) as server:
        assert server.call("GET", "/_emulator/scenario").json()["scenario"] == "default"
        assert ends(server) == "Undelivered"
        assert ends(server) == "Delivered"
        assert "there is no plan '$off'" in put(server, "rules: [{ plan: $off }]")


def test_a_text_may_include_files_of_the_user_s_folder(tmp_path: Path) -> None:
    """Checked, put in force, and found again after a restart; wherever below the folder they are, but none outside."""
    (tmp_path / "outside.yaml").write_text("rules: [{ plan: silence }]")
    folder = tmp_path / "folder"
    for name in ("parts/common.yaml", "viber/same.yaml", "sms/same.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(
            "purpose: Same.\nname: " + name.replace("/", ".") + "\nrules: [{ plan: { Sms: Failed } }]"
        )
    options = ("--rate", "0", "--store", str(tmp_path / "store.db"))

    def told(server: Emulator, include: str) -> str:
        text = f"purpose: p\ninclude: {include}\n"
        checked = server.call("POST", "/_emulator/scenarios/check", json.dumps({"text": text}).encode()).json()
        answer = server.call("POST", "/_emulator/scenario", json.dumps({"text": text}).encode())
        found = "".join(each["message"] for each in checked["problems"])
        assert answer.status == (400 if found else 200)
        return found

    with emulator(*options, "--scenarios", str(folder)) as server:
        for include in ("common.yaml", "../parts/common.yaml", "parts/common.yaml", "sms/same.yaml", "all-fail"):
            assert told(server, include) == ""
        assert told(server, "same.yaml") == (
            "several files in the folder of --scenarios are called so; say sms/same.yaml or viber/same.yaml"
        )
        assert told(server, f"{tmp_path}/outside.yaml").endswith("in the folder of --scenarios")
        assert "there is no file '../outside.yaml'" in told(server, "../outside.yaml")
        assert told(server, "comon.yaml").endswith("in the folder of --scenarios; did you mean 'common.yaml'?")
        assert told(server, "common.yaml") == ""
    with emulator(*options, "--scenarios", str(folder)) as server:
        assert server.call("GET", "/_emulator/scenario").json()["rules"] == ["common: rule 1"]
    with emulator("--rate", "0") as server:
        assert "if the emulator is started with --scenarios FOLDER" in told(server, "common.yaml")
