"""What the README shows is true: its commands run, its tables are the code's, its scenario loads."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emulator.channels.table import CHANNELS, Kind
from emulator.cli.main import main
from emulator.client.client import Application
from emulator.provider.openapi import provided
from emulator.scenario import files
from emulator.settings import table
from emulator.testing.receiver import Receiver
from tests.support.calls import CALLS
from tests.support.running import SMS, VIBER, VOICE, emulator, receiver

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
OTHERS = [readme for readme in sorted(ROOT.glob("[!.]*/**/README.md")) if "node_modules" not in readme.parts]
"""Those of folders."""


SCHEMAS = (ROOT / "schemas" / "README.md").read_text()


def named(readme: Path) -> str:
    """A README by its folder."""
    return str(readme.parent.relative_to(ROOT))


def blocks(marker: str, text: str = README) -> list[str]:
    """The fenced blocks that stand right below a marker."""
    return re.findall(rf"<!-- {marker} -->\n```\w+\n(.*?)```", text, re.DOTALL)


def ran(text: str, folder: Path, port: int, hook: str) -> str:
    """What the commands that a README shows print, all in one shell, with an emulator and a receiver of this test."""
    script = "set -euo pipefail\n" + "\n".join(blocks("run", text))
    script = script.replace("http://127.0.0.1:8080", f"http://127.0.0.1:{port}")
    script = script.replace("http://127.0.0.1:8081/hook", hook)
    script = script.replace(".venv/bin/failover-emulator", f"{sys.executable} -m emulator")
    there = os.environ | {"PYTHONPATH": str(ROOT), "EMULATOR_URL": f"http://127.0.0.1:{port}"}
    run = ["bash", "-c", script]
    done = subprocess.run(run, capture_output=True, text=True, cwd=folder, timeout=60, check=False, env=there)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_it_shows_runs_as_shown(tmp_path: Path) -> None:
    """By curl alone, with a receiver, and by the command line; so do scenarios and moving time."""
    with receiver() as hook, emulator("--rate", "100") as server:
        told = ran(README, tmp_path, server.port, hook.url)
        assert "Succeeded" in told
        posts = [hook.next() for _ in range(8)]  # of two flows, whose callbacks may come in turns
        for flow in {post["trackingId"] for post in posts}:
            own = [post["messages"] for post in posts if post["trackingId"] == flow]
            listed = [[message["status"]["name"] for message in messages] for messages in own]
            assert listed == [["QUEUED"], *(["UNDELIVERED", sms] for sms in ("Queued", "Sent", "Delivered"))]
        assert "stands still" in told
        assert "+306900000030" in told


@pytest.mark.parametrize("readme", [each for each in OTHERS if blocks("run", each.read_text())], ids=named)
def test_what_a_folder_s_readme_shows_runs_as_shown(readme: Path, tmp_path: Path) -> None:
    """Without a remark on any of it: nothing is misspelt."""
    with receiver() as hook, emulator("--rate", "1") as server:
        ran(readme.read_text(), tmp_path, server.port, hook.url)
        entries = server.journal()
        assert [each for each in entries if each["kind"] == "accepted"]
        assert [each["text"] for each in entries if each["kind"] == "remarked" or "note" in each["data"]] == []


def test_the_bodies_that_schemas_shows_are_of_each_call(tmp_path: Path) -> None:
    """Of every one that takes a body, but those that the README begins with. The code is confirmed, with the answer
    that is shown.
    """
    with receiver() as hook, emulator("--rate", "1") as server:
        told = ran(SCHEMAS, tmp_path, server.port, hook.url)
        paths = [each["data"]["path"] for each in server.journal() if each["kind"] == "accepted"]
    with_bodies = {
        (method.upper(), path)
        for path, calls in provided()["paths"].items()
        for method, call in calls.items()
        if "requestBody" in call and path not in ("/oauth/token", "/failover")
    }
    shown = re.findall(r"^(?:\w+=\$\()?(?:call (\w+)|post) '?(/[^ ?']+)", SCHEMAS, re.MULTILINE)
    assert {(method or "POST", re.sub(r"\$\w+", "{id}", path)) for method, path in shown} == with_bodies
    assert paths.count("/sms/campaign") == 2
    assert set(paths) <= {path for _, path in with_bodies}
    assert re.findall('"status":"(Pending|Verified)"', told) == ["Pending", "Verified"]


@pytest.mark.parametrize(("step", "told"), [(VIBER, "QUEUED"), (SMS, "Queued"), (VOICE, "Queued")])
def test_on_step_posts_first_that_the_first_step_is_queued(tmp_path: Path, step: dict[str, Any], told: str) -> None:
    """In its channel's own spelling; when a scenario holds the flow back, not before it starts."""
    assert "as `InProgress QUEUED` (`Queued` for an Sms or a call; a scenario's `queued: 5s` holds that back)" in README
    (tmp_path / "held.yaml").write_text("purpose: Held back.\nrules: [{ queued: 5s }]\n")
    with receiver() as hook, emulator("--rate", "0", "--scenario", str(tmp_path / "held.yaml")) as server:
        server.send(step, callback=hook.url)
        server.advance(by="4s")
        assert hook.empty()
        server.advance(by="1s")
        first = hook.next()
    assert (first["status"], first["messages"][0]["status"]["name"]) == ("InProgress", told)


