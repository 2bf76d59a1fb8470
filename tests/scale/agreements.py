"""Trials of what emulators know of each other: each must know at once what another one has answered."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.scale.trial import Given
from tests.support import postgres
from tests.support.running import SMS, VIBER, Emulator, emulator

CLIENTS = 64
"""How many connections there are at once."""
SENT = 4 * CLIENTS
"""How many requests come at once."""
PAID = 37
"""How many of them a balance is good for."""
USES = 10
"""How many of them an override is good for."""


def clocks(given: Given) -> dict[str, Any]:
    """The rate is set at one emulator and asked for at another; time that stands passes nowhere."""
    chance, rounds = random.Random(given.seed), 0
    with _emulators(given, "--rate", "600") as servers:
        until = time.monotonic() + given.seconds
        while not rounds or time.monotonic() < until:
            one, other = chance.sample(servers, 2)
            one.send(VIBER, SMS)
            rate = chance.choice([0, 60, 600, 6000])
            shown = one.call("PUT", "/_emulator/clock", json.dumps({"rate": rate}).encode())
            assert shown.status == 200, shown.body
            there = other.clock()
            assert there["rate"] == rate, (rate, there)
            if rate == 0:
                stands = shown.json()["now"]
                assert there["now"] == stands
                other.send(SMS)
                assert max(each["at"] for each in other.journal() if each["kind"] == "status") <= stands
            rounds += 1
    return {"rounds": rounds}


def uses(given: Given) -> dict[str, Any]:
    """Rules that are good for some requests, and a balance, are used up exactly, whoever is asked."""
    with _emulators(given, "--rate", "0") as servers:
        overriding = {"rules": [{"answer": "server-error", "uses": USES}]}
        asked = servers[0].call("POST", "/_emulator/scenario/overrides", json.dumps(overriding).encode())
        assert asked.status == 200, asked.body
        refused = [each for each in _statuses(servers) if each != 200]
        assert refused == [500] * USES, refused
        text = f"purpose: T\nbalance: {{ messages: {PAID} }}\nwhen_empty: refuse\n"
        chosen = servers[-1].call("POST", "/_emulator/scenario", json.dumps({"text": text}).encode())
        assert chosen.status == 200, chosen.body
        paid = _statuses(servers).count(200)
        assert paid == PAID, paid
    return {"requests": 2 * SENT, "refused by a rule": len(refused), "paid": paid}


def counting(given: Given) -> dict[str, Any]:
    """The requests of an application are numbered without a gap, wherever they are made: they have the ids that as many
    at one emulator have. Calls of its other endpoints are counted together too.
    """
    kept, alone = list[str](), list[str]()
    with _emulators(given, "--rate", "0", "--seed", "7") as servers:
        _spread(servers, given.requests, lambda server: kept.append(server.send(SMS)))
        text = "purpose: T\nrules:\n  - { match: { endpoint: tracking, request: 9 }, answer: server-error }\n"
        chosen = servers[0].call("POST", "/_emulator/scenario", json.dumps({"text": text}).encode())
        assert chosen.status == 200, chosen.body
        seen = list[int]()
        _spread(servers, CLIENTS, lambda server: seen.append(server.api("GET", f"/failover/tracking/{kept[0]}").status))
        assert seen.count(500) == 1, seen
    with emulator("--rate", "0", "--seed", "7", "--log-level", "error", "--store", "") as server:
        for _ in range(given.requests):
            alone.append(server.send(SMS))
    assert len(set(kept)) == given.requests
    assert sorted(kept) == sorted(alone)
    return {"requests": len(kept)}


def feeds(given: Given) -> dict[str, Any]:
    """Feeds of all emulators tell the same in the same order, and skip nothing."""
    told = [list[int]() for _ in range(given.workers)]
    with _emulators(given, "--rate", "6000") as servers:
        readers = [threading.Thread(target=_follow, args=each) for each in zip(servers, told, strict=True)]
        for each in readers:
            each.start()
        until = time.monotonic() + given.seconds
        writers = [threading.Thread(target=_write, args=(each, until)) for each in servers for _ in range(3)]
        for each in writers:
            each.start()
        for each in writers:
            each.join()
        ready = {"liveFlows": 1}
        while ready["liveFlows"]:
            time.sleep(0.1)
            ready = servers[0].call("GET", "/_emulator/ready").json()
        last = servers[0].call("GET", "/_emulator/journal?before=999999999&limit=1").json()["entries"][0]["seq"]
        deadline = time.monotonic() + 60
        while any(not each or each[-1] < last for each in told) and time.monotonic() < deadline:
            time.sleep(0.05)
    for each in readers:
        each.join()
    assert all(each == told[0] for each in told), [len(each) for each in told]
    assert told[0] == sorted(told[0])
    assert told[0][-1] == last
    return {"feeds": len(told), "entries": len(told[0])}


def _follow(server: Emulator, told: list[int]) -> None:
    """Read the numbers of a feed's entries until the emulator ends."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/_emulator/feed")
    with connection.getresponse() as answer:
        try:
            while line := answer.readline():
                if line.startswith(b"id:"):
                    told.append(int(line[3:].partition(b"-")[0]))
        except (OSError, http.client.HTTPException):
            pass


def _write(server: Emulator, until: float) -> None:
    while time.monotonic() < until:
        server.send(VIBER, SMS)


def _statuses(servers: Sequence[Emulator]) -> list[int]:
    """How many requests at once, spread over all emulators, are answered."""
    found = list[int]()

    _spread(servers, SENT, lambda server: found.append(server.api("POST", "/failover", {"flow": [SMS]}).status))
    return found


def _spread(servers: Sequence[Emulator], times: int, act: Callable[[Emulator], object]) -> None:
    """Do something so many times, at all emulators at once."""

    def several(place: int) -> None:
        for _ in range(place, times, CLIENTS):
            act(servers[place % len(servers)])

    for server in servers:
        server.api("GET", "/failover/tracking/x")  # it has its token then
    threads = [threading.Thread(target=several, args=(place,)) for place in range(CLIENTS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


@contextmanager
def _emulators(given: Given, *options: str) -> Iterator[list[Emulator]]:
    """So many emulators as there are workers, each on a port of its own."""
    with ExitStack() as stack:
        place = stack.enter_context(postgres.server()).schema()
        quiet = ("--token-lifetime", "631139040", "--log-level", "error")
        yield [stack.enter_context(emulator("--store", place, *options, *quiet)) for _ in range(max(2, given.workers))]
