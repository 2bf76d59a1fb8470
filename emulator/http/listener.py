"""A uvicorn server that says where it listens and stops at once when told to.

uvicorn raises a signal again after it has shut down, which would end the process before anything else is closed; so
signals are handled here.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from emulator.clock.alarm import Alarm
from emulator.errors import EmulatorError


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
            with _silent():  # what fails is told once, here
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

    async def shutdown(self, sockets: Any = None) -> None:
        """Wait for what is under way, as long as the grace; what is not answered then never is."""
        with _silent():  # a request that is cut off is nobody's error
            await super().shutdown(sockets)
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            await asyncio.gather(*self.server_state.tasks, return_exceptions=True)

    def stop(self) -> None:
        """Stop serving: take no more connections, let requests under way finish for a moment."""
        self.should_exit = True
        self._alarm.ring()


@contextmanager
def _silent() -> Iterator[None]:
    """Have uvicorn log nothing meanwhile."""
    log = logging.getLogger("uvicorn.error")
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = False


def until_signal(stop: Callable[[], None]) -> None:
    """Have SIGINT and SIGTERM call `stop`."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: stop())
        else:
            asyncio.get_running_loop().add_signal_handler(number, stop)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end on the fastest event loop there is.

    What a request makes is gone with it, without cycles; so the collector looks less often, and never at what was
    there from the start.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)