def test_the_callback_of_a_single_message_is_as_shown() -> None:
    """Sent with only a URL for its callbacks: each change is posted."""
    with receiver() as hook, emulator("--rate", "0") as server:
        message = {"body": "Ready", "to": "+306912345678", "from": "Shop", "callback": {"url": hook.url}}
        answer = server.api("POST", "/sms", message)
        server.advance(until="idle")
        posts = [hook.next() for _ in range(3)]
    assert [post["status"]["name"] for post in posts] == ["Queued", "Sent", "Delivered"]
    assert {post["messageId"] for post in posts} == {answer.json()["trackingId"]}
    (shown,) = (json.loads(block) for block in blocks("sms"))
    told = posts[-1] | {"messageId": shown["messageId"]}
    del told["status"]["reason"]
    assert {member: told[member] for member in shown} == shown


def test_the_scenario_shown_loads() -> None:
    """With the purpose that it shows."""
    (text,) = blocks("scenario")
    assert files.load_text(text, "shown").purpose == (
        "Greek numbers have no Viber, all others have turned it off, and every call is busy."
    )


def test_the_tests_it_shows_pass(tmp_path: Path) -> None:
    """As a user's own, with the plugin."""
    assert "1 passed" in passing(tmp_path, blocks("test"))


@pytest.mark.parametrize("readme", [each for each in OTHERS if "```python" in each.read_text()], ids=named)
def test_the_tests_that_a_folder_s_readme_shows_pass(readme: Path, tmp_path: Path) -> None:
    """All of its Python, each block a file of its own. One that needs a package of the extra `test` says so above."""
    shown = re.findall(r"(?:<!-- needs (\w+) -->\n)?```python\n(.*?)```", readme.read_text(), re.DOTALL)
    for needed, _ in shown:
        if needed:
            pytest.importorskip(needed)
    assert re.search(r"[0-9]+ passed in", passing(tmp_path, [text for _, text in shown]))


def passing(folder: Path, texts: list[str]) -> str:
    """What pytest says to tests that pass, each text in a file of its own; their emulator has a CA in this folder."""
    for number, text in enumerate(texts):
        (folder / f"test_shown_{number}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", str(folder), str(folder)]
    here = os.environ | {"XDG_DATA_HOME": str(folder / "data")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=here)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_failure_it_shows_is_what_a_failing_test_prints(failover: Application, failover_receiver: Receiver) -> None:
    """But for ids and ports."""
    failover.scenario("viber-undelivered")
    flow = failover.finish(failover.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback=failover_receiver.url))
    with pytest.raises(AssertionError) as failed:
        failover.assert_succeeded(flow, on="Viber")
    (shown,) = blocks("failure")
    told = [line[8:] for line in shown.splitlines()]
    assert _plain("\n".join(told)) == _plain(f"AssertionError: {failed.value}")


