"""The scenario language: what it can say, what `check` finds, and how mistakes are told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.commands import run
from tests.support.running import PATIENCE, SMS, emulator

NEVER_ENDS = "^(([a-z])+.)+[A-Z]([a-z])+$"
"""A regular expression of 31 characters that needs longer with each character of a text, twice as long each time."""


def test_f1_check_tries_out_what_a_scenario_expects_of_itself(tmp_path: Path) -> None:
    """A difference is told with file and line, and the status is 1; without one it is 0."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "purpose: Sms fail.\nrules:\n  - plan: { Sms: Failed }\nexpect:\n"
        "  - { send: [Viber], status: Succeeded }\n"
        '  - send: [Sms]\n    status: Succeeded\n    statusCode: "2"\n    callbacks: 1\n'
    )
    wrong = run("check", str(file))
    assert wrong.exit_code == 1
    assert wrong.stderr == f"{file}:7:13: expect[1].status: expected Succeeded, but it comes to Failed\n"
    file.write_text(file.read_text().replace("status: Succeeded\n ", "status: Failed\n "))
    assert (run("check", str(file)).exit_code, run("check", str(file)).stderr) == (0, "")
    file.write_text('purpose: Refused.\nexpect: { send: [{ type: Sms, from: "a longer sender" }], answer: 200 }\n')
    refused = run("check", str(file))
    assert (refused.exit_code, "the API refuses what it sends: flow[0].from: must be a sender" in refused.stderr) == (
        1,
        True,
    )


VAIN = """purpose: In vain.
rules:
  - match: { to: "6912345678" }
    plan: silence
  - match: { order: 2 }
    answer: server-error
  - name: all of them
    plan: { Sms: Failed }
  - match: { to: "+306912345678" }
    plan: { Sms: Undelivered }
  - answer: { close: after, body: nobody reads this }
"""
IN_VAIN = [
    (
        "3:5: rules[0].match",
        "a recipient is written with + and its country's code, as +306912345678; 6912345678 is none",
    ),
    ("5:5: rules[1]", "the step that runs first decides about the answer, and it has order 1"),
    ("9:5: rules[3]", "the rule 'all of them' comes first for all that it matches"),
    ("11:15: rules[4].answer.close", "the connection closes without an answer, so the other members are unused"),
]
"""What is in vain there: its place, and why."""


def test_f2_what_a_scenario_says_in_vain_is_a_warning_and_strictly_an_error(tmp_path: Path) -> None:
    """Rules that nothing reaches, matches that nothing meets, members without effect; the shipped ones have none."""
    file = tmp_path / "vain.yaml"
    file.write_text(VAIN)
    lax, strict = run("check", str(file)), run("check", "--strict", str(file))
    assert (lax.exit_code, strict.exit_code) == (0, 1)
    told = zip(lax.stderr.splitlines(), strict.stderr.splitlines(), IN_VAIN, strict=True)
    for warning, error, (place, why) in told:
        assert warning.startswith(f"{file}:{place}: warning: ")
        assert error.startswith(f"{file}:{place}: ")
        assert why in warning
        assert why in error
    assert run("check", "--strict").exit_code == 0


def test_f2_the_page_is_told_the_same_warnings() -> None:
    """By the call that checks a text as it is written; what is unmet is among them."""
    with emulator() as server:
        body = {"text": VAIN + "expect: { send: [Viber], status: Failed }\n"}
        found = server.call("POST", "/_emulator/scenarios/check", json.dumps(body).encode()).json()
        assert found["problems"] == []
        assert [each["line"] for each in found["warnings"]] == [3, 5, 9, 11, 12]
        rules = {"text": VAIN.partition("\n")[2], "overrides": True}
        found = server.call("POST", "/_emulator/scenarios/check", json.dumps(rules).encode()).json()
        assert [each["line"] for each in found["warnings"]] == [2, 4, 8, 10]


def test_f7_a_regular_expression_that_backtracks_without_end_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    """The message has the place and says how to write it; one that is harmless is taken."""
    file = tmp_path / "slow.yaml"
    file.write_text(f"purpose: Slow.\nrules:\n  - match: {{ text: {{ regex: '{NEVER_ENDS}' }} }}\n    plan: silence\n")
    checked = run("check", str(file))
    assert checked.exit_code == 1
    assert "slow.yaml:3:29: rules[0].match.text.regex: could take for ever" in checked.stderr
    assert "write a+, or put something between the rounds" in checked.stderr
    file.write_text(file.read_text().replace(NEVER_ENDS, "^([a-z]+ )*[A-Z]"))
    assert run("check", str(file)).exit_code == 0


def test_i13_no_regular_expression_that_a_user_gives_holds_the_server_up() -> None:
    """Scenarios, overrides and `/verify` refuse it with 400; what they take is quick on any text."""
    match = {"text": {"regex": NEVER_ENDS}}
    rules = [{"match": match, "plan": "silence"}]
    with emulator("--rate", "0") as server:
        server.send(SMS | {"message": {"body": "a" * 1500}})
        for path, body in (
            ("verify", {"wanted": [{"match": match}]}),
            ("scenario/overrides", {"rules": rules}),
            ("scenario", {"scenario": {"purpose": "Slow.", "rules": rules}}),
        ):
            answer = server.call("POST", f"/_emulator/{path}", json.dumps(body).encode())
            assert (answer.status, "could take for ever" in answer.json()["detail"]) == (400, True)
        quick = {"wanted": [{"match": {"text": {"regex": "[a-z]+[A-Z]"}}}], "times": 0}
        assert server.call("POST", "/_emulator/verify", json.dumps(quick).encode()).json()["verified"]
        assert server.stop(signal.SIGTERM) == 0


BUSY = """
import asyncio
from emulator.http.listener import until_signal

async def main():
    until_signal(lambda: None)
    print("ready", flush=True)
    while True:
        pass

asyncio.run(main())
"""
"""A process that does not come to its end by itself: its event loop is busy for ever."""


def test_i13_a_second_signal_always_ends_the_process() -> None:
    """Whatever the event loop does meanwhile."""
    for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM)):
        with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.send_signal(first)
            while process.poll() is None:
                process.send_signal(second)
            assert process.wait(PATIENCE) == -second
