"""Why a request comes to what it comes to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow.request import Request
from emulator.planning.explanation import explained
from emulator.planning.rehearsal import Rehearsal
from emulator.scenario import files
from tests.support.playing import request
from tests.support.running import SMS
from tests.support.samples import sms, viber, voice
from tests.support.scenarios import THREE, run


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
        (0, "started", None, []),
        (60_000, "status", "EXPIRED", [3_660_000]),
        (60_000, "started", None, None),
        (61_000, "status", "Sent", [3_661_000]),
        (63_000, "status", "Delivered", [3_663_000]),
    ]
    assert (told["answer"]["status"], told["outcome"]["status"]) == (200, "Succeeded")
    assert told["callbacks"] == {"rule": "rest", "faults": ["drop", "delay"]}


def test_an_explanation_says_what_happens_in_a_call_and_that_a_machine_answers() -> None:
    """Nobody answers what it asks, so it goes on with what is planned."""
    scenario = files.load_text("purpose: x\nrules: [{ plan: { Voice: { answeredBy: machine } } }]\n", "mine")
    detection = {"strategy": "Continue", "eventUrl": "http://127.0.0.1/machine"}
    asked = request([replace(voice(1), machine_detection=detection)])
    told = explained(scenario, asked, Rehearsal(scenario), "app")
    moments = [
        (each["at"], each.get("status") or each.get("text"), each.get("answeredBy")) for each in told["timeline"]
    ]
    assert moments == [
        (0, None, None),
        (1_000, "Initiated", None),
        (3_000, "Ringing", None),
        (8_000, "InProgress", "machine"),
        (10_000, "a machine has answered; the call asks for another dial plan", None),
        (10_000, "the call goes on: nobody answers here, so with what is planned", None),
        (11_000, "Completed", None),
    ]


def test_an_explanation_says_why_a_channel_does_not_take_a_step() -> None:
    """No rule plans it then."""
    scenario = files.named("default")
    rehearsal = Rehearsal(scenario, rejected=lambda _: {0: "no such sender"})
    first, second = explained(scenario, request([viber(1), sms(2)]), rehearsal, "app")["steps"]
    assert (first["rejected"], first["rules"]) == ("no such sender", [])
    assert ("rejected" in second, second["rules"][-1]["rule"]) == (False, "happy")


def test_an_explanation_goes_by_the_prices_of_its_rehearsal() -> None:
    """As the emulator would that has them."""
    prices = Prices(sms={"*": 0.5})
    told = explained(files.named("happy"), request([sms(1)]), Rehearsal(files.named("happy"), prices=prices), "app")
    assert told["outcome"]["totalPrice"] == 0.5


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


@pytest.mark.parametrize(
    ("arguments", "body", "told"),
    [
        (["explain", "-"], {"flow": [{"type": "Sms"}]}, "flow[0].to"),
        (["explain", "-", "--scenario", "nope"], THREE, "there is no scenario 'nope'"),
        (["explain", "nowhere.json"], THREE, "No such file"),
    ],
)
def test_the_command_explain_says_what_is_wrong(arguments: list[str], body: object, told: str) -> None:
    """Without a traceback."""
    done = run(*arguments, body=body)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_explanation_of_a_refused_request_has_no_timeline() -> None:
    """It says which rule refuses it, and still which rules would have planned its steps."""
    scenario = files.load_text("purpose: x\nrules: [{ name: no, answer: { error: unavailable, delay: 2s } }]", "mine")
    told = explained(scenario, request([sms()]), Rehearsal(scenario), "app")
    effects = {"closed": False, "truncated": False, "replaced": True}
    assert told["answer"] == {"status": 503, "rule": "no", "seconds": 2.0} | effects
    assert (told["timeline"], told["outcome"], told["callbacks"]) == ([], None, {"rule": None, "faults": []})
    assert [rule["rule"] for rule in told["steps"][0]["rules"]] == ["no", "happy"]
