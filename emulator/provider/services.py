"""The services that are emulated. To add one, add its folder and one line here."""

from __future__ import annotations

from typing import Final

from emulator.accounts.prices import Prices
from emulator.flow.request import Request
from emulator.provider.failover import service as failover
from emulator.provider.service import Rendering, Service

SERVICES: Final[tuple[Service, ...]] = (failover.SERVICE,)


def renderings(prices: Prices) -> dict[str, Rendering]:
    """The rendering of callbacks for each kind of flow, with these prices."""
    return {service.kind: service.rendering(prices) for service in SERVICES}


def read(kind: str, body: bytes) -> Request:
    """The request in stored JSON, which the service of this kind accepted before."""
    return _READERS[kind](body)


_READERS: Final = {service.kind: service.read for service in SERVICES}
