"""The command `listen`: a receiver to try things with."""

from __future__ import annotations

import json
import subprocess
import sys

from emulator.cli import receiving
from tests.support.commands import run
from tests.support.running import Emulator

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
    shown = receiving.summary(json.dumps(told).encode(), "/hook")
    assert shown.splitlines()[0] == "2026-01-01T00:00:00Z /hook 71 InProgress: Sms Sent"
    assert json.loads(shown.partition("\n")[2]) == told
    single: dict[str, object] = {"messageId": "72", "part": 1, "parts": 2}
    single["status"] = {"name": "Queued", "updatedDate": "2026-01-01T00:00:00Z"}
    assert receiving.summary(json.dumps(single).encode(), "/hook", short=True) == (
        "2026-01-01T00:00:00Z /hook 72 Queued: Sms, part 1 of 2"
    )
    code = {"trackingId": "t", "recipient": "+30", "status": "Verified", "updatedAt": "2026"}
    assert receiving.summary(json.dumps(code).encode(), "/hook", short=True) == "2026 /hook t Verified: code for +30"
    steps = [{"channel": "viber", "status": "EXPIRED"}, {"channel": "sms", "status": "queued"}]
    password = json.dumps({"flowId": "f", "status": "Succeeded", "steps": steps}).encode()
    assert receiving.summary(password, "/hook", short=True) == "/hook f Succeeded: viber EXPIRED -> sms queued"
    for other, words in OTHERS:
        assert receiving.summary(json.dumps(other).encode(), "/hook", short=True) == words
    for odd in (b"[1]", b"{}", b'{"status": "x"}', b'{"messageId": "m", "status": {}}'):
        assert receiving.summary(odd, "/hook") == f"/hook {odd.decode()}"
    assert receiving.summary(b"\xffnonsense", "/hook") == "/hook \ufffdnonsense"


def test_listen_answers_as_it_is_told() -> None:
    """With the status that rehearses a bad receiver; each post is printed as it comes."""
    command = [sys.executable, "-u", "-m", "emulator", "listen", "--port", "0", "--status", "503"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])
        assert Emulator(process, port).call("POST", "/hook", b"{}").status == 503
        assert process.stdout.readline() == "/hook {}\n"
        process.terminate()


def test_listen_tells_programs_in_lines_of_json() -> None:
    """Where it listens, then each request with the flow that it is about; a body that is no JSON object is a text."""
    command = [sys.executable, "-u", "-m", "emulator", "listen", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        begun = json.loads(process.stdout.readline())
        there = Emulator(process, int(begun["listening"].rpartition(":")[2]))
        shown = []
        for body in (
            b'{"trackingId": "71", "status": "Succeeded"}',
            b"\x1b[1mno JSON \xff",
            b"[1]",
            b'{"a": "\xe2\x80\xae"}',
        ):
            there.call("POST", "/hook", body)
            shown.append(process.stdout.readline())
        process.terminate()
    assert begun == {"listening": f"http://127.0.0.1:{there.port}", "answers": 200, "delay": 0.0}
    assert [json.loads(line) for line in shown] == [
        {"method": "POST", "path": "/hook", "answered": 200, "flow": flow, "body": body}
        for flow, body in (
            ("71", {"trackingId": "71", "status": "Succeeded"}),
            (None, "\x1b[1mno JSON \ufffd"),
            (None, "[1]"),
            (None, {"a": "\u202e"}),
        )
    ]
    assert all(line.removesuffix("\n").isprintable() for line in shown)


def test_listen_is_for_people_or_for_programs() -> None:
    """Not for both."""
    done = run("listen", "--short", "--json")
    assert (done.exit_code, "--short is for people, --json for programs" in done.stderr) == (2, True)
