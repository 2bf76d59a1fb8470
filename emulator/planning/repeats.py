"""Noticing that the same body came twice: a client that lost the answer sends again, and makes a second flow of it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

WITHIN: Final = 60_000
"""How long after the first a repeated body is worth a note, in milliseconds."""
REMEMBERED: Final = 1000
"""How many bodies are remembered."""


class Repeats:
    """The latest accepted bodies, with the flows that they became."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, bytes], tuple[int, str]] = OrderedDict()

    def earlier(self, application: str, body: bytes, now: int) -> str | None:
        """The flow that the same body of this application became lately; None if there is none."""
        at, flow = self._seen.get((application, body), (0, ""))
        return flow if flow and now - at <= WITHIN else None

    def reset(self, application: str | None) -> None:
        """Forget the bodies of one application, or all."""
        kept = ((key, seen) for key, seen in self._seen.items() if application not in (None, key[0]))
        self._seen = OrderedDict(kept)

    def remember(self, application: str, body: bytes, now: int, flow: str) -> None:
        """Remember an accepted body, and forget the oldest."""
        self._seen.pop((application, body), None)
        self._seen[application, body] = now, flow
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
