"""Scenarios while the emulator runs: files that change, other choices, overrides, a request's own one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator.channels.table import Channel
from emulator.scenario.matching import Condition, Match
from emulator.scenario.outcomes import WAYS
from emulator.scenario.rules import Rule
from tests.support.running import PATIENCE, SMS, VIBER, Emulator, emulator, receiver

FAILS = "purpose: Sms fail.\nrules:\n  - plan: { Sms: Failed }\n"
BALANCED = "purpose: Poor.\nbalance: 0.05\n"


def outcome(server: Emulator, application: str = "app", headers: dict[str, str] | None = None) -> str:
    """What becomes of one Sms now."""
    body = json.dumps({"flow": [SMS]}).encode()
    token = server.token(application)
    all_headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | (headers or {})
    answer = server.call("POST", "/failover", body, all_headers)
    assert answer.status == 200, answer.body
    server.advance(until="idle")
    found: str = server.api("GET", f"/failover/tracking/{answer.json()['trackingId']}", token=token).json()["status"]
    return found


def control(server: Emulator, method: str, path: str, body: object = None, status: int = 200) -> Any:
    """A call of the emulator's own API."""
    answer = server.call(method, f"/_emulator/{path}", None if body is None else json.dumps(body).encode())
    assert answer.status == status, answer.body
    return answer.json()


def until(server: Emulator, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first journal entry that holds; reads on as entries come."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for entry in server.journal():
            if holds(entry):
                return entry
    raise AssertionError("the entry did not come")


def test_a_changed_file_is_read_again_and_flows_in_progress_keep_their_plan(tmp_path: Path) -> None:
    """The next flow has the new rules."""
    path = tmp_path / "mine.yaml"
    path.write_text("purpose: Good.\n")
    with emulator("--rate", "0", "--scenario", str(path)) as server:
        begun = server.send(SMS)
        path.write_text(FAILS)
        until(server, lambda entry: entry["kind"] == "scenario" and entry["data"]["reloaded"] == "mine")
        assert outcome(server) == "Failed"
        assert server.api("GET", f"/failover/tracking/{begun}").json()["status"] == "Succeeded"


def test_a_scenario_whose_file_is_broken_now_says_so_wherever_it_is_chosen(tmp_path: Path) -> None:
    """Its last good version is put in force, with the problems of the file; once it is mended they are gone."""
    file = tmp_path / "a.yaml"
    good = "purpose: First.\nparameters: { n: 1 }\nrules: [{ match: { request: $n }, plan: { Sms: Failed } }]\n"
    file.write_text(good)
    with emulator("--rate", "0", "--scenarios", str(tmp_path)) as server:

        def told(method: str = "GET", **body: object) -> list[dict[str, object]]:
            sent = json.dumps(body).encode() if body else None
            return server.call(method, "/_emulator/scenario", sent).json().get("problems", [])  # type: ignore[no-any-return]

        assert told("POST", name="a(n=3)") == told("POST", name="a") == []
        file.write_text("purpose: Second.\nrules: [{ plna: happy }]\n")
        until(server, lambda entry: entry["kind"] == "scenario broken")
        (wrong,) = told()
        assert (wrong["file"], wrong["line"], wrong["path"]) == (str(file), 2, "rules[0].plna")
        assert told("POST", name="a") == told("POST", name="a(n=3)") == [wrong]
        assert told("POST", name="happy") == []
        listed = server.call("GET", "/_emulator/scenarios").json()["scenarios"]
        assert {each["name"]: each["problems"] for each in listed if "problems" in each} == {"a": [wrong]}
        assert server.call("GET", "/_emulator/scenarios/a").json()["problems"] == [wrong]
        assert told("POST", text="name: a\npurpose: A text of that name.\n") == []
        file.write_text(good.replace("First", "Third"))
        until(server, lambda entry: entry["data"].get("reloaded") == "a")
        assert told("POST", name="a") == []


def test_a_broken_file_leaves_the_old_one_in_force_and_says_where(tmp_path: Path) -> None:
    """In the journal; once it is mended, it counts again, also if an editor replaces the file."""
    path = tmp_path / "mine.yaml"
    path.write_text(FAILS)
    with emulator("--rate", "0", "--scenario", str(path)) as server:
        path.write_text("purpose: x\nrules:\n  - plan: { Sms: Deliverd }\n")
        broken = until(server, lambda entry: entry["kind"] == "scenario broken")
        assert broken["data"]["problems"] == [
            f"{path}:3:18: rules[0].plan.Sms: Sms has no status 'Deliverd'; did you mean 'Delivered'?"
        ]
        assert outcome(server) == "Failed"
        (tmp_path / "new").write_text("purpose: Good.\n")
        (tmp_path / "new").rename(path)
        until(server, lambda entry: entry["kind"] == "scenario")
        assert outcome(server) == "Succeeded"


def test_a_folder_of_scenarios_to_choose_from(tmp_path: Path) -> None:
    """At the start, at run time, by a header; a file that comes later is there as well."""
    (tmp_path / "fails.yaml").write_text(FAILS)
    (tmp_path / "good.json").write_text('{"purpose": "Good."}')
    with emulator("--rate", "0", "--scenarios", str(tmp_path), "--scenario", "fails") as server:
        assert outcome(server) == "Failed"
        assert outcome(server, headers={"X-Emulator-Scenario": "good"}) == "Succeeded"
        control(server, "POST", "scenario", {"name": "good"})
        assert outcome(server) == "Succeeded"
        assert outcome(server, headers={"X-Emulator-Scenario": "all-fail"}) == "Failed"
        (tmp_path / "later.yml").write_text(FAILS)
        until(server, lambda entry: entry["data"].get("reloaded") == "later")
        assert outcome(server, headers={"x-emulator-scenario": "later"}) == "Failed"
        told = control(server, "GET", "scenarios")["scenarios"]
        assert {each["name"] for each in told if each["own"]} == {"fails", "good", "later"}
        (tmp_path / "viber").mkdir()
        (tmp_path / "viber" / "below.yaml").write_text(FAILS)
        until(server, lambda entry: entry["data"].get("reloaded") == "below")
        assert control(server, "GET", "scenarios/below")["group"] == "viber"
        assert len(told) > 40


def test_an_unknown_scenario_in_a_header_is_refused_in_words() -> None:
    """Rather than ignored; and a header reads no file."""
    with emulator("--rate", "0") as server:
        headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
        for name, told in (("all-fial", "did you mean 'all-fail'?"), ("../happy.yaml", "there is no scenario")):
            answer = server.call("POST", "/failover", b'{"flow":[]}', headers | {"X-Emulator-Scenario": name})
            assert answer.status == 400  # its own errors come first
            body = json.dumps({"flow": [SMS]}).encode()
            answer = server.call("POST", "/failover", body, headers | {"X-Emulator-Scenario": name})
            assert (answer.status, told in answer.json()["developerMessage"]) == (400, True)


@pytest.mark.parametrize("name", ["nowhere", "fails.yaml"])
def test_a_folder_with_problems_stops_the_start(tmp_path: Path, name: str) -> None:
    """All of them are told at once."""
    (tmp_path / "fails.yaml").write_text("purpose: 1\n")
    (tmp_path / "other.yaml").write_text("rules: 2\n")
    folder = tmp_path / "nowhere" if name == "nowhere" else tmp_path
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--scenarios", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    expected = (
        ["nowhere: No such file"] if name == "nowhere" else ["fails.yaml:1:10", "other.yaml:1:1", "other.yaml:1:8"]
    )
    assert all(each in done.stderr for each in expected)


