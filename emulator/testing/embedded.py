"""An emulator inside your own process, for debuggers and quick tries; in tests a process of its own is the usual way.

with Emulator(rate=0) as emulator:
    emulator.client().application("shop").send(...)

async with Emulator(rate=0) as emulator:  # served by the running event loop
    app = AsyncApplication(emulator.client().application("shop"))
    await app.send(...)
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Self

from emulator.client.client import Client
from emulator.emulation import Emulation
from emulator.server import server
from emulator.settings import settings_of

PATIENCE = 30.0
"""Real seconds that the start may take."""


class Emulator:
    """An emulator with these settings (see Settings), on a free port unless one is given. `url` is its address, once it
    has started, and `tls_url` that of its TLS port, if it has one. Use it as a context manager, synchronous or
    asynchronous.
    """

    def __init__(self, **settings: Any) -> None:
        self._settings = settings_of({"port": 0} | settings)
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None
        self._clients: list[Client] = []
        self._failed: BaseException | None = None
        self.url = ""
        self.tls_url = ""

    def client(self) -> Client:
        """A client of this emulator, which is closed when the emulator stops."""
        client = Client(self.url, token=self._settings.control_token)
        self._clients.append(client)
        return client

    def __enter__(self) -> Self:
        """Start on a thread of its own. Raises an EmulatorError that says why it can't."""
        ready = threading.Event()

        def run() -> None:
            try:
                asyncio.run(self._serve(ready.set))
            except BaseException as error:
                self._failed = error
            finally:
                ready.set()

        self._thread = threading.Thread(target=run, name="failover-emulator", daemon=True)
        self._thread.start()
        ready.wait(PATIENCE)
        if self._failed is not None:
            self._thread.join()
            raise self._failed
        return self

    def __exit__(self, *_: object) -> None:
        self._close_clients()
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread is not None:
            self._thread.join()

    async def __aenter__(self) -> Self:
        """Start in the running event loop. Raises an EmulatorError that says why it can't."""
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._serve(ready.set))
        await asyncio.wait({self._task, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            await self._task
        return self

    async def __aexit__(self, *_: object) -> None:
        self._close_clients()
        if self._stopping is not None:
            self._stopping.set()
        if self._task is not None:
            await self._task

    def _close_clients(self) -> None:
        for client in self._clients:
            client.close()

    async def _serve(self, ready: Callable[[], None]) -> None:
        """Run the emulator until it is told to stop, or its server ends. Calls `ready` once it listens."""

        def listening(url: str) -> None:
            self.url, self.tls_url = url, listener.tls_url
            ready()

        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        emulation = await Emulation.opened(self._settings)
        try:
            listener = server(emulation, listening)
            serving = asyncio.create_task(listener.serve())
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            emulation.closing.set()
            listener.stop()
            await serving
        finally:
            await emulation.stop()
