"""Several emulators on one PostgreSQL are as one: any of them answers any call, and each may be killed."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support import postgres
from tests.support.running import PATIENCE, SMS, VIBER, VOICE, Answer, Emulator, Receiver, emulator, receiver

ONE_OF_EACH: dict[str, dict[str, Any]] = {
    "/failover": {"flow": [VIBER, SMS]},
    "/sms": {"body": "Hi", "to": "+306912345678", "from": "Shop"},
    "/viber": {"senderInfoTrackingId": "3f0c", "to": "+306912345678", "body": {"text": "Hi"}},
    "/voice/conversation": {"to": VOICE["to"], "from": VOICE["from"], "dialPlan": VOICE["dialPlan"]},
}
"""A request of each service that makes a flow."""


@contextmanager
def several(count: int, place: str, *options: str) -> Iterator[list[Emulator]]:
    """So many emulators at one place."""
    with ExitStack() as stack:
        yield [stack.enter_context(emulator("--store", place, *options)) for _ in range(count)]


def called(servers: list[Emulator], hook: Receiver) -> list[Any]:
    """What a script of calls answers, each made at the next of these servers, and what is kept then."""
    turn = iter(servers * 100)
    tokens = [next(turn).token(name) for name in ("a", "b", "a")]
    said: list[Any] = [*tokens]

    def own(method: str, path: str, **body: Any) -> None:
        answer = next(turn).call(method, f"/_emulator/{path}", json.dumps(body).encode() if body else None)
        said.append((answer.status, answer.json()))

    def post(token: str, *steps: dict[str, Any], more: Any = None) -> None:
        body = {"flow": list(steps), "callback": {"strategy": "OnCompletion", "url": hook.url}} | (more or {})
        answer = next(turn).api("POST", "/failover", body, token)
        said.append((answer.status, answer.json()))

    own("POST", "scenario", application="a", name="balance-runs-out")
    for number in range(6):
        post(tokens[number % 2], VIBER, SMS)
    post(tokens[0], VIBER, more={"callback": 7})
    own("POST", "scenario/overrides", application="b", rules=[{"answer": "too-many-requests", "uses": 2}])
    for _ in range(4):
        post(tokens[1], SMS)
    own("POST", "clock/advance", by="30s")
    own("PUT", "balance", application="a", balance=1)
    post(tokens[0], SMS)
    post(tokens[0], SMS)
    own("POST", "clock/advance", by="2h")
    own("POST", "clock/advance", application="b", by="24h")
    own("DELETE", f"tokens/{tokens[1]}")
    post(tokens[1], SMS)
    post(next(turn).token("b"), SMS)
    own("POST", "clock/advance", until="idle")
    for path in (
        "journal?limit=1000",
        "callbacks?limit=1000",
        "flows",
        "applications",
        "clock?application=b",
        "statistics",
    ):
        own("GET", path)
    return said


def test_a_script_of_calls_gives_the_same_wherever_each_is_made(postgresql: postgres.Server) -> None:
    """As in one emulator with all in memory: ids, tokens, times, order, what is refused."""
    options = ("--rate", "0", "--seed", "7")
    with receiver() as hook:
        with emulator(*options) as alone:
            expected = called([alone], hook)
        with several(3, postgresql.schema(), *options) as servers:
            found = called(servers, hook)
    assert found == expected


def test_a_token_is_good_everywhere_at_once_and_refused_once_it_is_revoked(postgresql: postgres.Server) -> None:
    """Issued by one, used at another, revoked at a third; a reset at one is one of all."""
    with several(3, postgresql.schema(), "--rate", "0") as (one, other, third):
        for _ in range(5):
            token = one.token()
            assert other.api("GET", "/failover/tracking/x", token=token).status == 404
            assert third.call("DELETE", f"/_emulator/tokens/{token}").status in {200, 204}
            for server in (one, other):
                assert server.api("GET", "/failover/tracking/x", token=token).status == 401
        token = other.token()
        one.call("POST", "/_emulator/reset", b"{}")
        assert third.api("GET", "/failover/tracking/x", token=token).status == 401


def test_a_clock_that_one_sets_is_every_one_s(postgresql: postgres.Server) -> None:
    """Its rate and its time; whoever advances it carries on what any of them has accepted, and the others show that."""
    with several(2, postgresql.schema()) as (one, other), receiver() as hook:
        for rate in (0, 7, 0):
            one.call("PUT", "/_emulator/clock", json.dumps({"rate": rate}).encode())
            assert other.clock()["rate"] == rate
        names = [server.send(SMS, callback=hook.url, strategy="OnCompletion") for server in (one, other) * 5]
        other.advance(by="1h")
        assert sorted(hook.next()["trackingId"] for _ in names) == sorted(names)
        assert one.clock() == other.clock()
        ends = [entry for entry in one.journal() if entry["kind"] == "attempt"]
        assert len(ends) == len(names)


def test_ready_tells_the_time_that_another_has_set(postgresql: postgres.Server) -> None:
    """As soon as that is answered."""
    with several(2, postgresql.schema(), "--rate", "0") as (first, second):
        for _ in range(10):
            now = first.call("POST", "/_emulator/clock/advance", b'{"by": "1s"}').json()["now"]
            assert second.call("GET", "/_emulator/ready").json()["now"] == now


def test_advances_at_several_servers_follow_one_another(postgresql: postgres.Server) -> None:
    """Each moves its part, while posts of both are under way."""
    with several(2, postgresql.schema(), "--rate", "0") as servers, receiver() as hook:
        before = servers[0].clock()["now"]
        for server in servers * 4:
            server.send(VIBER, SMS, callback=hook.url, strategy="OnStep")
        threads = [threading.Thread(target=server.advance, kwargs={"by": "1h"}) for server in servers * 4]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        now = {server.clock()["now"] for server in servers}
        assert len(now) == 1
        assert hours(now.pop()) - hours(before) == 8
        times = [entry["at"] for entry in servers[1].journal()]
        assert times == sorted(times)


def hours(instant: str) -> float:
    """The hours up to an instant."""
    from emulator.clock import instants

    return instants.read(instant) / 3_600_000


def test_the_page_and_what_tells_of_the_emulator_are_there_without_its_database() -> None:
    """Whoever looks what is wrong gets them at once; the page then tells what the calls for the rest are answered."""
    with postgres.server() as database, several(1, database.schema()) as (server,):
        database.stop()
        below = ("", "page/app.js", "docs/README.md", "health", "settings", "ca.pem", "openapi.json", "schemas")
        assert [server.call("GET", f"/_emulator/{path}").status for path in below] == [200] * len(below)
        assert server.call("GET", "/").status == 307
        assert server.call("GET", "/_emulator/ready").status == 503
        database.start()


def test_a_killed_server_s_flows_go_on_at_the_other(postgresql: postgres.Server) -> None:
    """Each that was accepted happens exactly once; each callback comes, a flow's first attempts in their order, and
    only those come twice that were under way at the kill.
    """
    options = ("--rate", "600", "--token-lifetime", "631139040")
    with several(2, postgresql.schema(), *options) as (one, other), receiver() as hook:
        posted = list[bytes]()

        def judge(body: bytes, seen: int) -> int:
            posted.append(body)
            return 500 if seen == 1 and len(posted) % 10 == 0 else 200

        hook.judge = judge
        accepted, killed = list[str](), threading.Event()

        def send(server: Emulator) -> None:
            for number in range(60):
                try:
                    accepted.append(server.send(VIBER, SMS, callback=hook.url))
                except (OSError, http.client.HTTPException):
                    assert server is one
                    assert killed.is_set()
                    return
                if server is one and number == 30:
                    killed.set()
                    one.process.send_signal(signal.SIGKILL)

        one.api("GET", "/failover/tracking/x"), other.api("GET", "/failover/tracking/x")
        threads = [threading.Thread(target=send, args=(server,)) for server in (one, other) * 3]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert killed.is_set()
        pending = 1
        while pending:
            ready = json.loads(other.call("GET", "/_emulator/ready").body)
            pending = ready["liveFlows"] + ready["pendingCallbacks"]
        entries, callbacks = whole(other, "journal", "entries"), whole(other, "callbacks", "callbacks")
    assert set(accepted) <= {entry["flow"] for entry in entries}
    happened_once(entries)
    assert {each["outcome"] for each in callbacks} == {"received"}
    attempts = sum(len(each["attempts"]) for each in callbacks)
    assert attempts <= len(posted) <= attempts + 64
    first = {body: place for place, body in reversed([*enumerate(posted)])}
    by_flow = defaultdict[str, list[int]](list)
    for callback in callbacks:
        by_flow[callback["flow"]].append(first[callback["body"].encode()])
    assert all(places == sorted(places) for places in by_flow.values())


def test_a_server_that_stands_still_holds_up_no_other(postgresql: postgres.Server) -> None:
    """Wherever it was stopped; when it goes on, nothing has happened twice."""
    options = ("--rate", "600", "--token-lifetime", "631139040")
    with several(2, postgresql.schema(), *options) as (one, other), receiver() as hook:
        accepted = list[str]()

        def send() -> None:
            for _ in range(40):
                accepted.append(one.send(VIBER, SMS, callback=hook.url))

        one.api("GET", "/failover/tracking/x"), other.api("GET", "/failover/tracking/x")
        threads = [threading.Thread(target=send) for _ in range(3)]
        for each in threads:
            each.start()
        for _ in range(3):
            accepted += [other.send(VIBER, SMS, callback=hook.url) for _ in range(5)]
            one.process.send_signal(signal.SIGSTOP)
            accepted += [other.send(VIBER, SMS, callback=hook.url) for _ in range(10)]
            one.process.send_signal(signal.SIGCONT)
        for each in threads:
            each.join()
        pending = 1
        while pending:
            ready = json.loads(other.call("GET", "/_emulator/ready").body)
            pending = ready["liveFlows"] + ready["pendingCallbacks"]
        entries = whole(other, "journal", "entries")
    assert set(accepted) == {entry["flow"] for entry in entries if entry["flow"]}
    assert len(accepted) == 3 * 40 + 3 * 15
    happened_once(entries)


def happened_once(entries: list[dict[str, Any]]) -> None:
    """The same happened to each flow, and no attempt is told twice."""
    kinds = defaultdict[str, list[str]](list)
    for entry in entries:
        if entry["kind"] != "attempt" and entry["flow"]:
            kinds[entry["flow"]].append(entry["kind"])
    assert len({tuple(each) for each in kinds.values()}) == 1
    attempts = [entry["data"] for entry in entries if entry["kind"] == "attempt"]
    assert len({(each["id"], each["attempt"]) for each in attempts}) == len(attempts)


def whole(server: Emulator, path: str, name: str) -> list[dict[str, Any]]:
    """All of what comes by pages."""
    found = list[dict[str, Any]]()
    while True:
        number = "seq" if path == "journal" else "number"
        after = found[-1][number] if found else 0
        page = json.loads(server.call("GET", f"/_emulator/{path}?limit=1000&after={after}").body)[name]
        if not page:
            return found
        found += page


@pytest.mark.parametrize("rate", [0, 60])
def test_a_clock_goes_on_whose_driver_is_killed(postgresql: postgres.Server, rate: int) -> None:
    """In the middle of an advance; its rate is the one from before, and the callback that was under way is repeated."""
    with several(2, postgresql.schema(), "--rate", str(rate)) as (one, other), receiver() as hook:
        held, posted = threading.Event(), threading.Event()

        def judge(_: bytes, seen: int) -> int:
            posted.set()
            if seen == 1:
                held.wait(20)
            return 200

        hook.judge = judge
        one.send(SMS, callback=hook.url, strategy="OnCompletion")
        advancing = threading.Thread(target=advance_in_vain, args=(one,))
        advancing.start()
        assert posted.wait(20)
        one.process.send_signal(signal.SIGKILL)
        advancing.join()
        held.set()
        other.advance(by="1h")
        assert other.clock()["rate"] == rate
        assert hook.next()["status"] == "Succeeded"


def advance_in_vain(server: Emulator) -> None:
    """Move time by a day at a server that will not answer."""
    with pytest.raises(OSError):  # noqa: PT011  # the connection is lost in one way or another
        server.advance(by="24h")


def refused(*options: str) -> str:
    """What an emulator says that does not start."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1, done
    return done.stderr