def test_an_application_has_its_own_choice_and_overrides_until_they_are_reset() -> None:
    """Others never notice."""
    with emulator("--rate", "0") as server:
        control(server, "POST", "scenario", {"name": "all-fail", "application": "a"})
        assert [outcome(server, each) for each in "ab"] == ["Failed", "Succeeded"]
        rules = [{"plan": {"Sms": "Delivered"}, "uses": 2}]
        state = control(server, "POST", "scenario/overrides", {"application": "a", "rules": rules})
        assert state["overrides"] == [{"name": "override 1: rule 1", "match": "everything", "uses": 2}]
        assert [outcome(server, "a") for _ in range(3)] == ["Succeeded", "Succeeded", "Failed"]
        assert control(server, "GET", "scenario?application=a")["overrides"] == []
        assert control(server, "DELETE", "scenario?application=a")["scenario"] == "default"
        assert outcome(server, "a") == "Succeeded"


def test_overrides_for_all_and_on_a_request_s_own_scenario() -> None:
    """The newest come first; an application's before everybody's."""
    with emulator("--rate", "0") as server:
        for plan in ("Failed", "Delivered"):
            control(server, "POST", "scenario/overrides", {"rules": [{"plan": {"Sms": plan}}]})
        assert outcome(server, headers={"X-Emulator-Scenario": "all-fail"}) == "Succeeded"
        control(server, "POST", "scenario/overrides", {"rules": [{"plan": {"Sms": "Failed"}}], "application": "b"})
        assert [outcome(server, each) for each in "ab"] == ["Succeeded", "Failed"]
        control(server, "DELETE", "scenario")
        assert [outcome(server, each) for each in "ab"] == ["Succeeded", "Succeeded"]


def test_an_override_spoils_one_answer_and_one_flow_s_callbacks() -> None:
    """A use is a request of which the rule decides anything."""
    with receiver() as hook, emulator("--rate", "0") as server:
        rules = [{"answer": "unavailable", "callbacks": "never", "uses": 2}]
        control(server, "POST", "scenario/overrides", {"application": "app", "rules": rules})
        body = {"flow": [VIBER], "callback": {"strategy": "OnStep", "url": hook.url}}
        assert [server.api("POST", "/failover", body).status for _ in range(4)] == [503, 503, 200, 200]
        rules = [{"callbacks": "never", "uses": 1}]
        control(server, "POST", "scenario/overrides", {"application": "app", "rules": rules})
        assert [server.api("POST", "/failover", body).status for _ in range(2)] == [200, 200]
        server.advance(until="idle")
        assert hook.count == 6


