"""The usual way to each status of each channel: what is reported, and when, if a scenario names only the status.

A table, told in milliseconds since the report before; it is invented, since the provider documents no times.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from emulator.channels.table import Channel
from emulator.clock.delays import Fixed
from emulator.scenario.outcomes import Line, Share, Way

BALANCE: Final = frozenset({"Unsent", "UNSENT", "Terminated"})
"""The statuses that come from a lack of balance."""


def cause(status: str) -> str:
    """What lies behind a status: `balance`, or nothing in particular."""
    return "balance" if status in BALANCE else ""


def _way(*reports: tuple[int, str]) -> Way:
    return Way(tuple(Line(status, Fixed(ms), cause=cause(status)) for ms, status in reports))


_RINGING: Final = ((1000, "Initiated"), (2000, "Ringing"))
_TALKING: Final = (*_RINGING, (5000, "InProgress"))

WAYS: Final = MappingProxyType(
    {
        Channel.SMS: MappingProxyType(
            {
                "Queued": Way(),
                "Sent": _way((1000, "Sent")),
                "Delivered": _way((1000, "Sent"), (2000, "Delivered")),
                "Undelivered": _way((1000, "Sent"), (3000, "Undelivered")),
                "Failed": _way((1000, "Failed")),
                "Unsent": _way((1000, "Unsent")),
            }
        ),
        Channel.VIBER: MappingProxyType(
            {
                "QUEUED": Way(),
                "DELIVERED": _way((2000, "DELIVERED")),
                "SEEN": _way((2000, "DELIVERED"), (10_000, "SEEN")),
                "UNDELIVERED": _way((2000, "UNDELIVERED")),
                "EXPIRED": Way((Line("EXPIRED", Share(1.0), since_start=True),)),
                "FAILED": _way((1000, "FAILED")),
                "UNSENT": _way((1000, "UNSENT")),
            }
        ),
        Channel.VOICE: MappingProxyType(
            {
                "Queued": Way(),
                "Initiated": _way((1000, "Initiated")),
                "Ringing": _way(*_RINGING),
                "InProgress": _way(*_TALKING),
                "Completed": _way(*_TALKING, (20_000, "Completed")),
                "Busy": _way((1000, "Initiated"), (2000, "Busy")),
                "NoAnswer": _way(*_RINGING, (25_000, "NoAnswer")),
                "Failed": _way((1000, "Initiated"), (2000, "Failed")),
                "Unknown": _way(*_RINGING, (5000, "Unknown")),
                "Unsent": _way((1000, "Unsent")),
                "Terminated": _way(*_TALKING, (10_000, "Terminated")),
            }
        ),
    }
)
"""The way to each status of each channel."""

SILENCE: Final = Way()
"""Nothing is reported: the ttl, or nobody answering, ends the step."""

HAPPY: Final = MappingProxyType(
    {
        Channel.SMS: WAYS[Channel.SMS]["Delivered"],
        Channel.VIBER: WAYS[Channel.VIBER]["DELIVERED"],
        Channel.VOICE: WAYS[Channel.VOICE]["Completed"],
    }
)
"""The usual way to each channel's success."""
