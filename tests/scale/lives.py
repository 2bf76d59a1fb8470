"""Trials of how emulators start, end, and move time together."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any, Final

from emulator.clock import instants
from tests.scale.trial import Given
from tests.support import postgres
from tests.support.running import SMS, VIBER, Emulator, emulator, receiver

STARTED: Final = 8
"""How many emulators start at once."""
SLOWLY: Final = 1.0
"""How long a slow receiver takes, in seconds."""
ADVANCES: Final = 8
"""How many calls move time at once, by an hour each."""
QUIET: Final = ("--token-lifetime", "631139040", "--log-level", "error")


def start(_: Given) -> dict[str, Any]:
    """Emulators that start at once on an empty database make one schema; who can't be one of them is told why."""
    with postgres.server() as database, ExitStack() as stack:
        place, began = database.schema(), time.monotonic()
        places, threads = list[Emulator](), list[threading.Thread]()
        opening = threading.Lock()

        def open_one() -> None:
            server = emulator("--store", place)
            made = server.__enter__()
            with opening:
                stack.push(server)
                places.append(made)

        for _number in range(STARTED):
            threads.append(threading.Thread(target=open_one))
            threads[-1].start()
        for each in threads:
            each.join()
        took = time.monotonic() - began
        assert len(places) == STARTED
        names = [each.send(SMS) for each in places]
        assert len(set(names)) == STARTED
        schema = place.rpartition("=")[2]
        assert database.sql(f"SELECT count(*) FROM {schema}.process").strip() == str(STARTED)
        assert "--max-steps: there 0, here 3" in refusal("--store", place, "--max-steps", "3")
        assert "--keep: there all, here 7" in refusal("--store", place, "--keep", "7")
        other = database.schema()
        schema = other.rpartition("=")[2]
        with emulator("--store", other):
            pass
        database.sql(f"UPDATE {schema}.fact SET value = '99' WHERE name = 'format'")
        assert "has format 99, of another emulator" in refusal("--store", other)
        assert "--workers 2 needs a store that several processes can share" in refusal("--workers", "2")
    return {"emulators": STARTED, "all ready after": f"{took:.2f} s"}


def refusal(*options: str) -> str:
    """What an emulator says that does not start: a sentence."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr


def end(given: Given) -> dict[str, Any]:
    """Workers end in time, with feeds open and posts under way, which are made again by the next ones."""
    with postgres.server() as database, receiver() as hook:
        place, held = database.schema(), threading.Event()
        options = ("--store", place, "--rate", "60", *QUIET, "--callback-timeout", "30")

        def judge(_: bytes, seen: int) -> int:
            if seen == 1:
                held.wait(20)
            return 200

        hook.judge = judge
        with emulator(*options, "--workers", str(given.workers)) as server:
            feeds = [_feed(server) for _ in range(2 * given.workers)]
            for _ in range(4 * given.workers):
                server.send(SMS, callback=hook.url)
            while hook.count < 4 * given.workers:
                time.sleep(0.01)
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            status = server.process.wait(20)
            took = time.monotonic() - began
            assert status == 0, status
            for each in feeds:
                each.close()
            held.set()
        with emulator(*options) as server:
            server.advance(by="1h")
            ready = server.call("GET", "/_emulator/ready").json()
            assert (ready["liveFlows"], ready["pendingCallbacks"]) == (0, 0), ready
    return {
        "workers": given.workers,
        "feeds": len(feeds),
        "posts under way": 4 * given.workers,
        "ended": f"{took:.2f} s",
    }


def _feed(server: Emulator) -> http.client.HTTPConnection:
    """A feed that is open."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/_emulator/feed")
    connection.getresponse()
    return connection


def advance(given: Given) -> dict[str, Any]:
    """Who moves time waits for the posts of all; calls at all emulators move it one after the other; where the one that
    moves it is killed, it runs on at its rate.
    """
    count = max(3, given.workers)
    with postgres.server() as database, receiver() as hook, ExitStack() as stack:
        options = ("--store", database.schema(), "--rate", "60", *QUIET, "--callback-timeout", "10")
        servers = [stack.enter_context(emulator(*options)) for _ in range(count)]
        answered = 0

        def judge(_: bytes, __: int) -> int:
            nonlocal answered
            time.sleep(SLOWLY)
            answered += 1
            return 200

        hook.judge = judge
        for each in servers:
            each.send(VIBER, SMS, callback=hook.url)
        while hook.count < count:
            time.sleep(0.01)
        under_way = hook.count - answered
        servers[0].advance(by="0s")
        assert answered >= count, (answered, count)
        hook.judge = lambda _, __: 200
        before, began = instants.read(servers[0].clock()["now"]), time.monotonic()
        _together(servers, lambda server: server.advance(by="1h"), ADVANCES)
        moved = (instants.read(servers[0].clock()["now"]) - before) / 1000 - ADVANCES * 3600
        assert 0 <= moved <= 60 * (time.monotonic() - began), moved
        rates = {each.clock()["rate"] for each in servers}
        assert rates == {60}, rates
        back = _killed(servers, hook)
    return {"posts under way": under_way, "advances": ADVANCES, "rate is back after": f"{back:.2f} s"}


def _together(servers: list[Emulator], act: Callable[[Emulator], object], times: int) -> None:
    """Do something at emulators in turn, at once."""
    failed = list[Exception]()

    def once(server: Emulator) -> None:
        try:
            act(server)
        except Exception as error:  # or it would be lost with its thread
            failed.append(error)

    threads = [threading.Thread(target=once, args=(servers[place % len(servers)],)) for place in range(times)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed, failed


def _killed(servers: list[Emulator], hook: Any) -> float:
    """Kill the emulator that moves time, in the middle; after how many seconds its clock is at its rate again."""
    began, posted, held = hook.count, threading.Event(), threading.Event()

    def judge(_: bytes, seen: int) -> int:
        posted.set()
        if seen == 1:
            held.wait(8)
        return 200

    hook.judge = judge
    driver, other = servers[1], servers[0]
    driver.send(SMS, callback=hook.url, strategy="OnCompletion")

    def move() -> None:
        with suppress(OSError, http.client.HTTPException, AssertionError):
            driver.call("POST", "/_emulator/clock/advance", json.dumps({"by": "24h"}).encode())

    moving = threading.Thread(target=move)
    moving.start()
    assert posted.wait(20)
    assert hook.count > began
    killed = time.monotonic()
    driver.process.send_signal(signal.SIGKILL)
    moving.join()
    while True:
        first = other.clock()
        time.sleep(0.05)
        if other.clock()["now"] != first["now"] and first["rate"] == 60:
            break
        assert time.monotonic() - killed < 30, first
    held.set()
    return time.monotonic() - killed
