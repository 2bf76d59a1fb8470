"""The commands for webhooks: the receiver to try things with, and the check of one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from emulator.cli import listen
from tests.support.commands import run
from tests.support.running import Emulator, receiver

CALL = {"messageId": "m", "conversationTrackingId": "c", "from": "30210", "to": "+306912345678"}
REPLY = {"from": "+306912345678", "to": "Shop", "message": "STOP", "direction": "Inbound"}
OTHERS = [
    (
        CALL | {"status": {"name": "Busy", "updatedDate": "2026"}, "originatingService": "Voice", "duration": 0},
        "2026 /hook c Busy: Voice",
    ),
    (
        {"trackingId": "v", "status": {"name": "SEEN", "updatedDate": "2026"}, "originatingService": "Viber"},
        "2026 /hook v SEEN: Viber",
    ),
    (REPLY | {"sentDate": "2026", "referenceTrackingId": "v"}, "2026 /hook v reply: +306912345678 STOP"),
    (
        REPLY | {"sentDate": "2026", "referenceTrackingId": "v", "media": "https://a/b", "filename": "b.png"},
        "2026 /hook v reply: +306912345678 STOP, b.png",
    ),
    (REPLY | {"receivedDate": "2026", "messageId": "s", "parts": 1}, "2026 /hook s reply: +306912345678 STOP"),
    (CALL, "/hook c asks: a dial plan"),
    (CALL | {"collectedTones": "71"}, "/hook c asks: keys 71"),
    (CALL | {"collectedTones": ""}, "/hook c asks: keys "),
    (CALL | {"answeredBy": "MACHINE"}, "/hook c asks: MACHINE"),
]
"""Single messages, what recipients answer and what calls ask, each with its line."""


def test_listen_prints_each_callback_in_words_and_json() -> None:
    """A body that is no callback is printed as it is."""
    message = {"type": "Sms", "status": {"name": "Sent"}}
    told = {"trackingId": "71", "updatedAt": "2026-01-01T00:00:00Z", "status": "InProgress", "messages": [message]}
    shown = listen.summary(json.dumps(told).encode(), "/hook")
    assert shown.splitlines()[0] == "2026-01-01T00:00:00Z /hook 71 InProgress: Sms Sent"
    assert json.loads(shown.partition("\n")[2]) == told
    single: dict[str, object] = {"messageId": "72", "part": 1, "parts": 2}
    single["status"] = {"name": "Queued", "updatedDate": "2026-01-01T00:00:00Z"}
    assert listen.summary(json.dumps(single).encode(), "/hook", short=True) == (
        "2026-01-01T00:00:00Z /hook 72 Queued: Sms, part 1 of 2"
    )
    code = {"trackingId": "t", "recipient": "+30", "status": "Verified", "updatedAt": "2026"}
    assert listen.summary(json.dumps(code).encode(), "/hook", short=True) == "2026 /hook t Verified: code for +30"
    steps = [{"channel": "viber", "status": "EXPIRED"}, {"channel": "sms", "status": "queued"}]
    password = json.dumps({"flowId": "f", "status": "Succeeded", "steps": steps}).encode()
    assert listen.summary(password, "/hook", short=True) == "/hook f Succeeded: viber EXPIRED -> sms queued"
    for other, words in OTHERS:
        assert listen.summary(json.dumps(other).encode(), "/hook", short=True) == words
    for odd in (b"[1]", b"{}", b'{"status": "x"}', b'{"messageId": "m", "status": {}}'):
        assert listen.summary(odd, "/hook") == f"/hook {odd.decode()}"
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


def test_a_file_for_verdicts_that_can_t_be_written_is_named(tmp_path: Path) -> None:
    """After the verdicts were shown."""
    with receiver() as hook:
        done = run("check-webhook", hook.url, "--junit", str(tmp_path / "none" / "verdicts.xml"))
    assert done.exit_code == 1
    assert f"--junit {tmp_path}/none/verdicts.xml: No such file or directory" in done.output
