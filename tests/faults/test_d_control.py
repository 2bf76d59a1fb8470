"""The emulator's own API, its feeds and its clients: what they take, what they refuse, and under which addresses.

A false green is the worst fault of a test tool, so most of this is about questions that nothing can meet.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import queue
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import msgspec
import pytest

from emulator.client import Application, Client, Misused, Refused
from emulator.page.page import FOLDER
from emulator.testing import Emulator as Embedded
from emulator.testing import Receiver
from tests.provider.voice.test_reading import COLLECT, PLAIN
from tests.support.calls import CALLS
from tests.support.commands import run
from tests.support.proxy import proxied
from tests.support.running import PATIENCE, SMS, VIBER, VOICE, Emulator, emulator, receiver
from tests.support.wire import never, wire

UNREAD = {"/sink", "/feed", "/board/feed"}


"""A call that looks at nothing, and those whose answers do not end."""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still, with a flow that has ended."""
    with emulator("--rate", "0") as running:
        running.send(SMS, callback="http://127.0.0.1:9/hook")
        running.advance(by="1m")
        yield running


def control(server: Emulator, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """The status and the body of a call of the emulator's own API; a body of bytes is sent as it is."""
    sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    answer = server.call(method, f"/_emulator/{path}", sent)
    return answer.status, answer.json()


@contextmanager
def stream(url: str, path: str, headers: dict[str, str] | None = None) -> Iterator[Iterator[str]]:
    """The lines of a feed as they come."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE)
    try:
        connection.request("GET", f"/_emulator/{path}", headers=headers or {})
        yield (line.decode().rstrip("\n") for line in connection.getresponse())
    finally:
        connection.close()


# --- D1: byte order marks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_d1_a_byte_order_mark_before_a_body_is_no_part_of_it(server: Emulator, encoding: str) -> None:
    """UTF-16 with one, which PowerShell's > writes, is read as well."""
    assert control(server, "POST", "verify", '{"wanted": [{}]}'.encode(encoding))[1]["verified"] is True
    status, chosen = control(
        server, "POST", "scenario", '{"text": "purpose: Ναι.", "application": "é"}'.encode(encoding)
    )
    assert (status, chosen["purpose"]) == (200, "Ναι.")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_d1_files_may_begin_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    """Credentials, prices, scenarios, a request, captured callbacks."""
    files = {
        "credentials.json": '{"app": {"secret": "secret"}}',
        "prices.json": '{"Sms": {"*": 0.5}}',
        "mine.yaml": "purpose: Mine.\nrules: [{ plan: { Sms: Failed } }]\n",
        "request.json": json.dumps({"flow": [SMS]}),
        "captured.jsonl": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode(encoding))
    options = [f"--{name}={tmp_path / name}.json" for name in ("credentials", "prices")]
    with emulator("--rate", "0", *options, "--scenario", str(tmp_path / "mine.yaml")) as server:
        flow = server.send(SMS)
        server.advance(by="1m")
        assert control(server, "GET", f"flows/{flow}")[1]["status"] == "Failed"
        assert control(server, "GET", "scenarios/mine")[1]["text"] == files["mine.yaml"]
        url = f"--url=http://127.0.0.1:{server.port}"
        server.call("PUT", "/_emulator/clock", b'{"rate": "instant"}')
        sent = run("send", str(tmp_path / "request.json"), "--application=app", "--secret=secret", url)
        assert (sent.exit_code, "Failed" in sent.output) == (0, True), sent.output
        body = server.api("GET", f"/failover/tracking/{flow}").body.decode()
    (tmp_path / "captured.jsonl").write_bytes(body.encode(encoding))
    for command in ("explain request.json", "paths request.json", "record captured.jsonl"):
        name, file = command.split()
        assert run(name, str(tmp_path / file)).exit_code == 0, command


def test_d1_what_is_no_text_is_told_with_its_place(server: Emulator, tmp_path: Path) -> None:
    """In a body and in a file."""
    assert control(server, "POST", "verify", b'{"\xff": 1}')[1]["detail"] == "the body is not UTF-8: byte 2 is 0xff"
    (tmp_path / "x.json").write_bytes(b"\xff")
    assert f"{tmp_path}/x.json is not UTF-8: byte 0 is 0xff" in run("paths", str(tmp_path / "x.json")).stderr


# --- D2, D3: path prefixes ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def below(server: Emulator) -> Iterator[str]:
    """The URL of the server as a proxy shows it, below a path."""
    with proxied(server.port, "/emu") as url:
        yield f"{url}/emu"


def test_d2_every_call_of_the_client_goes_below_the_path_of_its_url(below: str) -> None:
    """Of both APIs."""
    with Client(below) as client:
        app = client.application("below")
        app.set_rate(0)
        app.scenario("all-fail")
        flow = app.finish(app.send(SMS))
        app.assert_failed(flow)
        assert [each.id for each in app.flows()] == [flow.id]
        assert app.verify({"status": "Failed"}, times=1)
        app.revoke_tokens()
        app.reset()


def test_d2_so_do_those_of_the_command_line_and_of_the_plugin(below: str, tmp_path: Path) -> None:
    """With the URL as it is given."""
    assert "stands still" in run("clock", "--url", below).output
    for command in (["advance", "1s"], ["record"], ["send", "--application", "app"]):
        run("clock", "--rate", "instant", "--url", below)
        done = run(*command, "--url", f"{below}/")
        assert done.exit_code == 0, done.output
    run("clock", "--rate", "0", "--url", below)
    (tmp_path / "test_below.py").write_text(
        "from tests.support.running import SMS\n"
        "def test_it(failover, failover_url):\n"
        f"    assert failover_url == {below!r}\n"
        "    failover.assert_succeeded(failover.finish(failover.send(SMS)))\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--failover-emulator-url={below}",
        str(tmp_path),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=3 * PATIENCE, check=False)
    assert "1 passed" in ended.stdout, ended.stdout


@pytest.mark.parametrize(("asked", "page"), [("/emu/", "/emu/_emulator/"), ("/emu/_emulator", "/emu/_emulator/")])
def test_d3_redirects_lead_to_the_page_below_the_prefix(below: str, asked: str, page: str) -> None:
    """They are relative to what was asked for."""
    with urlopen(urljoin(below, asked), timeout=PATIENCE) as answer:
        assert (answer.status, answer.url) == (200, urljoin(below, page))


def test_d3_whatever_the_page_names_is_below_the_prefix() -> None:
    """Its parts are named beside it, and the calls that it makes by the address from which its scripts came."""
    absolute = re.compile(r"""location\.origin|(?:fetch|follow|url)\(["'`]?/|(?:href|src)=["']?/""")
    files = [file for file in FOLDER.rglob("*.*") if file.suffix in {".js", ".html", ".css"}]
    assert [file.name for file in files if absolute.search(file.read_text("utf-8"))] == []


@pytest.mark.parametrize("strips", [True, False])
def test_d3_what_must_be_absolute_follows_the_root_path(strips: bool) -> None:
    """Whether the proxy takes the prefix away or leaves it there."""
    with emulator("--rate", "0", "--root-path", "emu/") as server, proxied(server.port, "/emu", strips=strips) as url:
        with urlopen(f"{url}/emu/", timeout=PATIENCE) as answer:
            assert answer.url == f"{url}/emu/_emulator/"
        with Client(f"{url}/emu") as client:
            client.application("app").send(SMS)
            for path in ("/openapi.json", "/openapi/provider.json"):
                assert client.control("GET", path)["servers"] == [{"url": "/emu"}]
        assert server.call("GET", "/", headers={}).headers["location"] == "/emu/_emulator/"
        assert server.call("GET", "/emu/_emulator/health").status == 200
    wrong = run("serve", "--port", "0", "--root-path", "https://shop.example/emu")
    assert (wrong.exit_code, "root-path must be a path such as /emulator" in wrong.stderr) == (1, True)


# --- D4, D5: who may call, and by what name --------------------------------------------------------------------------


def test_d4_a_page_behind_a_proxy_that_puts_another_host_may_call_if_it_is_allowed() -> None:
    """Its Origin is what the browser was told; --allowed-hosts names it."""
    with (
        emulator("--rate", "0", "--allowed-hosts", "emu.example,*.team.example") as server,
        proxied(server.port, "", host=f"127.0.0.1:{server.port}") as url,
    ):
        answers = {}
        for origin in ("https://emu.example", "http://a.team.example:8443", "https://evil.example", "https://example"):
            asked = Request(f"{url}/_emulator/clock", b'{"rate": 0}', {"Origin": origin}, method="PUT")
            try:
                answers[origin] = urlopen(asked, timeout=PATIENCE).status
            except HTTPError as refused:
                answers[origin] = refused.code
                assert "--allowed-hosts names those that may" in refused.read().decode()
        assert list(answers.values()) == [200, 200, 403, 403]


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost", "http://localhost:80", 200),
        ("localhost:80", "http://localhost", 200),
        ("localhost:443", "https://localhost", 200),
        ("localhost", "https://localhost:443", 200),
        ("localhost:80", "https://localhost", 403),
        ("localhost", "http://localhost:3000", 403),
        ("localhost", "http://localhost:x", 403),
        ("localhost", "http://other", 403),
    ],
)
def test_d4_the_port_of_a_scheme_may_be_left_out(server: Emulator, host: str, origin: str, status: int) -> None:
    """By either side; another port is another page."""
    assert server.call("PUT", "/_emulator/clock", b'{"rate": 0}', {"Host": host, "Origin": origin}).status == status


