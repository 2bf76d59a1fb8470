"""The services that are emulated. To add one, add its folder and its value here."""

from __future__ import annotations

from typing import Final

from emulator.accounts.prices import Prices
from emulator.channels.senders import Named, sender_name
from emulator.flow.request import Request
from emulator.provider.failover import service as failover
from emulator.provider.otp import service as otp
from emulator.provider.service import Calls, Rendering, Service
from emulator.provider.sms import service as sms
from emulator.provider.twostep import service as twostep
from emulator.provider.viber import service as viber
from emulator.provider.voice import service as voice

SERVICES: Final[tuple[Service, ...]] = (
    failover.SERVICE,
    failover.TEMPLATED,
    otp.SERVICE,
    sms.SERVICE,
    twostep.SERVICE,
    viber.SERVICE,
    voice.SERVICE,
)
"""The services that send messages."""


def silent() -> tuple[Calls, ...]:
    """The calls that send no message, imported when they are first asked for, so that a start does without them."""
    from emulator.provider import numbervalidator, templates
    from emulator.provider.account import service as account
    from emulator.provider.contacts import service as contacts

    return account.CALLS, contacts.CALLS, numbervalidator.CALLS, templates.CALLS


def renderings(prices: Prices, named: Named = sender_name) -> dict[str, Rendering]:
    """The rendering of callbacks for each kind of flow, with these prices and names of Viber senders."""
    return {service.kind: service.rendering(prices, named) for service in SERVICES}


def read(kind: str, body: bytes) -> Request:
    """The request in stored JSON, which the service of this kind accepted before."""
    return _READERS[kind](body)


_READERS: Final = {service.kind: service.read for service in SERVICES}
