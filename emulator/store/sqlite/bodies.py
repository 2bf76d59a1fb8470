"""The latest accepted bodies: a client that lost its answer sends the same one again, and makes a second flow of it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from emulator.clock.clocks import EVERYBODY

WITHIN: Final = 60_000
"""How long after the first a body counts as repeated, in milliseconds."""
REMEMBERED: Final = 1000
"""How many bodies are remembered."""


class Bodies:
    """The latest accepted bodies, each with its time and the id of its flow. In memory: a restart forgets them."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, bytes], tuple[int, str]] = OrderedDict()

    def remember(self, application: str, body: bytes, now: int, flow: str) -> None:
        """Remember an accepted body, and forget the oldest beyond REMEMBERED."""
        self._seen.pop((application, body), None)
        self._seen[application, body] = now, flow
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def earlier(self, application: str, body: bytes, now: int) -> str | None:
        """The id of the flow that the same body of this application became at most WITHIN before `now`."""
        at, flow = self._seen.get((application, body), (0, ""))
        return flow if flow and now - at <= WITHIN else None

    def forget(self, application: str) -> None:
        """Forget the bodies of one application, or everybody's."""
        kept = ((key, seen) for key, seen in self._seen.items() if application not in {EVERYBODY, key[0]})
        self._seen = OrderedDict(kept)
