"""The commands, run as processes or as click runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import fields

from emulator.cli import listen
from emulator.cli.main import main
from emulator.settings import Settings
from tests.support.running import SMS, VIBER, Emulator, emulator, receiver


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose time runs fast."""
    options = ("--rate", "600", "--token-lifetime", "631139040", "--credentials", "app:secret")
    with emulator(*options) as running:
        yield running


def run(*arguments: str, text: str | None = None) -> Any:
    """What came of a command."""
    return CliRunner().invoke(main, list(arguments), input=text)


def test_every_setting_is_an_option_of_serve() -> None:
    """And nothing else is."""
    options = {parameter.name for parameter in main.commands["serve"].params}
    assert options == {field.name for field in fields(Settings)}


LISTED = """
import sys
from emulator.cli.main import main

commands = dict(main.commands)
assert {name: command.name for name, command in commands.items()} == {name: name for name in commands}
print(sorted(name for name in sys.modules if name in HEAVY))
"""
HEAVY = ("rich", "uvicorn", "starlette", "ruamel", "emulator.emulation", "emulator.client.client")


def test_no_command_is_imported_before_it_is_asked_for() -> None:
    """Each starts fast."""
    code = (
        "import sys; from emulator.cli.main import main; print(*sorted(each for each in sys.modules if 'cli.' in each))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["emulator.cli.main"]


def test_looking_at_all_commands_imports_nothing_that_only_their_work_needs() -> None:
    """So `--help` starts fast too; and each command bears the name under which it is found."""
    code = LISTED.replace("HEAVY", repr(HEAVY))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == "[]\n", done.stdout + done.stderr


def test_an_unknown_command_is_told_with_what_was_meant() -> None:
    """As an unknown option is."""
    assert "No such command 'chek'" in run("chek").stderr


def test_every_option_is_a_variable_too() -> None:
    """Of every command, under the same prefix."""
    for command in main.commands.values():
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert str(parameter.envvar).startswith("EMULATOR_")


def test_a_variable_sets_its_option(server: Emulator) -> None:
    """As in a container."""
    done = CliRunner().invoke(main, ["readyz"], env={"EMULATOR_PORT": str(server.port)})
    assert done.exit_code == 0


def test_readyz_fails_where_no_emulator_is() -> None:
    """With a reason on standard error."""
    done = run("readyz", "--port", "9")
    assert (done.exit_code, "refused" in done.stderr) == (1, True)


def test_send_shows_a_flow_to_its_end(server: Emulator) -> None:
    """A sample over the channels that are named."""
    url = f"http://127.0.0.1:{server.port}"
    done = run("send", "--url", url, "--application", "app", "--secret", "secret", "--channels", "sms")
    assert done.exit_code == 0, done.output
    assert "Delivered" in done.output
    assert "Succeeded, total price 0.035" in done.output


def test_send_takes_a_file_or_standard_input(server: Emulator, tmp_path: Path) -> None:
    """With the body of a POST /failover."""
    body = json.dumps({"flow": [SMS]})
    (tmp_path / "flow.json").write_text(body)
    access = ("--url", f"http://127.0.0.1:{server.port}", "--application", "app", "--secret", "secret")
    assert "Succeeded" in run("send", *access, str(tmp_path / "flow.json")).output
    assert "Succeeded" in run("send", *access, "-", text=body).output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--url", "http://127.0.0.1:9"), "no emulator answers at http://127.0.0.1:9"),
        (("--url", "nonsense"), "nonsense is no http or https URL"),
        (("--channels", "Sms,Fax"), "unknown channel Fax; known are Sms, Viber, Voice"),
        (("--secret", "wrong"), "refused with 401: Bad credentials"),
        (("--to", "12"), "flow[0].to: must be a phone number"),
    ],
)
def test_send_says_what_went_wrong(server: Emulator, arguments: tuple[str, ...], told: str) -> None:
    """On standard error, with a status that is not 0."""
    usual = ("--url", f"http://127.0.0.1:{server.port}", "--application", "app", "--secret", "secret")
    done = run("send", *usual, *arguments)
    assert done.exit_code != 0
    assert told in " ".join(done.stderr.split())


