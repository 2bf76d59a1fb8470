"""`explain --diff`, with files and with the journal of a running emulator."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.commands import run
from tests.support.running import SMS, VIBER, emulator

CHANGED = "purpose: x\nrules: [{ name: second, match: { request: 2 }, plan: { Sms: Failed } }]"


def test_files_are_compared_one_after_another(tmp_path: Path) -> None:
    """The status is 1 if anything differs; what does is told with its rule, by a name or file."""
    (tmp_path / "sms.json").write_text(json.dumps({"flow": [SMS]}))
    (tmp_path / "changed.yaml").write_text(CHANGED)
    asked = ("explain", *[str(tmp_path / "sms.json")] * 3, "--diff", "happy", str(tmp_path / "changed.yaml"))
    done = run(*asked, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["requests"], len(told["differ"]), told["leftOut"]) == (1, 3, 1, [])
    assert told["differ"][0]["differences"][0]["b"]["rule"] == "second"
    shown = run(*asked)
    assert (shown.exit_code, "second" in shown.stdout, "Differences in 1 of 3 requests" in shown.stdout) == (
        1,
        True,
        True,
    )
    same = run("explain", str(tmp_path / "sms.json"), "--diff", "happy", "default")
    assert (same.exit_code, same.stdout) == (0, "Differences in 0 of 1 request\n")


def test_a_running_emulator_s_requests_are_compared_at_their_times(tmp_path: Path) -> None:
    """Also those that its scenario refused; what breaks the API's rules is left out, and told."""
    (tmp_path / "late.yaml").write_text(
        "purpose: x\nrules: [{ match: { time: { from: 10m } }, plan: { Sms: Failed, Viber: FAILED } }]"
    )
    (tmp_path / "now.yaml").write_text("purpose: x\nrules: [{ match: { request: 2 }, answer: server-error }]")
    with emulator("--rate", "0", "--scenario", str(tmp_path / "now.yaml")) as server:
        first = server.send(SMS)
        server.advance(by="10m")
        assert server.api("POST", "/failover", {"flow": [VIBER]}).status == 500
        assert server.api("POST", "/failover", {"flow": []}).status == 400
        third = server.send(SMS)
        asked = ("explain", "--url", f"http://127.0.0.1:{server.port}", "--json", "--diff", str(tmp_path / "now.yaml"))
        told = json.loads(run(*asked, str(tmp_path / "late.yaml")).stdout)
        nobody = json.loads(run(*asked, str(tmp_path / "late.yaml"), "--application", "nobody").stdout)
    assert (told["requests"], len(told["leftOut"])) == (3, 1)
    assert [each["request"] for each in told["differ"]][1:] == [third]
    assert first not in {each["request"] for each in told["differ"]}
    assert [each["what"] for each in told["differ"][0]["differences"]] == ["answer", "outcome"]
    assert nobody["requests"] == 0


def test_questions_that_cannot_be_answered_are_refused(tmp_path: Path) -> None:
    """None or several requests without --diff, a --number with it, a scenario that there is not."""
    sms = tmp_path / "sms.json"
    sms.write_text(json.dumps({"flow": [SMS]}))
    assert "it explains one REQUEST" in run("explain", str(sms), str(sms)).stderr
    assert "name a file as often" in run("explain", str(sms), "--diff", "happy", "all-fail", "--number", "2").stderr
    assert "there is no scenario 'al-fail'" in run("explain", str(sms), "--diff", "happy", "al-fail").stderr
