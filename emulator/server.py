"""The HTTP server around one emulation: it starts, says where it is, and stops within a second."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence

import uvicorn

from emulator.app import Application
from emulator.clock.clock import EVERYBODY
from emulator.emulation import Emulation
from emulator.http.listener import Listener, Secure, until_input_ends, until_signal
from emulator.http.protocol import Protocol
from emulator.settings import Settings

log = logging.getLogger(__name__)
_LOCAL = ("127.0.0.1", "::1", "localhost")
KEEP_ALIVE = 60
"""How long a connection may be idle, in real seconds."""
GRACE = 0.5
"""How long requests under way may take to finish at the end, in real seconds."""


def server(emulation: Emulation, ready: Callable[[str], None]) -> Listener:
    """A server for an emulation that is ready, not yet listening. Once it listens, the emulation begins: where the port
    is taken, nothing has happened. `ready` is called with the server's URL, when the keys of its TLS port stand too.
    Raises AuthorityError if it is to speak TLS and can't.
    """
    application, secure = Application(emulation), None
    if (port := emulation.settings.tls_port) is not None:
        secure = Secure(port, emulation.tls)
        secure.tls.load()

    def listening() -> None:
        application.ports = listener.ports
        emulation.begin()

    listener = Listener(
        uvicorn.Config(
            application,
            host=emulation.settings.host,
            port=emulation.settings.port,
            http=Protocol,
            ws="none",
            lifespan="off",
            access_log=False,
            proxy_headers=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,  # type: ignore[arg-type]  # uvicorn hands it to wait_for
        ),
        ready,
        secure,
        listening,
    )
    return listener


async def serve(
    settings: Settings,
    ready: Callable[[Sequence[str], float | str], None],
    *,
    until_stdin_ends: bool = False,
    sockets: Sequence[socket.socket] = (),
) -> None:
    """Run an emulator as the whole of this process, with its signals, until SIGINT or SIGTERM, or until standard input
    ends, on these `sockets`, if there are any. Calls `ready` with its URLs, the one of TLS last, and the rate of its
    shared clock once requests are served. Raises an EmulatorError if it can't start.
    """
    emulation = await Emulation.opened(settings)
    if settings.host not in _LOCAL and not settings.control_token:
        log.info("whoever reaches this port can use /_emulator; --control-token protects it")
    if settings.host not in _LOCAL and settings.proxy_others:
        log.warning("whoever reaches this port can reach any other host by way of it")
    try:

        def begun(url: str) -> None:
            urls = [url, listening.tls_url] if listening.tls_url else [url]
            ready(urls, emulation.clocks.clock(EVERYBODY).shown_rate)

        listening = server(emulation, begun)

        def stop() -> None:
            emulation.closing.set()  # ends the feeds, which never end by themselves
            listening.stop()

        until_signal(stop)
        if until_stdin_ends:
            until_input_ends(stop)
        await listening.serve(list(sockets) or None)
    finally:
        await emulation.stop()