def test_check_tells_good_scenarios_from_bad_ones(tmp_path: Path) -> None:
    """Those that are shipped are good; a bad one is told with its place."""
    assert run("check").exit_code == 0
    (tmp_path / "bad.yaml").write_text("purpose: Bad.\nrules:\n  - plna: {}\n")
    done = run("check", str(tmp_path))
    assert done.exit_code == 1
    assert "bad.yaml:3:5" in done.stderr
    assert "did you mean 'plan'" in done.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--scenario", "hapy"), "did you mean 'happy'"),
        (("--store", "/nowhere/at/all.db"), "the store /nowhere/at/all.db can't be used"),
        (("--credentials", "nonsense"), "neither a file nor pairs"),
        (("--prices", "/nowhere.json"), "/nowhere.json"),
        (("--host", "203.0.113.1"), "can't listen on 203.0.113.1"),
        (("--start-at", "yesterday"), "yesterday"),
        (("--rate", "-1"), "Invalid value for '--rate'"),
    ],
)
def test_a_server_that_can_t_start_says_why_in_a_line(options: tuple[str, ...], told: str) -> None:
    """No traceback."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_log_for_machines_is_json_from_the_first_line() -> None:
    """The ready line too."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--log-format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.terminate()
    assert (told["event"], told["scenario"]) == ("ready", "default")


def test_listen_prints_each_callback_in_words_and_json() -> None:
    """A body that is no callback is printed as it is."""
    message = {"type": "Sms", "status": {"name": "Sent"}}
    told = {"updatedAt": "2026-01-01T00:00:00Z", "status": "InProgress", "messages": [message]}
    shown = listen.summary(json.dumps(told).encode(), "/hook")
    assert shown.splitlines()[0] == "2026-01-01T00:00:00Z /hook InProgress: Sms Sent"
    assert json.loads(shown.partition("\n")[2]) == told
    assert listen.summary(b"\xffnonsense", "/hook") == "/hook \ufffdnonsense"


def test_listen_answers_as_it_is_told() -> None:
    """With the status that rehearses a bad receiver; each post is printed as it comes."""
    command = [sys.executable, "-u", "-m", "emulator", "listen", "--port", "0", "--status", "503"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])
        assert Emulator(process, port).call("POST", "/hook", b"{}").status == 503
        assert process.stdout.readline() == "/hook {}\n"
        process.terminate()


def test_record_turns_a_journal_or_captured_bodies_into_a_scenario(tmp_path: Path) -> None:
    """Which replays them: the same statuses at the same times."""
    with receiver() as hook, emulator("--rate", "0", "--scenario", "viber-expires-sms-delivers") as server:
        server.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback=hook.url)
        server.advance(until="idle")
        bodies = [hook.next_post()[2].decode() for _ in range(3)]
        url = f"http://127.0.0.1:{server.port}"
        from_journal = run("record", "--url", url).stdout
        (tmp_path / "captured.jsonl").write_text("\n".join(bodies))
        from_bodies = run("record", str(tmp_path / "captured.jsonl")).stdout
    for text in (from_journal, from_bodies):
        (tmp_path / "recorded.yaml").write_text(text)
        with receiver() as hook, emulator("--rate", "0", "--scenario", str(tmp_path / "recorded.yaml")) as server:
            server.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback=hook.url)
            server.advance(until="idle")
            replayed = [json.loads(hook.next_post()[2]) for _ in range(3)]
        assert [told["updatedAt"] for told in replayed] == [json.loads(body)["updatedAt"] for body in bodies]
        assert [told["status"] for told in replayed] == ["InProgress", "InProgress", "Succeeded"]


def test_record_says_what_is_wrong(tmp_path: Path) -> None:
    """A file that is none, a journal without flows."""
    (tmp_path / "bad.jsonl").write_text("{\n")
    assert "expected one JSON text a line" in run("record", str(tmp_path / "bad.jsonl")).stderr
    with emulator("--control-token", "t0p") as server:
        url = f"http://127.0.0.1:{server.port}"
        assert "control token" in run("record", "--url", url).stderr
        assert run("record", "--url", url, "--token", "t0p").exit_code == 1


def test_check_webhook_judges_a_receiver(tmp_path: Path) -> None:
    """A table for people, JUnit XML and an exit status for machines."""
    with receiver() as hook:
        good = run("check-webhook", hook.url, "--junit", str(tmp_path / "verdicts.xml"))
        hook.answer = lambda _: 204
        bad = run("check-webhook", hook.url)
    assert good.exit_code == 0
    assert "<testsuite" in (tmp_path / "verdicts.xml").read_text()
    assert bad.exit_code == 1
    assert "only 200" in " ".join(bad.stdout.split())
    assert run("check-webhook", "nonsense").exit_code == 1