def test_an_emulator_that_is_set_otherwise_is_refused_while_others_are_there(
    postgresql: postgres.Server, tmp_path: Path
) -> None:
    """It says in what they differ; of files, what is in them counts. One that is there alone is set as it likes."""
    place, here, there = postgresql.schema(), tmp_path / "here.json", tmp_path / "there.json"
    for each in (here, there):
        each.write_text(json.dumps({"Sms": {"*": 0.5}}))
    with several(1, place, "--prices", str(here), "--max-steps", "3"):
        with several(1, place, "--prices", str(there), "--max-steps", "3", "--seed", "9", "--rate", "7"):
            pass
        told = refused("--store", place, "--max-steps", "5", "--control-token", "x")
        assert "--prices: there a file with the digest " in told
        assert ", here none; --max-steps: there 3, here 5. Start this one as the others are" in told
    with several(1, place, "--max-steps", "5"):
        pass


def test_a_scenario_s_file_that_changes_is_told_once_and_joined_as_it_is(
    postgresql: postgres.Server, tmp_path: Path
) -> None:
    """Whoever starts afterwards with the same files is taken; with those of before, refused."""
    folder, old = tmp_path / "new", tmp_path / "old"
    for each in (folder, old):
        each.mkdir()
        (each / "mine.yaml").write_text("purpose: T\n")
    place, options = postgresql.schema(), ("--scenarios", str(folder), "--scenario", "mine")
    with several(2, place, *options) as servers:
        (folder / "mine.yaml").write_text("purpose: T\nrules: [{ name: failing, plan: { Sms: Failed } }]\n")
        for server in servers:
            while "failing" not in server.call("GET", "/_emulator/scenario").body.decode():
                pass
        with several(1, place, *options) as (third,):
            told = list[Any]()
            while not told:
                told = [each["data"] for each in third.journal() if each["kind"] == "scenario"]
            assert [each["reloaded"] for each in told] == ["mine"]
        before = refused("--store", place, "--scenarios", str(old), "--scenario", "mine")
        assert "--scenarios: there files with the digest" in before


