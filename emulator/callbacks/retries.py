"""Which answer to a callback counts, and when one that was not received is posted again: the provider's rules. Pure.

The services share a ladder of retries, and count 200 alone; Failover OTP posts once, and any 2xx will do. Both are
choices. What a call asks is asked once too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

from emulator.choices.table import TAKEN, Choices
from emulator.seed import EVENT, ONCE

LADDER: Final = tuple(
    [1000 * seconds for seconds in (30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400)]
)
"""When a callback that was not received is retried, in milliseconds after its first attempt."""


class Rule(Struct, frozen=True):
    """The statuses `received`, and `retries` as LADDER has them; `words` say which statuses alone count. With
    `chained`, each wait counts from the attempt before.
    """

    received: range
    retries: tuple[int, ...]
    words: str = "only 200"
    chained: bool = False

    def next_attempt(self, first_at: int, attempts: int, now: int) -> int | None:
        """When the attempt after so many is due, at `now` at the earliest; None at the end of the ladder."""
        if attempts > len(self.retries):
            return None
        wait = self.retries[attempts - 1]
        return now + wait if self.chained else max(first_at + wait, now)


ASKED: Final = Rule(range(200, 201), ())
RECEIVED: Final = {"200": (range(200, 201), "only 200"), "2xx": (range(200, 300), "only 2xx")}
"""What counts as received, by the answers of the choices about it."""


def rule(name: str, choices: Choices = TAKEN) -> Rule:
    """The rule of the post of this id, as the choices have it."""
    return ASKED if name.endswith(EVENT) else _rule(ONCE in name, choices)


@lru_cache(256)
def _rule(once: bool, choices: Choices) -> Rule:  # noqa: FBT001  # for the cache
    """The rule of callbacks, or of those that are posted `once` unless it is chosen otherwise."""
    retries, received = choices.callback_retries, choices.callback_received
    if once:
        retries, received = choices.otp_callback_retries, choices.otp_callback_received
    counts, words = RECEIVED[received]
    return Rule(counts, LADDER[: int(retries)], words, choices.callback_retry_times == "from-previous")


REPEATED: Final = rule("")
BARE: Final = rule(ONCE)