def _plain(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{8}\b", "ID", re.sub(r":[0-9]{4,5}/", ":PORT/", text))


@pytest.mark.parametrize("name", ["shell.sh", "failover.test.mjs", "FailoverTest.java"])
def test_the_tests_in_other_languages_are_the_ones_that_run(name: str) -> None:
    """Byte for byte; the gate runs them where their runtime is."""
    assert (ROOT / "tests" / "languages" / name).read_text() in README


def test_the_example_in_shell_runs() -> None:
    """Every machine that has curl has what it needs."""
    with emulator("--rate", "0") as server:
        command = ["sh", str(ROOT / "tests" / "languages" / "shell.sh"), f"http://127.0.0.1:{server.port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "ok: terminationChannel is Sms" in done.stdout
        assert server.call("GET", "/_emulator/flows").json()["total"] == 0


def test_the_table_of_the_provider_s_calls_has_them_all() -> None:
    """Each documented path."""
    paths = {path.replace("{id}", "ID") for path in provided()["paths"]}
    table = README.partition("| call | notes |")[2].partition("\n\n")[0]
    assert [path for path in paths if not re.search(rf"[ `]{path}`", table)] == []


def test_the_table_of_calls_has_them_all() -> None:
    """Each path of the table of routes."""
    shown = README.replace("ID", "{id}")
    assert [call.path for call in CALLS if f"{call.path}`" not in shown] == []


def test_the_number_of_shipped_scenarios_is_right() -> None:
    """As many as there are."""
    assert f"There are {len(files.shipped())} scenarios" in README


def test_the_magic_numbers_are_those_of_the_scenarios_own_readme() -> None:
    """Row by row; what they do is tested there."""
    lines = (ROOT / "scenarios" / "README.md").read_text().splitlines()
    rows = [line for line in lines if re.match(r"\| [0-9] \|", line)]
    assert len(rows) == 10
    assert all(row in README for row in rows)


def test_the_table_of_statuses_is_the_channels_own() -> None:
    """Row by row."""
    words = {Kind.PROGRESS: "goes on", Kind.SUCCESS: "success", Kind.FAILURE: "failure"}
    for channel, traits in CHANNELS.items():
        for status, kind in traits.statuses.items():
            lists = (traits.default_failover, "by default"), (traits.legal_failover, "if listed")
            triggers = next((word for listed, word in lists if status in listed), "")
            assert f"| {channel} | {status} | {words[kind]} | {triggers} |" in README


def test_the_table_of_options_is_that_of_the_settings() -> None:
    """Each setting in its order, with its variable and its default, and no other; what is no value is told in words."""
    rows = re.findall(r"^\| `(--[a-z-]+)` \| `(\w+)` \| (.*?) ?\| .+\. \|$", README, re.MULTILINE)
    assert [row[:2] for row in rows] == [(setting.flag, setting.variable) for setting in table()]
    for setting, (_, _, default) in zip(table(), rows, strict=True):
        value = setting.default
        if setting.option.default:  # in words, since the value does not tell
            assert default not in ("", str(value))
        elif isinstance(value, bool):
            assert default == ("yes" if value else "no")
        else:
            assert default == (f"{value:g}" if isinstance(value, float) else str(value))


def test_the_table_of_commands_is_the_command_line_s() -> None:
    """Each command, and no other."""
    _, _, rows = README.partition("| command | what it does |\n|---|---|\n")
    shown = re.findall(r"^\| `([a-z-]+)` \|", rows.partition("\n\n")[0], re.MULTILINE)
    assert sorted(shown) == sorted(main.commands)


def test_the_two_commands_are_single_lines() -> None:
    """One starts the emulator, one runs the tests; each does all its own set-up."""
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv ")]
    assert [line.rpartition("/")[2] for line in lines] == ["failover-emulator serve", "pytest"]
