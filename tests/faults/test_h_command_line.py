"""The command line and the log, as a person or a machine sees them from outside.

H2 has B8 with it: what the log says about callbacks that are refused.
"""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator.cli import telling
from emulator.control.stories.story import find
from emulator.http.log import LINES
from tests.support.commands import run
from tests.support.running import PATIENCE, SMS, VIBER, VOICE, Emulator, emulator, receiver

AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z ")


def test_h1_send_renews_its_token_when_that_expires_on_the_way() -> None:
    """At the rate instant a flow is over in no time of ours and after all of its token's."""
    with emulator("--rate", "instant", "--token-lifetime", "1") as server:
        done = run("send", "--url", f"http://127.0.0.1:{server.port}", "--channels", "Viber,Sms")
    assert done.exit_code == 0, done.output
    assert "Succeeded" in done.output


def test_h1_send_looks_at_a_flow_a_few_times(tmp_path: Path) -> None:
    """And not five times in each second: each look is a line of the log."""
    with emulator("--rate", "1", log=tmp_path / "log") as server:
        done = run("send", "--url", f"http://127.0.0.1:{server.port}", "--channels", "Sms")
        assert "Succeeded" in done.output
    assert (tmp_path / "log").read_text(encoding="utf-8").count("GET /failover/tracking/") < 10


def test_h1_explain_says_at_which_time_the_request_is_sent(tmp_path: Path) -> None:
    """A rule for a time of day applies by it."""
    (tmp_path / "body.json").write_text(json.dumps({"flow": [SMS]}))
    assert "sent at 2026-01-01T00:00:00Z (--at" in run("explain", str(tmp_path / "body.json")).output
    at = run("explain", str(tmp_path / "body.json"), "--at", "2026-03-02T23:30Z", "--json").output
    assert json.loads(at)["sent"] == "2026-03-02T23:30:00Z"


class Log:
    """The log of an emulator that a test talks to; it is read once the emulator has stopped."""

    def __init__(self, server: Emulator, path: Path) -> None:
        self.server = server
        self._path = path

    def lines(self) -> list[str]:
        """Stop the emulator; its lines."""
        assert self.server.stop() == 0
        return self._path.read_text(encoding="utf-8").splitlines()

    def texts(self) -> list[str]:
        """The same without their times, each of which is one of the machine's in UTC."""
        lines = self.lines()
        assert all(AT.match(line) for line in lines)
        return [AT.sub("", line) for line in lines]

    def objects(self) -> list[dict[str, Any]]:
        """The lines of a log in JSON."""
        return [json.loads(line) for line in self.lines()]


@contextmanager
def logged(folder: Path, *options: str) -> Iterator[Log]:
    """An emulator whose log a test reads."""
    with emulator("--rate", "0", *options, log=folder / "log") as server:
        yield Log(server, folder / "log")


def test_h2_each_request_is_a_line_with_its_status_its_application_and_what_became_of_it(tmp_path: Path) -> None:
    """Accepted ones with flow and channels, refused ones with what is wrong and where."""
    with logged(tmp_path) as log:
        flow = log.server.send(VIBER, SMS)
        log.server.api("POST", "/failover", {"flow": [VIBER, {**VOICE, "dialPlan": None}]})
        log.server.api("GET", "/failover/tracking/nothing")
        log.server.call("POST", "/oauth/token", b"grant_type=client_credentials")
        log.server.call("GET", "/_emulator/board")
        log.server.advance(by="1s")
        told = log.texts()
    assert told[:2] == ["INFO POST /oauth/token 200 app", f"INFO POST /failover 200 app {flow[:8]} Viber→Sms"]
    assert told[2].startswith("WARNING POST /failover 400 app flow[1].dialPlan: ")
    assert told[3:] == [
        "WARNING GET /failover/tracking/nothing 404 app failover with trackingId 'nothing' was not found!",
        "WARNING POST /oauth/token 401 Full authentication is required to access this resource",
        "INFO POST /_emulator/clock/advance 200",
    ]


def test_h2_what_is_no_request_and_what_has_no_door_is_a_line_too(tmp_path: Path) -> None:
    """Else a client with a wrong address leaves no trace."""
    with logged(tmp_path) as log:
        log.server.call("GET", "/lookup")
        with socket.create_connection(("127.0.0.1", log.server.port)) as client:
            client.sendall(b"nonsense\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 400")
        told = log.texts()
    assert told[0].startswith("WARNING GET /lookup 404 ")
    assert told[1].startswith("WARNING HTTP 400 Invalid HTTP request")


def test_h2_a_load_is_counted_where_it_can_t_be_shown(tmp_path: Path) -> None:
    """No request is hidden: what has no line of its own is in the count of one."""
    body = json.dumps({"flow": [SMS]}).encode()
    with logged(tmp_path) as log:
        head = f"POST /failover HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {log.server.token()}\r\n"
        request = f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        with socket.create_connection(("127.0.0.1", log.server.port), timeout=PATIENCE) as client:
            client.sendall(request * 500)
            answers = b""
            while answers.count(b"HTTP/1.1 200") < 500:
                answers += client.recv(65536)
        told = log.texts()
    alone = [each for each in told if each.startswith(("INFO POST /failover 200", "INFO POST /oauth/token 200"))]
    counted = [int(found[1]) for each in told if (found := re.match("INFO ([0-9]+) more requests? answered 200", each))]
    assert len(alone) + sum(counted) == 501
    assert len(alone) + len(counted) == len(told)
    assert len(alone) < 501


