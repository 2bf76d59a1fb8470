"""The HTTP server around one emulation: it starts, says where it is, and stops within a second.

uvicorn raises a signal again after it has shut down, which would end the process before the store is closed; so the
signals are handled here.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from emulator.alarm import Alarm
from emulator.emulation import Emulation
from emulator.model import EmulatorError
from emulator.protocol import Protocol
from emulator.settings import Settings
from emulator.web.app import application

GRACE = 0.5
"""How long requests under way may take to finish at the end, in real seconds."""


class PortError(EmulatorError):
    """The address can't be listened on."""


class Listener(uvicorn.Server):
    """uvicorn's server, without its signal handling. `ready` is told the server's URL once it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._alarm = Alarm()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `serve`."""
        yield

    async def startup(self, sockets: Any = None) -> None:
        """Listen, and tell the address that was given. Raises PortError."""
        try:
            await super().startup(sockets)
        except SystemExit as failed:
            raise PortError(f"can't listen on {self.config.host} port {self.config.port}: is it in use?") from failed
        port = self.servers[0].sockets[0].getsockname()[1]
        host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
        self._ready(f"http://{host}:{port}")

    async def main_loop(self) -> None:
        """Keep the Date header right until told to stop, and then stop at once."""
        while not await self.on_tick(0):
            await self._alarm.sleep(1.0)

    def stop(self) -> None:
        """Stop serving: take no more connections, let requests under way finish for a moment."""
        self.should_exit = True
        self._alarm.ring()


def server(emulation: Emulation, ready: Callable[[str], None]) -> Listener:
    """A server for a started emulation, not yet listening."""
    return Listener(
        uvicorn.Config(
            application(emulation),
            host=emulation.settings.host,
            port=emulation.settings.port,
            http=Protocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE,  # type: ignore[arg-type]  # uvicorn hands it to wait_for
        ),
        ready,
    )


async def serve(settings: Settings, ready: Callable[[str, Emulation], None]) -> None:
    """Run an emulator until SIGINT or SIGTERM; `ready` is told its URL once requests are served."""
    emulation = await Emulation.start(settings)
    try:
        listening = server(emulation, lambda url: ready(url, emulation))
        until_signal(listening.stop)
        await listening.serve()
    finally:
        await emulation.stop()


def until_signal(stop: Callable[[], None]) -> None:
    """Have SIGINT and SIGTERM call `stop`."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: stop())
        else:
            asyncio.get_running_loop().add_signal_handler(number, stop)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end on the fastest event loop there is."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)
