"""What goes wrong with a connection before there is a request: a line in the log, and an entry in the journal.

The same words are logged once a second, since a client that is turned away often comes back at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from emulator.journal.entry import Details
from emulator.journal.kinds import ProxyRefused, TlsFailed

AGAIN: Final = 1.0
"""Real seconds after which the same words are logged again."""

log = logging.getLogger(__name__)


class Incidents:
    """Tells what went wrong with the connections of one server. `note` writes an entry into the journal."""

    def __init__(self, note: Callable[[Details], Coroutine[Any, Any, None]]) -> None:
        self._note = note
        self._notes: set[asyncio.Task[None]] = set()
        self._logged: dict[str, float] = {}

    def tls_failed(self, why: str) -> None:
        """A client's TLS connection came to nothing."""
        self._tell(f"TLS: {why}", TlsFailed(why))

    def proxy_refused(self, target: str, why: str) -> None:
        """A client asked for another host by way of the proxy, and was refused."""
        self._tell(f"proxy: {target}: {why}", ProxyRefused(target, why))

    def _tell(self, words: str, details: Details) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now - self._logged.get(words, -AGAIN) >= AGAIN:
            self._logged = {each: at for each, at in self._logged.items() if now - at < AGAIN} | {words: now}
            log.warning("%s", words, extra={"fields": {"words": words}})
        task = loop.create_task(self._note(details))
        self._notes.add(task)
        task.add_done_callback(self._noted)

    def _noted(self, task: asyncio.Task[None]) -> None:
        self._notes.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("the journal has no entry about this: %s", error)
