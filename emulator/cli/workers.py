"""`serve --workers N`: several processes that serve one port, each of which is started again when it ends.

Each has a socket of its own, which the first process keeps: connections that come to a worker that was killed wait for
the next one. It knows nothing of what the workers serve.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from emulator.errors import EmulatorError
from emulator.http.listener import bound, until_input_ends, until_signal
from emulator.settings import Settings

GRACE: Final = 2.0
"""How long workers may take to end, in real seconds, before they are killed."""
PAUSES: Final = (0.0, 0.1, 0.5, 1.0, 5.0)
"""How long to wait before a worker is started again, in real seconds; the last one counts for all that follow."""

log = logging.getLogger(__name__)


class WorkersError(EmulatorError):
    """There can't be several workers, or one can't start; the message says why."""


class Workers:
    """So many workers at a host and port. `command` starts one; it is given the sockets that it serves."""

    def __init__(self, count: int, command: Sequence[str], host: str, port: int) -> None:
        self._command = command
        alone = bound(host, port)  # nobody else may be there, even if they would share the port
        port = alone[0].getsockname()[1]
        for each in alone:
            each.close()
        self._sockets = [bound(host, port, shared=True) for _ in range(count)]
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._lines: list[asyncio.Future[bytes]] = []
        self._ended = asyncio.Event()

    async def serve(self, ready: Callable[[bytes], None], *, until_stdin_ends: bool) -> None:
        """Run all workers until SIGINT or SIGTERM, or until standard input ends. Once all are ready, `ready` is called
        with the line by which one says so. Raises WorkersError if one ends before.
        """
        loop = asyncio.get_running_loop()
        until_signal(self._ended.set)
        if until_stdin_ends:
            until_input_ends(self._ended.set)
        self._lines = [loop.create_future() for _ in self._sockets]
        tasks: list[asyncio.Task[Any]] = [loop.create_task(self._keep(place)) for place in range(len(self._sockets))]
        tasks.append(loop.create_task(self._tell(ready)))
        ended = loop.create_task(self._ended.wait())
        try:
            await asyncio.wait({ended, tasks[-1]}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                await tasks[-1]
            await ended
        finally:
            for each in (*tasks, ended):
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._end()

    async def _tell(self, ready: Callable[[bytes], None]) -> None:
        """Tell that all are ready, once they are."""
        ready((await asyncio.gather(*self._lines))[0])

    async def _keep(self, place: int) -> None:
        """Run the worker of this place, again and again."""
        failed = 0
        while True:
            started = asyncio.get_running_loop().time()
            process = await self._start(place)
            self._processes[place] = process
            assert process.stdout is not None
            line, first = await process.stdout.readline(), self._lines[place]
            if line and not first.done():
                first.set_result(line)
            while await process.stdout.read(4096):
                pass
            status = await process.wait()
            if not first.done():
                first.set_exception(WorkersError("a worker could not start"))
                return
            failed = 0 if asyncio.get_running_loop().time() - started > PAUSES[-1] else failed + 1
            log.warning("worker %d has ended with status %d, and is started again", place + 1, status)
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES)) - 1] if failed else 0.0)

    async def _start(self, place: int) -> asyncio.subprocess.Process:
        """The worker of a place. It ends when this process does, which holds its standard input."""
        numbers = [each.fileno() for each in self._sockets[place]]
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *self._command,
            *("--sockets", ",".join(map(str, numbers)), "--worker", str(place + 1)),
            stdin=pipe,
            stdout=pipe,
            pass_fds=numbers,
        )

    async def _end(self) -> None:
        """End all workers."""
        there = [each for each in self._processes.values() if each.returncode is None]
        for each in there:
            with suppress(ProcessLookupError):
                each.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                for each in there:
                    await each.wait()
        for each in there:
            with suppress(ProcessLookupError):
                each.kill()


async def serve(
    count: int, settings: Settings, ready: Callable[[bytes], None], *, until_stdin_ends: bool = False
) -> None:
    """Run so many workers with the arguments that this process got. Raises an EmulatorError."""
    if "://" not in settings.store:
        raise WorkersError(
            f"--workers {count} needs a store that several processes can share: --store postgresql://USER@HOST/DATABASE"
        )
    if settings.tls_port is not None:
        raise WorkersError("--tls-port is for one process: have what stands before the workers speak TLS")
    command = [sys.executable, "-m", "emulator", *sys.argv[1:], "--workers", "1", "--until-stdin-ends"]
    await Workers(count, command, settings.host, settings.port).serve(ready, until_stdin_ends=until_stdin_ends)
