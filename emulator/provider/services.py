"""The services of the provider's API that are emulated. One more is one more folder, and one more line here."""

from __future__ import annotations

from typing import Final

from emulator.accounts.prices import Prices
from emulator.flow.request import Request
from emulator.provider.failover import service as failover
from emulator.provider.service import Rendering, Service

SERVICES: Final[tuple[Service, ...]] = (failover.SERVICE,)


def renderings(prices: Prices) -> dict[str, Rendering]:
    """How the flows of each kind are worded, at these prices."""
    return {service.kind: service.rendering(prices) for service in SERVICES}


def read(kind: str, body: bytes) -> Request:
    """The request of JSON that the service of this kind has accepted before."""
    return _READERS[kind](body)


_READERS: Final = {service.kind: service.read for service in SERVICES}
