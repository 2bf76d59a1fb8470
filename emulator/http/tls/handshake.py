"""A handshake under way as one of the connections that a server counts, so that they together leave it enough files."""

from __future__ import annotations

import asyncio
from typing import Any


class Handshake:
    """Counts the task that shakes hands with a client among the `connections` of a server, until it has ended or is
    `over`. As a connection it can be shut down, which cancels the task.
    """

    def __init__(self, task: asyncio.Task[Any], connections: set[Any]) -> None:
        self.transport = self  # a server aborts the transports of its connections
        self._task = task
        self._connections = connections
        connections.add(self)
        task.add_done_callback(self.over)

    def over(self, _: object = None) -> None:
        """Count it no more."""
        self._connections.discard(self)

    def shutdown(self) -> None:
        """Break it off."""
        self._task.cancel()

    abort = shutdown
