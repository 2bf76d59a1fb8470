"""The command that sends a flow and shows its progress."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import run
from tests.support.running import SMS, Emulator, emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose time runs fast."""
    options = ("--rate", "600", "--token-lifetime", "631139040", "--credentials", "app:secret")
    with emulator(*options) as running:
        yield running


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


def test_send_sends_a_single_message_too(server: Emulator, tmp_path: Path) -> None:
    """A sample or a file, and shows its parts to their end."""
    access = ("--url", f"http://127.0.0.1:{server.port}", "--application", "app", "--secret", "secret")
    done = run("send", *access, "--endpoint", "sms")
    assert done.exit_code == 0, done.output
    assert "Succeeded, total price 0.035" in done.output
    (tmp_path / "sms.json").write_text(json.dumps({"body": "x" * 200, "to": "306912345671", "from": "Shop"}))
    done = run("send", *access, "--endpoint", "sms", str(tmp_path / "sms.json"))
    assert done.output.count("1 of 1") == 2
    assert "price 0.07" in done.output


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
