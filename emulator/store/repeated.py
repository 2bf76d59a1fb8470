"""Request bodies that came before, as long as a process remembers them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from emulator.clock.clock import EVERYBODY

WITHIN: Final = 60_000
"""How long after the first a body counts as repeated, in milliseconds."""
REMEMBERED: Final = 1000
"""How many bodies are remembered."""


class Bodies:
    """The latest accepted bodies, each with its time and the id of its flow: a client that lost its answer sends the
    same body again, and makes a second flow of it. Of a body only its hash is kept: of 64 bits, with a key that differs
    in each process. A restart forgets them.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, int], tuple[int, str]] = OrderedDict()

    def remember(self, application: str, body: bytes, now: int, flow_id: str) -> str | None:
        """Remember that a body becomes this flow, and forget the oldest beyond REMEMBERED. Answers the id of the flow
        that the same body of this application became at most WITHIN before `now`.
        """
        key = application, hash(body)
        at, earlier = self._seen.pop(key, (0, ""))
        self._seen[key] = now, flow_id
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return earlier if earlier and now - at <= WITHIN else None

    def drop(self, application: str, body: bytes) -> None:
        """Forget a body that became no flow, since it could not be stored."""
        self._seen.pop((application, hash(body)), None)

    def forget(self, application: str) -> None:
        """Forget the bodies of one application, or everybody's."""
        kept = ((key, seen) for key, seen in self._seen.items() if application not in {EVERYBODY, key[0]})
        self._seen = OrderedDict(kept)
