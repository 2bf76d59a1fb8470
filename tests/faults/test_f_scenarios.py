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
