"""A trial of `--keep`: much more than is kept ends, while some callbacks fail, and nothing is dropped too early."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from contextlib import suppress
from typing import Any, Final

from tests.scale.disasters import OPTIONS
from tests.scale.trial import Given
from tests.support import postgres
from tests.support.running import SMS, VIBER, Emulator, emulator

CLIENTS: Final = 32
"""How many connections send."""
FAILING: Final = 100
"""Of how many flows one has a receiver that is down, for its first attempts."""
ATTEMPTS: Final = 2
"""For how many attempts it is."""
TIMES: Final = 6
"""How many times what is kept the tables may take, once what was dropped is cleared away."""
_NAME: Final = re.compile(rb'"trackingId":"([^"]+)"')
_SIZE: Final = "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE schemaname = '{}'"


def keep(given: Given) -> dict[str, Any]:
    """Flows end without end; the oldest are dropped, but none that is live or has a callback to make."""
    with postgres.server() as database:
        place = database.schema()
        options = ("--workers", str(given.workers), "--keep", str(given.keep))
        with emulator("--store", place, *OPTIONS, *options) as server:
            server.api("GET", "/failover/tracking/x")
            trial = _Load(server, given)
            took = asyncio.run(trial.run())
            largest = _size(database, place)
            told = [server.call("GET", "/_emulator/ready").json() for _ in range(8 * given.workers)]
            assert all(each["dropped"] == told[0]["dropped"] for each in told), told
            dropped, left = told[0]["dropped"]["flows"], told[0]["finishedFlows"]
            assert not trial.refused, trial.refused
            assert trial.received.keys() == trial.accepted, "a callback is lost, or comes of no flow"
            assert dropped + left == len(trial.accepted), (dropped, left, len(trial.accepted))
            database.sql("VACUUM")
            size = _size(database, place)
            assert dropped == 0 or size <= TIMES * given.keep, f"{size} bytes are taken"
            return {
                "flows": len(trial.accepted),
                "a second": round(len(trial.accepted) / took),
                "dropped": dropped,
                "doubles": trial.attempts - len(trial.accepted) - trial.failed,
                "longest": round(max(trial.waits), 2),
                "p99": round(sorted(trial.waits)[int(0.99 * len(trial.waits))], 2),
                "tables": f"{largest / given.keep:.1f} x, {size / given.keep:.1f} x cleared",
            }


def _size(database: postgres.Server, place: str) -> int:
    """The bytes that the tables take, with their indexes."""
    return int(database.sql(_SIZE.format(place.rpartition("=")[2])))


class _Load:
    """Many clients and the receiver of what they ask for. `accepted` has the ids of flows, `refused` counts the answers
    that are no 200, `received` counts by id the callbacks that were taken; `waits` has the seconds that answers took.
    """

    def __init__(self, server: Emulator, given: Given) -> None:
        self._server = server
        self._given = given
        self.accepted = set[str]()
        self.refused = Counter[str]()
        self.received = Counter[str]()
        self._seen = Counter[str]()
        self.attempts = self.failed = self._asked = 0
        self.waits = list[float]()
        self._sent = False
        self._all: asyncio.Future[None]

    async def run(self) -> float:
        """Send, and wait until nothing is left to happen; the seconds that the sending took."""
        self._all = asyncio.get_running_loop().create_future()
        receiver = await asyncio.start_server(self._receive, "127.0.0.1", 0)
        port, began = receiver.sockets[0].getsockname()[1], time.monotonic()
        await asyncio.gather(*[self._send(port, began) for _ in range(CLIENTS)])
        took, self._sent = time.monotonic() - began, True
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                await self._all
        receiver.close()
        return took

    async def _send(self, port: int, began: float) -> None:
        callback = {"strategy": "OnCompletion", "url": f"http://127.0.0.1:{port}/"}
        body = json.dumps({"flow": [VIBER, SMS], "callback": callback}).encode()
        head = f"Host: x\r\nAuthorization: Bearer {self._server.token()}\r\nContent-Type: application/json"
        request = f"POST /failover HTTP/1.1\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        while self._asked < self._given.flows if self._given.flows else time.monotonic() < began + self._given.seconds:
            self._asked += 1
            at = time.monotonic()
            writer.write(request)
            line, said = await _message(reader)
            self.waits.append(time.monotonic() - at)
            found = _NAME.search(said)
            if found is None:
                self.refused[line] += 1
            else:
                self.accepted.add(found[1].decode())
        writer.close()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                _, body = await _message(reader)
                found = _NAME.search(body)
                assert found, body
                name = found[1].decode()
                self._seen[name] += 1
                self.attempts += 1
                down = int(name[:4], 16) % FAILING == 0 and self._seen[name] <= ATTEMPTS
                self.failed += down
                self.received.update([] if down else [name])
                if self._sent and not self._all.done() and self.received.keys() >= self.accepted:
                    self._all.set_result(None)
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % (503 if down else 200))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()


async def _message(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """The first line of an HTTP message with a known length, and its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    sizes = [line.partition(":")[2] for line in head if line.lower().startswith("content-length:")]
    return head[0], await reader.readexactly(int(sizes[0]))
