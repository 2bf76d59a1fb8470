"""The commands for scenarios: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.commands import run
from tests.support.running import SMS, VIBER, emulator, receiver


def test_check_tells_good_scenarios_from_bad_ones(tmp_path: Path) -> None:
    """Those that are shipped are good; a bad one is told with its place."""
    assert run("check").exit_code == 0
    (tmp_path / "bad.yaml").write_text("purpose: Bad.\nrules:\n  - plna: {}\n")
    done = run("check", str(tmp_path))
    assert done.exit_code == 1
    assert "bad.yaml:3:5" in done.stderr
    assert "did you mean 'plan'" in done.stderr


def test_record_turns_a_journal_or_captured_bodies_into_a_scenario(tmp_path: Path) -> None:
    """Which replays them: the same statuses at the same times."""
    with receiver() as hook, emulator("--rate", "0", "--scenario", "viber-expires-sms-delivers") as server:
        server.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback=hook.url)
        server.advance(until="idle")
        bodies = [hook.next_post()[2].decode() for _ in range(4)]
        url = f"http://127.0.0.1:{server.port}"
        from_journal = run("record", "--url", url).stdout
        (tmp_path / "captured.jsonl").write_text("\n".join(bodies))
        from_bodies = run("record", str(tmp_path / "captured.jsonl")).stdout
    for text in (from_journal, from_bodies):
        (tmp_path / "recorded.yaml").write_text(text)
        with receiver() as hook, emulator("--rate", "0", "--scenario", str(tmp_path / "recorded.yaml")) as server:
            server.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback=hook.url)
            server.advance(until="idle")
            replayed = [json.loads(hook.next_post()[2]) for _ in range(4)]
        assert [told["updatedAt"] for told in replayed] == [json.loads(body)["updatedAt"] for body in bodies]
        assert [told["status"] for told in replayed] == ["InProgress"] * 3 + ["Succeeded"]


def test_record_says_what_is_wrong(tmp_path: Path) -> None:
    """A file that is none, a journal without flows."""
    (tmp_path / "bad.jsonl").write_text("{\n")
    assert "expected one JSON text a line" in run("record", str(tmp_path / "bad.jsonl")).stderr
    with emulator("--control-token", "t0p") as server:
        url = f"http://127.0.0.1:{server.port}"
        assert "control token" in run("record", "--url", url).stderr
        assert run("record", "--url", url, "--token", "t0p").exit_code == 1


def test_a_folder_without_scenarios_is_not_called_good(tmp_path: Path) -> None:
    """Nothing was checked, so the status is not 0."""
    done = run("check", str(tmp_path))
    assert (done.exit_code, done.output) == (1, f"{tmp_path} has no scenario files (.yaml, .yml or .json)\n")