def test_d5_health_checks_are_open_to_every_name(server: Emulator) -> None:
    """As an orchestrator calls them; so is the sink, to which callbacks go."""
    named = {"Host": "emulator.default.svc.cluster.local:8080"}
    assert [server.call("GET", f"/_emulator/{path}", headers=named).status for path in ("health", "ready")] == [
        200,
        200,
    ]
    assert server.call("POST", "/_emulator/sink", b"{}", named).status == 200
    assert server.call("GET", "/_emulator/clock", headers=named).status == 403


def test_d5_a_person_s_browser_gets_a_page_that_says_what_to_do(server: Emulator) -> None:
    """Any other client gets it as a problem; what a Host has in it is text."""
    browser = {"Accept": "text/html,application/xhtml+xml", "Host": "emu.dns.podman"}
    page = server.call("GET", "/_emulator/", headers=browser)
    assert (page.status, page.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "restart with <code>--allowed-hosts emu.dns.podman</code>" in page.body.decode()
    assert "default-src 'none'" in page.headers["content-security-policy"]
    hostile = server.call("GET", "/_emulator/", headers=browser | {"Host": "<script>.x"})
    assert "<script>" not in hostile.body.decode()
    plain = server.call("GET", "/_emulator/", headers=browser | {"Accept": "*/*"})
    assert "restart with `--allowed-hosts emu.dns.podman`" in plain.json()["detail"]


# --- D6, D7: feeds -------------------------------------------------------------------------------------------------


def events(lines: Iterator[str], wanted: int) -> list[tuple[str, Any]]:
    """The next events of a feed, each with its data."""
    found: list[tuple[str, Any]] = []
    kind = ""
    while len(found) < wanted:
        line = next(lines)
        if line.startswith("event: "):
            kind = line[7:]
        elif line.startswith("data: "):
            found.append((kind, json.loads(line[6:])))
    return found


@pytest.mark.parametrize(("query", "headers"), [("?after=999", {}), ("", {"Last-Event-ID": "999"})])
def test_d6_a_number_of_another_life_begins_at_the_beginning(
    server: Emulator, query: str, headers: dict[str, str]
) -> None:
    """And the feed says so before its first entry."""
    with stream(f"http://127.0.0.1:{server.port}", f"feed{query}", headers) as lines:
        (told, why), (first, entry) = events(lines, 2)
    assert (told, first, entry["seq"]) == ("restarted", "entry", 1)
    assert "999" in why["detail"]


def test_d6_a_feed_of_another_life_is_known_by_its_ids_however_long_the_new_one_is() -> None:
    """An event's id has a mark of the store, so it does not matter which numbers there are by now."""
    ids: list[str] = []
    for known in ("", "old"):
        with emulator("--rate", "0") as server:
            server.send(SMS)
            headers = {"Last-Event-ID": ids[0]} if known else {}
            with stream(f"http://127.0.0.1:{server.port}", "feed", headers) as lines:
                ids.append(next(line for line in lines if line.startswith("id: "))[4:])
            with stream(f"http://127.0.0.1:{server.port}", "feed", {"Last-Event-ID": ids[-1]}) as lines:
                assert events(lines, 1)[0][1]["seq"] == 2
    assert [each.partition("-")[0] for each in ids] == ["1", "1"]
    assert ids[0] != ids[1]


@pytest.mark.parametrize("path", ["journal", "requests"])
def test_d6_a_page_says_that_it_begins_at_the_beginning(server: Emulator, path: str) -> None:
    """A page that reads on from the last entry does not."""
    page = control(server, "GET", f"{path}?after=999")[1]
    assert (page["restarted"], page["entries" if path == "journal" else path][0]["seq"]) == (True, 1)
    last = control(server, "GET", "journal")[1]["next"]
    assert control(server, "GET", f"{path}?after={last}")[1]["restarted"] is False


def test_d6_so_does_a_page_of_callbacks(server: Emulator) -> None:
    """Their numbers are of the store too."""
    page = control(server, "GET", "callbacks?after=999")[1]
    assert (page["restarted"], page["callbacks"][0]["number"]) == (True, 1)
    page = control(server, "GET", f"callbacks?after={page['next']}")[1]
    assert (page["restarted"], page["callbacks"]) == (False, [])


@pytest.mark.parametrize("path", ["feed", "board/feed"])
def test_d7_a_feed_without_events_has_a_comment_now_and_then(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a proxy keeps it open, and its reader knows that the server is there."""
    monkeypatch.setattr("emulator.http.events.PULSE", 0.0)
    with Embedded(rate=0) as running, stream(running.url, path) as lines:
        assert [line for line, _ in zip((each for each in lines if each.startswith(":")), "123", strict=False)]
        running.client().application("shop").set_rate(0)
        assert next(line for line in lines if line.startswith("data: "))


# --- D8, D9: the client in its process -------------------------------------------------------------------------------

CROWDED = """
import resource, socket, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (2000, hard))
kept = [socket.socket() for _ in range(1100)]
from emulator.client import Client
with Client(sys.argv[1]) as client:
    for _ in range(3):
        print(client.control("GET", "/health")["status"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_d8_the_client_works_in_a_process_with_a_thousand_open_files(server: Emulator) -> None:
    """On a connection that is kept, too."""
    command = [sys.executable, "-c", CROWDED, f"http://127.0.0.1:{server.port}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.stdout.split() == ["ok", "ok", "ok"], done.stderr


@pytest.mark.parametrize("command", ["clock", "advance 1s", "send --application proxied", "record", "check-webhook"])
def test_d9_no_proxy_stands_before_the_emulator_s_own_address(
    server: Emulator, failover_receiver: Receiver, command: str
) -> None:
    """Whatever the environment says: nothing listens where these proxies would be."""
    dead = "http://127.0.0.1:9"
    proxies = {name: dead for each in ("http_proxy", "https_proxy", "all_proxy") for name in (each, each.upper())}
    url = [failover_receiver.url] if command == "check-webhook" else ["--url", f"http://127.0.0.1:{server.port}"]
    rate = server.call("PUT", "/_emulator/clock", b'{"rate": "instant"}' if "send" in command else b'{"rate": 0}')
    assert rate.status == 200
    done = run(*command.split(), *url, **proxies)
    assert done.exit_code == 0, done.output


# --- D10: a webhook's handler that moves time -------------------------------------------------------------------------

LONG = ("--callback-timeout", "3")


"""What receivers have to answer: long enough for a busy machine."""


@pytest.mark.parametrize("call", ["POST clock/advance", "PUT clock", "POST reset"])
def test_d10_a_handler_can_t_move_the_time_of_a_call_that_waits_for_it(call: str) -> None:
    """It is told so while it still has time to answer, and then the waiting call goes on: nothing is repeated."""
    bodies = {"POST clock/advance": {"by": "1s"}, "PUT clock": {"rate": 5}, "POST reset": {}}
    told: list[tuple[int, Any]] = []
    method, path = call.split()
    with receiver() as hook, emulator("--rate", "0", *LONG) as server:

        def answer(_: int) -> int:
            told.append(control(server, method, path, bodies[call]))
            return 200

        hook.answer = answer
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.advance(until="idle")
        assert hook.next()["status"] == "Succeeded"
        assert (hook.count, [status for status, _ in told]) == (1, [409])
        assert "time is being moved by a call that waits for a callback" in told[0][1]["detail"]


@pytest.mark.parametrize("rate", ["0", "instant", "1"])
def test_d10_the_log_tells_of_a_handler_that_moves_time_while_no_call_waits_for_it(rate: str, tmp_path: Path) -> None:
    """Its own callback fails first, and is repeated."""
    with receiver() as hook, emulator("--rate", rate, "--callback-timeout", "3", log=tmp_path / "log") as server:
        told = queue.Queue[int]()

        def answer(number: int) -> int:
            if number == 1:
                told.put(control(server, "POST", "clock/advance", {"by": "1m"})[0])
            return 200

        hook.answer = answer
        flow = server.send(SMS, callback=hook.url)
        for _ in range(4):
            hook.next()
        assert told.get(timeout=PATIENCE) == 200  # after the callbacks that the move made due
        outcomes = [entry["data"]["outcome"] for entry in server.journal(flow) if entry["kind"] == "attempt"]
        assert (outcomes[0], set(outcomes[1:])) == ("refused", {"received"})
        assert "is it the handler's own?" in (tmp_path / "log").read_text()


@pytest.mark.anyio
@pytest.mark.parametrize("rate", ["0", "instant", "1000"])
async def test_d10_a_call_is_not_refused_for_a_receiver_that_hangs(rate: str) -> None:
    """No call waits for the callback of the acceptance, so the one that comes then moves time once it has failed."""

    def play(url: str) -> Any:
        with emulator("--rate", rate, "--callback-timeout", "0.2") as server:
            flow = server.send(SMS, callback=url)
            server.advance(by="10s")
            return next(entry["data"]["outcome"] for entry in server.journal(flow) if entry["kind"] == "attempt")

    async with wire(never) as hangs:
        assert await asyncio.to_thread(play, hangs.url) == "refused"


def test_d10_parallel_callers_get_their_turns_however_many_callbacks_there_are() -> None:
    """A receiver that answers is waited for."""
    with receiver() as hook, emulator("--rate", "0") as server:
        for _ in range(20):
            server.send(SMS, VIBER, callback=hook.url)
        with ThreadPoolExecutor(5) as callers:
            done = [callers.submit(server.advance, by="1s") for _ in range(10)]
        assert [each.result()["now"] for each in done] != []
        assert server.clock()["now"] == "2026-01-01T00:00:10Z"


# --- D11: questions that nothing can meet ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("flows?status=Fialed", "Succeeded or Failed; it is 'Fialed'; did you mean 'Failed'?"),
        ("flows?status=", "status must be Queued, InProgress, Succeeded or Failed; it is ''"),
        ("board?status=Fialed", "did you mean 'Failed'?"),
        ("board/feed?channel=Vbier", "channel must be Sms, Viber or Voice; it is 'Vbier'; did you mean 'Viber'?"),
        ("flows?scenario=hapy", "there is no scenario 'hapy'; did you mean 'happy'?"),
        ("board?scenario=hapy", "there is no scenario 'hapy'; did you mean 'happy'?"),
        ("flows?stauts=Failed", "unknown member 'stauts'; did you mean 'status'?"),
        ("flows?to=1&to=2", "?to= stands in the query twice"),
        ("callbacks?outcome=recieved", "received or waiting; it is 'recieved'; did you mean 'received'?"),
        ("callbacks?flow=nope", "there is no flow nope"),
        ("callbacks?flow=", "flow: Expected `str` of length >= 1"),
        ("callbacks?after=5&before=6", "no number is above `after`, 5, and below `before`, 6"),
        ("callbacks?before=0", "before: Expected `int` >= 1"),
        ("journal?flow=nope", "there is no flow nope"),
        ("feed?flow=nope", "there is no flow nope"),
        ("journal?flow={flow}&application=other", "is of the application app, not of other"),
        ("journal?limit=0", "limit: Expected `int` >= 1"),
        ("journal?limit=1001", "limit: Expected `int` <= 1000"),
        ("feed?before=5", "unknown member 'before'"),
        ("journal?after=5&before=3", "no number is above `after`, 5, and below `before`, 3"),
        ("journal?since=2030-01-01T00:00Z&until=2020-01-01T00:00Z", "no time is from 2030-01-01T00:00Z to 2020"),
        ("journal?kind=", "kind: Expected `str` of length >= 1"),
        ("requests?kind=acepted", "there are no such entries of kind 'acepted'; did you mean 'accepted'?"),
        ("requests?kind=attempt", "there are no such entries of kind 'attempt'"),
        ("flows?to=+306912345678", "in a URL, + is written %2B; it is ' 306912345678'"),
        ("board?to=+306912345678", "in a URL, + is written %2B; it is ' 306912345678'"),
        ("sample?channels=Vibr", "there is no channel 'Vibr'; did you mean 'Viber'?"),
        ("scenarios/hapy", "there is no scenario 'hapy'; did you mean 'happy'?"),
        ("callbacks/nope", "there is no callback nope"),
    ],
)  # fmt: skip
def test_d11_a_question_that_nothing_can_meet_is_refused(server: Emulator, path: str, told: str) -> None:
    """An empty answer would look like a right one."""
    flow = control(server, "GET", "flows")[1]["flows"][-1]["trackingId"]
    status, problem = control(server, "GET", path.replace("{flow}", flow))
    assert (status in (400, 404), told in problem["detail"]) == (True, True), problem


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("verify", {"times": 0, "wanted": [{"status": "Fialed"}]}, "or Failed; it is 'Fialed'; did you mean 'Failed'?"),
        ("verify", {"times": 0, "wanted": [{"statusCode": "5"}]}, "statusCode must be 0, 1, 2 or 3; it is '5'"),
        ("verify", {"times": 0, "wanted": [{"channel": "sms"}]}, "did you mean 'Sms'?"),
        ("verify", {"times": 0, "wanted": [{"messages": ["Deliverd"]}]}, "wanted[0].messages[0] must be "),
        ("verify", {"times": 0, "wanted": [{"match": {"chanel": "Sms"}}]}, "did you mean 'channel'?"),
        ("verify", {"times": 0, "wanted": [{"status": "Succeeded", "statusCode": "2"}]}, "a flow that is Failed has"),
        ("verify", {"times": 0, "wanted": [{"status": "Queued", "channel": "Sms"}]}, "that is Queued has not ended"),
        ("verify", {"times": 1, "least": 2, "wanted": [{}]}, "least and most have no place beside it"),
        ("verify", {"least": 3, "most": 1, "wanted": [{}]}, "no number is at least 3 and at most 1"),
        ("verify", {"times": 0, "wanted": [{"match": {"to": "6912345678"}}]}, "a recipient is written with +"),
        ("verify", {"times": 0, "wanted": [{"match": {"to": {"starts": "30"}}}]}, "a recipient begins with +"),
        ("verify", {"times": 0, "wanted": [{"match": {"order": 3, "steps": 2}}]}, "cannot both hold"),
        ("verify", {"times": 0, "wanted": [{"match": {"endpoint": "token"}}]}, "a token or for tracking are no flows"),
        ("verify", {"times": 0, "wanted": [{"match": {"request_to": 2}}]}, "request_to is 2: that is known only while"),
        ("verify", {"times": 1, "wanted": [{"match": {"not": {"request_to": 2}}}]}, "that is known only while"),
        ("verify", {"times": 1, "wanted": [{"match": {"not": {"replied": "STOP"}}}]}, "replied is STOP: that is known"),
        ("verify", {"wanted": [{"match": {"time": {"to": "10m"}}}]}, "first request: that is known only"),
        ("verify", {"wanted": [{"match": {"rate": {"above": "5/m"}}}]}, "that is known only while"),
        ("verify", {"wanted": [{"match": {"all": [{"any": [{"share": {"from": "0%", "to": "90%", "over": "1h"}}]}]}}]},
         "that is known only while"),
        ("verify", b"", "the body is empty; expected what to verify"),
        ("verify", {"times": 0, "wanted": [{"status": "Success"}]}, "did you mean 'Succeeded'?"),
        ("clock/advance", {"by": "5m", "to": "2026-01-01"}, "by and to are given together; expected a body of"),
        ("scenario", {"scenario": "happy"}, 'it is the text "happy"; did you mean `name` or `text`?'),
        ("scenario/overrides", {"rules": "- plan: happy"}, "it is a text; did you mean `text`?"),
        ("clock/advance", {"until": "nxt"}, "until must be idle or next; it is 'nxt'; did you mean 'next'?"),
        ("scenario/overrides", {"rules": [{"plan": "happy", "use": 1}]}, "unknown key 'use'; did you mean 'uses'?"),
        ("flows/{flow}/reports", {"status": "Failed", "cause": "balanc"}, "did you mean 'balance'?"),
        ("flows/{flow}/reports", {"status": "Deliverd"}, "Sms has no status Deliverd; did you mean 'Delivered'?"),
        ("flows/{flow}/reports", {"status": "Failed", "reason": {"detailed": ""}}, "did you mean 'detailedStatus'?"),
        ("callbacks/{callback}/resend", {"twice": True}, "this call takes nothing"),
    ],
)  # fmt: skip
def test_d11_a_mistyped_body_is_refused(server: Emulator, path: str, body: object, told: str) -> None:
    """With what was meant; nothing has happened."""
    flow = control(server, "GET", "flows")[1]["flows"][-1]["trackingId"]
    callback = control(server, "GET", "callbacks")[1]["callbacks"][0]["id"]
    status, problem = control(server, "POST", path.replace("{flow}", flow).replace("{callback}", callback), body)
    assert (status in (400, 409), told in problem["detail"]) == (True, True), problem


