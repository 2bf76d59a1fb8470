"""The commands around a server, run as processes or as click runs them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from msgspec.structs import fields

from emulator.cli.main import main
from emulator.settings import Settings
from tests.support.commands import run
from tests.support.running import emulator


def test_every_setting_is_an_option_of_serve() -> None:
    """And nothing else is, but for what concerns the process alone."""
    options = {parameter.name for parameter in main.commands["serve"].params}
    assert options == {field.name for field in fields(Settings)} | {"until_stdin_ends", "workers", "sockets", "worker"}


def test_a_variable_sets_its_option() -> None:
    """As in a container."""
    with emulator() as server:
        assert run("readyz", EMULATOR_PORT=str(server.port)).exit_code == 0


def test_readyz_fails_where_no_emulator_is() -> None:
    """With a reason on standard error."""
    done = run("readyz", "--port", "9")
    assert (done.exit_code, "refused" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--scenario", "hapy"), "did you mean 'happy'"),
        (("--store", "/nowhere/at/all.db"), "the store /nowhere/at/all.db can't be used"),
        (("--credentials", "nonsense"), "neither a file nor pairs"),
        (("--prices", "/nowhere.json"), "/nowhere.json"),
        (("--host", "203.0.113.1"), "can't listen on 203.0.113.1"),
        (("--start-at", "yesterday"), "yesterday"),
        (("--workers", "2", "--store", "postgresql://h/d", "--tls-port", "0"), "--tls-port is for one process"),
        (("--workers", "2"), "needs a store that several processes can share"),
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
