"""Time in the user's hand: advanced, instant, per application, the same in every run."""

from __future__ import annotations

import json
import queue
import signal
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import PATIENCE, SMS, VIBER, VOICE, Emulator, emulator, receiver

STANDING = ("--rate", "0", "--seed", "1")


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose time stands still, on which every message is silent until its ttl."""
    with emulator(*STANDING, "--scenario", "silence-until-ttl") as running:
        yield running


def test_a_whole_ttl_and_the_whole_ladder_pass_in_a_moment(server: Emulator) -> None:
    """1,440 minutes of an Sms, then twelve retries over 24 hours: fourteen posts, each at its time."""
    with receiver() as hook:
        hook.answer = lambda _: 500
        name = server.send(SMS | {"ttl": 1440}, callback=hook.url, strategy="OnCompletion")
        moved = server.advance(by="48h")
        assert hook.count == 13
    kinds = [(entry["at"], entry["kind"]) for entry in moved["happened"] if entry["flow"] == name]
    assert kinds[0] == ("2026-01-02T00:00:00Z", "status")
    assert [at for at, kind in kinds if kind == "attempt"][-1] == "2026-01-03T00:00:00Z"
    assert (moved["now"], moved["next"]) == ("2026-01-03T00:00:00Z", None)


def test_time_stands_still_until_it_is_moved(server: Emulator) -> None:
    """And says what comes next."""
    server.send(VIBER | {"ttl": 2.5})
    assert server.clock() == {
        "application": None,
        "now": "2026-01-01T00:00:00Z",
        "rate": 0.0,
        "next": "2026-01-01T00:02:30Z",
    }
    assert server.advance(by="2m29s")["happened"] == []
    assert [entry["kind"] for entry in server.advance(by="1s")["happened"]] == ["status", "completed"]


@pytest.mark.parametrize(
    ("goal", "now"),
    [
        ({"until": "next"}, "2026-01-01T00:02:30Z"),
        ({"until": "idle"}, "2026-01-01T02:02:30Z"),
        ({"to": "2026-01-01T01:00Z"}, "2026-01-01T01:00:00Z"),
        ({"by": "1d"}, "2026-01-02T00:00:00Z"),
    ],
)
def test_time_is_moved_to_a_goal(server: Emulator, goal: dict[str, str], now: str) -> None:
    """To the next event, until nothing is left, to a time, by a duration."""
    server.send(VIBER | {"ttl": 2.5}, SMS | {"ttl": 120})
    assert server.advance(**goal)["now"] == now


def test_time_is_moved_until_a_flow_has_ended(server: Emulator) -> None:
    """And no further."""
    short, long = server.send(VIBER | {"ttl": 1}), server.send(VIBER | {"ttl": 60})
    assert server.advance(flow=short)["now"] == "2026-01-01T00:01:00Z"
    assert server.api("GET", f"/failover/tracking/{long}").json()["status"] == "InProgress"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"by": "soon"}',
        b'{"by": "1h", "to": "2026-01-02T00:00Z"}',
        b'{"to": "2025-01-01T00:00Z"}',
        b'{"until": "later"}',
        b'{"nonsense": 1}',
        b'{"by": 5}',
    ],
)
def test_a_goal_that_makes_no_sense_is_refused(server: Emulator, body: bytes) -> None:
    """With what would be right; the clock stays."""
    answer = server.call("POST", "/_emulator/clock/advance", body)
    assert answer.status == 400
    assert answer.json()["detail"]
    assert server.clock()["now"] == "2026-01-01T00:00:00Z"


def test_a_flow_that_there_is_not_is_not_found(server: Emulator) -> None:
    """As in other calls; the clock stays."""
    answer = server.call("POST", "/_emulator/clock/advance", b'{"flow": "nonsense"}')
    assert (answer.status, "there is no flow nonsense" in answer.json()["detail"]) == (404, True)
    assert server.clock()["now"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("body", [b"", b'{"rate": -1}', b'{"rate": "fast"}', b'{"rate": null}', b'{"rate": 1e999}'])
def test_a_rate_that_makes_no_sense_is_refused(server: Emulator, body: bytes) -> None:
    """With what would be right."""
    assert server.call("PUT", "/_emulator/clock", body).status == 400


def test_callbacks_are_answered_before_time_goes_on(server: Emulator) -> None:
    """When an advance returns, its callbacks have been received, in order."""
    with receiver() as hook:
        server.send(VIBER | {"ttl": 1}, VOICE, callback=hook.url)
        server.advance(until="idle")
        assert hook.count == 3
        assert [hook.next()["updatedAt"][11:] for _ in range(3)] == ["00:00:00Z", "00:01:00Z", "00:02:00Z"]


def test_instant_time_is_over_at_once() -> None:
    """Every flow ends without anybody waiting or moving time; so do the retries."""
    with receiver() as hook, emulator("--rate", "instant", "--scenario", "silence-until-ttl") as server:
        hook.answer = lambda count: 500 if count <= 12 else 200
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        assert hook.next()["status"] == "Failed"
        assert hook.count == 13


def test_a_rate_can_be_changed_at_run_time(server: Emulator) -> None:
    """Standing, then instant."""
    with receiver() as hook:
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        answer = server.call("PUT", "/_emulator/clock", b'{"rate": "instant"}')
        assert answer.json()["rate"] == "instant"
        assert hook.next()["status"] == "Failed"


def test_a_running_clock_can_be_advanced_and_runs_on() -> None:
    """A real one jumps, and is real again."""
    with receiver() as hook, emulator("--scenario", "silence-until-ttl") as server:
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        moved = server.advance(by="20h")
        assert moved["rate"] == 1.0
        assert hook.count == 1


def test_an_application_moves_its_own_time_and_no_one_else_s(server: Emulator) -> None:
    """Its flows, its tokens, its creation times; the default clock stays."""
    mine, other = server.token("mine"), server.token("other")
    body = {"flow": [VIBER | {"ttl": 1}]}
    flows = {token: server.api("POST", "/failover", body, token=token).json()["trackingId"] for token in (mine, other)}
    moved = server.advance("mine", by="5m")
    assert {entry["application"] for entry in moved["happened"]} == {"mine"}
    assert not moved["truncated"]
    assert server.api("GET", f"/failover/tracking/{flows[mine]}", token=mine).json()["status"] == "Failed"
    assert server.api("GET", f"/failover/tracking/{flows[other]}", token=other).json()["status"] == "InProgress"
    assert (server.clock("mine")["now"], server.clock()["now"]) == ("2026-01-01T00:05:00Z", "2026-01-01T00:00:00Z")
    assert server.api("POST", "/failover", body, token=mine).json()["createdAt"] == "2026-01-01T00:05:00Z"


def test_a_token_ends_on_its_application_s_clock(server: Emulator) -> None:
    """An hour later it is no good, and a new one is given."""
    token = server.token("mine")
    server.advance("mine", by="3599s")
    assert server.api("POST", "/failover/tracking", [], token=token).status == 200
    server.advance("mine", by="1s")
    answer = server.api("POST", "/failover/tracking", [], token=token)
    assert (answer.status, answer.json()["error"]) == (401, "invalid_token")
    assert "expired" in answer.json()["error_description"]
    assert server.token("mine") != token


def test_many_applications_move_their_time_at_once() -> None:
    """Fifty, on one server: none sees another's time or events."""
    with receiver() as hook, emulator(*STANDING, "--scenario", "silence-until-ttl") as server:
        seen: dict[str, Any] = {}

        def run(number: int) -> None:
            name = f"app{number}"
            token = server.token(name)
            body = {"flow": [SMS], "callback": {"strategy": "OnCompletion", "url": hook.url}}
            flow = server.api("POST", "/failover", body, token=token).json()["trackingId"]
            moved = [server.advance(name, by=f"{number + 1}h") for _ in range(3)]
            seen[name] = (flow, moved)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for number in range(50):
            flow, moved = seen[f"app{number}"]
            day, hour = divmod(3 * (number + 1), 24)
            assert moved[-1]["now"] == f"2026-01-{day + 1:02d}T{hour:02d}:00:00Z"
            events = [entry for each in moved for entry in each["happened"] if entry["kind"] != "clock"]
            assert {entry["flow"] for entry in events} <= {flow}
        assert server.clock()["now"] == "2026-01-01T00:00:00Z"


