"""What is legal on each channel: the statuses and what they mean, the failover lists, the ttl, the usual reasons.

The theory: a status is *progress* (goes on, only forward in the table's order), a *success* or a *failure* (both end
the step). There is no other state. Three exceptions live here as data, not in the machine's code: `after_final` names
the statuses that a message may still take after it ended well (a read receipt), `holds_on_delivery` the success that
does not end the step while `expireOnDelivery` is set, `unanswered` what a call becomes that nobody ends.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final

from msgspec import Struct


class Word(StrEnum):
    """A word of the API. It hashes as its text: Enum's own hash is Python code, which each look-up would run."""

    __hash__ = str.__hash__


class Channel(Word):
    """A way to reach the recipient, in the API's spelling (`flow[].type`)."""

    SMS = "Sms"
    VIBER = "Viber"
    VOICE = "Voice"


class Kind(Enum):
    """What a status does to its step."""

    PROGRESS = "progress"
    SUCCESS = "success"
    FAILURE = "failure"


class Ttl(Struct, frozen=True):
    """A channel's time to live in minutes, and what its end means; its limits stand in the schemas."""

    default: int
    decimals: int
    status: str
    detailed: str


class Traits(Struct, frozen=True):
    """One channel's row. `statuses` is in the order of a message's life; `reasons` gives each status its usual
    detailedStatus and description.
    """

    initial: str
    statuses: MappingProxyType[str, Kind]
    legal_failover: tuple[str, ...]
    default_failover: tuple[str, ...]
    reasons: MappingProxyType[str, tuple[str, str]]
    ttl: Ttl | None = None
    after_final: MappingProxyType[str, str] = MappingProxyType({})
    holds_on_delivery: str = ""
    unanswered: MappingProxyType[str, str] = MappingProxyType({})

    def final(self, status: str) -> bool:
        """Whether a message in this status has ended."""
        return self.statuses[status] is not Kind.PROGRESS

    def spell(self, status: str) -> str | None:
        """The channel's own spelling of a status written in any case; None if the channel has no such status."""
        return _spellings(self).get(status.strip().lower())


def _spellings(traits: Traits) -> dict[str, str]:
    return {status.lower(): status for status in traits.statuses}


P, S, F = Kind.PROGRESS, Kind.SUCCESS, Kind.FAILURE

SMS: Final = Traits(
    initial="Queued",
    statuses=MappingProxyType({"Queued": P, "Sent": P, "Delivered": S, "Undelivered": F, "Failed": F, "Unsent": F}),
    legal_failover=("Undelivered", "Failed"),
    default_failover=("Undelivered", "Failed"),
    reasons=MappingProxyType(
        {
            "Queued": ("Queued", "The message is waiting to be sent."),
            "Sent": ("Sent", "The message was handed to the network."),
            "Delivered": ("Delivered", "The message reached the handset."),
            "Undelivered": ("Undelivered on Handset", "The handset did not take the message."),
            "Failed": ("Failed", "The message could not be processed."),
            "Unsent": ("Unsent", "The message could not be paid."),
        }
    ),
    ttl=Ttl(default=1200, decimals=0, status="Undelivered", detailed="Expired"),
)

VIBER: Final = Traits(
    initial="QUEUED",
    statuses=MappingProxyType(
        {"QUEUED": P, "DELIVERED": S, "SEEN": S, "UNDELIVERED": F, "EXPIRED": F, "FAILED": F, "UNSENT": F}
    ),
    legal_failover=("EXPIRED", "FAILED", "UNDELIVERED"),
    default_failover=("EXPIRED", "FAILED", "UNDELIVERED"),
    reasons=MappingProxyType(
        {
            "QUEUED": ("Queued", "The message is waiting to be delivered."),
            "DELIVERED": ("Delivered", "The message reached the device."),
            "SEEN": ("Seen", "The recipient opened the message."),
            "UNDELIVERED": ("Not Viber User", "The recipient has no Viber account."),
            "EXPIRED": ("TTL Expired", "The message was not delivered in time."),
            "FAILED": ("System Failure", "The message was not accepted."),
            "UNSENT": ("Unsent", "The message could not be paid."),
        }
    ),
    ttl=Ttl(default=10, decimals=1, status="EXPIRED", detailed="TTL Expired"),
    after_final=MappingProxyType({"DELIVERED": "SEEN"}),
    holds_on_delivery="DELIVERED",
)

VOICE: Final = Traits(
    initial="Queued",
    statuses=MappingProxyType(
        {
            "Queued": P,
            "Initiated": P,
            "Ringing": P,
            "InProgress": P,
            "Completed": S,
            "Busy": F,
            "NoAnswer": F,
            "Failed": F,
            "Unknown": F,
            "Unsent": F,
            "Terminated": F,
        }
    ),
    legal_failover=("Completed", "Busy", "NoAnswer", "Failed", "Unsent", "Terminated"),
    default_failover=("Busy", "NoAnswer"),
    reasons=MappingProxyType({}),
    unanswered=MappingProxyType(
        {"Queued": "NoAnswer", "Initiated": "NoAnswer", "Ringing": "NoAnswer", "InProgress": "Completed"}
    ),
)

CHANNELS: Final = MappingProxyType({Channel.SMS: SMS, Channel.VIBER: VIBER, Channel.VOICE: VOICE})


RING_OUT_MS: Final = 60_000
"""A call that its plan never ends is ended after this time, since Voice has no ttl."""
