"""The kinds of flows: one for each service of the provider that sends messages. Pure.

A flow carries the kind of the service that took its request; rules match it as `endpoint`. What other rooms need to
know of a service stands here, since none of them may ask the services, whose table is in `provider.services`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from emulator.channels.table import Channel

Name = Literal["failover", "transactional", "otp", "sms", "viber", "voice", "2step"]


class Kind(Struct, frozen=True):
    """What is known of a service: the `originatingService` of what it sends (`origin`), and the channels that it sends
    by. Of a `single` one a flow is one message, of which alone its callbacks tell; those of others tell of the flow.
    `named` says that the message's id is the one that the request was answered with; `lists` that steps have
    failoverOnStatuses; `seconds` that a ttl is asked for in seconds, not in minutes; `refuses` that a request is
    refused if its sender is not taken, where in a flow its step fails.
    """

    origin: str
    channels: tuple[Channel, ...] = tuple(Channel)
    single: bool = False
    named: bool = False
    lists: bool = False
    seconds: bool = False
    refuses: bool = False


KINDS: Final = MappingProxyType[str, Kind](
    {
        "failover": Kind("Failover", lists=True),
        "transactional": Kind("Failover", lists=True),
        "otp": Kind("FailoverOtp", (Channel.VIBER, Channel.SMS), seconds=True),
        "sms": Kind("Sms", (Channel.SMS,), single=True, named=True, refuses=True),
        "viber": Kind("Viber", (Channel.VIBER,), single=True, named=True, seconds=True, refuses=True),
        "voice": Kind("Voice", (Channel.VOICE,), single=True),
        "2step": Kind("TwoStep", (Channel.SMS, Channel.VOICE), single=True, refuses=True),
    }
)
SINGLE: Final = frozenset(name for name, kind in KINDS.items() if kind.single)
NAMED: Final = frozenset(name for name, kind in KINDS.items() if kind.named)
