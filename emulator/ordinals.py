"""Counting an application's requests: in all, to each recipient, for tokens. Rules and ids go by these counts."""

from __future__ import annotations

from collections import Counter


class Ordinals:
    """The numbers of the last requests; `last` has them by application."""

    def __init__(self, last: dict[str, int]) -> None:
        self._requests = Counter(last)
        self._to: Counter[tuple[str, str]] = Counter()
        self._tokens: Counter[str] = Counter()

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
        for counter in (self._requests, self._tokens):
            for name in [name for name in counter if application in (None, name)]:
                del counter[name]
        for pair in [pair for pair in self._to if application in (None, pair[0])]:
            del self._to[pair]

    def token(self, application: str) -> int:
        """The number of the application's next request for a token, from 1, since the emulator started."""
        self._tokens[application] += 1
        return self._tokens[application]