def test_d11_an_advance_to_the_end_of_no_flow_is_not_found(server: Emulator) -> None:
    """As by every call that names a flow."""
    status, problem = control(server, "POST", "clock/advance", {"flow": "nope"})
    assert (status, problem["detail"]) == (404, "there is no flow nope")


def test_d11_a_cancellation_needs_no_body() -> None:
    """Since all in it is optional; a reset does, since one that lost its body would take everything along."""
    with emulator("--rate", "0") as server:
        flow = server.send(SMS)
        assert control(server, "POST", f"flows/{flow}/cancel")[1]["status"] == "Failed"
        assert control(server, "POST", "reset")[0] == 400


def test_d11_an_application_of_which_nothing_is_known_is_doubted(server: Emulator) -> None:
    """It is no mistake by itself: fixtures and pages ask about applications before their first flow."""
    note = "nothing is known yet of an application 'ap'; did you mean 'app'?"
    assert control(server, "GET", "flows?application=ap")[1] == {"total": 0, "flows": [], "note": note}
    verdict = control(server, "POST", "verify", {"application": "ap", "times": 0, "wanted": [{}]})[1]
    assert verdict["detail"] == f"0 of 0 flows as wanted; expected 0; {note}"
    assert control(server, "POST", "clock/advance", {"application": "ap", "by": "1s"})[1]["note"] == note
    assert "note" not in control(server, "POST", "clock/advance", {"application": "ap", "by": "1s"})[1]
    assert "note" not in control(server, "POST", "reset", {"application": "ap"})[1]
    assert control(server, "POST", "reset", {"application": "ap"})[1]["note"] == note
    assert "note" not in control(server, "GET", "flows?application=app&status=Failed&to=1")[1]


