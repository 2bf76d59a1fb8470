"""A user logs in by two steps: a real process, real sockets, and time that passes."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from tests.support.running import Emulator, emulator, receiver

ASKED: dict[str, Any] = {"method": "sms", "type": "code", "recipient": "+306912345678"}


def start(server: Emulator, **more: Any) -> str:
    """Start a verification; its id."""
    answer = server.api("POST", "/2step", ASKED | more)
    assert answer.status == 200, answer.body
    return str(answer.json()["trackingId"])


def code(server: Emulator, name: str) -> str:
    """The code that the phone shows, which is in the page too."""
    flow = server.call("GET", f"/_emulator/flows/{name}").json()
    (text,) = flow["phone"][0]["texts"]
    assert text == f"Your verification code is {flow['verification']['code']}"
    return str(flow["verification"]["code"])


def test_a_code_that_was_sent_outlives_a_killed_process(tmp_path: Path) -> None:
    """With the answers that were given, and its callback."""
    with receiver() as hook:
        options = ("--rate", "0", "--store", str(tmp_path / "store.db"), "--two-step-callback", hook.url)
        with emulator(*options) as server:
            name, sent = start(server, maxRetries=1), ""
            sent = code(server, name)
            assert server.api("POST", f"/2step/{name}", {"answer": "0"}).json()["code"] == "400011005"
            server.stop(signal.SIGKILL)
        with emulator(*options) as server:
            assert server.api("GET", f"/2step/{name}").json()["timesTried"] == 1
            assert server.api("POST", f"/2step/{name}", {"answer": sent}).json()["status"] == "Verified"
            assert hook.next()["status"] == "Verified"


def test_time_that_runs_ends_a_code() -> None:
    """Without anybody looking, so its callback comes."""
    with receiver() as hook, emulator("--rate", "100", "--two-step-callback", hook.url) as server:
        name = start(server, lifetimeInSeconds=30)
        told = hook.next()
        assert (told["trackingId"], told["status"]) == (name, "Expired")
        assert server.api("GET", f"/2step/{name}").json()["status"] == "Expired"


def test_a_message_that_fails_leaves_the_code_to_its_time() -> None:
    """Whoever reads it in the journal can still answer; it costs what it costs, or nothing if it was never sent."""
    with emulator("--rate", "0", "--scenario", "all-fail") as server:
        name = start(server)
        server.advance(by="1m")
        assert server.api("GET", f"/2step/{name}").json()["status"] == "Pending"
        sent = str(server.journal(name)[0]["data"]["code"])
        assert server.api("POST", f"/2step/{name}", {"answer": sent}).json()["status"] == "Verified"


def test_a_flow_and_a_code_draw_alike(tmp_path: Path) -> None:
    """The channel does what it would do with any Sms."""
    rules = tmp_path / "half.yaml"
    half = "{ choose: [{ weight: 50, plan: Delivered }, { weight: 50, plan: Undelivered }] }"
    rules.write_text(f"purpose: Half of all are lost.\nrules:\n  - plan: {{ Sms: {half} }}\n")
    told = []
    for service in ("failover", "2step"):
        with emulator("--rate", "0", "--seed", "draws", "--scenario", str(rules)) as server:
            step = {"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Hi"}}
            names = [server.send(step) if service == "failover" else start(server) for _ in range(12)]
            server.advance(until="idle")
            told.append([server.call("GET", f"/_emulator/flows/{name}").json()["status"] for name in names])
    assert told[0] == told[1]
    assert len(set(told[0])) == 2
