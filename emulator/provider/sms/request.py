"""What a request for an Sms becomes where it says nothing: the defaults, in one place. Pure."""

from __future__ import annotations

from typing import Final

from emulator.channels.numbers import doubt
from emulator.channels.table import SMS
from emulator.flow.request import Strategy

DEFAULT_TTL: Final = 4320
"""Minutes until a message expires; a step of a flow has another default."""
STRATEGY: Final = Strategy.ON_CHANGE
"""When a callback without a strategy is called: not documented."""
FAILOVER: Final = list(SMS.default_failover)
"""The statuses in which a message has failed; nothing follows."""


def doubtful(number: str) -> bool:
    """Whether a number in a request has no +, and is none of the country whose code it begins with."""
    return not number.startswith("+") and bool(doubt(f"+{number}"))


def with_plus(number: str) -> str:
    """A number as the provider answers it: with a +, which a request may leave out."""
    return number if number.startswith("+") else f"+{number}"