def test_a_handler_may_not_move_time_at_another_emulator_either(postgresql: postgres.Server) -> None:
    """It is refused while it has time left to answer, and the call that waits for it goes on; afterwards it may."""
    told = list[int]()
    with several(2, postgresql.schema(), "--rate", "0", "--callback-timeout", "8") as (one, other), receiver() as hook:
        body = json.dumps({"by": "1h"}).encode()

        def judge(_: bytes, __: int) -> int:
            told.append(other.call("POST", "/_emulator/clock/advance", body).status)
            return 200

        hook.judge = judge
        one.send(SMS, callback=hook.url, strategy="OnCompletion")
        one.advance(by="1h")
        assert told == [409]
        attempts = [each["data"]["outcome"] for each in one.journal() if each["kind"] == "attempt"]
        assert attempts == ["received"]
        other.advance(by="1h")


def test_callbacks_that_two_emulators_repeat_at_once_have_ids_of_their_own(postgresql: postgres.Server) -> None:
    """As if one had been asked again and again."""
    with several(2, postgresql.schema(), "--rate", "0") as servers, receiver() as hook:
        servers[0].send(SMS, callback=hook.url, strategy="OnCompletion")
        servers[0].advance(by="1h")
        (first,) = whole(servers[0], "callbacks", "callbacks")
        path = f"/_emulator/callbacks/{first['id']}/resend"
        threads = [threading.Thread(target=server.call, args=("POST", path, b"")) for server in servers * 8]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        names = [each["id"] for each in whole(servers[1], "callbacks", "callbacks")]
        assert sorted(names[1:]) == sorted(f"{first['id']}-again-{number}" for number in range(1, 17))