def test_d11_every_look_at_an_application_of_which_nothing_is_known_says_so(server: Emulator) -> None:
    """An empty answer to a misspelt name would look like a right one. What is streamed has no place for it."""
    paths = json.loads(server.call("GET", "/_emulator/openapi.json").body)["paths"]
    looks = [
        path.removeprefix("/_emulator/")
        for path, calls in paths.items()
        if any(each["name"] == "application" for each in calls.get("get", {}).get("parameters", ()))
        and not path.endswith("/feed")
    ]
    assert {"journal", "requests", "board", "board/list", "callbacks", "tokens", "choices", "flows"} <= {*looks}
    for look in looks:
        told = control(server, "GET", f"{look}?application=apq")[1]
        assert told.get("note") == "nothing is known yet of an application 'apq'; did you mean 'app'?", look
        assert "note" not in control(server, "GET", f"{look}?application=app")[1]
        assert "note" not in control(server, "GET", look)[1]


@pytest.mark.parametrize(
    ("method", "path", "takes"),
    [
        ("POST", "/_emulator/clock", "DELETE, GET, HEAD, PUT"),
        ("PUT", "/_emulator/scenario", "DELETE, GET, HEAD, POST"),
        ("POST", "/_emulator/balance", "GET, HEAD, PUT"),
        ("PATCH", "/_emulator/scenario/overrides", "DELETE, POST"),
        ("GET", "/_emulator/flows/x/cancel", "POST"),
        ("GET", "/oauth/token", "POST"),
    ],
)
def test_d11_a_wrong_method_is_told_with_every_right_one(server: Emulator, method: str, path: str, takes: str) -> None:
    """In the header too."""
    answer = server.call(method, path, b"{}")
    assert (answer.status, answer.headers["allow"]) == (405, takes)
    assert f"{method} is not supported at {path}, which takes {takes}" in answer.body.decode()