def test_h2_a_remark_and_a_reason_are_not_lost_in_a_load(tmp_path: Path) -> None:
    """Each is said once, however many requests go before it."""
    plain = {"from": "Shop", "to": "+306912345678", "body": "Hi"}
    with logged(tmp_path) as log:
        for _ in range(LINES + 1):
            log.server.api("POST", "/sms", plain)
            log.server.api("POST", "/sms", {"from": "Shop"})
        log.server.api("POST", "/sms", plain | {"lable": "x"})
        log.server.api("POST", "/sms", plain | {"ttl": "soon"})
        told = log.texts()
    assert [each for each in told if "did you mean 'label'" in each]
    assert [each for each in told if "ttl" in each and each.startswith("WARNING POST /sms 400")]


@pytest.mark.parametrize(
    ("level", "levels"),
    [
        ("error", set()),
        ("warning", {"WARNING"}),
        ("info", {"WARNING", "INFO"}),
        ("debug", {"WARNING", "INFO", "DEBUG"}),
    ],
)
def test_h2_the_level_says_what_is_logged(level: str, levels: set[str], tmp_path: Path) -> None:
    """From nothing to each look at the emulator's own API."""
    with logged(tmp_path, "--log-level", level) as log:
        log.server.send(SMS)
        log.server.api("POST", "/failover", {})
        log.server.call("GET", "/_emulator/flows")
        assert {each.split()[0] for each in log.texts()} == levels


def test_h2_a_line_of_json_has_what_a_machine_looks_for_as_members(tmp_path: Path) -> None:
    """The flow, the application, the status."""
    with logged(tmp_path, "--log-format", "json") as log:
        flow = log.server.send(SMS)
        (_, sent) = log.objects()
    assert sent.pop("at").endswith("Z")
    assert sent.items() >= {"level": "INFO", "method": "POST", "path": "/failover", "status": 200}.items()
    assert (sent["application"], sent["flow"], sent["words"]) == ("app", flow, "Sms")


@pytest.mark.parametrize("kind", ["text", "json"])
def test_h2_nothing_in_a_request_can_colour_a_terminal_or_forge_a_line(kind: str, tmp_path: Path) -> None:
    """What does not print is an escape."""
    bad = "\x1b[31mred\r\n2026 INFO forged\u2028\u0085\x9b"
    with logged(tmp_path, "--log-format", kind) as log:
        log.server.call("GET", "/%1b%5b31mred%0d%0aforged%c2%9b%e2%80%a8")
        log.server.api("POST", "/failover", {"flow": [{**SMS, "from": bad, "to": bad}]})
        pair = f"client_id={bad!a}&grant_type={bad}".encode()
        log.server.call("POST", "/oauth/token", pair, {"Content-Type": "application/x-www-form-urlencoded"})
        assert log.server.stop() == 0
    text = (tmp_path / "log").read_text(encoding="utf-8")
    assert all(sign.isprintable() for sign in text.replace("\n", ""))
    assert text.count("\n") == len(text.splitlines()) == 4


def test_h2_b8_a_day_of_a_dead_receiver_is_a_few_lines(tmp_path: Path) -> None:
    """When it went down and why, how many callbacks wait, until when, how many are lost, and when it is up again; each
    attempt is in the journal.
    """
    with receiver() as hook, logged(tmp_path) as log:
        hook.answer = lambda _: 500
        for _ in range(100):
            log.server.send(SMS, callback=hook.url, strategy="OnCompletion")
        log.server.advance(by="48h")
        assert len(log.server.call("GET", "/_emulator/journal?kind=attempt&limit=100").json()["entries"]) == 100
        hook.answer = lambda _: 200
        log.server.forget_token()
        log.server.send(SMS, callback=hook.url, strategy="OnCompletion")
        log.server.advance(by="1h")
        told = [each for each in log.texts() if "http://" in each]
    assert 2 < len(told) < 20
    assert re.fullmatch(
        rf"WARNING {hook.url} refuses callbacks: answered 500; only 200 counts; 100 callbacks wait"
        r"(, attempt \d+ is at 2026-01-0\S+)? \(emulated time, now 2026-01-0\S+Z\)",
        told[0],
    )
    still = rf"WARNING {hook.url} still refuses callbacks, 1300 attempts failed: no callback waits, 100 were given up"
    assert told[-2].startswith(f"{still} (emulated time, now 2026-01-0")
    assert told[-1] == f"INFO {hook.url} takes callbacks again; 1300 attempts had failed"


