"""Counting an application's requests: in all, to each recipient, to the other endpoints. Rules and ids go by it."""

from __future__ import annotations

from collections import Counter


class Ordinals:
    """The numbers of the last requests; `last` has them by application."""

    def __init__(self, last: dict[str, int]) -> None:
        self._requests = Counter(last)
        self._to: Counter[tuple[str, str]] = Counter()
        self._calls: Counter[tuple[str, str]] = Counter()

    def request(self, application: str) -> int:
        """The number of the application's next request, from 1."""
        self._requests[application] += 1
        return self._requests[application]

    def to(self, application: str, recipient: str) -> int:
        """The number of the application's next request to this recipient, from 1, since the emulator started."""
        self._to[application, recipient] += 1
        return self._to[application, recipient]

    def reset(self, application: str | None) -> None:
        """Begin to count anew, for one application or for all."""
        for name in [name for name in self._requests if application in (None, name)]:
            del self._requests[name]
        for counter in (self._to, self._calls):
            for pair in [pair for pair in counter if application in (None, pair[0])]:
                del counter[pair]

    def call(self, application: str, endpoint: str) -> int:
        """The number of the application's next request to this endpoint, from 1, since the emulator started."""
        self._calls[application, endpoint] += 1
        return self._calls[application, endpoint]
