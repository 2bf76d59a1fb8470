"""The command that sends a flow and shows its progress."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.fakes import samples
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


def test_what_became_of_it_is_told_to_programs_as_json(server: Emulator) -> None:
    """The flow as tracking has it at its end; of a code, the answer."""
    access = ("--url", f"http://127.0.0.1:{server.port}", "--application", "app", "--secret", "secret", "--json")
    ended = json.loads(run("send", *access, "--to", "+306900000100").stdout)
    assert (ended["status"], ended["terminationChannel"]) == ("Succeeded", "Sms")
    assert json.loads(run("send", *access, "--endpoint", "2step").stdout)["trackingId"]


def test_send_takes_a_file_or_standard_input(server: Emulator, tmp_path: Path) -> None:
    """With the body of a POST /failover."""
    body = json.dumps({"flow": [SMS]})
    (tmp_path / "flow.json").write_text(body)
    access = ("--url", f"http://127.0.0.1:{server.port}", "--application", "app", "--secret", "secret")
    assert "Succeeded" in run("send", *access, str(tmp_path / "flow.json")).output
    assert "Succeeded" in run("send", *access, "-", text=body).output


def test_send_sends_a_flow_with_a_template_too(server: Emulator) -> None:
    """The sample's is one that is always there."""
    access = ("--url", f"http://127.0.0.1:{server.port}", "--application", "app", "--secret", "secret")
    done = run("send", *access, "--endpoint", "transactional", "--to", "+306900000100")
    assert done.exit_code == 0, done.output
    assert "UNDELIVERED" in done.output
    assert "Succeeded, total price 0.045" in done.output


def test_send_sends_a_password_to_its_last_message_s_end(server: Emulator, tmp_path: Path) -> None:
    """Though its story says Succeeded as soon as nothing can follow; a file may be sent too."""
    access = ("--url", f"http://127.0.0.1:{server.port}", "--application", "app", "--secret", "secret")
    done = run("send", *access, "--endpoint", "otp", "--to", "+306900000120")
    assert done.exit_code == 0, done.output
    assert "UNDELIVERED" in done.output
    assert "Undelivered" in done.output
    assert "Failed, statusCode 2, total price 0.045" in done.output
    (tmp_path / "otp.json").write_text(json.dumps(samples.otp(["Sms"], "306912345678", "Your code is 4711.")))
    done = run("send", *access, "--endpoint", "otp", str(tmp_path / "otp.json"))
    assert "Delivered" in done.output
    assert "Succeeded, total price 0.035" in done.output
    assert (
        "unknown channel Voice; known are Viber, Sms" in run("send", "--endpoint", "otp", "--channels", "Voice").output
    )


def test_a_password_that_nobody_sends_is_told(tmp_path: Path) -> None:
    """The service answers that with 200."""
    rules = tmp_path / "empty.yaml"
    rules.write_text("purpose: x\nbalance: 0\nwhen_empty: refuse\n")
    with emulator("--scenario", str(rules)) as poor:
        done = run("send", "--url", f"http://127.0.0.1:{poor.port}", "--endpoint", "otp")
    assert done.exit_code == 1
    assert "nothing was sent: Insufficient Balance" in done.output


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


@pytest.mark.parametrize(("endpoint", "ended", "price"), [("viber", "DELIVERED", 0.01), ("voice", "Completed", 0.002)])
def test_send_knows_the_other_single_messages(server: Emulator, endpoint: str, ended: str, price: float) -> None:
    """By the names that scenarios have for them, each to its end."""
    access = ("--url", f"http://127.0.0.1:{server.port}", "--application", "app", "--secret", "secret")
    done = run("send", *access, "--endpoint", endpoint)
    assert done.exit_code == 0, done.output
    assert ended in done.output
    assert f"Succeeded, total price {price}" in done.output
    failed = run("send", *access, "--endpoint", endpoint, "--to", "+306900000101")
    assert ("UNDELIVERED" if endpoint == "viber" else "Busy") in failed.output
    assert "Failed" in failed.output


def test_send_sends_a_code_and_says_how_it_is_answered(server: Emulator) -> None:
    """With the code, which nobody sees who needs a control token."""
    done = run(
        "send",
        "--url",
        f"http://127.0.0.1:{server.port}",
        "--application",
        "app",
        "--secret",
        "secret",
        "--endpoint",
        "2step",
    )
    assert done.exit_code == 0, done.output
    name = done.output.split()[0]
    flow = server.call("GET", f"/_emulator/flows/{name}").json()
    told = f'POST /2step/{name} {{"answer": "{flow["verification"]["code"]}"}} confirms it'
    assert f"{name} Pending until " in done.output
    assert told in done.output
    with emulator("--control-token", "hidden") as guarded:
        shown = run("send", "--url", f"http://127.0.0.1:{guarded.port}", "--endpoint", "2step").output
    assert '{"answer": "CODE"}' in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--url", "http://127.0.0.1:9"), "no emulator answers at http://127.0.0.1:9"),
        (("--url", "http://127.0.0.1:9"), "; --url or EMULATOR_URL names another address"),
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
