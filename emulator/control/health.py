"""The door to the emulator itself: whether it is alive and ready, its settings without secrets, its CA."""

from __future__ import annotations

import asyncio
from typing import Final, Literal

from msgspec import UNSET, Struct, UnsetType, defstruct
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from emulator import __version__
from emulator.clock import instants
from emulator.clock.clock import INSTANT, ShownRate
from emulator.control.call import Call
from emulator.engine.engine import Engine
from emulator.http import messages
from emulator.http.tls import AuthorityError, Tls
from emulator.provider.errors import Problem
from emulator.settings import Settings, table
from emulator.store.contract import Store
from emulator.store.records import Dropped

_SECRET: Final = {setting.name for setting in table() if setting.option.secret}


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


_SHOWN: Final = [
    (setting.name, ShownRate | None if setting.name == "rate" else Settings.__annotations__[setting.name])
    for setting in table()
    if setting.name not in _SECRET | {"seed"}
]
ShownSettings: Final = defstruct("ShownSettings", [("version", str), *_SHOWN, ("seed", str | UnsetType, UNSET)])
PEM: Final = "application/x-pem-file"


class HealthDoor:
    """Answers health checks, and shows the settings and the CA's certificate."""

    def __init__(self, engine: Engine, store: Store, settings: Settings, tls: Tls) -> None:
        self._engine = engine
        self._store = store
        self._settings = settings
        self._tls = tls

    def calls(self) -> tuple[Call, ...]:
        """The calls of health checks."""
        return Call("GET", "/health", self.health), Call("GET", "/ready", self.ready)

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
        now = instants.written(self._engine.now(""))
        dropped = asdict(await self._store.dropped())
        more = {"lateness": round(await self._engine.lateness(), 3), "dropped": dropped}
        return messages.good({"status": "ready", "now": now} | await self._store.counts() | more)

    async def certificate(self, _: Request) -> Response:
        """Answer the certificate, as PEM, of the CA that has signed those of the TLS port and the proxy. 404, with the
        reason, if there is none and none can be made.
        """
        try:
            found = await asyncio.to_thread(self._tls.authority.certificate)
        except AuthorityError as error:
            raise Problem(404, str(error)) from error
        return Response(found, media_type=PEM)

    async def settings(self, _: Request) -> Response:
        """Answer the emulator's version and settings; secrets are left out, and without a control token the seed, from
        which ids follow.
        """
        hidden = _SECRET if self._settings.control_token else _SECRET | {"seed"}
        settings = {name: value for name, value in asdict(self._settings).items() if name not in hidden}
        rate = "instant" if self._settings.rate == INSTANT else self._settings.rate
        return messages.good({"version": __version__} | settings | {"rate": rate})