def test_a_scenario_may_come_with_the_call_and_a_new_choice_gives_a_new_balance() -> None:
    """As an object or as YAML."""
    with emulator("--rate", "0") as server:
        control(server, "POST", "scenario", {"text": BALANCED, "application": "app"})
        assert [outcome(server), outcome(server)] == ["Succeeded", "Failed"]
        assert control(server, "GET", "scenario?application=app")["balance"] == 0.015
        inline = {"purpose": "Poor.", "balance": 0.05, "name": "poor"}
        assert control(server, "POST", "scenario", {"scenario": inline, "application": "app"})["balance"] == 0.05
        assert outcome(server) == "Succeeded"


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("scenario", {}, "one of `name`, `scenario`"),
        ("scenario", {"name": "a", "text": "b"}, "one of `name`, `scenario`"),
        ("scenario", {"name": "hapy"}, "did you mean 'happy'?"),
        ("scenario", {"name": 5}, "Expected `str`"),
        ("scenario", {"scenario": {"purpose": "x", "rules": [{"plan": {"Sms": "Sentt"}}]}}, "did you mean 'Sent'?"),
        ("scenario", {"text": "purpose: ["}, "the [ that opens here is never closed"),
        ("scenario/overrides", {}, "expected a body of POST /_emulator/scenario/overrides: `rules`"),
        ("scenario/overrides", {"rules": []}, "must be a list of rules"),
        ("scenario/overrides", {"rules": [{"uses": 1}]}, "a rule needs a plan"),
        (
            "scenario/overrides",
            {"rules": [{"plan": "happy", "uses": 0}]},
            "rules[0].uses: must be a whole number from 1",
        ),
        ("scenario/overrides", {"rules": [{"pln": "happy"}]}, "did you mean 'plan'?"),
    ],
)
def test_a_wrong_call_says_what_would_be_right(path: str, body: object, told: str) -> None:
    """And changes nothing."""
    with emulator("--rate", "0") as server:
        assert told in control(server, "POST", path, body, 400)["detail"]
        assert control(server, "GET", "scenario")["overrides"] == []


# --- the selection by itself ------------------------------------------------------------------------------------


def rule(name: str, to: str = "") -> Rule:
    """A rule that plans Sms."""
    match = Match((Condition("to", "equal", to),)) if to else Match()
    return Rule(name, match, {Channel.SMS: WAYS[Channel.SMS]["Failed"]})


def test_no_broken_file_stops_a_running_server(tmp_path: Path) -> None:
    """Every broken file that there is, dropped into the folder that it watches: each is told, and it goes on."""
    broken = sorted((Path(__file__).parents[1] / "scenario" / "files" / "broken").glob("*.yaml"))
    with emulator("--rate", "0", "--scenarios", str(tmp_path)) as server:
        for file in broken:
            (tmp_path / file.name).write_bytes(file.read_bytes())
        for file in broken:
            until(server, lambda entry, name=file.name: entry["data"].get("file", "").endswith(f"/{name}"))  # type: ignore[misc]
        assert outcome(server) == "Succeeded"
    assert len(broken) >= 30


def test_what_is_no_scenario_file_in_the_folder_is_passed_over(tmp_path: Path) -> None:
    """A pipe, a hidden file, a folder, a link to nothing: the server starts, reads the others, and stops."""
    (tmp_path / "good.yaml").write_text("name: good\npurpose: Good.\n")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / ".good.yaml.swp.yaml").write_text("[")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "dangling.yaml").symlink_to(tmp_path / "nowhere.yaml")
    with emulator("--rate", "0", "--scenarios", str(tmp_path)) as server:
        assert [each["name"] for each in control(server, "GET", "scenarios")["scenarios"] if each["own"]] == ["good"]
        assert server.stop() == 0


def test_a_folder_that_goes_is_warned_of_once_and_read_again_when_it_is_back(tmp_path: Path) -> None:
    """What was chosen from it stays in force."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "fails.yaml").write_text(FAILS)
    with serving("--rate", "0", "--scenarios", str(folder), "--scenario", "fails") as (server, log):
        folder.rename(tmp_path / "away")
        assert "the scenario files can't be looked at" in next(log)
        assert outcome(server) == "Failed"
        (tmp_path / "away" / "fails.yaml").write_text("purpose: Sms arrive.\n")
        (tmp_path / "away").rename(folder)
        assert any("the scenario fails was read again" in line for line in log)
        assert outcome(server) == "Succeeded"


def test_a_new_file_that_is_broken_has_no_last_version(tmp_path: Path) -> None:
    """So none is said to stay."""
    with serving("--rate", "0", "--scenarios", str(tmp_path)) as (_, log):
        (tmp_path / "new.yaml").write_text("purpose: [")
        assert "it can't be chosen" in next(log)


@contextmanager
def serving(*options: str) -> Iterator[tuple[Emulator, Iterator[str]]]:
    """An emulator of its own process, and the lines of its log as they come."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        port = int(process.stdout.readline().partition("127.0.0.1:")[2].split()[0])
        try:
            yield Emulator(process, port), (line for line in process.stderr if "WARNING" in line or "INFO" in line)
        finally:
            process.kill()