def test_h2_the_log_ends_with_how_many_callbacks_were_given_up(tmp_path: Path) -> None:
    """However the emulator's time passes, once nothing waits any more."""
    for rate in ("0", "1000000"):
        with logged(tmp_path, "--rate", rate, "--token-lifetime", "9999999") as log:
            for _ in range(10):
                log.server.send(SMS, callback="http://127.0.0.1:9/hook", strategy="OnStep")
            log.server.advance(by="3h")
            log.server.advance(by="60h")
            told = [each for each in log.texts() if "http://127.0.0.1:9" in each]
        assert "no callback waits, 30 were given up (emulated time, now 2" in told[-1], rate
        assert len(told) < 20


def test_h2_each_receiver_of_a_host_has_its_reason(tmp_path: Path) -> None:
    """A path that answers isn't down, and one that takes callbacks changes nothing about another."""
    with receiver() as hook, logged(tmp_path) as log:
        status: dict[str, int] = {}
        hook.judge = lambda body, _: status[json.loads(body)["trackingId"]]
        place = hook.url.removesuffix("/hook")
        for path in ("204", "200", "302", "204?key=secret", "200"):
            flow = log.server.send(SMS, callback=f"{place}/{path}", strategy="OnCompletion")
            status[flow] = int(path[:3])
        log.server.advance(by="10s")
        told = sorted(each for each in log.texts() if "http://" in each)
    assert [each.partition("; only 200 counts; ")[0] for each in told] == [
        f"WARNING {place}/{status} refuses callbacks: answered {status}" for status in (204, 302)
    ]
    assert "; 2 callbacks wait, attempt 2 is at " in told[0]


def test_h2_b8_a_line_about_a_receiver_names_flow_and_application_and_no_password(tmp_path: Path) -> None:
    """As members of the JSON."""
    with logged(tmp_path, "--log-format", "json") as log:
        flow = log.server.send(SMS, callback="http://me:secret@127.0.0.1:9/hook?key=secret", strategy="OnCompletion")
        log.server.advance(by="10s")
        (down,) = [each for each in log.objects() if "receiver" in each]
    assert (down["receiver"], down["flow"], down["application"]) == ("http://127.0.0.1:9", flow, "app")
    assert down["why"].startswith("nothing listens on port 9 of ")
    assert "secret" not in json.dumps(down)


@contextmanager
def listening(*options: str, encoding: str = "utf-8") -> Iterator[tuple[Emulator, subprocess.Popen[str]]]:
    """The command `listen` as a process, which is called as an emulator is."""
    command = [sys.executable, "-m", "emulator", "listen", "--port", "0", *options]
    environment = {"PYTHONIOENCODING": encoding, "PYTHONPATH": ":".join(sys.path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])
        try:
            yield Emulator(process, port), process
        finally:
            process.kill()


def test_h3_listen_answers_whatever_its_terminal_can_show() -> None:
    """What the terminal's letters lack is replaced."""
    with listening(encoding="cp1252") as (hook, process):
        assert hook.call("POST", "/hook", "Γειά".encode()).status == 200
        assert process.stdout is not None
        assert process.stdout.readline() == "/hook \\u0393\\u03b5\\u03b9\\u03ac\n"


def test_h3_listen_answers_when_nobody_reads_what_it_prints() -> None:
    """As behind `head -1`; it says so once, elsewhere."""
    with listening() as (hook, process):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert [hook.call("POST", "/hook", b"{}").status for _ in range(3)] == [200, 200, 200]
        assert process.stderr.readline().startswith("nothing more is shown: ")
        process.terminate()
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE) == 0


def test_h3_a_callback_is_a_line_with_its_flow_s_id() -> None:
    """With --short, nothing else."""
    with listening("--short") as (hook, process), emulator("--rate", "0") as server:
        flow = server.send(SMS, callback=f"http://127.0.0.1:{hook.port}/hook", strategy="OnCompletion")
        server.advance(by="1h")
        process.terminate()
        assert process.stdout is not None
        (line,) = process.stdout.read().splitlines()
    assert re.fullmatch(rf"2026-\S+Z /hook {flow} Succeeded: Sms Delivered", line)


def test_h4_the_demo_says_when_it_is_over_and_plays_again(capsys: pytest.CaptureFixture[str]) -> None:
    """As often as somebody asks for it."""
    asked = iter([True, False])
    with emulator("--rate", "0") as server:
        telling.tell(f"http://127.0.0.1:{server.port}", "clinic", 0, lambda: next(asked))
        flows = server.call("GET", "/_emulator/flows?limit=1000").json()["flows"]
    assert len(flows) == sum(bool(scene.send) for scene in find("clinic", "").scenes)  # it begins anew each time
    assert capsys.readouterr().out.count("The story is over") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="has no terminals of this kind")
def test_h4_enter_is_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody sits before a terminal, nothing is waited for."""
    ours, theirs = os.openpty()
    before = os.dup(0)
    try:
        with os.fdopen(theirs, encoding="utf-8") as terminal:
            os.dup2(theirs, 0)
            monkeypatch.setattr(sys, "stdin", terminal)
            os.write(ours, b"\n")
            assert telling.enter()
            monkeypatch.setattr(sys, "stdin", io.StringIO())
            assert not telling.enter()
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(ours)