def test_advances_of_one_clock_follow_one_another(server: Emulator) -> None:
    """Ten at once make ten minutes."""
    threads = [threading.Thread(target=server.advance, kwargs={"by": "1m"}) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.clock()["now"] == "2026-01-01T00:10:00Z"


def test_a_receiver_may_call_the_emulator_while_time_is_moved(server: Emulator) -> None:
    """A flow that is sent from within a callback is carried too."""
    with receiver() as hook:

        def answer(count: int) -> int:
            if count == 1:
                server.send(VIBER | {"ttl": 1}, callback=hook.url, strategy="OnCompletion")
                server.clock()
            return 200

        hook.answer = answer
        server.send(VIBER | {"ttl": 1}, callback=hook.url, strategy="OnCompletion")
        assert server.advance(until="idle")["now"] == "2026-01-01T00:02:00Z"
        assert hook.count == 2


def bodies(store: tuple[str, ...]) -> tuple[bytes, list[bytes]]:
    """The journal of a run, and its callbacks' bodies."""
    with receiver() as hook, emulator(*STANDING, "--scenario", "unreliable-viber", *store) as server:
        hook.judge = lambda body, times: 500 if times == 1 and zlib.crc32(body) % 5 == 0 else 200
        for number in range(20):
            for url in ("http://127.0.0.1:9/dead", hook.url):
                server.send(VIBER | {"to": f"+30697{number:07d}"}, VOICE, SMS, callback=url)
                server.advance(by="0s")  # its first callback before the next request
        server.advance(by="30h")
        journal = json.dumps(server.journal()).replace(hook.url, "URL").encode()
        return journal, [hook.next_post()[2] for _ in range(hook.accepted)]


def test_the_same_seed_gives_the_same_bytes_on_every_store(tmp_path: Path) -> None:
    """Ids, times, attempts, journal and callbacks."""
    first = bodies(())
    assert first[1]
    for other in (bodies(()), bodies(("--store", str(tmp_path / "store.db")))):
        assert other[0] == first[0]
        assert sorted(other[1]) == sorted(first[1])


def test_a_clock_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Where it was, at its rate; an application's own too."""
    options = (*STANDING, "--scenario", "silence-until-ttl", "--store", str(tmp_path / "store.db"))
    with emulator(*options) as server:
        server.send(VIBER | {"ttl": 10})
        server.advance(by="4m")
        server.advance("own", by="1h")
        server.stop(signal.SIGKILL)
    with emulator(*options) as server:
        assert server.clock()["now"] == "2026-01-01T00:04:00Z"
        assert server.clock("own")["now"] == "2026-01-01T01:04:00Z"
        assert server.advance(until="idle")["now"] == "2026-01-01T00:10:00Z"


def test_the_command_line_moves_time(server: Emulator) -> None:
    """And tells what happened, in lines."""
    from click.testing import CliRunner

    from emulator.cli.main import main

    url = f"http://127.0.0.1:{server.port}"
    server.send(VIBER | {"ttl": 1})
    shown = CliRunner().invoke(main, ["clock", "--url", url]).output
    assert shown == "2026-01-01T00:00:00Z (stands still), next event at 2026-01-01T00:01:00Z\n"
    lines = CliRunner().invoke(main, ["advance", "24h", "--url", url]).output.splitlines()
    assert "EXPIRED" in lines[0]
    assert lines[-1] == "2026-01-02T00:00:00Z (stands still), nothing is left to happen"
    assert CliRunner().invoke(main, ["advance", "next", "--url", url]).exit_code == 0
    assert CliRunner().invoke(main, ["advance", "2026-01-05T00:00Z", "--url", url]).output.startswith("2026-01-05")
    assert "a duration such as 24h, a time" in CliRunner().invoke(main, ["advance", "soon", "--url", url]).stderr


def test_time_does_not_go_back_to_a_callback_that_is_under_way() -> None:
    """It fell due a while ago; the next event comes now at the earliest."""
    with receiver() as hook, emulator("--rate", "600") as server:
        underway: queue.Queue[str] = queue.Queue()

        def read(_: int) -> int:
            underway.put(server.clock()["now"])
            return 200

        hook.answer = read
        server.send(VIBER, callback=hook.url)
        before = underway.get(timeout=PATIENCE)  # callbacks that follow read the clock at any time after
        assert server.advance(until="next")["now"] >= before
