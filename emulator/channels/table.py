"""One table for each channel: its statuses and what they do, the failover lists, the ttl, the default reasons.

The theory: a status is *progress* (the step goes on; statuses only move forward in the table's order), a *success* or a
*failure* (both end the step). There is no fourth kind. Three exceptions are data here and not code in the machine:
`after_final` says which status may still follow a success (Viber's read receipt), `holds_on_delivery` which success
does not end the step while `expireOnDelivery` is set, `unanswered` how a call ends that its plan leaves open.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct


class Word(StrEnum):
    """A word of the API. It hashes as a str does: Enum's own hash is Python code, too slow for every look-up."""

    __hash__ = str.__hash__


class Channel(Word):
    """A channel, in the API's spelling (`flow[].type`)."""

    SMS = "Sms"
    VIBER = "Viber"
    VOICE = "Voice"


class Kind(Enum):
    """What a status does to its step."""

    PROGRESS = "progress"
    SUCCESS = "success"
    FAILURE = "failure"


Cause = Literal["", "balance", "server"]
"""What a failure is blamed on, which decides the flow's statusCode; empty for nothing in particular."""


def default_cause(status: str) -> Cause:
    """What a status is blamed on unless its report says otherwise: `balance` for those that mean a lack of it."""
    return "balance" if status in ("Unsent", "UNSENT", "Terminated") else ""


class Reason(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", gc=False):
    """Why a message has its status: `detailedStatus`, and a `description` in a sentence. Where a scenario or a report
    leaves one empty, the status's default is shown.
    """

    detailed_status: str = ""
    description: str = ""


class Ttl(Struct, frozen=True):
    """A channel's time to live: its default in minutes, how many decimals it may have, and the status and
    detailedStatus that a message takes when it runs out. The limits are in the schemas.
    """

    default: int
    decimals: int
    status: str
    detailed: str


class Traits(Struct, frozen=True):
    """One channel's row. `statuses` is in the order that a message passes through; `reasons` has the default reason of
    each status, and is empty for a channel whose reports carry none.
    """

    initial: str
    statuses: MappingProxyType[str, Kind]
    legal_failover: tuple[str, ...]
    default_failover: tuple[str, ...]
    reasons: MappingProxyType[str, Reason]
    ttl: Ttl | None = None
    after_final: MappingProxyType[str, str] = MappingProxyType({})
    holds_on_delivery: str = ""
    unanswered: MappingProxyType[str, str] = MappingProxyType({})

    def final(self, status: str) -> bool:
        """Whether this status ends the step. KeyError if the channel has no such status."""
        return self.statuses[status] is not Kind.PROGRESS

    def spell(self, status: str) -> str | None:
        """The channel's own spelling of a status written in any case; None if the channel has no such status."""
        wanted = status.strip().lower()
        return next((known for known in self.statuses if known.lower() == wanted), None)


NOT_PAID: Final = "The message could not be paid."
"""The description of a message that fails by lack of balance, whatever its status."""
P, S, F = Kind.PROGRESS, Kind.SUCCESS, Kind.FAILURE

SMS: Final = Traits(
    initial="Queued",
    statuses=MappingProxyType({"Queued": P, "Sent": P, "Delivered": S, "Undelivered": F, "Failed": F, "Unsent": F}),
    legal_failover=("Undelivered", "Failed"),
    default_failover=("Undelivered", "Failed"),
    reasons=MappingProxyType(
        {
            "Queued": Reason("Queued", "The message is waiting to be sent."),
            "Sent": Reason("Sent", "The message was handed to the network."),
            "Delivered": Reason("Delivered", "The message reached the handset."),
            "Undelivered": Reason("Undelivered on Handset", "The handset did not take the message."),
            "Failed": Reason("Failed", "The message could not be processed."),
            "Unsent": Reason("Unsent", NOT_PAID),
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
            "QUEUED": Reason("Queued", "The message is waiting to be delivered."),
            "DELIVERED": Reason("Delivered", "The message reached the device."),
            "SEEN": Reason("Seen", "The recipient opened the message."),
            "UNDELIVERED": Reason("Not Viber User", "The recipient has no Viber account."),
            "EXPIRED": Reason("TTL Expired", "The message was not delivered in time."),
            "FAILED": Reason("System Failure", "The message was not accepted."),
            "UNSENT": Reason("Unsent", NOT_PAID),
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
"""A call whose plan has no final status ends after so many milliseconds, since Voice has no ttl."""