def test_of_calls_at_once_one_does_what_can_be_done_once(postgresql: postgres.Server) -> None:
    """At two emulators as at one: the others are told that it is done."""
    campaign = {"from": "Shop", "to": ["+306912345678", "+306912345679"], "body": "Hi"}
    text = {"text": "purpose: T\n"}
    with several(2, postgresql.schema(), "--rate", "0") as servers, receiver() as hook:
        hook.answer = lambda _: 500
        one = servers[0]
        for _ in range(3):
            one.send(SMS, callback=hook.url, strategy="OnCompletion")
        one.advance(by="48h")
        one.forget_token()

        def at_once(method: str, path: str, body: object = None) -> Counter[int]:
            with ThreadPoolExecutor(16) as pool:
                calls = [pool.submit(server.api, method, path, body, one.token()) for server in servers * 8]
                answers.extend(each.result() for each in calls)
            return Counter(each.result().status for each in calls)

        answers = list[Answer]()
        assert at_once("POST", "/_emulator/callbacks/resend", {}) == {200: 16}
        assert sum(each.json()["resent"] for each in answers) == 3
        waiting = one.api("POST", "/sms/campaign", campaign | {"scheduledDate": "2026-02-01T00:00Z"}).json()
        assert at_once("DELETE", f"/sms/{waiting['trackingId']}") == {200: 1, 400: 15}
        kept = "/_emulator/scenarios/mine"
        assert one.api("PUT", kept, text).status == 200
        assert at_once("PUT", f"{kept}2", text | {"insteadOf": "mine"}) == {200: 1, 404: 15}
        assert at_once("DELETE", f"{kept}2") == {200: 1, 404: 15}
        assert [each["data"] for each in one.journal() if each["kind"] == "ignored"] == []


