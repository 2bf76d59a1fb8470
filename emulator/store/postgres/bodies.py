"""The bodies that came before, at whatever process: it tells the others what it has accepted."""

from __future__ import annotations

from hashlib import blake2b

from emulator.clock.clock import EVERYBODY
from emulator.store.repeated import REMEMBERED, WITHIN, Bodies

Seen = tuple[str, int, int, str]
"""An accepted body: its application, its hash, the time, the id of its flow."""


class SharedBodies(Bodies):
    """The bodies of all processes, by a hash that is the same for all. `new` are those that others do not know yet."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[Seen] = []

    def remember(self, application: str, body: bytes, now: int, flow_id: str) -> str | None:
        """Remember that a body becomes this flow, see `Bodies.remember`."""
        number = _hash(body)
        at, earlier = self._seen.get((application, number), (0, ""))
        self.new.append((application, number, now, flow_id))
        self.learn(self.new[-1])
        return earlier if earlier and now - at <= WITHIN else None

    def learn(self, seen: Seen) -> None:
        """Remember a body that was accepted anywhere, and forget the oldest beyond REMEMBERED."""
        application, number, now, flow_id = seen
        self._seen.pop((application, number), None)
        self._seen[application, number] = now, flow_id
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def take_back(self) -> None:
        """Forget those that others do not know yet: their transaction was rolled back."""
        for application, number, *_ in self.new:
            self._seen.pop((application, number), None)
        self.new = []

    def forget(self, application: str) -> None:
        """Forget the bodies of one application, or everybody's."""
        super().forget(application)
        self.new = [each for each in self.new if application not in {EVERYBODY, each[0]}]

    def drop(self, application: str, body: bytes) -> None:
        """Forget a body that became no flow, since it could not be stored."""
        self._seen.pop((application, _hash(body)), None)


def _hash(body: bytes) -> int:
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)