def test_d11_the_journal_names_the_methods_of_the_provider_s_paths_too(server: Emulator) -> None:
    """The answer is the provider's, which doesn't."""
    assert server.call("PUT", "/contacts/my", b"{}").status == 500
    assert "/contacts/my, which takes DELETE, GET, HEAD, POST" in str(server.newest())


@pytest.mark.parametrize("call", [f"{each.method} {each.path}" for each in CALLS if each.path not in UNREAD])
def test_d11_no_call_ignores_what_it_does_not_know(server: Emulator, call: str) -> None:
    """Whether it takes a query, a body, or nothing."""
    method, path = call.split()
    status, problem = control(
        server, method, f"{path[1:].replace('{id}', 'x')}?nonsense=1", b"{}" if method == "POST" else None
    )
    assert (status, "nonsense" in problem["detail"]) == (400, True)


def test_d11_callbacks_are_narrowed_to_an_outcome() -> None:
    """Pending is what is not finished."""
    with emulator("--rate", "0") as server:
        server.send(SMS, callback="http://127.0.0.1:9/hook", strategy="OnCompletion")
        server.advance(by="1m")
        found = {each: control(server, "GET", f"callbacks?outcome={each}")[1] for each in ("pending", "received")}
        assert [len(page["callbacks"]) for page in found.values()] == [1, 0]


