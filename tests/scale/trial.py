"""One trial: emulators on one database under load from threads, and what must be so at its end."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.support.running import SMS, VIBER, Emulator, Receiver

CLIENTS = 16
"""How many threads send."""


class Given(Struct, frozen=True):
    """What a trial is given: how many workers there are, for how many seconds it has load, what chance follows from,
    for how many seconds something is held up, how many requests are counted, how many bytes are kept, of how many flows
    (0: as many as end in those seconds).
    """

    workers: int
    seconds: float
    seed: int
    held: float = 3.0
    requests: int = 500
    keep: int = 1 << 20
    flows: int = 0


class Trial:
    """Emulators that share a store, and their receiver, under load. `refused` has the answers that are no 200, each
    with its emulator's place, `lost` counts connections that broke; `waits` has the seconds that answers took, by that.
    """

    def __init__(self, servers: Sequence[Emulator], hook: Receiver, seed: int) -> None:
        self.servers = servers
        self.chance = random.Random(seed)
        self.accepted: list[str] = []
        self.refused: list[tuple[int, int]] = []
        self.lost = 0
        self.waits = defaultdict[int, list[float]](list)
        self.posted: list[bytes] = []
        self.done: dict[str, Any] = {}
        self._hook = hook
        self._until = 0.0
        hook.judge = self._judge
        for each in servers:
            each.api("GET", "/failover/tracking/x")

    def _judge(self, body: bytes, seen: int) -> int:
        self.posted.append(body)
        return 500 if seen == 1 and len(self.posted) % 10 == 0 else 200

    def workers(self) -> list[int]:
        """The processes of the first emulator's workers."""
        number = self.servers[0].process.pid
        return [int(each) for each in Path(f"/proc/{number}/task/{number}/children").read_text().split()]

    def load(self, seconds: float, every: float, act: Callable[[], None]) -> None:
        """Send for so long, and do something each time that so many seconds have passed."""
        self._until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._send, args=(n % len(self.servers),)) for n in range(CLIENTS)]
        for each in threads:
            each.start()
        times = 0
        while time.monotonic() < self._until:
            time.sleep(every)
            act()
            times += 1
        for each in threads:
            each.join()
        self.done["times"] = times

    def _send(self, place: int) -> None:
        while time.monotonic() < self._until:
            began = time.monotonic()
            try:
                answer = self.servers[place].api(
                    "POST",
                    "/failover",
                    {"flow": [VIBER, SMS], "callback": {"strategy": "OnStep", "url": self._hook.url}},
                )
            except (OSError, http.client.HTTPException):
                self.lost += 1
                continue
            self.waits[place].append(time.monotonic() - began)
            if answer.status == 200:
                self.accepted.append(answer.json()["trackingId"])
            else:
                self.refused.append((place, answer.status))

    def over(self) -> None:
        """Wait until nothing is left to happen."""
        pending = 1
        while pending:
            time.sleep(0.2)
            try:
                ready = json.loads(self.servers[0].call("GET", "/_emulator/ready").body)
                pending = ready["liveFlows"] + ready["pendingCallbacks"]
            except (OSError, http.client.HTTPException, KeyError):
                pending = 1

    def pages(self, path: str, name: str, number: str) -> list[dict[str, Any]]:
        """All of what comes by pages."""
        found = list[dict[str, Any]]()
        while True:
            after = found[-1][number] if found else 0
            answer = self.servers[0].call("GET", f"/_emulator/{path}?limit=1000&after={after}")
            page = json.loads(answer.body)[name]
            if not page:
                return found
            found += page

    def check(self) -> dict[str, Any]:
        """Whether all that was accepted has happened, once and in order; the figures. Raises AssertionError."""
        self.over()
        entries = self.pages("journal", "entries", "seq")
        callbacks = self.pages("callbacks", "callbacks", "number")
        kinds = defaultdict[str, list[str]](list)
        for entry in entries:
            if entry["kind"] != "attempt" and entry["flow"]:
                kinds[entry["flow"]].append(entry["kind"])
        assert len(set(self.accepted)) == len(self.accepted), "two answers have one id"
        assert set(self.accepted) <= kinds.keys(), "a flow is lost"
        assert len({tuple(each) for each in kinds.values()}) == 1, "not the same has happened to each flow"
        assert {each["outcome"] for each in callbacks} <= {"received"}, "a callback is lost"
        attempts = [entry["data"] for entry in entries if entry["kind"] == "attempt"]
        assert len({(each["id"], each["attempt"]) for each in attempts}) == len(attempts), "an attempt is told twice"
        first = {body: place for place, body in reversed([*enumerate(self.posted)])}
        by_flow = defaultdict[str, list[int]](list)
        for each in callbacks:
            by_flow[each["flow"]].append(first[each["body"].encode()])
        assert all(places == sorted(places) for places in by_flow.values()), "a flow's callbacks came in disorder"
        return self.done | {
            "accepted": len(self.accepted),
            "flows": len(kinds),
            "refused": len(self.refused),
            "lost": self.lost,
            "callbacks": len(callbacks),
            "doubles": len(self.posted) - len(attempts),
            "p99": " ".join(f"{percentile(each, 0.99):.2f}" for _, each in sorted(self.waits.items())),
            "longest": " ".join(f"{max(each):.2f}" for _, each in sorted(self.waits.items())),
        }


def percentile(waits: Sequence[float], share: float) -> float:
    """The seconds within which this share of the answers came."""
    return sorted(waits)[int(len(waits) * share)]
