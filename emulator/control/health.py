"""The door to health checks: whether the emulator is alive and ready."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.control.call import Call
from emulator.engine.engine import Engine
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.store.contract import Store
from emulator.store.records import Dropped


class Alive(Struct):
    """The process answers."""

    status: Literal["ok"]


class Ready(Struct, rename="camel"):
    """Requests are served; it is `now` on the shared clock. How much there is, for how many seconds the oldest callback
    has been due and has not begun, and how much was `dropped` since.
    """

    status: Literal["ready"]
    now: str
    live_flows: int
    finished_flows: int
    pending_callbacks: int
    journal_entries: int
    lateness: float
    dropped: Dropped


class HealthDoor:
    """Answers health checks."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store

    def calls(self) -> tuple[Call, ...]:
        """The calls of health checks."""
        return Call("GET", "/health", self.health, gives=Alive), Call("GET", "/ready", self.ready, gives=Ready)

    async def health(self, _: Request) -> Response:
        """Answer that the process is alive."""
        return messages.good({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """Answer that requests are served, with the time, the numbers of flows, callbacks and journal entries, and the
        `lateness`: for how many seconds the oldest callback has been due and has not begun. 503, with the reason, if
        the store can't be used.
        """
        if trouble := await self._store.trouble():
            raise Problem(503, trouble)
        late = round(await self._engine.lateness(), 3)
        counts = await self._store.counts()
        await self._store.fresh()  # another process may have moved the clock
        now = instants.written(self._engine.now(""))
        more = {"lateness": late, "dropped": asdict(await self._store.dropped())}
        return messages.good({"status": "ready", "now": now} | counts | more)