def test_d11_a_broken_file_is_told_as_such_when_it_is_chosen(tmp_path: Path) -> None:
    """Rather than as a scenario that does not exist, or as a shipped one of the same name."""
    with emulator("--rate", "0", "--scenarios", str(tmp_path)) as server:
        assert control(server, "POST", "scenario", {"name": "happy"})[0] == 200
        for name in ("happy", "mine"):
            (tmp_path / f"{name}.yaml").write_text("purpose: x\nrules: [{ pln: happy }]\n")
        broken: set[str] = set()
        while len(broken) < 2:  # the folder is looked at four times a second
            broken |= {entry["data"]["file"] for entry in server.journal() if entry["kind"] == "scenario broken"}
        for name in ("happy", "mine"):
            status, problem = control(server, "POST", "scenario", {"name": name})
            assert (status, f"{name}.yaml:2:" in problem["detail"], "'plan'?" in problem["detail"]) == (400, True, True)
        (tmp_path / "happy.yaml").unlink()
        while control(server, "POST", "scenario", {"name": "happy"})[0] != 200:
            pass


def test_d11_the_client_refuses_what_names_nothing(failover: Application, failover_receiver: Receiver) -> None:
    """Its assertions do not pass about a flow that there is not."""
    untyped: Any = failover  # a type checker would refuse what the emulator refuses here
    asked: list[tuple[Any, str]] = [
        (lambda: failover.assert_callbacks("nope"), "there is no flow nope"),
        (lambda: failover.assert_callbacks("nope", count=0), "there is no flow nope"),
        (lambda: failover.journal("nope"), "there is no flow nope"),
        (lambda: untyped.journal(kind="acepted"), "did you mean 'accepted'"),
        (lambda: untyped.flows(status="Fialed"), "did you mean 'Failed'"),
        (lambda: failover.client.control("GET", "/flows", stauts="Failed"), "did you mean 'status'"),
        (lambda: untyped.flows(status=""), "status must be"),
        (lambda: failover.verify({"status": "Fialed"}, times=0), "did you mean 'Failed'"),
        (lambda: failover.override({"plan": {"Sms": "Failed"}, "use": 1}), "did you mean 'uses'"),
    ]
    for ask, told in asked:
        with pytest.raises(Refused, match=told):
            ask()
    for empty in (failover.callbacks, failover.journal, failover.flow, failover.timeline):
        with pytest.raises(Misused, match="a flow's id is empty"):
            empty("")
    flow = failover.finish(failover.send(VIBER, callback=failover_receiver.url, strategy="OnCompletion"))
    assert len(failover_receiver.of(flow)) == len(failover_receiver.of(flow.id)) == 1


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ('{"secret": "s", "lifetime": -1}', "lifetime: Expected `int` >= 0"),
        ('{"secret": "s", "lifetime": 99999999999999}', "lifetime: Expected `int` <= 1000000000"),
        ('{"secret": "s", "lifetme": 60}', "unknown member 'lifetme'; did you mean 'lifetime'?"),
        ('{"secret": "s", "scopes": ["falover"]}', "unknown scope 'falover'; did you mean 'failover'?"),
    ],
)
def test_d11_mistyped_credentials_stop_the_start(tmp_path: Path, account: str, told: str) -> None:
    """Rather than giving tokens that have ended, or never end."""
    (tmp_path / "credentials.json").write_text(f'{{"app": {account}}}')
    done = run("serve", "--port", "0", "--credentials", str(tmp_path / "credentials.json"))
    assert (done.exit_code, told in done.stderr) == (1, True), done.stderr


