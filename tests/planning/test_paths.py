"""Every outcome that a flow can have, and why a request comes to what it comes to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emulator.channels.table import CHANNELS, Channel
from emulator.flow.request import Request, Step, Strategy
from emulator.planning.explanation import explained
from emulator.planning.paths import TooManyPaths, paths
from emulator.planning.rehearsal import Rehearsal
from emulator.scenario import files
from tests.support.playing import request, result, step
from tests.support.running import SMS, VIBER, VOICE, emulator
from tests.support.samples import callback, sms, viber, voice

THREE = {"flow": [VOICE | {"order": 1}, VIBER | {"order": 2}, SMS | {"order": 3}]}


@pytest.mark.parametrize("channel", list(Channel))
def test_every_way_in_which_a_channel_ends_is_a_path(channel: Channel) -> None:
    """All final statuses, but for the Sms status that flows do not have; and all statusCodes."""
    found = paths(Request([step({"type": channel}, 1)]))
    final = {status for status in CHANNELS[channel].statuses if CHANNELS[channel].final(status)} - {"Unsent"}
    assert final <= {path.steps[-1][1] for path in found}
    assert {path.status_code for path in found} >= {None, "0", "1", "2"}


def test_no_path_comes_twice() -> None:
    """Steps with their statuses, status, code and callbacks tell all paths apart."""
    found = paths(Request([voice(1), viber(2), sms(3)]))
    keys = {(path.steps, path.status, path.status_code, path.callbacks) for path in found}
    assert len(keys) == len(found) > 50


@pytest.mark.parametrize(
    "steps",
    [
        [sms()],
        [viber(1), sms(2)],
        [voice(1), viber(2), sms(3)],
        [viber(1), viber(2)],
        [sms(2), viber(1, on=["EXPIRED"])],
    ],
    ids=["sms", "viber, sms", "voice, viber, sms", "viber twice", "other order"],
)
def test_each_path_is_produced_by_its_scenario_and_by_its_number(steps: list[Step]) -> None:
    """Played once more, from the outside in: the same statuses, code and number of callbacks."""
    default = files.named("default")
    for path in paths(Request(steps)):
        expected = {
            "answer": 200,
            "callbacks": path.callbacks,
            "status": path.status,
            "status_code": path.status_code,
            "messages": tuple(status for _, status in path.steps),
        }
        scenario = files.load_text(json.dumps(path.scenario), "path")
        assert result(Rehearsal(scenario).play(request(steps))) == expected
        if path.number:
            numbered = [type(each)(**{**_members(each), "to": path.number}) for each in steps]
            assert result(Rehearsal(default).play(request(numbered))) == expected


def _members(each: Step) -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__struct_fields__}


def test_callbacks_are_counted_by_the_request_s_own_strategy() -> None:
    """OnCompletion has one, whatever the path."""
    found = paths(Request([viber(1), sms(2)], callback(Strategy.ON_COMPLETION)))
    assert {path.callbacks for path in found} == {1}


def test_a_flow_that_never_fails_over_has_only_its_first_step_s_paths() -> None:
    """A status that is not listed ends the flow with 3."""
    found = paths(Request([viber(1, on=["EXPIRED"]), sms(2)]))
    assert [path.status_code for path in found if path.steps == ((Channel.VIBER, "UNDELIVERED"),)] == ["3"]


def test_an_explanation_tells_rules_timeline_and_outcome() -> None:
    """As a value, in milliseconds after the request."""
    scenario = files.load_text(
        "purpose: x\nrules:\n"
        "  - { name: vip, match: { to: { starts: '+44' } }, plan: { Viber: SEEN } }\n"
        "  - { name: rest, plan: { Viber: EXPIRED }, callbacks: { drop: 1, delay: 1h } }\n",
        "mine",
    )
    told = explained(scenario, request([viber(1, ttl=1), sms(2)]), Rehearsal(scenario), "app")
    assert [[(rule["rule"], rule["applies"]) for rule in each["rules"]] for each in told["steps"]] == [
        [("vip", False), ("rest", True)],
        [("vip", False), ("rest", False), ("happy", True)],
    ]
    assert told["steps"][0]["rules"][0]["differences"][0].endswith("which does not start with +44")
    moments = [(each["at"], each["event"], each.get("status"), each.get("callbacks")) for each in told["timeline"]]
    assert moments == [
        (0, "started", None, None),
        (60_000, "status", "EXPIRED", []),
        (60_000, "started", None, None),
        (61_000, "status", "Sent", [3_661_000]),
        (63_000, "status", "Delivered", [3_663_000]),
    ]
    assert (told["answer"]["status"], told["outcome"]["status"]) == (200, "Succeeded")
    assert told["callbacks"] == {"rule": "rest", "faults": ["drop", "delay"]}


@pytest.mark.parametrize(
    ("rule", "callbacks"),
    [
        ("callbacks: { drop: 50% }", ["drop"]),
        ("callbacks: { duplicate: { times: 2, after: 1s }, truncate: 3 }", ["duplicate", "truncate"]),
        ("callbacks: never", ["never"]),
        ("plan: happy", []),
    ],
)
def test_an_explanation_names_the_rule_that_spoils_callbacks(rule: str, callbacks: list[str]) -> None:
    """With its faults as a scenario names them; a request without a callback has none."""
    scenario = files.load_text(f"purpose: x\nrules:\n  - {{ name: odd, {rule} }}\n", "mine")
    asked = request([sms(1)])
    told = explained(scenario, asked, Rehearsal(scenario), "app")["callbacks"]
    assert told == {"rule": "odd" if callbacks else None, "faults": callbacks}
    silent = explained(scenario, Request(asked.flow), Rehearsal(scenario), "app")["callbacks"]
    assert silent == {"rule": None, "faults": []}


def test_more_outcomes_than_anybody_can_read_are_refused() -> None:
    """Each step more multiplies them."""
    with pytest.raises(TooManyPaths, match="the request has 8 steps, and so more than 1000 outcomes"):
        paths(Request([viber(order) for order in range(1, 9)]))


def run(*arguments: str, body: object = THREE) -> subprocess.CompletedProcess[str]:
    """A command with a request on its standard input."""
    command = [sys.executable, "-m", "emulator", *arguments]
    text = body if isinstance(body, str) else json.dumps(body)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=30, check=False)


def test_the_command_explain_prints_tables_or_json(tmp_path: Path) -> None:
    """From a file or standard input."""
    (tmp_path / "request.json").write_text(json.dumps(THREE))
    printed = run("explain", str(tmp_path / "request.json"), "--scenario", "all-fail").stdout
    for expected in ("step 1: Voice to +306912345678", "applies", "Busy", "UNDELIVERED", "Failed, statusCode 2"):
        assert expected in printed
    told = json.loads(run("explain", "-", "--scenario", "all-fail", "--json").stdout)
    assert (told["outcome"]["statusCode"], len(told["steps"])) == ("2", 3)


def test_the_command_explain_tells_of_a_refusal_and_of_lost_callbacks() -> None:
    """The n-th request of an application may fare differently."""
    calls = {"flow": [SMS], "callback": {"strategy": "OnStep", "url": "http://127.0.0.1/"}}
    printed = run("explain", "-", "--scenario", "answer-rate-limited", "--number", "3", body=calls).stdout
    assert "answer: 429 (rule 1)" in printed
    assert "nothing is accepted" in printed
    assert "answer: 200, the body breaks off (rule 1)" in run("explain", "-", "--scenario", "answer-broken").stdout
    assert re.search(
        r"answer: 200, after [2-7]\.[0-9]+ s \(rule", run("explain", "-", "--scenario", "answer-slow").stdout
    )
    assert "callbacks: truncate (rule 1)" in run("explain", "-", "--scenario", "callbacks-broken", body=calls).stdout
    assert "lost" in run("explain", "-", "--scenario", "callbacks-never", body=calls).stdout
    assert "posted 1m later" in run("explain", "-", "--scenario", "callbacks-twice", body=calls).stdout


def test_the_command_paths_prints_every_outcome() -> None:
    """A line each; as JSON with a scenario that a server takes."""
    found = json.loads(run("paths", "-", "--json").stdout)
    printed = run("paths", "-").stdout
    assert f"{len(found)} outcomes" in printed
    assert found[0]["number"] in printed
    path = next(each for each in found if each["status_code"] == "0")
    with emulator("--rate", "0") as server:
        body = json.dumps({"scenario": path["scenario"]}).encode()
        assert server.call("POST", "/_emulator/scenario", body).status == 200
        flow = server.send(*THREE["flow"])
        server.advance(until="idle")
        assert server.api("GET", f"/failover/tracking/{flow}").json()["statusCode"] == "0"


@pytest.mark.parametrize(
    ("arguments", "body", "told"),
    [
        (["explain", "-"], {"flow": [{"type": "Sms"}]}, "flow[0].to"),
        (["paths", "-"], "{", "<stdin>: The body is not JSON"),
        (["explain", "-", "--scenario", "nope"], THREE, "there is no scenario 'nope'"),
        (["paths", "-"], {"flow": [SMS | {"order": order} for order in range(1, 9)]}, "more than 1000 outcomes"),
        (["explain", "nowhere.json"], THREE, "No such file"),
    ],
)
def test_the_commands_say_what_is_wrong(arguments: list[str], body: object, told: str) -> None:
    """Without a traceback."""
    done = run(*arguments, body=body)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