def test_what_falls_due_imports_nothing_for_which_others_would_wait(
    postgresql: postgres.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that flows and callbacks take is there before the first one, also of flows that another one accepted."""
    place, log = postgresql.schema(), tmp_path / "log"
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    fast = ("--rate", "600", "--token-lifetime", "631139040")
    with receiver() as hook:
        with emulator("--store", place, "--rate", "0") as server:
            for path, body in ONE_OF_EACH.items():
                told = {"callbackUrl": hook.url} if path == "/viber" else {"callback": {"url": hook.url}}
                assert server.api("POST", path, body | told).status == 200
        with emulator("--store", place, *fast, log=log) as server:
            began = len(log.read_text().splitlines())
            server.send(VIBER, SMS, callback=hook.url)
            while sum(
                server.call("GET", "/_emulator/ready").json()[name] for name in ("liveFlows", "pendingCallbacks")
            ):
                hook.rest()
    late = [line.rpartition("|")[2].strip() for line in log.read_text().splitlines()[began:] if "import time:" in line]
    outside = ("emulator.callbacks.poster", "jsonschema_rs", "encodings.")  # no transaction waits for these
    assert [name for name in late if not name.startswith(outside)] == []


@pytest.mark.parametrize("resetting", [0, 1])
def test_a_reset_stops_the_callbacks_that_any_of_them_has_claimed(postgresql: postgres.Server, resetting: int) -> None:
    """None of a flow from before is posted once a reset is answered, whoever resets; one that has the same id is."""
    begun, held = threading.Event(), threading.Event()

    def judge(_: bytes, __: int) -> int:
        begun.set()
        return 200 if held.wait(PATIENCE) else 500

    options = ("--rate", "100", "--seed", "7", "--callback-connections", "1", "--callback-timeout", str(PATIENCE))
    with several(2, postgresql.schema(), *options) as servers, receiver() as hook:
        hook.judge = judge
        old = [servers[0].send(SMS, callback=f"{hook.url}/old") for _ in range(8)]
        assert begun.wait(PATIENCE)
        servers[resetting].call("POST", "/_emulator/reset", b"{}")
        before = hook.count
        servers[0].forget_token()
        assert servers[0].send(SMS, callback=f"{hook.url}/new") == old[0]
        held.set()
        paths = [hook.next_post()[0] for _ in range(before)]
        assert paths == ["/hook/old"] * before
        assert hook.next_post()[0] == "/hook/new"
        assert {entry["flow"] for entry in servers[0].journal() if entry["kind"] == "attempt"} <= {old[0]}