# --- D12: typed answers ----------------------------------------------------------------------------------------------


def asked(server: Emulator, hook: str) -> Iterator[tuple[str, str, object]]:
    """Calls that have an answer of every kind: flows over all channels, callbacks, rules, overrides, a balance."""
    to = "+306900000111"
    steps = [step | {"to": to, "order": order} for order, step in enumerate((VIBER, SMS), 1)]
    voice = VOICE | {"to": {"phone": to}, "order": 3}
    inbound = VIBER | {"inboundUrl": hook, "label": "x", "message": {"text": "a", "imageUrl": "https://a.example/b.png", "action": {"caption": "c", "targetUrl": "http://d.example"}}}  # fmt: skip # noqa: E501
    flow, open_one = server.send(*steps, voice, callback=hook), server.send(inbound, callback=hook)
    call = server.api("POST", "/voice/conversation", PLAIN | {"dialPlan": {"verbs": [COLLECT | {"eventUrl": hook}]}})
    yield "POST", "clock/advance", {"by": "10s"}
    yield "POST", f"flows/{call.json()['trackingId']}/keys", {"keys": "5#"}
    yield "POST", f"flows/{open_one}/replies", {"text": "Yes"}
    yield "POST", f"flows/{open_one}/reports", {"status": "SEEN"}
    cancelled = server.send(SMS | {"message": {"body": "long " * 60}})
    yield "POST", f"flows/{cancelled}/cancel", {}
    yield "POST", "clock/advance", {"until": "idle"}
    callback = control(server, "GET", "callbacks")[1]["callbacks"][0]["id"]
    yield "POST", f"callbacks/{callback}/resend", None
    for each in (flow, open_one, cancelled):
        yield "GET", f"flows/{each}", None
        yield "GET", f"flows/{each}/rules", None
        yield "GET", f"flows/{each}/scenario", None
    yield "GET", f"callbacks/{callback}", None
    yield "POST", "scenario", {"text": "purpose: Poor.\nbalance: 5\n"}
    yield "POST", "scenario/overrides", {"rules": [{"plan": {"Sms": "Failed"}, "uses": 2}]}
    yield "PUT", "balance", {"application": "app", "balance": 3.5}
    yield "PUT", "clock", {"rate": "instant"}
    yield "POST", "verify", {"wanted": [{"status": "Failed", "match": {"to": "+306933333333"}}]}
    for text in ("purpose: [", "purpose: x\nrules: [{ match: { to: '6912345678' }, plan: happy }]"):
        yield "POST", "scenarios/check", {"text": text}
    yield "POST", "paths", {"flow": [SMS]}
    yield "GET", "sample?channels=Viber,Voice&callback=http://a.example", None
    yield "GET", "scenarios/default", None
    yield "PUT", "scenarios/kept", {"text": "purpose: x"}
    yield "DELETE", "scenarios/kept", None
    yield "POST", "scenarios/expectations", {"text": "purpose: x\nexpect: [{ send: [Sms], status: Failed }]"}
    yield "POST", "recording", {"flows": [flow]}
    for path in (
        "health",
        "ready",
        "settings",
        "openapi.json",
        "openapi/provider.json",
        "journal",
        "board",
        "board/list",
        "requests",
    ):
        yield "GET", path, None
    for path in ("flows", "callbacks", "scenarios", "scenario", "choices", "clock", "clocks", "applications", "tokens"):
        yield "GET", path, None
    for path in ("balance", "statistics", "schemas", "schemas/scenario.json"):
        yield "GET", path, None
    yield "DELETE", "scenario/overrides", None
    yield "DELETE", "scenario", None
    yield "DELETE", f"tokens/{control(server, 'GET', 'tokens')[1]['tokens'][0]['token']}", None
    yield "POST", "callbacks/resend", {"application": "app"}
    yield "DELETE", f"flows/{cancelled}", None
    yield "GET", "upcoming", None
    yield "DELETE", "clock?application=app", None
    yield "POST", "sink", {}
    yield "GET", "sink/posts", None
    yield "PUT", "sink/answer", {}
    yield "GET", "stories", None
    yield "GET", "stories/shop", None
    yield "POST", "stories/shop", {"act": "stop"}
    yield "POST", "reset", {}


