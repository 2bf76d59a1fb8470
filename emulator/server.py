"""The HTTP server around one emulation: it logs, starts, says where it is, and stops within a second."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import uvicorn
from msgspec import json

from emulator.app import Application
from emulator.emulation import Emulation
from emulator.http.listener import Listener, until_signal
from emulator.http.protocol import Protocol
from emulator.settings import Settings

log = logging.getLogger(__name__)
_LOCAL = ("127.0.0.1", "::1", "localhost")
KEEP_ALIVE = 60
"""How long a connection may be idle, in real seconds."""
GRACE = 0.5
"""How long requests under way may take to finish at the end, in real seconds."""


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.encode(line).decode()


def configure_logs(log_format: str) -> None:
    """Send all log records of this process to standard error, as lines of text, or as JSON if that is the format."""
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if log_format == "json" else text)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def server(emulation: Emulation, ready: Callable[[str], None]) -> Listener:
    """A server for a started emulation, not yet listening. It calls `ready` with its URL once it listens."""
    return Listener(
        uvicorn.Config(
            Application(emulation),
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
    )


async def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Run an emulator as the whole of this process, with its logs and signals, until SIGINT or SIGTERM. Calls `ready`
    with its URL once requests are served. Raises an EmulatorError if it can't start.
    """
    configure_logs(settings.log_format)
    emulation = await Emulation.start(settings)
    if settings.host not in _LOCAL and not settings.control_token:
        log.info("whoever reaches this port can use /_emulator; --control-token protects it")
    try:
        listening = server(emulation, ready)

        def stop() -> None:
            emulation.closing.set()  # ends the feeds, which never end by themselves
            listening.stop()

        until_signal(stop)
        await listening.serve()
    finally:
        await emulation.stop()
