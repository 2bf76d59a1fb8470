"""A port that is taken, by commands run as processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.support.running import PATIENCE, ca_folder

TLS = ("--port", "0", "--ca", str(ca_folder()))


@pytest.mark.parametrize(
    ("command", "variables", "advice"),
    [
        (("serve", "--port", "{taken}"), {}, "--port {free}, or --port 0 for"),
        (("serve",), {"EMULATOR_PORT": "{taken}"}, "EMULATOR_PORT={free}, or EMULATOR_PORT=0 for"),
        (("serve", "--port", "{taken}"), {"EMULATOR_PORT": "1"}, "--port {free}, or --port 0 for"),
        (("serve", *TLS, "--tls-port", "{taken}"), {}, "--tls-port {free}, or --tls-port 0 for"),
        (("serve", *TLS), {"EMULATOR_TLS_PORT": "{taken}"}, "EMULATOR_TLS_PORT={free}, or EMULATOR_TLS_PORT=0 for"),
        (
            ("serve", "--port", "{taken}", "--workers", "2", "--store", "postgresql://h/d"),
            {},
            "--port {free}, or --port 0 for",
        ),
        (("demo", "--no-browser", "--port", "{taken}"), {}, "--port {free}, or --port 0 for"),
        (("listen", "--port", "{taken}"), {}, "--port {free}, or --port 0 for"),
        (("listen",), {"EMULATOR_LISTEN_PORT": "{taken}"}, "EMULATOR_LISTEN_PORT={free}, or EMULATOR_LISTEN_PORT=0"),
    ],
)
def test_a_taken_port_is_told_with_how_another_is_given(
    command: tuple[str, ...], variables: dict[str, str], advice: str
) -> None:
    """In the way in which that one was."""
    with socket.create_server(("127.0.0.1", 0)) as there:
        taken = there.getsockname()[1]
        numbers = {"taken": taken, "free": taken + 10 if taken + 10 <= 65_535 else taken - 10}
        given = [sys.executable, "-m", "emulator", *(each.format(**numbers) for each in command)]
        here = os.environ | {name: value.format(**numbers) for name, value in variables.items()}
        done = subprocess.run(given, capture_output=True, text=True, timeout=PATIENCE, check=False, env=here)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"can't listen on 127.0.0.1 port {taken}: Address already in use; take another by " in done.stderr
    assert advice.format(**numbers) in done.stderr


def test_what_fails_otherwise_gets_no_such_advice() -> None:
    """An address that this machine does not have."""
    command = [sys.executable, "-m", "emulator", "listen", "--host", "203.0.113.1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, "can't listen on 203.0.113.1" in done.stderr) == (1, True)
    assert "take another" not in done.stderr