def test_d12_every_answer_is_of_the_type_that_the_documentation_says(failover_receiver: Receiver) -> None:
    """Nothing is missing in the answer, and nothing in the type."""
    seen = set()
    with emulator("--rate", "0") as server:
        for method, path, body in asked(server, failover_receiver.url):
            call = next(each for each in CALLS if each.method == method and fits(each.path, path))
            sent = None if body is None else json.dumps(body).encode()
            answer = server.call(method, f"/_emulator/{path}", sent)
            assert answer.status == 200, (path, answer.body)
            assert json.loads(msgspec.json.encode(msgspec.json.decode(answer.body, type=call.gives))) == answer.json()
            seen.add((method, call.path))
        for path in ("feed", "board/feed"):
            with stream(f"http://127.0.0.1:{server.port}", path) as lines:
                call = next(each for each in CALLS if each.path == f"/{path}")
                data = next(line[6:] for line in lines if line.startswith("data: "))
                assert json.loads(msgspec.json.encode(msgspec.json.decode(data, type=call.gives))) == json.loads(data)
                seen.add(("GET", call.path))
        for call in [each for each in CALLS if each.gives is str]:
            shown = server.call("GET", f"/_emulator{call.path}")
            assert call.kind.partition(";")[0] == shown.headers["content-type"].partition(";")[0]
            seen.add(("GET", call.path))
    assert {(each.method, each.path) for each in CALLS} - seen == set()


def fits(pattern: str, path: str) -> bool:
    """Whether a call's path is that of a request."""
    return re.fullmatch(pattern.replace("{id}", "[^/?]+").replace(".", "[.]"), f"/{path.partition('?')[0]}") is not None


def test_d12_the_documentation_names_the_type_of_every_answer(server: Emulator) -> None:
    """With its members, of which those that are always there are required."""
    document = control(server, "GET", "openapi.json")[1]
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            content = operation["responses"]["200"]["content"]
            if "text/event-stream" in content:
                assert content["text/event-stream"]["schema"]["description"].split()[-1].rstrip(".") in schemas
                continue
            if path in ("/_emulator/ca.pem", "/_emulator/metrics"):
                ((kind, shape),) = content.items()
                assert kind.partition(";")[0] in ("application/x-pem-file", "text/plain")
                assert shape == {"schema": {"type": "string"}}
                continue
            if path == "/_emulator/schemas/{id}":
                assert content == {"application/schema+json": {"schema": {"type": "object"}}}
                continue
            schema = schemas[content["application/json"]["schema"]["$ref"].rpartition("/")[2]]
            assert (schema["type"], bool(schema["properties"])) == ("object", path != "/_emulator/sink"), path
    assert "trackingId" in schemas["WholeFlow"]["required"]
    assert schemas["Problem"]["required"] == ["title", "status", "detail"]
