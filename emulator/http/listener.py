"""A uvicorn server that reports its URL once it listens, and stops at once when told to.

uvicorn re-raises a signal after its shutdown, which would end the process before the store is closed. So uvicorn's
signal handling is off, and `until_signal` takes its place. This module does not know what is served.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from msgspec import Struct

from emulator.clock.alarm import Alarm
from emulator.errors import EmulatorError
from emulator.http.protocol import Connection
from emulator.http.sockets import listening

if TYPE_CHECKING:
    from emulator.http.tls import Tls

FILES: Final = 65_536
"""How many files a server would like to have open."""
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
"""The signals that end a process."""


class PortError(EmulatorError):
    """The server can't listen on its host and `port`; the message names them. `taken`: somebody else listens there."""

    def __init__(self, host: str, port: int, error: OSError | UnicodeError) -> None:
        super().__init__(f"can't listen on {host} port {port}: {_reason(error)}")
        self.port = port
        self.taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE


class Secure(Struct, frozen=True):
    """The port that a server speaks TLS on, 0 for a free one, and how."""

    port: int
    tls: Tls


class Listener(uvicorn.Server):
    """uvicorn's server without its signal handling, and with a second port for TLS if it is given what that takes. Once
    it listens, it calls `begin`, and `ready` with its URL, such as http://127.0.0.1:8080; with TLS, `ready` waits until
    there are keys, as clients of that port do. The URL of that port is in `tls_url`.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[str], None],
        secure: Secure | None = None,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._begin = begin
        self._ready = ready
        self._securing: asyncio.Task[None] | None = None
        self._secure = secure
        self.ports: list[int] = []
        self.tls_url = ""
        self._alarm = Alarm()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle no signals; see `until_signal`."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; the URL has the real port if 0 was asked for. Raises PortError."""
        sockets = sockets or bound(self.config.host, self.config.port)
        if self._secure is not None:
            secure = bound(self.config.host, self._secure.port)
            self.tls_url = self._url("https", secure)
        await super().startup(sockets)
        if self._secure is not None:
            from emulator.http.tls.door import TlsDoor

            config, state = self.config, self.server_state
            protocol = partial(config.http_protocol_class, config, state, self.lifespan.state)  # type: ignore[call-arg]
            doors: list[Any] = [TlsDoor(self._secure.tls, each, protocol, state) for each in secure]
            self.servers += doors
        url = self._url("http", sockets)
        self._begin()
        if self._secure is None:
            self._ready(url)
        else:
            self._securing = asyncio.create_task(self._secured(self._secure.tls, url))

    async def _secured(self, tls: Tls, url: str) -> None:
        """Call `ready` once TLS is. If either fails, the server stops, and `shutdown` raises why."""
        try:
            await tls.context()
            self._ready(url)
        except BaseException:
            self.stop()
            raise

    def _url(self, scheme: str, sockets: list[socket.socket]) -> str:
        """The URL of sockets that listen; their port is remembered."""
        host, port = self.config.host, sockets[0].getsockname()[1]
        self.ports.append(port)
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    async def main_loop(self) -> None:
        """Each second, update the Date header and close the connections that wait in vain, until `stop` is called; then
        return at once.
        """
        while not await self.on_tick(0):
            now = asyncio.get_running_loop().time()
            for each in list(self.server_state.connections):
                if isinstance(each, Connection):
                    each.check(now)
            await self._alarm.sleep(1.0)

    async def shutdown(self, sockets: Any = None) -> None:
        """Let requests under way finish within the configured grace, then abort the connections that are left. Raises
        what `ready` or TLS failed with.
        """
        with _silent():  # uvicorn would log each aborted request as an error
            await super().shutdown(sockets)
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            await asyncio.gather(*self.server_state.tasks, return_exceptions=True)
        if self._securing is not None:
            self._securing.cancel()
            with suppress(asyncio.CancelledError):
                await self._securing

    def stop(self) -> None:
        """Take no more connections, and begin the shutdown."""
        self.should_exit = True
        self._alarm.ring()


def bound(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Sockets that listen on a port of a host, see `sockets.listening`. Raises PortError."""
    try:
        return listening(host, port, shared=shared)
    except (OSError, UnicodeError) as error:
        raise PortError(host, port, error) from error


def _reason(error: OSError | UnicodeError) -> str:
    """Why there is no socket: the system's words, without the address that Python appends to them."""
    if isinstance(error, OSError) and error.errno and not isinstance(error, socket.gaierror):
        return os.strerror(error.errno)
    return getattr(error, "strerror", None) or str(error)


@contextmanager
def _silent() -> Iterator[None]:
    """Turn uvicorn's error log off for the duration of the block."""
    log = logging.getLogger("uvicorn.error")
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = False


def until_signal(stop: Callable[[], None]) -> None:
    """Call `stop` on the first SIGINT or SIGTERM, on the running event loop. A second one ends the process at once,
    even if the loop is busy and never comes to `stop`.
    """
    loop = asyncio.get_running_loop()

    def first(*_: object) -> None:
        for number in SIGNALS:
            signal.signal(number, _end if os.getpid() == 1 else signal.SIG_DFL)
        loop.call_soon_threadsafe(stop)

    for number in SIGNALS:
        signal.signal(number, first)


def _end(number: int, _: object) -> None:
    """End this process, as process 1 of a container must by itself: the kernel gives it no default action."""
    os._exit(128 + number)


def until_input_ends(stop: Callable[[], None]) -> None:
    """Call `stop` when standard input ends. Needs a running event loop. A thread reads it, since no loop can wait for
    every kind of input, by the descriptor: a thread that holds `sys.stdin` would hang the end of the process.
    """
    loop = asyncio.get_running_loop()

    def read() -> None:
        with suppress(OSError):
            while os.read(0, 4096):
                pass
        with suppress(RuntimeError):  # the loop is closed: the process ends already
            loop.call_soon_threadsafe(stop)

    threading.Thread(target=read, name="stdin", daemon=True).start()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end, on uvloop where it is installed. Until that asks for signals by `until_signal`, one
    ends the process at once: an exception would be raised within whatever the loop calls then, and be logged there.
    At the end signals do what they did before.

    The garbage collector is told to run less often, and to skip the objects that exist by now: requests leave no
    reference cycles, so there is little for it to find. As many files may be open as the system lets this process have.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    _allow_files()
    with _ending_at_once():
        try:
            import uvloop
        except ImportError:
            asyncio.run(main)
        else:
            uvloop.run(main)


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Have a signal that is not ignored end this process at once, for the duration of the block."""
    before = {number: handler for number in SIGNALS if (handler := signal.getsignal(number)) is not None}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _allow_files() -> None:
    """Raise the limit of open files, on which the numbers of connections depend, to FILES or what the system allows."""
    try:
        from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit
    except ImportError:  # on Windows
        return
    soft, hard = getrlimit(RLIMIT_NOFILE)
    wanted = FILES if hard == RLIM_INFINITY else min(FILES, hard)
    if RLIM_INFINITY != soft < wanted:
        with suppress(OSError, ValueError):
            setrlimit(RLIMIT_NOFILE, (wanted, hard))
